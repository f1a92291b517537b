"""A silence of the vendor is counted by the database's clock, however long the question was on its way."""

from lanes.ports import FailPoint
from support.lane_vendor import lost_before_issue
from support.lanes_world import Crash
from support.virtual_lanes import START, SlowStore, VirtualLane


def test_a_question_that_was_long_on_its_way_shortens_no_quiet_time(lane: VirtualLane) -> None:
    """A worker that stood still while it asked for the time takes it for later than it is."""

    def die(point: FailPoint) -> None:
        if point is FailPoint.RECORD_AFTER_COMMIT:
            raise Crash(point)

    lane.vendor.faults.append(lost_before_issue)
    lane.start(lane.worker(fail_point=die))
    lane.pass_time(5)
    assert lane.crashed()
    first = lane.intent("a").look_up_at
    assert first is not None
    until_then = (first - START).total_seconds() - lane.loop.time()
    slow = 5.0
    lane.pass_time(until_then - slow - 1)
    lane.start(lane.worker(SlowStore(lane.memory, lease_takes=slow)))
    lane.pass_time(slow + 0.9)
    assert lane.vendor.look_ups == []
    lane.pass_time(0.5)
    assert lane.vendor.look_ups[0] == ["a", "b"]
