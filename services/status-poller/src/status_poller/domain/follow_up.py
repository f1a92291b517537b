"""One issued invoice as it is followed: what was issued, what the tax authority says, what is to be done when."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from contracts.results import InvoiceIssued
from contracts.status import Verdict


@dataclass(frozen=True, slots=True)
class Invoice:
    """What was issued, as the result event tells it. Times are aware UTC, the date is Vietnam's."""

    ref_id: str
    version: int
    shop: str
    org_id: int
    order_id: int
    order_name: str
    lane: str
    environment: str
    tax_code: str
    series: str
    number: str
    invoice_date: date
    lookup_code: str
    authority_code: str | None
    invoice_with_code: bool
    calculating_machine: bool
    total_amount: Decimal
    issued_at: datetime

    @property
    def account(self) -> str:
        """The account's key, `environment:tax code`."""
        return f"{self.environment}:{self.tax_code}"


@dataclass(frozen=True, slots=True)
class State:
    """What meInvoice's status says, with its own numbers (meInvoice Open API §13.11)."""

    verdict: Verdict = Verdict.WAITING
    send_tax_status: int | None = None
    einvoice_status: int | None = None
    authority_code: str | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An invoice with its state.

    `followed_since` is when it was first heard of. `revision` grows with every change of invoice or state, `sequence`
    with every event about it. `asked` counts answers of the vendor, `failed_polls` and `failed_writes` failures in a
    row. `written_at` is when the order last carried everything; `write_error` is the kind of the last failure, empty
    when there is none.
    """

    invoice: Invoice
    state: State
    followed_since: datetime
    revision: int
    sequence: int
    asked: int
    failed_polls: int
    failed_writes: int
    written_at: datetime | None
    write_error: str
    traceparent: str | None


def invoice_of(event: InvoiceIssued) -> Invoice:
    """The invoice that an event tells of."""
    return Invoice(
        ref_id=event.ref_id,
        version=event.version,
        shop=event.shop,
        org_id=event.org_id,
        order_id=event.order_id,
        order_name=event.order_name,
        lane=event.lane,
        environment=event.environment,
        tax_code=event.tax_code,
        series=event.series,
        number=event.number,
        invoice_date=event.invoice_date,
        lookup_code=event.lookup_code,
        authority_code=event.authority_code,
        invoice_with_code=event.invoice_with_code,
        calculating_machine=event.calculating_machine,
        total_amount=event.total_amount,
        issued_at=event.at,
    )
