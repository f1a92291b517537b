"""Room for so many lanes at work: who has something to finish comes first, and too many lanes cost nobody anything."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanes.ports import Count
from lanes.settings import LaneSettings
from lanes.workbench import Place, Workbench
from support.lane_vendor import HANG, answer
from support.virtual_lanes import VirtualLane

LANES = [f"sandbox:0101243150:1C__B{number:04}" for number in range(120)]
EACH = 3
WORK = 0.1
"""Seconds that each request takes of the one thing they all need."""


@dataclass
class Crew:
    """Workers at one bench, and the order in which they came to work."""

    bench: Workbench
    began: list[str] = field(default_factory=list)

    async def work(self, name: str, done: asyncio.Event, *, urgent: bool = False) -> None:
        place = self.bench.place()
        try:
            await place.take(urgent=urgent)
            self.began.append(name)
            await done.wait()
        finally:
            place.leave()

    async def start(self, *names: str, done: asyncio.Event, urgent: bool = False) -> list[asyncio.Task[None]]:
        """Let these come, in order."""
        tasks = [asyncio.create_task(self.work(name, done, urgent=urgent)) for name in names]
        await asyncio.sleep(0)
        return tasks


async def test_in_order_but_what_must_be_finished_first() -> None:
    """Two may work; of those in line the urgent come first, each line in its order."""
    crew, done = Crew(Workbench(2)), asyncio.Event()
    tasks = await crew.start("a", "b", "c", "d", done=done)
    tasks += await crew.start("urgent 1", "urgent 2", done=done, urgent=True)
    assert crew.began == ["a", "b"]
    assert crew.bench.waiting == 4
    done.set()
    await asyncio.gather(*tasks)
    assert crew.began == ["a", "b", "urgent 1", "urgent 2", "c", "d"]


async def test_a_place_is_taken_and_left_as_often_as_one_likes() -> None:
    """Taking what one has and leaving what one has not changes nothing."""
    bench = Workbench(1)
    place, other = bench.place(), bench.place()
    place.leave()
    await place.take()
    await place.take()
    waits = asyncio.create_task(other.take())
    await asyncio.sleep(0)
    assert place.wanted
    place.leave()
    place.leave()
    await waits
    assert bench.waiting == 0


async def test_taking_turns_lets_everybody_in_line_go_first() -> None:
    """Who goes on with more work stands at the end of the line; alone it keeps its place."""
    crew, done = Crew(Workbench(1)), asyncio.Event()
    done.set()
    place = crew.bench.place()
    await place.take()
    await place.take_turns()
    tasks = await crew.start("a", "b", done=done)
    await place.take_turns()
    assert crew.began == ["a", "b"]
    place.leave()
    await asyncio.gather(*tasks)


Steps = list[tuple[int, str]]
_STEPS = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(("take", "urgent", "leave", "turns", "cancel"))))


@given(room=st.integers(1, 3), steps=_STEPS)
def test_never_more_at_work_than_there_is_room_and_none_is_lost(room: int, steps: Steps) -> None:
    """Whatever is taken, left and given up on the way: in the end everybody gets a place again."""
    asyncio.run(_take_and_leave(room, steps))


async def _take_and_leave(room: int, steps: Steps) -> None:
    bench = Workbench(room)
    places: list[Place] = [bench.place() for _ in range(6)]
    taking: dict[int, asyncio.Task[None]] = {}
    for who, what in steps:
        place, task = places[who], taking.get(who)
        if what == "cancel" and task is not None:
            task.cancel()
        elif task is not None and not task.done():
            continue
        elif what == "leave":
            place.leave()
        elif what in {"take", "urgent", "turns"}:
            work = place.take_turns() if what == "turns" else place.take(urgent=what == "urgent")
            taking[who] = asyncio.create_task(work)
        await asyncio.sleep(0)
    for task in taking.values():
        task.cancel()
    await asyncio.gather(*taking.values(), return_exceptions=True)
    for place in places:
        place.leave()
    async with asyncio.timeout(1):
        await asyncio.gather(*(place.take() for place in places[:room]))
    assert bench.waiting == 0


@dataclass
class OneAtATime:
    """A store all of whose claims go through one narrow door, as through a processor or a slow database."""

    store: Any
    door: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.store, name)
        if name != "apply":
            return method

        async def apply(transition: object) -> object:
            async with self.door:
                await asyncio.sleep(WORK / 2)
                return await method(transition)

        return apply


@pytest.fixture
def world() -> Iterator[VirtualLane]:
    """More lanes than the store can serve within a lease: a round of all takes three times what a claim may wait."""
    settings = LaneSettings(
        lease_seconds=8.0, deadline_seconds=3.0, margin_seconds=1.0, pause_seconds=0.0, most_intents=1, most_lanes=200
    )
    made = VirtualLane(settings=settings)
    yield made
    made.loop.end()


def test_more_lanes_than_can_be_served_wait_before_they_claim(world: VirtualLane) -> None:
    """No claim grows too old in line behind others, so that nothing is given back and the work is what it must be."""
    world.stage_each(LANES, EACH)
    world.task = world.loop.create_task(world.worker(OneAtATime(world.memory)).run())  # type: ignore[arg-type]
    requests = len(LANES) * EACH
    world.pass_time(requests * WORK * 1.1 + 3)
    assert len(world.vendor.issued) == requests
    assert world.metrics.counts.get(Count.LEASE_TOO_SHORT, 0) == 0
    assert world.metrics.counts.get(Count.NOT_SENT, 0) == 0
    assert world.vendor.overlaps == 0


def test_lanes_share_what_there_is_request_by_request(world: VirtualLane) -> None:
    """None has its third invoice issued before each has its first."""
    world.stage_each(LANES, EACH)
    world.task = world.loop.create_task(world.worker(OneAtATime(world.memory)).run())  # type: ignore[arg-type]
    world.pass_time(len(LANES) * EACH * WORK * 1.1 + 3)
    numbers = [int(ref_id.rpartition("/")[2]) for request in world.vendor.requests for ref_id in request.ref_ids]
    assert numbers.index(2) > max(at for at, number in enumerate(numbers) if number == 0)


def test_a_vendor_that_hangs_for_many_keeps_nobody_from_work(world: VirtualLane) -> None:
    """More lanes than may work at a time wait for their answers; who waits for the vendor is not at work."""
    count = 2 * world.settings.most_at_work
    lanes = LANES[: count + 20]
    world.stage_each(lanes, EACH)
    world.vendor.faults.extend([answer(HANG)] * count)
    world.task = world.loop.create_task(world.worker().run())
    world.pass_time(4)
    hanging = {request.lane for request in world.vendor.requests if request.ended is None}
    assert len(hanging) == count
    assert set(world.vendor.issued) == {
        f"{lane}/{number}" for lane in lanes if lane not in hanging for number in range(EACH)
    }


@pytest.mark.parametrize("pause", (0.0, 1.0))
def test_who_comes_while_all_wait_for_the_vendor_is_served_at_once(pause: float) -> None:
    """Nobody stood in line when they sent, so that nobody had asked for their places."""
    world = VirtualLane(settings=LaneSettings(pause_seconds=pause, most_intents=2))
    first, late = LANES[: world.settings.most_at_work], LANES[world.settings.most_at_work]
    world.stage_each(first, EACH)
    world.vendor.faults.extend([answer(HANG)] * len(first))
    engine = world.worker()
    world.task = world.loop.create_task(engine.run())
    world.pass_time(4)
    assert {request.lane for request in world.vendor.requests if request.ended is None} == set(first)
    world.stage_each([late], EACH)
    engine.notify(late)
    world.pass_time(2 + 2 * pause)
    assert set(world.vendor.issued) == {f"{late}/{number}" for number in range(EACH)}
    world.loop.end()


def test_the_end_does_not_wait_for_those_in_line(world: VirtualLane) -> None:
    """Who has not begun does not begin any more."""
    world.stage_each(LANES, EACH)
    engine = world.worker(OneAtATime(world.memory))  # type: ignore[arg-type]
    world.task = world.loop.create_task(engine.run())
    world.pass_time(3)
    engine.stop()
    world.pass_time(3)
    assert world.task.done()
    with suppress(asyncio.CancelledError):
        world.task.result()
    assert 0 < len(world.vendor.issued) < len(LANES) * EACH
    assert all(lane.in_flight is None for lane in world.memory.lanes.values())
