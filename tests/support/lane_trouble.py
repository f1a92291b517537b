"""Rules that bring about what chance alone seldom does: each fate of a request, and a death at each step."""

from collections import deque

from hypothesis import strategies as st
from hypothesis.stateful import rule
from lanes.ports import FailPoint
from support.lane_scene import ACCOUNTS, LANES, LOSING, SLOT
from support.lane_stage import LaneStage
from support.strict_vendor import Fate


class LaneTrouble(LaneStage):
    """What is to happen next really happens: nothing else is in its way."""

    def _are_well(self, *, but: int | None = None) -> None:
        """Workers (`but` one) are awake, nothing is stopped or fails."""
        for number, worker in enumerate(self.slots):
            if number != but and worker is not None:
                worker.store_faults.clear()
                worker.crash_at = worker.suspend_at = None
                worker.wake()
        self.world.vendor.look_up_fates.clear()
        for lane in LANES:
            self._operate("resume lane", self.operations.resume(lane))
        for account in ACCOUNTS:
            self._operate("resume account", self.operations.resume_account(account))

    @rule(slot=SLOT, lane=st.integers(0, 1), fate=st.sampled_from(Fate), number=st.sampled_from((1, 5)))
    def one_fate(self, slot: int, lane: int, fate: Fate, number: int) -> None:
        """The next request of a lane, of one or several, ends like this."""
        self._are_well()
        self._feed(slot, lane, number)
        self.world.vendor.fates[LANES[lane]] = deque([fate])
        self._did("one fate", 8.0)

    @rule(slot=SLOT, lane=st.integers(0, 1), point=st.sampled_from(FailPoint))
    def first_there_dies(self, slot: int, lane: int, point: FailPoint) -> None:
        """There is work, it goes wrong if that is the way there, and whoever comes to this point first dies."""
        self._are_well()
        self.world.vendor.fates[LANES[lane]] = deque(LOSING.get(point, ()))
        self._feed(slot, lane, 2)
        if point is FailPoint.SETTLE_AFTER_TAKEOVER:
            self._leave_behind(slot, lane)
        self._die_there(point)
        self._did("first there dies")

    def _leave_behind(self, slot: int, lane: int) -> None:
        """Whoever has begun a call is gone; somebody else is there."""
        self.world.loop.advance(1.5)
        for worker in self.slots:
            if worker is not None:
                worker.die()
        self._feed(slot, lane, 1)

    def _die_there(self, point: FailPoint) -> None:
        there = [worker for worker in self.slots if worker is not None and not worker.ended]
        for worker in there:
            worker.crash_at = point
        for _ in range(60):
            self.world.loop.advance(2.0)
            if any(worker.dead for worker in there):
                break
        for worker in there:
            worker.crash_at = None
