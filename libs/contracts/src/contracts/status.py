"""What happened after issue: on `invoicing.status`, keyed by lane."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from typing_extensions import override

from contracts.base import InvoiceMessage, Message
from contracts.topics import Topic


class Verdict(StrEnum):
    """What the tax authority says of an invoice, whatever the numbers of the series' kind."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    ERROR = "error"
    UNKNOWN = "unknown"


class _AfterIssue(InvoiceMessage):
    topic: ClassVar[Topic] = Topic.INVOICING_STATUS

    sequence: int
    """Grows with every change of this invoice; consumers keep the highest of each type."""
    org_id: int
    """Haravan's number of the shop."""
    order_name: str
    """What people call the order, `#KH20881`."""
    at: datetime
    """When it was seen or done."""


class InvoiceStatusChanged(_AfterIssue):
    """meInvoice's `/invoice/status` says something new (Open API §11, §13.11)."""

    event_type: ClassVar[str] = "hoadon.invoicing.status-changed.v1"

    verdict: Verdict
    """What the tax authority says, in our words."""
    send_tax_status: int | None = None
    """`SendTaxStatus` as given; its meaning depends on the series."""
    einvoice_status: int | None = None
    """`EInvoiceStatus`: 1 original, 2 cancelled, 3 replacement, 5 adjustment, 7 replaced, 8 adjusted."""
    authority_code: str | None = None
    """`InvoiceCode`."""

    @property
    @override
    def event_id(self) -> str:
        return f"{self.ref_id}:status:{self.sequence}"


class OrderWrittenBack(_AfterIssue):
    """The invoice's number and codes stand on the order in Haravan, or could not be written there."""

    event_type: ClassVar[str] = "hoadon.invoicing.order-written-back.v1"

    succeeded: bool
    """Whether they stand there."""
    message_vi: str = ""
    """What is in the way, in Vietnamese; empty when it succeeded."""
    message_en: str = ""
    """What is in the way, in English; empty when it succeeded."""

    @property
    @override
    def event_id(self) -> str:
        return f"{self.ref_id}:written-back:{self.sequence}"


STATUSES: tuple[type[Message], ...] = (InvoiceStatusChanged, OrderWrittenBack)
"""Every message of `invoicing.status`, for `contracts.base.read_message`."""
