"""One process that stages and serves lanes, in virtual time: it can die, sleep and lose its database at any step."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from lanes.engine import LaneEngine
from lanes.model import Command, InFlight, Intent, IntentState, LaneChange, LaneState, Position, Scope
from lanes.outcomes import Answer, LookUp, NotSent
from lanes.ports import Count, FailPoint, HoldIntent, LeaseTooShort, NoMetrics, Prepared, Request
from lanes.settings import LaneSettings
from lanes.staging import StageOutcome, Stager
from lanes.store import IntentChange, StoreUnavailable, Transition
from support.lane_memory import MemoryLaneStore
from support.strict_vendor import Fate, StrictVendor
from support.virtual_time import VirtualLoop
from typing_extensions import override

START = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SECONDS_A_DAY = 120.0
"""Days are short, so that re-dating shows."""
HOLD = "hold"


class Crash(BaseException):
    """The process is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A command that takes back what another one asked for."""

    ref_id: str
    lane: str


Logged = tuple[Command | Withdrawal, Position]


@dataclass
class Consumers:
    """Who reads the announcements: keeps the highest version of everything."""

    intents: dict[str, Intent] = field(default_factory=dict)
    lanes: dict[tuple[Scope, str], LaneChange] = field(default_factory=dict)
    failures: int = 0

    def tell(self, intents: Sequence[Intent]) -> None:
        """Take notice, unless the broker is away."""
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the broker is away")
        for intent in intents:
            known = self.intents.get(intent.ref_id)
            if known is None or known.version < intent.version:
                self.intents[intent.ref_id] = intent

    def tell_lane(self, change: LaneChange) -> None:
        """Take notice, unless the broker is away."""
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the broker is away")
        known = self.lanes.get((change.scope, change.key))
        if known is None or known.version < change.version:
            self.lanes[change.scope, change.key] = change


@dataclass
class World:
    """What outlives every worker."""

    settings: LaneSettings
    loop: VirtualLoop = field(default_factory=VirtualLoop)
    seen: Counter[str] = field(default_factory=Counter)
    counts: Counter[Count] = field(default_factory=Counter)
    log: list[Logged] = field(default_factory=list)
    committed: int = 0
    consumers: Consumers = field(default_factory=Consumers)

    def __post_init__(self) -> None:
        """Begin at `START`."""
        self.store = MemoryLaneStore(lambda: START + timedelta(seconds=self.loop.time()))
        self.vendor = StrictVendor(self.loop, self.settings, seen=self.seen)
        self.violations = self.vendor.violations


class FrailWorker(NoMetrics):
    """Publisher, announcer, clock, metrics and store of one engine, each of which may be its last step."""

    def __init__(self, world: World, number: int) -> None:
        """Start serving."""
        self.world = world
        self.name = f"worker-{number}"
        self.latency = 0.01 + 0.003 * (number % 5)
        self.asks_twice = number % 2 == 0
        self.skew_days = 0
        self.dead = False
        self.crash_at: FailPoint | None = None
        self.suspend_at: FailPoint | None = None
        self.steps_left: int | None = None
        self.store_faults: list[str] = []
        self.epochs: dict[str, int] = {}
        self.stale_calls = 0
        self.superseded = 0
        self._awake = asyncio.Event()
        self._awake.set()
        self._ids = 0
        self._stagings: set[asyncio.Task[None]] = set()
        self.engine = LaneEngine(
            FrailStore(self),
            self,
            self,
            world.settings,
            today=self.today,
            clock=self,
            metrics=self,
            fail_point=self.fail_point,
            holder=self.name,
            new_id=self._new_id,
        )
        self.task = world.loop.create_task(self.engine.run())

    # --- what may happen to it

    @property
    def suspended(self) -> bool:
        """Whether it stands still."""
        return not self._awake.is_set()

    @property
    def ended(self) -> bool:
        """Whether its process is gone."""
        return self.dead or self.task.done()

    def suspend(self) -> None:
        """Stand still at the next step."""
        self._awake.clear()

    def wake(self) -> None:
        """Go on."""
        self.steps_left = None
        self._awake.set()

    def die(self) -> None:
        """Nothing that it does from now on has any effect."""
        self.dead = True
        self._awake.set()
        for task in (self.task, *self._stagings):
            self.world.loop.call_soon(task.cancel)

    def fail_point(self, point: FailPoint) -> None:
        """Die or stand still here, if so wished."""
        self._living()
        self.world.seen[f"at {point.name}"] += 1
        if point is self.crash_at:
            self.world.seen[f"crash at {point.name}"] += 1
            self.die()
            raise Crash(point)
        if point is self.suspend_at:
            self.suspend_at = None
            self.world.seen[f"suspended at {point.name}"] += 1
            self.suspend()

    def _living(self) -> None:
        if self.dead:
            raise Crash(self.name)

    async def step(self) -> None:
        """Where it may stand still; who is suspended notices neither a deadline nor a cancellation."""
        if await self._pause():
            raise asyncio.CancelledError

    async def _pause(self) -> bool:
        self._living()
        if self.steps_left is not None:
            self.steps_left -= 1
            if self.steps_left <= 0:
                self.steps_left = None
                self.suspend()
        cancelled = False
        while self.suspended:
            try:
                await self._awake.wait()
            except asyncio.CancelledError:
                cancelled = True
        self._living()
        return cancelled

    # --- its clock and metrics

    def monotonic(self) -> float:
        """Time that goes on while it stands still."""
        return self.world.loop.time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
        await self.step()

    def today(self) -> date:
        """The date on its wall."""
        days = int(self.world.loop.time() // SECONDS_A_DAY) + self.skew_days
        return START.date() + timedelta(days=days)

    def _new_id(self) -> str:
        self._ids += 1
        return f"{self.name}/{self._ids}"

    @override
    def count(self, name: Count, amount: int = 1) -> None:
        """Count for all."""
        self.world.counts[name] += amount
        self.superseded += amount if name is Count.SUPERSEDED else 0
        if name is Count.ERRORS:
            self.world.violations.append("an error nobody expects")

    # --- its announcer

    async def announce(self, intents: Sequence[Intent]) -> None:
        """Tell."""
        await self.step()
        self.world.consumers.tell(intents)
        await self.step()

    async def announce_lane(self, change: LaneChange) -> None:
        """Tell."""
        await self.step()
        self.world.consumers.tell_lane(change)
        await self.step()

    # --- its vendor

    def prepare(self, intent: Intent, date: date) -> Prepared | HoldIntent:
        """The content with its date."""
        content = intent.command.content
        if content == HOLD:
            return HoldIntent("no template")
        return Prepared(f"{intent.ref_id}|{content}|{date.isoformat()}", intent.command.weight)

    async def publish(self, request: Request, *, deadline_seconds: float, last_check: Callable[[], None]) -> Answer:
        """Connect, check, send. Some transports ask twice, before they connect and after it."""
        fate = self.world.vendor.next_fate(request.lane)
        if fate is Fate.UNREACHABLE:
            await self.step()
            raise ConnectionError("no route")
        if self.asks_twice:
            await self.step()
            last_check()
        cancelled = await self._pause()  # whoever wakes here goes on to the check before its loop looks at any timer
        if fate is Fate.NO_CONNECTION:
            return NotSent("no connection")
        try:
            last_check()
        except LeaseTooShort as short:
            if self.asks_twice:
                return NotSent(str(short))
            raise
        return await self._send(request, fate, cancelled=cancelled)

    async def _send(self, request: Request, fate: Fate, *, cancelled: bool) -> Answer:
        """From the last check on: if it stands still here, nothing keeps the bytes from leaving afterwards."""
        vendor, checked_at = self.world.vendor, self.monotonic()
        self._check_lease(request)
        cancelled |= await self._pause()
        if self.monotonic() - checked_at > self.world.settings.watch_seconds / 2:
            raise ConnectionError("the connection is long gone")
        stale = self.world.store.lanes[request.lane].epoch != self.epochs[request.request_id]
        arrival = vendor.receive(request, checked_at=checked_at, stale=stale)
        try:
            if cancelled:
                vendor.cut_off(arrival)
                raise asyncio.CancelledError
            answer = await vendor.answer(arrival, fate)
            arrival.waiting = False
            await self.step()
        finally:
            arrival.waiting = False
            self.stale_calls += stale
        vendor.heard(arrival, answer)
        return answer

    def _check_lease(self, request: Request) -> None:
        """The last check has let it go: then the lease is this worker's, and outlasts the call."""
        record = self.world.store.lanes[request.lane]
        over = START + timedelta(seconds=self.monotonic() + self.world.settings.deadline_seconds)
        if record.epoch != self.epochs[request.request_id] or record.lease_end is None or record.lease_end < over:
            self.world.violations.append(f"{self.monotonic():.2f}: sent without a lease that outlasts the call")

    async def look_up(self, intents: Sequence[Intent]) -> Mapping[str, LookUp]:
        """Ask."""
        await self.step()
        await asyncio.sleep(0.1)
        found = self.world.vendor.look_up(intents)
        await self.step()
        return found

    # --- its commands

    def stage(self) -> None:
        """Read what is not committed."""
        self._spawn(self._stage(self.world.committed, len(self.world.log)))

    def stage_again(self, start: int, end: int) -> None:
        """Read again what was read before: a rebalance."""
        self._spawn(self._stage(start, end))

    def _spawn(self, work: Any) -> None:
        task = self.world.loop.create_task(work)
        self._stagings.add(task)
        task.add_done_callback(self._stagings.discard)

    async def _stage(self, start: int, end: int) -> None:
        stager = Stager(FrailStore(self), clock=self, metrics=self, fail_point=self.fail_point)
        for entry, position in self.world.log[start:end]:
            if isinstance(entry, Withdrawal):
                outcome = await stager.withdraw(
                    entry.ref_id, lane=entry.lane, position=position, reason="the order was cancelled"
                )
                self._note(outcome)
            else:
                for outcome in await stager.stage([(entry, position)]):
                    self._note(outcome)
                self.engine.notify(entry.lane)
        self._living()
        self.world.committed = max(self.world.committed, end)

    def _note(self, outcome: StageOutcome | None) -> None:
        if outcome is None:
            return
        self.world.seen[f"command {outcome.kind.value}"] += 1


