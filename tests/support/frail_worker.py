"""One process that stages and serves lanes, in virtual time: it can die, sleep and lose its database at any step."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from lanes.engine import LaneEngine
from lanes.model import Command, InFlight, Intent, LaneChange, Phase
from lanes.outcomes import Answer, Answered, LeftOut, LookUp, NotSent, Outcome, Rejected
from lanes.ports import Count, FailPoint, HoldIntent, LeaseTooShort, NoMetrics, Prepared, Request
from lanes.staging import StageOutcome, Stager
from support.frail_store import FrailStore
from support.strict_vendor import Arrival, Fate
from support.virtual_world import HOLD, SECONDS_A_DAY, START, Crash, Logged, Withdrawal, World
from typing_extensions import override


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
        self.heard: dict[str, Arrival] = {}
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
        self._forget()
        self._awake.set()
        for task in (self.task, *self._stagings):
            self.world.loop.call_soon(task.cancel)

    def _forget(self) -> None:
        """What it has heard and not recorded, nobody has heard."""
        for request_id, arrival in self.heard.items():
            in_flight = self.world.store.lanes[arrival.request.lane].in_flight
            if in_flight and in_flight.phase is Phase.SENDING and request_id in _named(in_flight):
                self.world.vendor.unheard(arrival)

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
        if fate is Fate.FIRST_UNSENDABLE:
            self.world.seen[f"fate {fate.name}" + (" of several" if len(request.parcels) > 1 else "")] += 1
            return _none_sent(request)
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
        self.world.seen[f"fate {fate.name}" + (" of several" if len(request.parcels) > 1 else "")] += 1
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
        self.heard[request.request_id] = arrival
        return answer

    def _check_lease(self, request: Request) -> None:
        """The last check has let it go: then the lease is this worker's, and outlasts the call."""
        record = self.world.store.lanes[request.lane]
        over = START + timedelta(seconds=self.monotonic() + self.world.settings.deadline_seconds)
        if record.epoch != self.epochs[request.request_id] or record.lease_end is None or record.lease_end < over:
            self.world.violations.append(f"{self.monotonic():.2f}: sent without a lease that outlasts the call")

    async def on_record(self, request: Request) -> None:
        """May be the worker's last step, too."""
        await self.step()

    async def left_behind(self, request: Request) -> None:
        """Somebody else's, who did not come to its end."""
        await self.step()
        sent = self.world.vendor.arrivals.get(request.lane, ())
        if not any(arrival.request.request_id == request.request_id for arrival in sent):
            self.world.seen["left behind and never sent"] += 1
        await self.step()

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
        for withdrawals, run in groupby(self.world.log[start:end], key=lambda each: isinstance(each[0], Withdrawal)):
            if withdrawals:
                await self._withdraw(stager, list(run))
            else:
                await self._stage_commands(stager, list(run))
        self._living()
        self.world.committed = max(self.world.committed, end)

    async def _withdraw(self, stager: Stager, run: Sequence[Logged]) -> None:
        for entry, position in run:
            self._note(
                await stager.withdraw(
                    entry.ref_id, lane=entry.lane, position=position, reason="the order was cancelled"
                )
            )

    async def _stage_commands(self, stager: Stager, run: Sequence[Logged]) -> None:
        commands = [(entry, position) for entry, position in run if isinstance(entry, Command)]
        for outcome in await stager.stage(commands):
            self._note(outcome)
        for lane in dict.fromkeys(command.lane for command, _ in commands):
            self.engine.notify(lane)

    def _note(self, outcome: StageOutcome | None) -> None:
        if outcome is None:
            return
        self.world.seen[f"command {outcome.kind.value}"] += 1


def _none_sent(request: Request) -> Answer:
    """The sender's own limits keep the first from being sent, and with it the request."""
    first, *others = (parcel.intent.ref_id for parcel in request.parcels)
    told: dict[str, Outcome] = {ref_id: LeftOut("NextRequest", "goes later") for ref_id in others}
    return Answered({**told, first: Rejected("BrokenLimit", "too long")})


def _named(in_flight: InFlight) -> set[str]:
    """The requests that a lane names."""
    return {in_flight.request_id, in_flight.following.request_id if in_flight.following else ""}
