"""Raw resources of Haravan: the bytes verbatim as the data, what is known about them as extension attributes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal

from typing_extensions import override

from contracts.base import Message
from contracts.envelope import Event, UnreadableEventError
from contracts.topics import Topic, resource_key

RESOURCE_RECEIVED = "hoadon.haravan.resource-received.v1"


class Via(StrEnum):
    """How a resource came in."""

    WEBHOOK = "webhook"
    POLL = "poll"
    BACKFILL = "backfill"
    REREAD = "reread"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class RawResource:
    """One resource as Haravan sent it.

    `topic` is Haravan's (`orders/create`); for what was read by API it is `orders/updated`, `products/update` or
    `customers/update`. `version` is the resource's
    `updated_at` as text, or empty where it has none. `received_at` is aware.
    """

    shop: str
    org_id: int
    topic: str
    resource_id: str
    version: str
    via: Via
    received_at: datetime
    body: bytes

    @property
    def event_id(self) -> str:
        """Deterministic: a second delivery of the same bytes has the same id (Haravan gives none)."""
        digest = hashlib.sha256(self.body).hexdigest()[:32]
        return f"{self.org_id}:{self.topic}:{self.resource_id}:{self.version}:{digest}"

    def to_event(self, *, source: str, traceparent: str | None = None) -> Event:
        """Wrap the resource for `haravan.orders` and its siblings."""
        return Event(
            id=self.event_id,
            type=RESOURCE_RECEIVED,
            source=source,
            subject=self.resource_id,
            time=self.received_at,
            key=resource_key(self.org_id, self.resource_id),
            data=self.body,
            extensions={
                "shop": self.shop,
                "orgid": str(self.org_id),
                "haravantopic": self.topic,
                "resourceversion": self.version or "-",
                "via": self.via.value,
            },
            traceparent=traceparent,
        )

    @classmethod
    def from_event(cls, event: Event) -> "RawResource":
        """Read a resource from its event.

        Raises:
            UnreadableEventError: when the type or an extension attribute is not what it should be.
        """
        if event.type != RESOURCE_RECEIVED:
            raise UnreadableEventError("ce_type", f"{event.type!r} is not {RESOURCE_RECEIVED!r}")
        version = _extension(event.extensions, "resourceversion")
        return cls(
            shop=_extension(event.extensions, "shop"),
            org_id=_integer(event.extensions, "orgid"),
            topic=_extension(event.extensions, "haravantopic"),
            resource_id=event.subject,
            version="" if version == "-" else version,
            via=_via(event.extensions),
            received_at=event.time,
            body=event.data,
        )


class OneResource(Message):
    """What every message about one resource says; it stands in order with the resource's own events."""

    shop: str
    """Our id of the shop."""
    org_id: int
    """Haravan's number of the shop."""
    resource_id: str
    """Haravan's number of the resource."""

    @property
    @override
    def event_key(self) -> str:
        return resource_key(self.org_id, self.resource_id)

    @property
    @override
    def event_subject(self) -> str:
        return self.resource_id


class RereadRequested(OneResource):
    """A resource that ingest shall read again by API, because what is known of it is partial or stale."""

    event_type: ClassVar[str] = "hoadon.haravan.reread-requested.v1"
    topic: ClassVar[Topic] = Topic.HARAVAN_REREADS

    resource: str = "orders"
    """Which kind of resource; orders only, so far."""
    reason: str
    """Why it is read again."""
    cause: str
    """What made the re-read necessary, such as the `ce_id` of an event: one cause asks once."""

    @property
    @override
    def event_id(self) -> str:
        return f"reread:{self.cause}"


class SyncRequested(Message):
    """All products or all customers of a shop that ingest shall read by API and publish, a few pages at a time.

    Each part asks for the next one itself, behind what waits already, so that no shop's sync holds up others.
    """

    event_type: ClassVar[str] = "hoadon.haravan.sync-requested.v1"
    topic: ClassVar[Topic] = Topic.HARAVAN_REREADS

    shop: str
    """Our id of the shop."""
    org_id: int
    """Haravan's number of the shop."""
    resource: Literal["products", "customers"]
    """Which kind of resource."""
    cause: str
    """What asked for it: one cause asks once."""
    since_id: int = 0
    """Only resources with a larger number; 0 at the beginning."""
    page: int = 1
    """Page of these to begin with."""
    published: int = 0
    """How many earlier parts of the same sync have published."""

    @property
    @override
    def event_id(self) -> str:
        return f"sync:{self.cause}:{self.since_id}:{self.page}"

    @property
    @override
    def event_key(self) -> str:
        return resource_key(self.org_id, self.resource)

    @property
    @override
    def event_subject(self) -> str:
        return f"{self.shop}/{self.resource}"


class RereadFailed(OneResource):
    """A resource that was to be read again and could not be: on the topic of its kind, in its order."""

    event_type: ClassVar[str] = "hoadon.haravan.reread-failed.v1"
    topic: ClassVar[Topic] = Topic.HARAVAN_ORDERS

    cause: str
    """What had made the re-read necessary, as in the request."""
    reason: str
    """Code of why it could not be read, as in `dead-letters`: `ORDER_NOT_FOUND`, `ACCESS_REFUSED`, …"""

    @property
    @override
    def event_id(self) -> str:
        return f"reread-failed:{self.cause}"


def _extension(extensions: Mapping[str, str], name: str) -> str:
    value = extensions.get(name, "")
    if not value:
        raise UnreadableEventError(f"ce_{name}", "is missing")
    return value


def _integer(extensions: Mapping[str, str], name: str) -> int:
    text = _extension(extensions, name)
    if not (text.isascii() and text.isdigit()):
        raise UnreadableEventError(f"ce_{name}", "is not a whole number")
    return int(text)


def _via(extensions: Mapping[str, str]) -> Via:
    text = _extension(extensions, "via")
    try:
        return Via(text)
    except ValueError as error:
        raise UnreadableEventError("ce_via", f"{text!r} is not one of {[via.value for via in Via]}") from error
