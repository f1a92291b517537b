"""The buyer as the invoice prints him."""

from dataclasses import dataclass, field, replace
from typing import Literal

from invoicing.buyer_data import Given, own_emails
from invoicing.buyer_flags import BuyerFlag
from invoicing.order import Order
from invoicing.reasons import Reason, stop
from invoicing.rules import BuyerRules

BuyerKind = Literal["company", "person", "consumer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """The buyer's fields, by the vendor's names in our case (meInvoice Open API §13.3).

    Attributes:
        emails: where the invoice is sent.
        print_email: whether the first of them is printed; a consumer's is not.
        consumer: whether nobody is named.
        flags: what people should know although the invoice is made; nothing of the buyer's data.
    """

    legal_name: str | None = field(default=None, repr=False)
    full_name: str | None = field(default=None, repr=False)
    tax_code: str | None = field(default=None, repr=False)
    id_number: str | None = field(default=None, repr=False)
    budget_code: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    emails: tuple[str, ...] = field(default=(), repr=False)
    print_email: bool = True
    consumer: bool = False
    flags: tuple[BuyerFlag, ...] = field(default=(), compare=False)

    @property
    def kind(self) -> BuyerKind:
        """What the buyer is to the shop's mapping: a unit of the state counts as a company."""
        if self.consumer:
            return "consumer"
        return "company" if self.tax_code or self.budget_code or self.legal_name else "person"


def consumer(order: Order, rules: BuyerRules, *flags: BuyerFlag) -> Buyer:
    """Nobody by name; a real address of the order is kept for sending only."""
    return Buyer(
        full_name=rules.consumer_name, emails=own_emails(order, rules), print_email=False, consumer=True, flags=flags
    )


def company(
    given: Given, order: Order, rules: BuyerRules, *, tax_code: str | None = None, budget_code: str | None = None
) -> Buyer:
    """A unit by its registered name.

    Raises:
        Stopped: when name or address are longer than their fields.
    """
    check_length("name", given.name, rules.longest_name)
    check_length("address", given.address, rules.longest_name)
    return Buyer(
        legal_name=given.name,
        tax_code=tax_code,
        budget_code=budget_code,
        address=given.address or None,
        emails=given.emails or own_emails(order, rules),
        flags=given.flags,
    )


def person(given: Given, order: Order, rules: BuyerRules, *, id_number: str | None = None) -> Buyer:
    """A person by name.

    Raises:
        Stopped: when name or address are longer than their fields.
    """
    check_length("name", given.name, rules.longest_person)
    check_length("address", given.address, rules.longest_name)
    return Buyer(
        full_name=given.name,
        id_number=id_number,
        address=given.address or None,
        emails=given.emails or own_emails(order, rules),
        flags=given.flags,
    )


def identified(given: Given, order: Order, rules: BuyerRules) -> Buyer:
    """A person by name and personal id; the address may be missing.

    Raises:
        Stopped: when there is no name, or name or address are longer than their fields.
    """
    if "name" in given.lacking:
        stop(Reason.BUYER_ID_WITHOUT_NAME)
    told = replace(given, address="") if "address" in given.lacking else given
    return person(told, order, rules, id_number=given.code.text)


def budget_unit(given: Given, order: Order, rules: BuyerRules) -> Buyer:
    """A unit of the state budget: its code asks for name and address (meInvoice Open API §13.3).

    Raises:
        Stopped: when one of them is missing or longer than its field.
    """
    if given.lacking:
        stop(Reason.BUYER_BUDGET_CODE_ALONE, lacking=", ".join(given.lacking))
    return company(given, order, rules, budget_code=given.code.text)


def check_length(name: str, value: str, limit: int) -> None:
    """Hold what does not fit: a registered name that is cut is another name.

    Raises:
        Stopped: when the value is longer than its field.
    """
    if len(value) > limit:
        stop(Reason.BUYER_TOO_LONG, field=name, length=len(value), limit=limit)
