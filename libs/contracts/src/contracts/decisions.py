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
    org_id: int
    order_id: int
    order_name: str
    sequence: int
    """Grows with every decision about this order; consumers keep the highest."""
    outcome: Outcome
    reason: str
    message_vi: str
    message_en: str
    ref_id: str | None = None
    lane: str | None = None
    shop_version: int
    order_updated_at: datetime
    decided_at: datetime

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
