"""Claims ahead in doubt: was it written, and who sends it, if nobody lived to see it? In virtual time."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from lanes.model import IntentState
from lanes.ports import Count, FailPoint
from lanes.store import Transition
from support.lanes_world import LANE, Crash
from support.virtual_lanes import SlowStore, VirtualLane

ALL = ("a", "b", "c", "d", "e", "f")


def test_a_lost_receipt_of_the_joined_step(lane: VirtualLane) -> None:
    """The database took the recording and the claim and did not say so: the claim, which nobody sent, is sent."""
    store = SlowStore(lane.memory)
    store.lose_receipt_of = lambda transition: len(transition.intents) == 4
    lane.start(lane.worker(store))
    lane.pass_time(20)
    assert lane.batches() == [["a", "b"], ["c", "d"], ["e", "f"]]
    assert lane.vendor.look_ups == []


def claims_ahead(transition: Transition) -> bool:
    """Whether it names what may follow a request under way, and records nothing."""
    flying = transition.after.in_flight
    return flying is not None and flying.following is not None and len(transition.intents) == 2


def test_a_claim_ahead_of_which_neither_receipt_nor_reading_arrives(lane: VirtualLane) -> None:
    """It was written, and its worker cannot know: what it named was never sent and goes back to the queue."""
    store = SlowStore(lane.memory, lose_receipt_of=claims_ahead, then_fails="load")
    lane.start(lane.worker(store))
    lane.pass_time(20)
    assert lane.batches() == [["a", "b"], ["c", "d"], ["e", "f"]]
    assert lane.states(*ALL) == {IntentState.ISSUED}
    assert lane.vendor.look_ups == []


def test_a_claim_ahead_that_is_written_late(lane: VirtualLane) -> None:
    """The database gave up on it, and a moment after the lane was read again it is there all the same."""
    lane.vendor.latency = 2.0
    lane.start(lane.worker(SlowStore(lane.memory, answers_late=claims_ahead)))
    lane.pass_time(20)
    assert lane.batches() == [["a", "b"], ["c", "d"], ["e", "f"]]
    assert lane.states(*ALL) == {IntentState.ISSUED}
    assert lane.vendor.look_ups == []


@pytest.mark.parametrize("pause", (0.0, 1.0))
def test_a_reading_that_is_behind_does_not_cost_an_answer(make: Callable[..., VirtualLane], pause: float) -> None:
    """A write was refused for what a majority does not know of yet: it is read again until it can be seen."""
    lane = make(pause_seconds=pause)
    store = SlowStore(lane.memory)

    async def pause_lane() -> None:
        before = await lane.memory.load(LANE)
        await lane.operations.pause(LANE, "the accountant looks")
        store.reads_behind.extend([before, before])

    lane.start(lane.worker(store, during={2: pause_lane}))
    lane.pass_time(20)
    assert lane.batches() == [["a", "b"], ["c", "d"]]
    assert lane.states("a", "b", "c", "d") == {IntentState.ISSUED}
    assert lane.states("e", "f") == {IntentState.STAGED}
    assert lane.vendor.look_ups == []


def test_a_lane_lost_while_something_is_claimed_ahead_is_told(lane: VirtualLane) -> None:
    """The request under way may overlap with those of the new holder, whichever step notices first."""

    def taken_over(transition: Transition) -> bool:
        if not claims_ahead(transition):
            return False
        taken = lane.memory.lanes[LANE]
        later = replace(taken, epoch=taken.epoch + 1, revision=taken.revision + 1, holder="another")
        lane.memory.lanes[LANE] = later
        return True

    lane.start(lane.worker(SlowStore(lane.memory, lose_receipt_of=taken_over)))
    lane.pass_time(5)
    assert lane.batches() == [["a", "b"]]
    assert lane.metrics.counts[Count.SUPERSEDED] == 1


@pytest.mark.parametrize("takes", (9.0, 25.0))
@pytest.mark.parametrize("lost", (False, True))
def test_a_late_receipt_of_the_joined_step(lane: VirtualLane, *, lost: bool, takes: float) -> None:
    """Its lease counts from before it was asked for: with too little of it left the claim is given back unsent."""
    store = SlowStore(lane.memory)
    late = [takes]
    store.receipt_takes = lambda transition: late.pop() if len(transition.intents) == 4 and late else 0.0
    if lost:
        store.lose_receipt_of = lambda transition: len(transition.intents) == 4
    lane.start(lane.worker(store))
    lane.pass_time(200)
    assert lane.metrics.counts[Count.LEASE_TOO_SHORT] >= 1
    assert lane.batches() == [["a", "b"], ["c", "d"], ["e", "f"]]
    assert lane.vendor.look_ups == []


@pytest.mark.parametrize(
    "point",
    (
        FailPoint.CLAIM_AFTER_PREPARE,
        FailPoint.RECORD_AFTER_COMMIT,
        FailPoint.CLAIM_AFTER_COMMIT,
        FailPoint.CALL_AT_LAST_CHECK,
    ),
)
def test_a_crash_at_the_joined_step(lane: VirtualLane, point: FailPoint) -> None:
    """Whoever continues finds either nothing of the step or all of it; everything is issued once and in order."""
    store, reached = SlowStore(lane.memory), 0

    def crash(at: FailPoint) -> None:
        nonlocal reached
        reached += at is point
        if at is point and reached == 2 - (point is FailPoint.RECORD_AFTER_COMMIT):
            store.dead = True
            raise Crash(at)

    lane.start(lane.worker(store, fail_point=crash))
    lane.pass_time(5)
    assert lane.crashed()
    lane.start(lane.worker())
    lane.pass_time(400)
    numbers = [lane.vendor.issued[ref_id]["number"] for ref_id in ALL]
    assert numbers == sorted(numbers)
    assert lane.states(*ALL) == {IntentState.ISSUED}
    assert lane.vendor.overlaps == 0


@pytest.mark.parametrize(
    ("point", "left_behind"),
    (
        (FailPoint.CALL_AT_LAST_CHECK, [["a", "b"], ["c", "d"]]),
        (FailPoint.CALL_AFTER_ANSWER, [["c", "d"], ["e", "f"]]),
        (FailPoint.CLAIM_AFTER_COMMIT, [["a", "b"], ["c", "d"]]),
    ),
)
def test_requests_that_a_dead_worker_left_behind_are_told(
    make: Callable[..., VirtualLane], point: FailPoint, left_behind: list[list[str]]
) -> None:
    """Each as it was named, with its bodies: nobody else has a record of what may have been sent."""
    lane = make()
    lane.stage("g", "h")
    store, reached = SlowStore(lane.memory), 0

    def crash(at: FailPoint) -> None:
        nonlocal reached
        reached += at is point
        if at is point and reached == 2:
            store.dead = True
            raise Crash(at)

    lane.start(lane.worker(store, fail_point=crash))
    lane.pass_time(5)
    assert lane.crashed()
    unrecorded = list(lane.vendor.requests)[-1]
    lane.start(lane.worker())
    lane.pass_time(400)
    told = {request.request_id: request for request in lane.vendor.left_behind}
    assert [[parcel.intent.ref_id for parcel in request.parcels] for request in told.values()] == left_behind
    if unrecorded.request_id in told:
        assert [parcel.body for parcel in told[unrecorded.request_id].parcels] == unrecorded.bodies
    assert lane.states(*ALL) == {IntentState.ISSUED}
