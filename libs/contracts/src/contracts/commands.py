"""What the publisher is asked to do: on `invoicing.commands`, keyed by lane."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import override

from contracts.base import InvoiceMessage, Message
from contracts.topics import Topic


class PublishInvoice(InvoiceMessage):
    """What every command to publish an invoice says. `ref_id` makes it one: a RefID never becomes two invoices."""

    topic: ClassVar[Topic] = Topic.INVOICING_COMMANDS

    sequence: int
    """The decision this command follows from; of a correction, that of the invoice it corrects."""
    account: str
    """`environment:tax code`, the meInvoice account."""
    org_id: int
    """Haravan's number of the shop."""
    order_name: str
    """What people call the order, `#KH20881`."""
    kind: str
    """What the invoice is for: `sale`, `adjust` or `replace`."""
    content: str
    """The invoice without its date and series, as exact JSON text (`invoicing.content`)."""
    line_count: int = Field(ge=1)
    """Lines of the invoice."""
    shop_version: int
    """Version of the shop's configuration it was decided by."""
    decided_at: datetime
    """When it was decided."""

    @property
    @override
    def event_id(self) -> str:
        return f"{self.ref_id}:{self.sequence}"


class IssueInvoice(PublishInvoice):
    """Issue the invoice of a sale."""

    event_type: ClassVar[str] = "hoadon.invoicing.issue-invoice.v1"

    kind: str = "sale"
    """What the invoice is for: `sale`."""


class OriginalInvoice(BaseModel):
    """The issued invoice that a correction names. Names in brackets are meInvoice's."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    ref_id: str
    """Its `RefID`."""
    lookup_code: str
    """Its `TransactionID`, by which its state is asked before anything is sent."""
    series: str
    """Its `InvSeries`, with its year."""
    number: str
    """Its `InvNo`, eight digits."""


class CorrectInvoice(PublishInvoice):
    """What every command to correct an issued invoice says."""

    original: OriginalInvoice
    """What it corrects."""
    cause: Literal["error", "return"]
    """An error in the original, or goods that came back: the law allows other corrections for each."""

    @property
    @override
    def event_id(self) -> str:
        # One that was refused may be asked for with other content under its RefID, and the sale's decision is the same.
        return f"{super().event_id}:{self.decided_at.isoformat()}"


class AdjustInvoice(CorrectInvoice):
    """Issue an invoice that adjusts another (điều chỉnh, `ReferenceType` 2)."""

    event_type: ClassVar[str] = "hoadon.invoicing.adjust-invoice.v1"

    kind: Literal["adjust"] = "adjust"
    """What the invoice is for: `adjust`."""


class ReplaceInvoice(CorrectInvoice):
    """Issue an invoice that takes the place of another (thay thế, `ReferenceType` 1)."""

    event_type: ClassVar[str] = "hoadon.invoicing.replace-invoice.v1"

    kind: Literal["replace"] = "replace"
    """What the invoice is for: `replace`."""


class WithdrawInvoice(InvoiceMessage):
    """Take an invoice back that was not sent yet; what was sent stays. Keyed as its issue command, which it follows."""

    event_type: ClassVar[str] = "hoadon.invoicing.withdraw-invoice.v1"
    topic: ClassVar[Topic] = Topic.INVOICING_COMMANDS

    sequence: int
    """The decision this command follows from."""
    reason: str
    """Why, in Vietnamese."""
    decided_at: datetime
    """When it was decided."""

    @property
    @override
    def event_id(self) -> str:
        return f"{self.ref_id}:withdraw:{self.sequence}"


COMMANDS: tuple[type[Message], ...] = (IssueInvoice, AdjustInvoice, ReplaceInvoice, WithdrawInvoice)
"""Every message of `invoicing.commands`, for `contracts.base.read_message`."""
