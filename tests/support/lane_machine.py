"""Three places for workers, two lanes, two accounts, and everything that can happen to them, as Hypothesis rules."""

from collections import deque

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from lanes.model import Command, IntentState, LaneState
from lanes.ports import FailPoint
from support.lane_scene import (
    ACCOUNTS,
    COMMANDS,
    FAULTS,
    LANE,
    LANES,
    NEW,
    SHORTLY_BEFORE,
    SLOT,
    STORIES,
    WHICH,
)
from support.lane_trouble import LaneTrouble
from support.strict_vendor import Fate
from support.virtual_world import Withdrawal


class LaneMachine(LaneTrouble):
    """Everything that can happen there."""

    # --- commands

    @rule(slot=SLOT, commands=st.lists(COMMANDS, min_size=1, max_size=4))
    def stage(self, slot: int, commands: list[tuple[int, int, int, str, int]]) -> None:
        """New commands, and retries with the same or other content, in the lane they belong to or in another."""
        for which, moved, account, content, weight in commands:
            ref_id = self._new_ref() if which <= NEW else self._ref(which - NEW)
            lane = LANES[(int(ref_id[1:]) + moved) % 2]
            command = Command(ref_id=ref_id, lane=lane, account=ACCOUNTS[account], content=content, weight=weight)
            self._append(command)
        self._worker(slot).stage()
        self._did("stage")

    @rule(slot=SLOT, lane=st.integers(0, 1), seconds=st.sampled_from((0.4, 1.0, 3.0)))
    def rush(self, slot: int, lane: int, seconds: float) -> None:
        """More than several requests carry, so that the next one is claimed while one is under way."""
        for _ in range(9):
            command = Command(ref_id=self._new_ref(lane), lane=LANES[lane], account=ACCOUNTS[0], content="x", weight=1)
            self._append(command)
        self._worker(slot).stage()
        self._did("rush", seconds)

    @rule(
        slot=SLOT,
        lane=st.integers(0, 1),
        number=st.integers(1, 4),
        fates=st.lists(st.sampled_from(Fate), max_size=3),
        seconds=st.sampled_from((1.0, 3.0, 20.0, 45.0)),
    )
    def trouble(self, slot: int, lane: int, number: int, fates: list[Fate], seconds: float) -> None:
        """New commands of one lane, what becomes of its next requests, and time for it."""
        self.world.vendor.fates[LANES[lane]] = deque(fates)
        self._feed(slot, lane, number)
        self._did("trouble", seconds)

    @rule(slot=SLOT, lane=st.integers(0, 1), fates=st.sampled_from(STORIES))
    def endless_trouble(self, slot: int, lane: int, fates: tuple[Fate, ...]) -> None:
        """One thing after the other, until somebody is called."""
        self.world.vendor.fates[LANES[lane]] = deque(fates)
        self._feed(slot, lane, 3)
        self._did("endless trouble", 90.0)

    @rule(slot=SLOT, back=st.integers(1, 8))
    def redeliver(self, slot: int, back: int) -> None:
        """A rebalance: what was read is read again, by somebody else perhaps."""
        end = self.world.committed
        self._worker(slot).stage_again(max(0, end - back), end)
        self._did("redeliver")

    @rule(slot=SLOT, which=WHICH)
    def withdraw_by_command(self, slot: int, which: int) -> None:
        """The order was cancelled."""
        ref_id = self._ref(which)
        intent = self.world.store.intents.get(ref_id)
        if intent is not None:
            self._append(Withdrawal(ref_id=ref_id, lane=intent.command.lane))
            self._worker(slot).stage()
        self._did("withdraw by command")

    # --- operators

    @rule(which=WHICH)
    def withdraw(self, which: int) -> None:
        """An operator takes back what was surely not issued."""
        ref_id = self._ref(which)
        may_live = self.world.vendor.alive(ref_id) or ref_id in self.world.vendor.issued
        self._operate("withdraw", self.operations.withdraw(ref_id, "ordered twice"))
        intent = self.world.store.intents.get(ref_id)
        assert not (may_live and intent is not None and intent.state is IntentState.WITHDRAWN)

    @rule(which=WHICH)
    def set_aside(self, which: int) -> None:
        """An operator takes an intent out of its lane's way; one in flight if there is any."""
        in_flight = [r.in_flight.ref_ids[0] for r in self.world.store.lanes.values() if r.in_flight]
        ref_id = in_flight[0] if in_flight and which <= NEW else self._ref(which)
        self._operate("set aside", self.operations.set_aside(ref_id, "the customer waits"))
        intent = self.world.store.intents.get(ref_id)
        if intent is not None and intent.state is IntentState.SET_ASIDE:
            self.world.vendor.released.add(ref_id)

    @rule(lane=LANE, how=st.sampled_from(("pause", "block", "resume", "resume", "resume")))
    def operate_lane(self, lane: str, how: str) -> None:
        """An operator stops a lane or lets it go on."""
        operations = self.operations
        ways = {
            "pause": lambda: operations.pause(lane, "stocktaking"),
            "block": lambda: operations.block(lane, "Certificate", "expired"),
            "resume": lambda: operations.resume(lane),
        }
        stopped = lane in self.world.store.lanes and self.world.store.lanes[lane].state is not LaneState.RUNNING
        done = self._operate(f"{how} lane", ways[how]())
        self.world.seen["a stopped lane is resumed"] += done and stopped and how == "resume"

    @rule(account=st.sampled_from(ACCOUNTS), how=st.sampled_from(("pause", "resume", "resume", "resume")))
    def operate_account(self, account: str, how: str) -> None:
        """An operator stops an account or lets it go on."""
        operations = self.operations
        ways = {
            "pause": lambda: operations.pause_account(account, "licence"),
            "resume": lambda: operations.resume_account(account),
        }
        self._operate(f"{how} account", ways[how]())

    @rule(slot=SLOT, lane=st.integers(0, 1))
    def pause_under_a_claim(self, slot: int, lane: int) -> None:
        """An operator stops an account while somebody is about to claim for it."""
        worker = self._worker(slot)
        worker.suspend_at = FailPoint.CLAIM_AFTER_PREPARE
        self._feed(slot, lane, 1)
        self.world.loop.advance(2.0)
        self._operate("pause under a claim", self.operations.pause_account(ACCOUNTS[0], "licence"))
        worker.wake()
        self.world.loop.advance(1.0)
        self._operate("resume account", self.operations.resume_account(ACCOUNTS[0]))

    # --- the world outside

    @rule(lane=LANE, fates=st.lists(st.sampled_from(Fate), min_size=1, max_size=3))
    def vendor_will(self, lane: str, fates: list[Fate]) -> None:
        """What becomes of the next requests of a lane."""
        self.world.vendor.fates.setdefault(lane, deque()).extend(fates)
        self._did("vendor will")

    @rule(fates=st.lists(st.sampled_from(("raises", "unclear", "partly", "clear")), min_size=1, max_size=4))
    def look_ups_will(self, fates: list[str]) -> None:
        """What becomes of the next look-ups."""
        self.world.vendor.look_up_fates.extend(fates)
        self._did("look-ups will")

    @rule(times=st.integers(1, 4))
    def announcements_fail(self, times: int) -> None:
        """The broker is away."""
        self.world.consumers.failures = times
        self._did("announcements fail")

    @rule(slot=SLOT, faults=st.lists(st.sampled_from(FAULTS), min_size=1, max_size=4))
    def store_fails(self, slot: int, faults: list[str]) -> None:
        """The database is away, or took a write and could not say so, or only much later; there is work meanwhile."""
        self._worker(slot).store_faults.extend(faults)
        self._feed(slot, slot % 2, 1)
        self._did("store fails", 3.0)

    @rule(slot=SLOT, lane=st.integers(0, 1), fault=st.sampled_from(("claim lost", "claim lands late")))
    def a_claim_ahead_is_in_doubt(self, slot: int, lane: int, fault: str) -> None:
        """There is more than one request of work, and the database does not say whether it took a claim ahead."""
        self._are_well()
        self.world.vendor.fates[LANES[lane]] = deque([Fate.ISSUED_SLOWLY, Fate.ISSUED])
        worker = self._feed(slot, lane, 8)
        worker.store_faults[:] = [fault]
        self._did("a claim ahead is in doubt", 8.0)

    # --- workers

    @rule(slot=SLOT, point=st.sampled_from(FailPoint), lane=st.integers(0, 1))
    def crash_at(self, slot: int, point: FailPoint, lane: int) -> None:
        """Has work, and dies when it comes to this point."""
        self._worker(slot).crash_at = point
        self._feed(slot, lane, 1)
        self._did("crash at", 2.0)

    @rule(slot=SLOT)
    def crash_now(self, slot: int) -> None:
        """Dies wherever it is."""
        self._worker(slot).die()
        self._did("crash now")

    @rule(slot=SLOT, lane=st.integers(0, 1), fate=st.sampled_from((Fate.HANGS, Fate.HANGS_LATE, Fate.ISSUED_SLOWLY)))
    def die_in_a_call(self, slot: int, lane: int, fate: Fate) -> None:
        """Dies while the vendor works; somebody else takes over."""
        self.world.vendor.fates[LANES[lane]] = deque([fate])
        worker = self._feed(slot, lane, 8)  # without a pause there is a claim ahead by then, which has not left
        self.world.loop.advance(1.0)
        worker.die()
        self._feed((slot + 1) % 3, lane, 1)
        self._did("die in a call", 20.0)

    @rule(slot=SLOT, point=st.sampled_from(FailPoint), lane=st.integers(0, 1))
    def suspend_at(self, slot: int, point: FailPoint, lane: int) -> None:
        """Has work, and stands still when it comes to this point."""
        self._worker(slot).suspend_at = point
        self._feed(slot, lane, 1)
        self._did("suspend at", 2.0)

    @rule(
        slot=SLOT,
        lane=st.integers(0, 1),
        point=st.sampled_from(SHORTLY_BEFORE),
        seconds=st.sampled_from((0.0, 0.0, 4.0, 7.0)),
    )
    def sleep_over_the_lease(self, slot: int, lane: int, point: FailPoint, seconds: float) -> None:
        """Stands still shortly before the first byte, or where nothing helps; wakes soon, or while another sends."""
        sleeper = self._worker(slot)
        sleeper.suspend_at = point
        self._feed(slot, lane, 1)
        self._did("sleep over the lease", 2.0 + seconds)
        if not seconds:
            self._wait_for_another_call(slot, lane)
        sleeper.wake()
        self.world.loop.advance(0.5)

    def _wait_for_another_call(self, slot: int, lane: int) -> None:
        loop, vendor = self.world.loop, self.world.vendor
        self._are_well(but=slot)
        vendor.fates[LANES[lane]] = deque([Fate.ISSUED_SLOWLY])
        self._feed((slot + 1) % 3, lane, 1)
        for _ in range(120):
            loop.advance(0.5)
            if any(arrival.under_way(loop.time()) for arrival in vendor.arrivals.get(LANES[lane], ())):
                return

    @rule(slot=SLOT, steps=st.integers(1, 12))
    def suspend_after(self, slot: int, steps: int) -> None:
        """Stands still after so many steps."""
        self._worker(slot).steps_left = steps
        self._did("suspend after")

    @precondition(lambda self: any(worker and worker.suspended for worker in self.slots))
    @rule(seconds=st.sampled_from((0.0, 5.0, 13.0, 25.0, 40.0)))
    def wake(self, seconds: float) -> None:
        """Those who stand still go on, sooner or later."""
        self.world.loop.advance(seconds)
        for worker in self.slots:
            if worker is not None:
                worker.wake()
        self._did("wake")

    @rule(slot=SLOT, how=st.sampled_from(("stop", "cancel")))
    def stop(self, slot: int, how: str) -> None:
        """Ends orderly, or is cut short."""
        worker = self._worker(slot)
        worker.engine.stop()
        if how == "cancel":
            worker.task.cancel()
        self._did(how)

    @rule(slot=SLOT, days=st.sampled_from((-1, 0, 1)))
    def wrong_date(self, slot: int, days: int) -> None:
        """The clock on its wall is set wrong."""
        self._worker(slot).skew_days = days
        self._did("wrong date")

    @rule(seconds=st.sampled_from((0.02, 0.2, 0.5, 1.0, 1.5, 3.0)))
    def time_passes(self, seconds: float) -> None:
        """Work goes on."""
        self._did("time passes", seconds)

    @rule(seconds=st.sampled_from((7.0, 11.0, 21.0, 61.0)))
    def much_time_passes(self, seconds: float) -> None:
        """Leases and quiet periods end."""
        self._did("much time passes", seconds)

    @precondition(lambda self: any(intent.watch_at for intent in self.world.store.intents.values()))
    @rule()
    def a_new_day(self) -> None:
        """Watches end, dates change."""
        self._did("a new day", 301.0)
