"""One lane in virtual time: a store in memory whose every operation takes a while, a scripted vendor, one worker."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, TypeVar

from lanes.engine import LaneEngine
from lanes.model import Command, Intent, IntentState, Position
from lanes.operations import LaneOperations
from lanes.ports import FailPoint, Request
from lanes.settings import LaneSettings
from lanes.staging import Stager
from lanes.store import StoreUnavailable, Transition
from support.lane_memory import MemoryLaneStore
from support.lane_vendor import RecordingAnnouncer, ScriptedVendor, VendorAdapter
from support.lanes_world import ACCOUNT, LANE, TODAY, Crash, RecordingMetrics
from support.virtual_time import VirtualLoop

LATENCY = 0.3
TRIP = 0.01
"""How long each operation of the store takes."""
START = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
Result = TypeVar("Result")


@dataclass
class VirtualClock:
    """The loop's time."""

    loop: VirtualLoop

    def monotonic(self) -> float:
        """Virtual seconds."""
        return self.loop.time()

    async def sleep(self, seconds: float) -> None:
        """Let virtual time pass."""
        await asyncio.sleep(seconds)


@dataclass
class SlowStore:
    """Every operation takes a trip there and back; `operations` are those a worker made, in order."""

    store: MemoryLaneStore
    operations: list[str] = field(default_factory=list)
    transitions: list[Transition] = field(default_factory=list)
    dead: bool = False
    failing: str = ""
    lose_receipt_of: Callable[[Transition], bool] = lambda _: False
    then_fails: str = ""
    """The operation that fails once after a receipt was lost."""
    answers_late: Callable[[Transition], bool] = lambda _: False
    """Of a transition that fails at once and is written half a second later all the same."""
    reads_behind: deque[Any] = field(default_factory=deque)
    """What the next loads find instead of the newest."""
    receipt_takes: Callable[[Transition], float] = lambda _: 0.0
    lease_takes: float = 0.0
    """How long the question for a lease is on its way."""

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.store, name)

        async def call(*args: Any, **arguments: Any) -> Any:
            self.operations.append(name)
            await asyncio.sleep(TRIP / 2)
            if self.dead:
                raise Crash("dead")
            if name == self.failing:
                self.failing = ""
                raise StoreUnavailable("away")
            if name == "load" and self.reads_behind:
                return self.reads_behind.popleft()
            if name == "apply" and self.answers_late(args[0]):
                self.answers_late = lambda _: False
                asyncio.get_running_loop().call_later(0.5, asyncio.ensure_future, method(*args))
                raise StoreUnavailable("no answer in time")
            if name == "acquire":
                await asyncio.sleep(self.lease_takes)
            result = await method(*args, **arguments)
            await asyncio.sleep(TRIP / 2)
            if name == "apply":
                self.transitions.append(args[0])
                await asyncio.sleep(self.receipt_takes(args[0]))
                if self.lose_receipt_of(args[0]):
                    self.lose_receipt_of = lambda _: False
                    self.failing = self.then_fails
                    raise StoreUnavailable("the receipt was lost")
            return result

        return call


@dataclass
class VirtualLane:
    """A lane with a vendor that takes 0.3 s for an answer, and requests of two intents."""

    settings: LaneSettings = field(default_factory=lambda: LaneSettings(pause_seconds=0.0, most_intents=2))
    loop: VirtualLoop = field(default_factory=VirtualLoop)
    vendor: ScriptedVendor = field(default_factory=lambda: ScriptedVendor(latency=LATENCY))
    announcer: RecordingAnnouncer = field(default_factory=RecordingAnnouncer)
    metrics: RecordingMetrics = field(default_factory=RecordingMetrics)
    today: date = TODAY
    offset: int = 0
    task: "asyncio.Task[None] | None" = None

    def __post_init__(self) -> None:
        """Make the store."""
        self.memory = MemoryLaneStore(lambda: START + timedelta(seconds=self.loop.time()))
        self.operations = LaneOperations(self.memory, self.settings)

    def stage(self, *ref_ids: str, lane: str = LANE, **content: object) -> None:
        """Stage at the tail."""
        commands = []
        for ref_id in ref_ids:
            text = json.dumps({"ref": ref_id} | content)
            command = Command(ref_id=ref_id, lane=lane, account=ACCOUNT, content=text, weight=1)
            commands.append((command, Position(1, self.offset)))
            self.offset += 1
        self.run(Stager(self.memory).stage(commands))

    def stage_each(self, lanes: Iterable[str], each: int) -> None:
        """So many for each of these lanes, staged lane by lane."""
        for lane in lanes:
            self.stage(*(f"{lane}/{number}" for number in range(each)), lane=lane)

    def worker(
        self,
        store: SlowStore | None = None,
        *,
        during: Mapping[int, Callable[[], Awaitable[object]]] | None = None,
        fail_point: Callable[[FailPoint], None] = lambda _: None,
    ) -> LaneEngine:
        """An engine; `during[n]` happens in the middle of its n-th call (from 1)."""
        happenings = dict(during or {})
        calls = 0

        async def happen(_: Request) -> None:
            nonlocal calls
            calls += 1
            happening = happenings.get(calls)
            if happening is not None:
                await asyncio.sleep(LATENCY / 2)
                await happening()

        return LaneEngine(
            store or SlowStore(self.memory),
            VendorAdapter(self.vendor, after_last_check=happen),
            self.announcer,
            self.settings,
            today=lambda: self.today,
            clock=VirtualClock(self.loop),
            metrics=self.metrics,
            fail_point=fail_point,
        )

    def start(self, engine: LaneEngine) -> None:
        """Let it work from now on, as `task`."""
        engine.notify(LANE)
        self.task = self.loop.create_task(engine.run())

    def cancel(self) -> None:
        """Cancel the engine that was started last."""
        if self.task is not None:
            self.task.cancel()

    def crashed(self) -> bool:
        """Whether the engine that was started last has died of a crash."""
        return self.task is not None and self.task.done() and isinstance(self.task.exception(), Crash)

    def run(self, work: Coroutine[Any, Any, Result], *, within: float = 10.0) -> Result:
        """Run until this is done."""
        return self.loop.finish(work, within=within)

    def pass_time(self, seconds: float) -> None:
        """Let everything happen that happens within these seconds."""
        self.loop.advance(seconds)

    def batches(self) -> list[list[str]]:
        """The RefIDs of each request as the vendor got them."""
        return [request.ref_ids for request in self.vendor.requests]

    def gaps(self) -> list[float]:
        """From the end of each request to the beginning of the next, in seconds."""
        requests = self.vendor.requests
        return [round(b.started - (a.ended or 0), 4) for a, b in pairwise(requests)]

    def intent(self, ref_id: str) -> Intent:
        """What is stored."""
        return self.memory.intents[ref_id]

    def states(self, *ref_ids: str) -> set[IntentState]:
        """The states of these."""
        return {self.intent(ref_id).state for ref_id in ref_ids}
