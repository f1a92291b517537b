"""The shops' book of buyers for the judging."""

from catalogue.buyers import BuyerBook
from invoicing.buyer_data import read_given
from invoicing.buyer_places import Form
from invoicing.known_buyers import KnownBuyer
from invoicing.order import Order
from invoicing.rules import BuyerRules


class KnownBuyers:
    """Implements the port `Buyers`."""

    def __init__(self, book: BuyerBook) -> None:
        """Read in this book."""
        self._book = book

    async def for_order(self, shop: str, order: Order, rules: BuyerRules) -> KnownBuyer | None:
        """The entry of the order's customer or tax code; none where the shop does not use its book."""
        if rules.known_customers == "ignore":
            return None
        customer_id = order.customer.id if order.customer else None
        return await self._book.known_buyer(
            shop, customer_id=customer_id, tax_code=read_given(Form(order), rules).code.text
        )
