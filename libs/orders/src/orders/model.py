"""What is known of one order: its newest state, the decision on it, its invoices and what became of them.

The document owns its decisions and RefIDs: a redelivered event repeats what is stored here and never judges anew.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from contracts.decisions import Outcome
from contracts.haravan import Via
from contracts.status import Verdict
from invoicing.agreements import Agreement
from invoicing.portions import Portion
from pydantic import BaseModel, ConfigDict, Field

WITHDRAWN = "withdrawn"
"""The code of an invoice that was taken back, as its pending result names it."""

PLANNED_ANEW = "planned"
"""The code of an invoice whose command goes out again, until its own result comes."""

_MOST_EARLIER = 10


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Snapshot(_Part):
    """The newest state of the order, verbatim. It holds personal data: never log it."""

    body: str
    updated_at: datetime
    received_at: datetime
    via: Via
    event_id: str


class StoredDecision(_Part):
    """A decision with what it was based on."""

    sequence: int
    outcome: Outcome
    reason: str
    message_vi: str
    message_en: str
    facts: Mapping[str, str] = Field(default_factory=dict)
    shop_version: int
    order_updated_at: datetime
    event_id: str
    decided_at: datetime
    published: bool = False
    """False until Kafka has acknowledged the decision and its command: a redelivery then sends them again."""


class InvoiceState(StrEnum):
    """How far an invoice has come, as its results say."""

    ISSUED = "issued"
    REJECTED = "rejected"
    PENDING = "pending"


class InvoiceFacts(_Part):
    """The newest result of one invoice. Amounts in đồng, VAT included; `invoice_date` is a date in Vietnam."""

    version: int
    state: InvoiceState
    at: datetime
    series: str | None = None
    number: str | None = None
    invoice_date: date | None = None
    lookup_code: str | None = None
    authority_code: str | None = None
    total_amount: Decimal | None = None
    code: str | None = None
    message_vi: str | None = None
    message_en: str | None = None

    def planned_anew(self, at: datetime) -> "InvoiceFacts":
        """What is known once a refused invoice was planned again: its own result will have a higher version."""
        return InvoiceFacts(
            version=self.version,
            state=InvoiceState.PENDING,
            at=at,
            code=PLANNED_ANEW,
            message_vi="Đã lập lại, đang chờ phát hành.",
            message_en="Planned anew, waiting to be issued.",
        )


class TaxStatus(_Part):
    """The newest verdict of the tax authority."""

    sequence: int
    verdict: Verdict
    authority_code: str | None = None
    at: datetime


class WriteBack(_Part):
    """Whether the invoice's number and codes stand on the order in Haravan."""

    sequence: int
    succeeded: bool
    message_vi: str = ""
    message_en: str = ""
    at: datetime


class Coverage(StrEnum):
    """How invoices cover an order; frozen while one of them stands, so that no setting can invoice it again."""

    WHOLE = "whole"
    PARTS = "parts"
    """One invoice for each part that was delivered (Decree 254/2026 Art. 9.3)."""
    PAGES = "pages"
    """Several invoices at once, since meInvoice takes fewer lines on one than the order has."""


class CoveredPortion(_Part):
    """Which units of the order an invoice carries, by the id of their order line (`invoicing.portions`)."""

    before: Mapping[str, Decimal]
    now: Mapping[str, Decimal]
    shipping: bool
    last: bool

    @classmethod
    def of(cls, portion: Portion) -> "CoveredPortion":
        """Keep a portion."""
        before = {str(line): units for line, units in portion.before.items()}
        now = {str(line): units for line, units in portion.now.items()}
        return cls(before=before, now=now, shipping=portion.shipping, last=portion.last)

    @property
    def portion(self) -> Portion:
        """The portion as the rules take it."""
        return Portion(before=_by_line(self.before), now=_by_line(self.now), shipping=self.shipping, last=self.last)


def _by_line(units: Mapping[str, Decimal]) -> dict[int, Decimal]:
    return {int(line): count for line, count in units.items()}


class Approval(_Part):
    """Who let a draft go out, or decided that it shall not; `at` is aware."""

    by: str
    at: datetime


