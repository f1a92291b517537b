"""What all events and commands share."""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError
from typing_extensions import override

from contracts.envelope import Event, UnreadableEventError
from contracts.topics import Topic


class Message(BaseModel, ABC):
    """The data of one event or command.

    Readers ignore members they do not know, so that a producer may add some; nothing is ever removed or given
    another meaning without a new version in `event_type`. Amounts are decimal strings in đồng; times are aware.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    event_type: ClassVar[str]
    topic: ClassVar[Topic]

    @property
    @abstractmethod
    def event_id(self) -> str:
        """The deterministic `ce_id`: the same fact has the same id, however often it is sent."""

    @property
    @abstractmethod
    def event_key(self) -> str:
        """The Kafka key, which decides the partition and so the order."""

    @property
    @abstractmethod
    def event_subject(self) -> str:
        """What the event is about (`ce_subject`)."""

    def to_event(self, *, source: str, time: datetime, traceparent: str | None = None) -> Event:
        """Wrap the message for sending; `source` is the service, for instance `/services/invoicer`."""
        return Event(
            id=self.event_id,
            type=self.event_type,
            source=source,
            subject=self.event_subject,
            time=time,
            key=self.event_key,
            data=self.model_dump_json().encode(),
            traceparent=traceparent,
        )

    @classmethod
    def from_event(cls, event: Event) -> Self:
        """Read the message from an event of its type.

        Raises:
            UnreadableEventError: when the data are not a valid message; the first bad member is named.
        """
        try:
            return cls.model_validate_json(event.data)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            path = ".".join(str(part) for part in first["loc"]) or "data"
            raise UnreadableEventError(path, first["msg"]) from error


class InvoiceMessage(Message):
    """A message about one invoice of one order; keyed by the invoice's lane."""

    ref_id: str
    """meInvoice's `RefID`, a UUID."""
    lane: str
    """`environment:tax code:series without its year`."""
    shop: str
    """Our id of the shop."""
    order_id: int
    """Haravan's number of the order."""

    @property
    @override
    def event_key(self) -> str:
        return self.lane

    @property
    @override
    def event_subject(self) -> str:
        return self.ref_id


def read_message(event: Event, *kinds: type[Message]) -> Message:
    """Read whichever of `kinds` the event's type names.

    Raises:
        UnreadableEventError: when the type is none of them, or the data are not valid.
    """
    for kind in kinds:
        if kind.event_type == event.type:
            return kind.from_event(event)
    raise UnreadableEventError("ce_type", f"{event.type!r} is not one of {[kind.event_type for kind in kinds]}")