class FrailStore:
    """The store as a worker sees it: slow, sometimes away, and never there for the dead."""

    def __init__(self, worker: FrailWorker) -> None:
        """See it through this worker."""
        self._worker = worker

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._worker.world.store, name)

        async def call(*args: Any, **arguments: Any) -> Any:
            worker = self._worker
            await asyncio.sleep(worker.latency)
            await worker.step()
            fault = worker.store_faults.pop() if worker.store_faults else None
            if fault == "before":
                raise StoreUnavailable("no primary")
            result = await method(*args, **arguments)
            self._watch(name, args, result)
            if fault == "after":
                worker.world.seen["a write whose receipt was lost"] += 1
                raise StoreUnavailable("no primary any more")
            await worker.step()
            return result

        return call

    def _watch(self, name: str, args: Any, result: Any) -> None:
        if name == "stage":
            self._check_frozen(args[0])
        elif name == "apply" and result is not None:
            transition: Transition = args[0]
            after = transition.after.in_flight
            if after is not None and after.sending and after != transition.before.in_flight:
                self._worker.epochs[after.request_id] = transition.before.epoch
                self._check(transition, after)

    def _check_frozen(self, writes: Sequence[Intent | IntentChange]) -> None:
        """What may be alive, or is issued, is neither changed nor taken back."""
        world = self._worker.world
        for change in writes:
            if not isinstance(change, IntentChange) or change.after.version == change.before.version:
                continue
            ref_id = change.after.ref_id
            took_effect = world.store.intents[ref_id].version == change.after.version
            if took_effect and (world.vendor.alive(ref_id) or ref_id in world.vendor.issued):
                world.violations.append(f"a command changed {ref_id}, which may be alive")

    def _check(self, transition: Transition, named: InFlight) -> None:
        """What a claim or a resend must have respected, at the moment in which it took effect."""
        before, store, worker = transition.before, self._worker.world.store, self._worker
        old = set(before.in_flight.ref_ids) if before.in_flight else set()
        sending = [change for change in transition.intents if change.after.ref_id in named.sending]
        claims = not set(named.ref_ids) <= old
        last = max(change.after.position for change in sending)
        may_live = sending[0].before.open_attempts > 0  # its date stands already: it goes before all others
        waiting = [i for i in store.intents.values() if i.command.lane == before.lane and i.state is IntentState.STAGED]
        accounts = [store.account_records.get(change.after.command.account) for change in sending]
        wrong = {
            "a claim in a stopped lane": claims and before.state is not LaneState.RUNNING,
            "a resend in a blocked lane": before.state is LaneState.BLOCKED,
            "a request for a stopped account": any(
                a is not None and a.state is not LaneState.RUNNING for a in accounts
            ),
            "a claim that overtakes": claims and not may_live and any(intent.position < last for intent in waiting),
            "a claim over what is in flight": claims and bool(old & set(named.ref_ids)),
            "a claim of what is not staged": claims and any(c.before.state is not IntentState.STAGED for c in sending),
        }
        worker.world.violations += [f"{worker.monotonic():.2f}: {what}" for what, is_so in wrong.items() if is_so]
        if not claims:
            whole = set(named.sending) == set(named.ref_ids)
            worker.world.seen["resend of the whole remainder" if whole else "one by one"] += 1