class PlannedInvoice(_Part):
    """One invoice that covers the order, frozen when it was decided."""

    ref_id: str
    kind: str
    lane: str
    account: str
    command: str
    """The command as sent, as JSON text: sent again, never made again."""
    sequence: int
    snapshot: Snapshot
    """What the invoice was made from."""
    shop_version: int = 0
    """Version of the shop's configuration it was made by."""
    catalogue: str = ""
    """The catalogue's items it was made with, as JSON text (`orders.basis`)."""
    portion: CoveredPortion | None = None
    """The units it carries, where the order is invoiced in parts."""
    draft: bool = False
    """It waits for a person's approval: its command was never sent."""
    approval: Approval | None = None
    """Of what was a draft: who approved it."""
    dismissed: Approval | None = None
    """Of a draft: who decided that it shall not go out as it is."""
    event: str | None = None
    """Of a correction that the order's own change called for: which (`invoicing.due_corrections`)."""
    corrects: str | None = None
    """Of a correction: the RefID of the invoice that it adjusts or replaces."""
    agreement: Agreement | None = None
    """Of the correction of an error: what was signed with the buyer about it."""
    invoice: InvoiceFacts | None = None
    tax: TaxStatus | None = None
    write_back: WriteBack | None = None

    @property
    def taken_back(self) -> bool:
        """Whether it was withdrawn before it was sent, or after every attempt was refused."""
        return self.invoice is not None and self.invoice.code == WITHDRAWN

    @property
    def unheard_of(self) -> bool:
        """Whether there is no word on its newest command yet: perhaps it never reached Kafka."""
        return self.invoice is None or self.invoice.code == PLANNED_ANEW

    @property
    def stands(self) -> bool:
        """Whether it is issued or may still be; a draft, what was refused for good or taken back is not."""
        refused = self.invoice is not None and self.invoice.state is InvoiceState.REJECTED
        return not self.draft and not refused and not self.taken_back

    @property
    def is_issued(self) -> bool:
        """Whether it has its number."""
        return self.invoice is not None and self.invoice.state is InvoiceState.ISSUED


class Attention(_Part):
    """Something happened to the order after its invoice was planned that a person has to look at."""

    code: str
    message_vi: str
    message_en: str
    at: datetime


class OrderRecord(_Part):
    """Everything about one order. `revision` guards against lost updates: it grows with every write."""

    shop: str
    org_id: int
    order_id: int
    order_name: str
    revision: int = 0
    newest: Snapshot
    decision: StoredDecision | None = None
    earlier: tuple[StoredDecision, ...] = ()
    """The decisions before, oldest first; the last few."""
    invoices: tuple[PlannedInvoice, ...] = ()
    coverage: Coverage | None = None
    """How its invoices cover it; None while none stands."""
    reread_cause: str | None = None
    """The event whose partial state made us ask for a re-read: one state asks once."""
    attention: Attention | None = None
    deleted: bool = False
    """Haravan said that the order was deleted; a late webhook does not bring it back, a read by API does."""

    @property
    def document_id(self) -> str:
        """The `_id` in MongoDB."""
        return document_id(self.shop, self.order_id)

    def with_decision(self, decision: StoredDecision) -> "OrderRecord":
        """The record with a new decision; the one before joins the earlier ones."""
        before = (self.decision,) if self.decision else ()
        return self.model_copy(update={"decision": decision, "earlier": (*self.earlier, *before)[-_MOST_EARLIER:]})

    def invoice_of(self, ref_id: str) -> PlannedInvoice | None:
        """The planned invoice with this RefID."""
        return next((planned for planned in self.invoices if planned.ref_id == ref_id), None)

    @property
    def newest_invoice(self) -> PlannedInvoice | None:
        """The newest invoice; a correction that is a draft or was taken back leaves the word to those before it."""
        told = (
            planned
            for planned in reversed(self.invoices)
            if planned.corrects is None or not (planned.draft or planned.taken_back)
        )
        return next(told, None)

    def corrections_of(self, ref_id: str) -> tuple[PlannedInvoice, ...]:
        """The corrections that were asked for of the invoice with this RefID."""
        return tuple(planned for planned in self.invoices if planned.corrects == ref_id)


def document_id(shop: str, order_id: int) -> str:
    """The `_id` of an order's document."""
    return f"{shop}:{order_id}"
