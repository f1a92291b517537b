"""Lanes on a real MongoDB with a scripted vendor: staging, engines that crash, and what must hold at the end."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from lanes.clock import SystemClock
from lanes.engine import LaneEngine
from lanes.model import Command, Intent, IntentState, Position
from lanes.mongo import MongoLaneStore
from lanes.operations import LaneOperations
from lanes.ports import Count, FailPoint, NoMetrics
from lanes.settings import LaneSettings
from lanes.staging import StageOutcome, Stager
from lanes.store import StoreUnavailable
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from support.lane_vendor import RecordingAnnouncer, ScriptedVendor, VendorAdapter
from typing_extensions import override

LANE = "sandbox:0101243150:1C__TAA"
ACCOUNT = "sandbox:0101243150"
TODAY = date(2026, 11, 21)

QUICK = LaneSettings(
    lease_seconds=0.8,
    deadline_seconds=0.4,
    margin_seconds=0.1,
    pause_seconds=0.0,
    race_pause_seconds=0.02,
    longest_pause_seconds=0.1,
    quiet_seconds=0.15,
    accepted_poll_seconds=0.05,
    accepted_seconds=1.0,
    watch_seconds=0.6,
    sweep_seconds=0.05,
    sweep_grace_seconds=0.1,
    announce_grace_seconds=0.2,
    shutdown_seconds=2.0,
)


SLOWER = replace(
    QUICK,
    quiet_seconds=3 * QUICK.quiet_seconds,
    accepted_poll_seconds=3 * QUICK.accepted_poll_seconds,
    accepted_seconds=3 * QUICK.accepted_seconds,
    watch_seconds=3 * QUICK.watch_seconds,
)
"""For tests that look for a state which passes: a busy machine is late to look, and must not miss it."""


class InstantClock(SystemClock):
    """A clock whose sleeps take no time."""

    @override
    async def sleep(self, seconds: float) -> None:
        """Let others run."""
        await asyncio.sleep(0)


@dataclass
class RecordingMetrics(NoMetrics):
    """Counts in memory."""

    counts: Counter[Count] = field(default_factory=Counter)

    @override
    def count(self, name: Count, amount: int = 1) -> None:
        """Add."""
        self.counts[name] += amount


class Crash(BaseException):
    """The process is gone: nothing after it runs."""


@dataclass
class CrashingStore:
    """A store that the dead can't reach: after the crash every call raises."""

    store: MongoLaneStore
    dead: bool = False
    failures: int = 0
    gate: asyncio.Event | None = None

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.store, name)

        async def call(*args: Any, **arguments: Any) -> Any:
            if self.gate is not None:
                await self.gate.wait()
            if self.dead:
                raise Crash("dead")
            if self.failures:
                self.failures -= 1
                raise StoreUnavailable("no primary")
            return await method(*args, **arguments)

        return call


