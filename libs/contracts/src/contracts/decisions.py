"""What was decided about an order: on `invoicing.decisions`, one event a decision."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from typing_extensions import override

from contracts.base import Message
from contracts.topics import Topic, resource_key


class Outcome(StrEnum):
    """What becomes of an order."""

    PLANNED = "planned"
    """A command to issue its invoice has been sent."""
    DRAFT = "draft"
    """Its invoice is made and waits for a person's approval."""
    WAITING = "waiting"
    """It does not meet the shop's rule yet."""
    SKIPPED = "skipped"
    """It is not to be invoiced."""
    HELD = "held"
    """A person has to look; nothing is issued until then."""


class OrderDecided(Message):
    """A decision about one order, with its reason in code and in words."""

    event_type: ClassVar[str] = "hoadon.invoicing.order-decided.v1"
    topic: ClassVar[Topic] = Topic.INVOICING_DECISIONS

    shop: str
    """Our id of the shop."""
    org_id: int
    """Haravan's number of the shop."""
    order_id: int
    """Haravan's number of the order."""
    order_name: str
    """What people call the order, `#KH20881`."""
    sequence: int
    """Grows with every decision about this order; consumers keep the highest."""
    outcome: Outcome
    """What becomes of the order."""
    reason: str
    """Code of the reason."""
    message_vi: str
    """The reason in Vietnamese, with what to do."""
    message_en: str
    """The reason in English, with what to do."""
    ref_id: str | None = None
    """`RefID` of the planned invoice; only when planned."""
    lane: str | None = None
    """Lane of the planned invoice; only when planned."""
    shop_version: int
    """Version of the shop's configuration it was decided by."""
    order_updated_at: datetime
    """Haravan's `updated_at` of the state that was judged."""
    decided_at: datetime
    """When it was decided."""

    @property
    @override
    def event_id(self) -> str:
        return f"{self.shop}:{self.order_id}:{self.sequence}"

    @property
    @override
    def event_key(self) -> str:
        return resource_key(self.org_id, self.order_id)

    @property
    @override
    def event_subject(self) -> str:
        return str(self.order_id)
