"""What the publisher is asked to do: on `invoicing.commands`, keyed by lane."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field
from typing_extensions import override

from contracts.base import InvoiceMessage, Message
from contracts.topics import Topic


class IssueInvoice(InvoiceMessage):
    """Issue one invoice. `ref_id` makes it one: the same RefID never becomes two invoices."""

    event_type: ClassVar[str] = "hoadon.invoicing.issue-invoice.v1"
    topic: ClassVar[Topic] = Topic.INVOICING_COMMANDS

    sequence: int
    """The decision this command follows from."""
    account: str
    """`environment:tax code`, the meInvoice account."""
    org_id: int
    """Haravan's number of the shop."""
    order_name: str
    """What people call the order, `#KH20881`."""
    kind: str = "sale"
    """What the invoice is for; `sale` is the only kind so far."""
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


COMMANDS: tuple[type[Message], ...] = (IssueInvoice, WithdrawInvoice)
"""Every message of `invoicing.commands`, for `contracts.base.read_message`."""
