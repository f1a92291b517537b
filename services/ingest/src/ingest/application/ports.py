"""What the use cases need from outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, Protocol

from contracts.envelope import Event
from contracts.topics import Topic
from pydantic import SecretStr

PAGE: Final = 50
"""Resources on a full page (`haravan.client.LARGEST_PAGE`)."""


@dataclass(frozen=True, slots=True)
class KnownShop:
    """What ingest needs of a shop's configuration."""

    shop: str
    org_id: int
    base_url: str
    access_token: SecretStr
    webhook_secrets: Sequence[SecretStr]
    verify_token: SecretStr | None


class ShopsUnavailableError(Exception):
    """Whether the shop exists cannot be told now."""


class Shops(Protocol):
    """Finds shops."""

    async def get(self, shop: str) -> KnownShop | None:
        """A shop by its id; None when there is none.

        Raises:
            ShopsUnavailableError: when it cannot be told now.
        """
        ...


class EventsUnavailableError(Exception):
    """The event was not acknowledged; it may still arrive."""


class EventTooLargeError(Exception):
    """The event can never be published."""


class Events(Protocol):
    """Publishes events."""

    async def publish(self, topic: Topic, event: Event, within: timedelta) -> None:
        """Publish and wait for the acknowledgement.

        Raises:
            EventsUnavailableError: when it does not come within the time.
            EventTooLargeError: when the event can never be published.
        """
        ...


class OrderGoneError(Exception):
    """Haravan has no such order in this shop."""


class ReadRefusedError(Exception):
    """Haravan refuses to give what was asked for, and asking again will not change that."""


class ReadUnavailableError(Exception):
    """It cannot be read now; `retry_after` is what Haravan asks for, if it says so."""

    def __init__(self, reason: str, retry_after: timedelta | None = None) -> None:
        """Keep why, and how long to wait."""
        super().__init__(reason)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class ReadOrder:
    """An order as read: its JSON text as bytes, and its `updated_at`."""

    body: bytes
    version: str


@dataclass(frozen=True, slots=True)
class ReadResource:
    """One resource of a list, read as an order is."""

    resource_id: int
    body: bytes
    version: str


class Orders(Protocol):
    """Reads orders by API."""

    async def read(self, shop: KnownShop, order_id: int) -> ReadOrder:
        """One order.

        Raises:
            OrderGoneError: there is none of that number.
            ReadRefusedError: the shop's token may not read it.
            ReadUnavailableError: try again later.
        """
        ...


class Listings(Protocol):
    """Reads lists by API."""

    async def page(
        self, shop: KnownShop, kind: Literal["products", "customers"], since_id: int, page: int
    ) -> Sequence[ReadResource]:
        """One page of the resources with larger ids than `since_id`; a page shorter than `PAGE` is the last.

        Raises:
            ReadRefusedError: the shop's token may not read them.
            ReadUnavailableError: try again later.
        """
        ...
