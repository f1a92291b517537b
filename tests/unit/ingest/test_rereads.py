"""Requests to read an order again: done, given up with a reason, or tried a bounded number of times."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import pytest
from contracts.haravan import RawResource, RereadFailed, RereadRequested, Via
from contracts.topics import Topic
from ingest.application.ports import OrderGoneError, ReadOrder, ReadRefusedError, ReadUnavailableError
from ingest.application.reread import Reread
from ingest.application.sync import Sync
from ingest.entrypoints.rereads import RereadHandler
from runtime.kafka import Ack, DeadLetter, Outcome, Record, RetryInPlace
from support.clocks import ManualClock
from support.ingest import MemoryEvents, MemoryListings, MemoryOrders, MemoryShops

MOMENT = datetime(2026, 3, 14, 3, 7, 2, tzinfo=UTC)


class World:
    """A handler over ports in memory."""

    def __init__(self, answer: Callable[[], ReadOrder] | None = None) -> None:
        self.shops, self.events = MemoryShops(), MemoryEvents()
        self.orders = MemoryOrders(answer) if answer else MemoryOrders()
        reread, sync = Reread(self.shops, self.orders, self.events), Sync(self.shops, MemoryListings(), self.events)
        self.handler = RereadHandler(reread, sync, ManualClock(), attempts=3)

    async def handle(self, offset: int = 0, changes: Mapping[str, object] | None = None) -> Outcome:
        fields = {"shop": "demo", "org_id": 7, "resource_id": "5", "reason": "PARTIAL", "cause": "c"}
        event = RereadRequested.model_validate(fields | dict(changes or {})).to_event(source="/t", time=MOMENT)
        headers = tuple((name, value.encode()) for name, value in event.headers().items())
        return await self.handler(
            Record(Topic.HARAVAN_REREADS, 0, offset, event.key.encode(), headers, event.data, generation=6)
        )


def raising(error: Exception) -> Callable[[], ReadOrder]:
    def answer() -> NoReturn:
        raise error

    return answer


async def test_an_order_is_published_like_a_delivery() -> None:
    """With where it came from, and the version the API told."""
    world = World()
    assert await world.handle() == Ack()
    ((topic, event),) = world.events.published
    resource = RawResource.from_event(event)
    assert (topic, event.key, resource.via, resource.version) == (Topic.HARAVAN_ORDERS, "7:5", Via.REREAD, "v1")
    assert (resource.body, resource.topic, resource.shop) == (b'{"id": 5}', "orders/updated", "demo")


@pytest.mark.parametrize(
    ("changes", "reason"),
    (
        ({"resource": "products"}, "UNSUPPORTED_RESOURCE"),
        ({"resource_id": "../1"}, "UNSUPPORTED_RESOURCE"),
        ({"shop": "nobody"}, "UNKNOWN_SHOP"),
        ({"org_id": 8}, "ORG_MISMATCH"),
    ),
)
async def test_what_cannot_be_read_is_put_aside(changes: dict[str, object], reason: str) -> None:
    """With its reason, at once."""
    outcome = await World().handle(changes=changes)
    assert isinstance(outcome, DeadLetter)
    assert outcome.reason == reason


@pytest.mark.parametrize(
    ("error", "reason"), ((OrderGoneError("404"), "ORDER_NOT_FOUND"), (ReadRefusedError("401"), "ACCESS_REFUSED"))
)
async def test_haravans_final_answers_end_it(error: Exception, reason: str) -> None:
    """One shop's deleted order or revoked token holds up no other shop."""
    outcome = await World(raising(error)).handle()
    assert isinstance(outcome, DeadLetter)
    assert outcome.reason == reason


async def test_what_cannot_be_read_is_told_the_order_itself() -> None:
    """Among its own events, in their order: it would else wait for ever. Repeated until Kafka takes it."""
    world = World(raising(ReadRefusedError("401")))
    world.events.away = True
    assert isinstance(await world.handle(), RetryInPlace)
    world.events.away = False
    assert isinstance(await world.handle(), DeadLetter)
    ((topic, event),) = world.events.published
    failed = RereadFailed.from_event(event)
    assert (topic, event.key) == (Topic.HARAVAN_ORDERS, "7:5")
    assert (failed.cause, failed.reason) == ("c", "ACCESS_REFUSED")


async def test_haravan_away_is_tried_a_bounded_number_of_times() -> None:
    """Then the request is put aside; the next one starts from the beginning."""
    world = World(raising(ReadUnavailableError("429", timedelta(seconds=2))))
    wait = RetryInPlace("429", timedelta(seconds=2))
    for offset in (0, 1):
        assert [await world.handle(offset), await world.handle(offset)] == [wait, wait]
        outcome = await world.handle(offset)
        assert isinstance(outcome, DeadLetter)
        assert outcome.reason == "REREAD_FAILED"


async def test_our_own_parts_being_away_is_waited_out() -> None:
    """MongoDB or Kafka away counts as no attempt."""
    world = World()
    world.shops.away = True
    assert {type(await world.handle()) for _ in range(10)} == {RetryInPlace}
    world.shops.away, world.events.away = False, True
    assert {type(await world.handle()) for _ in range(10)} == {RetryInPlace}
    world.events.away = False
    assert await world.handle() == Ack()


async def test_an_order_too_large_to_publish_is_put_aside() -> None:
    """It cannot become smaller."""
    world = World(lambda: ReadOrder(b"x" * 100, "v"))
    world.events.largest = 10
    outcome = await world.handle()
    assert isinstance(outcome, DeadLetter)
    assert outcome.reason == "TOO_LARGE"


async def test_what_is_no_request_is_put_aside() -> None:
    """Never a crash."""
    outcome = await World().handler(Record("haravan.rereads", 0, 0, b"k", (), b"{}", generation=6))
    assert isinstance(outcome, DeadLetter)
    assert outcome.reason == "UNREADABLE_EVENT"
