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
    sequence: int
    """The decision this command follows from."""
    lane: str
    account: str
    """`environment:tax code`, the meInvoice account."""
    shop: str
    org_id: int
    order_id: int
    order_name: str
    kind: str = "sale"
    content: str
    """The invoice without its date and series, as exact JSON text (`invoicing.content`)."""
    line_count: int = Field(ge=1)
    shop_version: int
    decided_at: datetime

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
    sequence: int
    """The decision this command follows from."""
    lane: str
    shop: str
    order_id: int
    reason: str
    decided_at: datetime

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
