"""What the publisher is asked to do: on `invoicing.commands`, keyed by lane."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field
from typing_extensions import override

from contracts.base import Message
from contracts.topics import Topic


class IssueInvoice(Message):
    """Issue one invoice. `ref_id` makes it one: the same RefID never becomes two invoices."""

    event_type: ClassVar[str] = "hoadon.invoicing.issue-invoice.v1"
    topic: ClassVar[Topic] = Topic.INVOICING_COMMANDS

    ref_id: str
    """meInvoice's `RefID`, a UUID."""
    sequence: int
    """The decision this command follows from."""
    lane: str
    """`environment:tax code:series without its year`."""
    account: str
    """`environment:tax code`, the meInvoice account."""
    shop: str
    """Our id of the shop."""
    org_id: int
    """Haravan's number of the shop."""
    order_id: int
    """Haravan's number of the order."""
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

    @property
    @override
    def event_key(self) -> str:
        return self.lane

    @property
    @override
    def event_subject(self) -> str:
        return self.ref_id


class WithdrawInvoice(Message):
    """Take an invoice back that was not sent yet; what was sent stays. Keyed as its issue command, which it follows."""

    event_type: ClassVar[str] = "hoadon.invoicing.withdraw-invoice.v1"
    topic: ClassVar[Topic] = Topic.INVOICING_COMMANDS

    ref_id: str
    """The invoice's `RefID`."""
    sequence: int
    """The decision this command follows from."""
    lane: str
    """`environment:tax code:series without its year`."""
    shop: str
    """Our id of the shop."""
    order_id: int
    """Haravan's number of the order."""
    reason: str
    """Why, in Vietnamese."""
    decided_at: datetime
    """When it was decided."""

    @property
    @override
    def event_id(self) -> str:
        return f"{self.ref_id}:withdraw:{self.sequence}"

    @property
    @override
    def event_key(self) -> str:
        return self.lane

    @property
    @override
    def event_subject(self) -> str:
        return self.ref_id


COMMANDS: tuple[type[Message], ...] = (IssueInvoice, WithdrawInvoice)
"""Every message of `invoicing.commands`, for `contracts.base.read_message`."""
