"""The written agreement with a company about an error in its invoice (Circular 91/2026 Art. 10.1.b)."""

import datetime as dt
from dataclasses import dataclass

from meinvoice.models import InvoiceData


@dataclass(frozen=True, slots=True)
class Agreement:
    """What seller and buyer signed before the correction is issued."""

    number: str
    date: dt.date


def noted(note: str, agreement: Agreement | None) -> str:
    """The reason as it is printed on the correction; the Open API has no field of its own for the agreement (§9)."""
    said = note.strip()
    if agreement is None:
        return said
    return f"{said} (theo văn bản thỏa thuận số {agreement.number} ngày {agreement.date:%d/%m/%Y})"


def is_company(buyer: InvoiceData) -> bool:
    """Whether the invoice names a business or a budget unit, not a person."""
    return any((buyer.BuyerTaxCode, buyer.BuyerBudgetCode, buyer.BuyerLegalName))
