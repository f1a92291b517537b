"""Ports of ingest that a test holds in its hands."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Literal

from contracts.envelope import Event
from contracts.topics import Topic
from ingest.application.ports import (
    EventsUnavailableError,
    EventTooLargeError,
    KnownShop,
    ReadOrder,
    ReadResource,
    ShopsUnavailableError,
)
from pydantic import SecretStr

SHOP = KnownShop(
    shop="demo",
    org_id=7,
    base_url="http://localhost",
    access_token=SecretStr("made-up"),
    webhook_secrets=(SecretStr("app secret"), SecretStr("shop secret")),
    verify_token=SecretStr("tôi"),
)


class MemoryShops:
    """Knows one shop; `away` makes it unable to tell."""

    def __init__(self) -> None:
        """Be there."""
        self.away = False

    async def get(self, shop: str) -> KnownShop | None:
        """The shop `demo`."""
        if self.away:
            raise ShopsUnavailableError("ServerSelectionTimeoutError")
        return SHOP if shop == SHOP.shop else None


class MemoryEvents:
    """Keeps what is published; `away` and `largest` make it refuse."""

    def __init__(self) -> None:
        """Be there."""
        self.published: list[tuple[Topic, Event]] = []
        self.away = False
        self.largest = 10_000_000

    async def publish(self, topic: Topic, event: Event, within: timedelta) -> None:
        """Keep the event."""
        assert within > timedelta(0)
        if self.away:
            raise EventsUnavailableError("no acknowledgement")
        if len(event.data) > self.largest:
            raise EventTooLargeError("too large")
        self.published.append((topic, event))

    def topics(self) -> list[Topic]:
        """Topics in the order of publishing."""
        return [topic for topic, _ in self.published]


class MemoryOrders:
    """Answers with an order, or raises what the test wants."""

    def __init__(self, answer: Callable[[], ReadOrder] = lambda: ReadOrder(b'{"id": 5}', "v1")) -> None:
        """Answer with `answer`."""
        self.answer = answer

    async def read(self, shop: KnownShop, order_id: int) -> ReadOrder:
        """The order."""
        assert (shop, order_id) == (SHOP, 5)
        return self.answer()


class MemoryListings:
    """Lists resources as Haravan does, or raises; `sort` is the vendor's order, `by_id` whether it heeds `since_id`."""

    def __init__(self, *ids: int, sort: Callable[[int], int] = lambda each: each, by_id: bool = True) -> None:
        """Have resources of these ids."""
        self.ids = list(ids)
        self.sort = sort
        self.by_id = by_id
        self.failure: Exception | None = None
        self.asked: list[tuple[int, int]] = []

    async def page(
        self, shop: KnownShop, kind: Literal["products", "customers"], since_id: int, page: int
    ) -> Sequence[ReadResource]:
        """One page of 50."""
        assert shop == SHOP
        self.asked.append((since_id, page))
        if self.failure is not None:
            raise self.failure
        found = sorted((each for each in self.ids if each > since_id or not self.by_id), key=self.sort)
        body = '{"id": %d}'
        return [ReadResource(each, (body % each).encode(), "v") for each in found[(page - 1) * 50 : page * 50]]
