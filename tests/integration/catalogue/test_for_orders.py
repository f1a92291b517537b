"""Which entry of the book of buyers an order is judged with."""

from typing import Any

import pytest
from catalogue.buyers import BuyerBook
from catalogue.changes import Change
from invoicer.adapters.known_buyers import KnownBuyers
from invoicing.known_buyers import KnownBuyer
from runtime.mongo import Database
from runtime.secrets import SecretBox
from support.haravan_orders import attributes, order, rules

SHOP = "demo"
CUSTOMER = KnownBuyer(customer_id=5, name="Công ty Của Khách", tax_code="0305482862")
COMPANY = KnownBuyer(name="Công ty Mẫu", tax_code="0101243150")
FORM = attributes(tax_code="0101243150")


@pytest.mark.parametrize(
    ("fields", "use", "found"),
    (
        ({"customer": {"id": 5}}, "fill", CUSTOMER),
        ({"customer": {"id": 5}, "note_attributes": FORM}, "fill", COMPANY),
        ({"note_attributes": FORM}, "fill", COMPANY),
        ({"customer": {"id": 6}}, "fill", None),
        ({"customer": {"id": 5}, "note_attributes": FORM}, "ignore", None),
    ),
    ids=("customer", "both", "tax code", "neither", "not used"),
)
async def test_the_book_is_asked_for_customer_and_tax_code(
    database: Database, box: SecretBox, fields: dict[str, Any], use: str, found: KnownBuyer | None
) -> None:
    """A tax code on the order goes before its customer; a shop that does not use its book has none."""
    book = BuyerBook(database, box)
    await book.ensure_indexes()
    await book.edit(SHOP, lambda _: [Change("a", None, CUSTOMER), Change("b", None, COMPANY)], "test")
    chosen = rules(buyer={"known_customers": use}).buyer
    assert await KnownBuyers(book).for_order(SHOP, order(**fields), chosen) == found
