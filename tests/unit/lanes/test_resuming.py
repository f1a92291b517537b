"""A lane that was resumed goes on, whatever became of the word that it should."""

from collections.abc import Callable

import pytest
from lanes.model import IntentState
from lanes.operations import LaneOperations
from lanes.outcomes import Lost
from lanes.store import StoreUnavailable, Transition
from support.lane_vendor import answer
from support.lanes_world import LANE
from support.virtual_lanes import SlowStore, VirtualLane

ALL = ("a", "b", "c", "d", "e", "f")


def asleep(lane: VirtualLane) -> None:
    """Blocked, and given back by its worker, which goes on looking for lanes with work."""
    lane.run(lane.operations.block(LANE, "LicenceUsedUp", "buy more"))
    lane.start(lane.worker())
    lane.pass_time(10)
    assert lane.memory.lanes[LANE].wake_at is None
    assert lane.batches() == []


def test_a_resume_whose_receipt_is_lost_wakes_the_lane(lane: VirtualLane) -> None:
    """State and wake-up are one write: there is no running lane that sleeps over its work."""
    asleep(lane)
    store = SlowStore(lane.memory)

    def any_of_them(_: Transition) -> bool:
        return True

    store.lose_receipt_of = any_of_them
    with pytest.raises(StoreUnavailable):
        lane.run(LaneOperations(store, lane.settings).resume(LANE))
    lane.pass_time(30)
    assert lane.states(*ALL) == {IntentState.ISSUED}


@pytest.mark.parametrize("again", (False, True))
def test_a_lane_that_runs_and_sleeps_is_woken_by_a_resume(make: Callable[..., VirtualLane], *, again: bool) -> None:
    """Whoever says it once more is heard, whatever put the lane to sleep."""
    lane = make()
    asleep(lane)
    lane.run(lane.operations.resume(LANE))
    lane.pass_time(30)
    lane.stage("late")
    record = lane.memory.lanes[LANE]
    lane.run(lane.memory.release(record, wake_at=None))
    if again:
        lane.run(lane.operations.resume(LANE))
    lane.pass_time(30)
    assert lane.states("late") == {IntentState.ISSUED if again else IntentState.STAGED}


def test_what_is_set_aside_lets_its_lane_go_on(make: Callable[..., VirtualLane]) -> None:
    """At once, not when it would have looked again."""
    lane = make(quiet_seconds=600.0)
    lane.vendor.faults.append(answer(Lost("reset")))
    lane.start(lane.worker())
    lane.pass_time(30)
    assert lane.states("a", "b") == {IntentState.UNKNOWN}
    for ref_id in ("a", "b"):
        lane.run(lane.operations.set_aside(ref_id, "asked by telephone"))
    lane.pass_time(30)
    assert lane.states("c", "d", "e", "f") == {IntentState.ISSUED}
