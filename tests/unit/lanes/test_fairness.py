"""Thousands of lanes in one process, far more than it serves at once: nobody starves, whoever has much in the queue."""

from collections.abc import Iterator

import pytest
from lanes.settings import LaneSettings
from support.lane_vendor import HANG, answer
from support.virtual_lanes import LATENCY, VirtualLane

GREEDY = [f"sandbox:0101243150:1C__G{number:04}" for number in range(20)]
SMALL = [f"sandbox:0101243150:1C__S{number:04}" for number in range(2_000)]
PLACES, TURN = 40, 3


@pytest.fixture
def world() -> Iterator[VirtualLane]:
    """An engine with forty places; a lane keeps its place for three requests of one intent each."""
    settings = LaneSettings(
        pause_seconds=0.0, most_intents=1, most_lanes=PLACES, turn_requests=TURN, hold_seconds=0.2, sweep_seconds=0.5
    )
    made = VirtualLane(settings=settings)
    yield made
    made.loop.end()


def requests_of(world: VirtualLane, lanes: list[str]) -> list[int]:
    """Where in the order of all requests those of these lanes stand."""
    wanted = set(lanes)
    return [at for at, request in enumerate(world.vendor.requests) if request.lane in wanted]


def start(world: VirtualLane) -> None:
    """The engine finds the lanes by itself."""
    world.task = world.loop.create_task(world.worker().run())


def test_small_lanes_do_not_wait_for_those_with_long_queues(world: VirtualLane) -> None:
    """Twenty lanes with forty invoices each came first: two thousand others are served between their turns."""
    world.stage_each(GREEDY, 40)
    world.stage_each(SMALL, 1)
    start(world)
    world.pass_time(200)
    greedy, small = requests_of(world, GREEDY), requests_of(world, SMALL)
    assert (len(greedy), len(small)) == (800, 2_000)
    # In the time in which every small lane had its turn, a long one had some turns too, and no more than its share.
    before_the_last_small = sum(at < small[-1] for at in greedy)
    rounds = len(SMALL) / PLACES + 2
    assert before_the_last_small <= len(GREEDY) * TURN * rounds
    assert before_the_last_small >= len(GREEDY) * TURN


def test_never_more_lanes_than_places_and_never_a_place_idle(world: VirtualLane) -> None:
    """As many requests are under way as there are places, for as long as there is work for them."""
    world.stage_each(SMALL, 1)
    start(world)
    world.pass_time(60)
    requests = world.vendor.requests
    assert len(requests) == len(SMALL)
    assert world.vendor.overlaps == 0
    ends = sorted(request.ended or 0.0 for request in requests)
    # Each place takes one lane after the other; a lane costs its latency and some round trips to the database.
    assert ends[-1] <= (LATENCY + 0.1) * len(SMALL) / PLACES * 1.2


def test_a_vendor_that_hangs_for_some_leaves_the_places_to_others(world: VirtualLane) -> None:
    """Twenty requests hang until their deadline; the lanes of the other places go on meanwhile."""
    world.stage_each(GREEDY, 1)
    world.stage_each(SMALL[:200], 1)
    world.vendor.faults.extend([answer(HANG)] * len(GREEDY))
    start(world)
    world.pass_time(10)
    assert len(requests_of(world, SMALL[:200])) == 200
    assert sum(request.ended is None for request in world.vendor.requests) == len(GREEDY)