@dataclass
class World:
    """One database, one vendor, one world of consumers."""

    database: AsyncIOMotorDatabase[dict[str, Any]]
    settings: LaneSettings = QUICK
    vendor: ScriptedVendor = field(default_factory=ScriptedVendor)
    announcer: RecordingAnnouncer = field(default_factory=RecordingAnnouncer)
    metrics: RecordingMetrics = field(default_factory=RecordingMetrics)
    today: date = TODAY
    offset: int = 0
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def store(self) -> MongoLaneStore:
        """A store that lives."""
        return MongoLaneStore(self.database)

    @property
    def operations(self) -> LaneOperations:
        """What operators do."""
        return LaneOperations(self.store, self.settings)

    def command(self, ref_id: str, *, lane: str = LANE, **changes: Any) -> Command:
        """A command whose content names it."""
        content = changes.pop("content", {"ref": ref_id})
        fields: dict[str, Any] = {"account": ACCOUNT, "weight": 1, "labels": {"shop": "demo", "order": ref_id}}
        return Command(ref_id=ref_id, lane=lane, content=json.dumps(content), **fields | changes)

    async def stage(self, *ref_ids: str, **changes: Any) -> list[StageOutcome]:
        """Stage at the tail."""
        commands = []
        for ref_id in ref_ids:
            commands.append((self.command(ref_id, **changes), Position(1, self.offset)))
            self.offset += 1
        return await Stager(self.store).stage(commands)

    def engine(
        self,
        *,
        crash_at: FailPoint | None = None,
        adapter: VendorAdapter | None = None,
        store: CrashingStore | None = None,
        at: Mapping[FailPoint, Callable[[], None]] | None = None,
    ) -> LaneEngine:
        """Another worker; it dies at the first time it reaches the fail-point, and does what `at` says."""
        store = store or CrashingStore(self.store)

        def fail(point: FailPoint) -> None:
            if at and point in at:
                at[point]()
            if point is crash_at:
                store.dead = True
                raise Crash(point)

        return LaneEngine(
            store,
            adapter or VendorAdapter(self.vendor),
            self.announcer,
            self.settings,
            today=lambda: self.today,
            metrics=self.metrics,
            fail_point=fail,
        )

    def start(self, engine: LaneEngine) -> None:
        """Run it until the end of the test or its crash."""
        self.tasks.append(asyncio.create_task(engine.run()))

    async def ended(self) -> None:
        """Wait for the engine that was started last; raises what it died of."""
        await self.tasks[-1]

    async def close(self) -> None:
        """End every worker."""
        for task in self.tasks:
            task.cancel()
        for task in self.tasks:
            with suppress(asyncio.CancelledError, Crash, BaseExceptionGroup):
                await task

    async def intent(self, ref_id: str) -> Intent:
        """What is stored."""
        return (await self.store.known([ref_id]))[ref_id]

    async def until(self, holds: Callable[[], Any], *, seconds: float = 15.0) -> None:
        """Wait until something holds (a function or a coroutine function)."""
        async with asyncio.timeout(seconds):
            while True:
                result = holds()
                if asyncio.iscoroutine(result):
                    result = await result
                if result:
                    return
                await asyncio.sleep(0.01)

    async def until_state(self, state: IntentState, *ref_ids: str) -> None:
        """Wait until all of these are in this state."""

        async def there() -> bool:
            known = await self.store.known(ref_ids)
            return all(ref_id in known and known[ref_id].state is state for ref_id in ref_ids)

        await self.until(there)

    async def until_announced(self, *ref_ids: str) -> None:
        """Wait until consumers know the latest version of these, and the store knows that they do."""

        async def told() -> bool:
            known = await self.store.known(ref_ids)
            return all(
                not i.unannounced and i.announced == i.version == self.announcer.intents[i.ref_id].version
                for i in known.values()
                if i.ref_id in self.announcer.intents or i.unannounced or i.version
            )

        await self.until(told)

    def first_requests(self) -> list[str]:
        """RefIDs in the order in which the vendor first saw them."""
        seen: dict[str, None] = {}
        for request in self.vendor.requests:
            seen.update(dict.fromkeys(request.ref_ids))
        return list(seen)

    async def assert_all_well(self, *ref_ids: str) -> None:
        """One issued per RefID, no gap, in order, no overlap, everything announced."""
        await self.until_announced(*ref_ids)
        assert sorted(self.vendor.issued) == sorted(ref_ids)
        numbers = sorted(int(result["number"]) for result in self.vendor.issued.values())
        assert numbers == list(range(1, len(ref_ids) + 1))
        assert self.first_requests() == list(ref_ids)
        assert self.vendor.overlaps == 0
        for ref_id in ref_ids:
            stored = await self.intent(ref_id)
            assert (stored.state, dict(stored.result)) == (IntentState.ISSUED, self.vendor.issued[ref_id])
            assert self.announcer.intents[ref_id].state is IntentState.ISSUED


def connect(mongo_url: str) -> "AsyncIOMotorClient[dict[str, Any]]":
    """A client of the running test's event loop."""
    return AsyncIOMotorClient(mongo_url, serverSelectionTimeoutMS=5000)
