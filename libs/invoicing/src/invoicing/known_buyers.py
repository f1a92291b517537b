"""The book of buyers: what a shop knows of customers who take company invoices, edited by its accountant."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBuyer:
    """One entry of the book. It never overrides what an order says.

    Attributes:
        customer_id: Haravan's id of the customer; none where the entry is known by its tax code alone.
        name: the registered name.
        tax_code: tax code, personal id or budget code, as typed.
        address: the registered address.
        emails: where invoices are sent.
        always_company: orders of this customer without any invoice data are issued to this company.
    """

    customer_id: int | None = None
    name: str = field(default="", repr=False)
    tax_code: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    emails: tuple[str, ...] = field(default=(), repr=False)
    always_company: bool = False
