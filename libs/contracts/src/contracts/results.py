"""What became of commands: on `invoicing.results`, keyed by lane. Consumers keep the highest `version` of a RefID."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from typing_extensions import override

from contracts.base import InvoiceMessage, Message
from contracts.topics import Topic


class InvoiceResult(InvoiceMessage):
    """What every result of an invoice says."""

    topic: ClassVar[Topic] = Topic.INVOICING_RESULTS

    version: int
    """Grows with every change of this invoice; consumers keep the highest."""
    environment: str
    """`production`, or `sandbox`: then the invoice is no legal one."""
    tax_code: str
    """The seller's tax code."""
    org_id: int
    """Haravan's number of the shop."""
    order_name: str
    """What people call the order, `#KH20881`."""
    kind: str
    """What the invoice is for: `sale`, `adjust` or `replace`."""
    at: datetime
    """When it changed."""

    @property
    @override
    def event_id(self) -> str:
        return f"{self.ref_id}:{self.version}"


class InvoiceIssued(InvoiceResult):
    """The invoice exists. Field names in brackets are meInvoice's."""

    event_type: ClassVar[str] = "hoadon.invoicing.invoice-issued.v1"

    series: str
    """`InvSeries`, with its year: `1C26TAA`."""
    number: str
    """`InvNo`, eight digits."""
    invoice_date: date
    """`InvDate`, a date in Vietnam."""
    lookup_code: str
    """`TransactionID`."""
    authority_code: str | None = None
    """`InvCode`; absent until the tax authority has given it, or for series without code."""
    invoice_with_code: bool
    """Second character of the series is C: what `/invoice/status` must be asked with."""
    calculating_machine: bool
    """Fifth character of the series is M: what `/invoice/status` must be asked with."""
    total_amount: Decimal
    """`TotalAmount`, đồng, VAT included."""


class InvoiceRejected(InvoiceResult):
    """meInvoice or we refused the invoice; the lane went on. A retry is a new command."""

    event_type: ClassVar[str] = "hoadon.invoicing.invoice-rejected.v1"

    code: str
    """meInvoice's error code, or ours."""
    message_vi: str
    """Cause and next step in Vietnamese."""
    message_en: str
    """Cause and next step in English, where known; else as in Vietnamese."""
    provisional: bool = False
    """True while an older request of this RefID may still succeed."""


class InvoicePending(InvoiceResult):
    """Neither issued nor refused: set aside or held by a person, or sent with an outcome that is not known yet."""

    event_type: ClassVar[str] = "hoadon.invoicing.invoice-pending.v1"

    state: str
    """`staged`, `sending`, `accepted`, `unknown`, `set_aside`, `held` or `withdrawn`."""
    message_vi: str
    """What is going on, in Vietnamese."""
    message_en: str
    """What is going on, in English."""


class LaneStateName(StrEnum):
    """Whether a lane sends."""

    RUNNING = "running"
    PAUSED = "paused"
    BLOCKED = "blocked"


class LaneChanged(Message):
    """A lane was blocked, paused or resumed."""

    event_type: ClassVar[str] = "hoadon.invoicing.lane-changed.v1"
    topic: ClassVar[Topic] = Topic.INVOICING_RESULTS

    lane: str
    """The lane; or an account, `environment:tax code`, when all its lanes are meant."""
    version: int
    """Grows with every change of this lane; consumers keep the highest."""
    state: LaneStateName
    """Whether it sends."""
    code: str
    """Code of the cause; the state itself where there is none."""
    message_vi: str
    """Cause and way out in Vietnamese."""
    message_en: str
    """Cause and way out in English, where known; else as in Vietnamese."""
    at: datetime
    """When it changed."""

    @property
    @override
    def event_id(self) -> str:
        return f"lane:{self.lane}:{self.version}"

    @property
    @override
    def event_key(self) -> str:
        return self.lane

    @property
    @override
    def event_subject(self) -> str:
        return self.lane


RESULTS: tuple[type[Message], ...] = (InvoiceIssued, InvoiceRejected, InvoicePending, LaneChanged)
"""Every message of `invoicing.results`, for `contracts.base.read_message`."""
