"""Where the machine of lanes plays: workers, commands, what must hold after every step, and how it ends."""

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from lanes.model import Command, IntentState, LaneState, Position
from lanes.operations import LaneOperations, OperationRefused
from support.frail_worker import FrailWorker
from support.lane_invariants import Invariants
from support.lane_scene import (
    ACCOUNTS,
    ENDLESS,
    LANES,
    SETTINGS,
    Report,
)
from support.virtual_world import Withdrawal, World
from typing_extensions import override


class LaneStage(RuleBasedStateMachine):
    """Three places for workers, two lanes, two accounts, a dozen identities; nothing happens by itself."""

    def __init__(self, report: Report) -> None:
        """Report to this."""
        super().__init__()
        self.report = report
        self.workers: list[FrailWorker] = []

    @initialize(pause=st.sampled_from((0.0, 1.0)))
    def begin(self, pause: float) -> None:
        """Two workers, nothing to do; a vendor that wants a pause between requests, or none."""
        self.world = World(replace(SETTINGS, pause_seconds=pause))
        self.watcher = Invariants(self.world)
        self.operations = LaneOperations(self.world.store, SETTINGS)
        self.slots: list[FrailWorker | None] = [None, None, None]
        self.refs = 0
        for slot in range(2):
            self._start(slot)
        self._did("begin", 0)

    def _did(self, what: str, seconds: float = 0.7) -> None:
        self.world.seen[f"rule {what}"] += 1
        self.world.loop.advance(seconds)

    def _start(self, slot: int) -> FrailWorker:
        worker = FrailWorker(self.world, len(self.workers))
        self.workers.append(worker)
        self.slots[slot] = worker
        return worker

    def _worker(self, slot: int) -> FrailWorker:
        """Who is there now; somebody new where the last one has ended."""
        worker = self.slots[slot]
        return worker if worker is not None and not worker.ended else self._start(slot)

    def _operate(self, what: str, work: Coroutine[Any, Any, object]) -> bool:
        """Try it; whether it was done."""
        try:
            self.world.loop.finish(work, within=1.0)
        except OperationRefused:
            done = False
        else:
            done = True
        self.world.seen[f"{'done' if done else 'refused'} {what}"] += 1
        self._did(what)
        return done

    def _feed(self, slot: int, lane: int, number: int) -> FrailWorker:
        """So many new commands, read by this worker."""
        for _ in range(number):
            command = Command(ref_id=self._new_ref(lane), lane=LANES[lane], account=ACCOUNTS[0], content="x", weight=1)
            self._append(command)
        worker = self._worker(slot)
        worker.stage()
        return worker

    def _new_ref(self, lane: int | None = None) -> str:
        self.refs += 1 if lane is None or self.refs % 2 != lane else 2
        return f"r{self.refs:03d}"

    def _ref(self, which: int) -> str:
        """One that something can be done with, newest first."""
        intents = [*self.world.store.intents.values()]
        open_first = sorted(intents, key=lambda i: (i.state is IntentState.ISSUED, -i.position.offset))
        return open_first[which % len(open_first)].ref_id if open_first else "r000"

    def _append(self, entry: Command | Withdrawal) -> None:
        self.world.log.append((entry, Position(1, len(self.world.log))))

    # --- what must hold

    @invariant()
    def rules_hold(self) -> None:
        """After every step."""
        if hasattr(self, "world"):
            self.report.steps += 1
            self.watcher.check()

    @override
    def teardown(self) -> None:
        """From wherever it stands, everything comes to its end: nothing is stuck, nothing is lost."""
        if not hasattr(self, "world"):
            return
        try:
            self._heal()
            self._drain()
            self.watcher.check_end(self.workers)
            self._tell()
        finally:
            for worker in self.workers:
                worker.die()
            self.world.loop.end()

    def _tell(self) -> None:
        world, report = self.world, self.report
        report.examples += 1
        report.seen += world.seen
        report.counts += world.counts
        codes = [change.code for change in world.consumers.lanes.values()]
        report.seen.update(f"blocked: {code}" for code in codes if code)
        report.seen.update(intent.state.value for intent in world.store.intents.values())

    def _heal(self) -> None:
        """The vendor, the broker and the database are well; sleepers wake and end; one new worker goes on alone."""
        self.world.vendor.fates.clear()
        self.world.vendor.look_up_fates.clear()
        self.world.consumers.failures = 0
        for worker in self.workers:
            worker.store_faults.clear()
            worker.crash_at = worker.suspend_at = None
            worker.wake()
        self.world.loop.advance(15.0)
        for worker in self.workers:
            worker.engine.stop()
        last = self._start(0)
        last.stage()

    def _drain(self) -> None:
        loop, store = self.world.loop, self.world.store
        give_up = loop.time() + ENDLESS
        while not self.watcher.at_rest():
            assert loop.time() < give_up, (store.lanes, store.intents)
            for record in list(store.lanes.values()):
                if record.state is not LaneState.RUNNING:
                    loop.finish(self.operations.resume(record.lane), within=1.0)
            for account in list(store.account_records.values()):
                if account.state is not LaneState.RUNNING:
                    loop.finish(self.operations.resume_account(account.account), within=1.0)
            loop.advance(20.0)
            self.watcher.check()
