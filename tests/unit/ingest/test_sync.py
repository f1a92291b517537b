"""Full syncs: every product or customer once, a few pages at a time, whatever order Haravan lists them in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from contracts.haravan import RawResource, SyncRequested, Via
from contracts.topics import Topic
from haravan.client import LARGEST_PAGE
from ingest.application.ports import PAGE, ReadRefusedError, ReadUnavailableError
from ingest.application.reread import Reread
from ingest.application.sync import PAGES, Sync
from ingest.entrypoints.rereads import RereadHandler
from runtime.kafka import Ack, DeadLetter, Outcome, Record, RetryInPlace
from support.clocks import ManualClock
from support.ingest import MemoryEvents, MemoryListings, MemoryOrders, MemoryShops

MOMENT = datetime(2026, 3, 14, 3, 7, 2, tzinfo=UTC)
ASKED = SyncRequested(shop="demo", org_id=7, resource="products", cause="c")


class World:
    """A handler over ports in memory that reads what it asks itself for."""

    def __init__(self, listings: MemoryListings) -> None:
        self.shops, self.events, self.listings = MemoryShops(), MemoryEvents(), listings
        sync = Sync(self.shops, listings, self.events)
        reread = Reread(self.shops, MemoryOrders(), self.events)
        self.handler = RereadHandler(reread, sync, ManualClock(), attempts=3)

    async def handle(self, request: SyncRequested = ASKED) -> Outcome:
        event = request.to_event(source="/t", time=MOMENT)
        headers = tuple((name, value.encode()) for name, value in event.headers().items())
        return await self.handler(
            Record(Topic.HARAVAN_REREADS, 0, 0, event.key.encode(), headers, event.data, generation=6)
        )

    async def run(self) -> list[SyncRequested]:
        """Handle the request and all that follow; returns these."""
        followed: list[SyncRequested] = []
        waiting = [ASKED]
        while waiting:
            before = len(self.events.published)
            assert await self.handle(waiting.pop()) == Ack()
            new = [event for topic, event in self.events.published[before:] if topic == Topic.HARAVAN_REREADS]
            waiting += [SyncRequested.from_event(event) for event in new]
            followed += waiting
        return followed

    def published(self) -> list[int]:
        return [int(event.subject) for topic, event in self.events.published if topic == Topic.HARAVAN_PRODUCTS]


def test_a_page_is_what_the_client_asks_for() -> None:
    """Else the first page would be taken for the last."""
    assert PAGE == LARGEST_PAGE


async def test_a_resource_is_published_like_a_delivery() -> None:
    """With where it came from, under the topic of a change."""
    world = World(MemoryListings(5))
    assert await world.handle(ASKED.model_copy(update={"resource": "customers"})) == Ack()
    ((topic, event),) = world.events.published
    resource = RawResource.from_event(event)
    assert (topic, event.key, resource.via, resource.version) == (Topic.HARAVAN_CUSTOMERS, "7:5", Via.BACKFILL, "v")
    assert (resource.body, resource.topic, resource.shop) == (b'{"id": 5}', "customers/update", "demo")


@pytest.mark.parametrize("count", (0, 1, 50, 200, 430))
@pytest.mark.parametrize(
    ("sort", "by_id"),
    ((lambda each: each, True), (lambda each: -each, True), (lambda each: each * 7919 % 431, True),
     (lambda each: each, False), (lambda each: -each, False)),
    ids=("by id", "newest first", "any order", "by id without since_id", "newest first without since_id"),
)  # fmt: skip
async def test_every_resource_is_published(count: int, sort: Callable[[int], int], by_id: bool) -> None:
    """What `since_id` does to the order of a list, and whether it does anything, is documented nowhere."""
    world = World(MemoryListings(*range(1, count + 1), sort=sort, by_id=by_id))
    await world.run()
    assert sorted(set(world.published())) == list(range(1, count + 1))


async def test_a_part_asks_for_the_next_one_behind_what_waits() -> None:
    """So no shop's sync holds up others, and a restart goes on where it was."""
    world = World(MemoryListings(*range(1, 431)))
    followed = await world.run()
    assert [(each.since_id, each.page, each.published) for each in followed] == [(200, 1, 200), (400, 1, 400)]
    assert len({each.event_id for each in (ASKED, *followed)}) == 3
    assert world.listings.asked[:PAGES] == [(0, 1), (50, 1), (100, 1), (150, 1)]


async def test_what_is_deleted_meanwhile_shifts_nothing() -> None:
    """Going by ids, a page begins behind the last one that was read."""
    world = World(MemoryListings(*range(1, 251)))
    assert await world.handle() == Ack()
    world.listings.ids = list(range(100, 251))
    following = SyncRequested.from_event(world.events.published[-1][1])
    assert await world.handle(following) == Ack()
    assert sorted(world.published()) == list(range(1, 251))


@pytest.mark.parametrize(("changes", "reason"), (({"shop": "nobody"}, "UNKNOWN_SHOP"), ({"org_id": 8}, "ORG_MISMATCH")))
async def test_a_sync_of_another_shop_is_put_aside(changes: dict[str, object], reason: str) -> None:
    """With its reason, at once."""
    outcome = await World(MemoryListings(1)).handle(ASKED.model_copy(update=changes))
    assert isinstance(outcome, DeadLetter)
    assert outcome.reason == reason


async def test_a_token_without_the_right_ends_it() -> None:
    """It will not gain it by asking again."""
    world = World(MemoryListings(1))
    world.listings.failure = ReadRefusedError("403")
    outcome = await world.handle()
    assert isinstance(outcome, DeadLetter)
    assert outcome.reason == "ACCESS_REFUSED"


async def test_haravan_away_is_tried_a_bounded_number_of_times() -> None:
    """Then the part is put aside and can be sent again; Kafka away counts as no attempt."""
    world = World(MemoryListings(1))
    world.events.away = True
    assert {type(await world.handle()) for _ in range(5)} == {RetryInPlace}
    world.listings.failure = ReadUnavailableError("429", timedelta(seconds=2))
    outcomes = [await world.handle() for _ in range(3)]
    assert outcomes[:2] == [RetryInPlace("429", timedelta(seconds=2))] * 2
    assert isinstance(outcomes[2], DeadLetter)


async def test_one_that_is_too_large_holds_up_no_other() -> None:
    """It is logged; the rest is published."""
    world = World(MemoryListings(1, 22, 333))
    world.events.largest = len(b'{"id": 22}')
    assert await world.handle() == Ack()
    assert world.published() == [1, 22]
