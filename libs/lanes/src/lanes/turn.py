"""One lane while this worker holds its lease: decide, act, until there is nothing to do or others wait."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from lanes.announcing import AnnouncementQueue
from lanes.answering import Superseded
from lanes.clock import ServerTime
from lanes.context import Context
from lanes.deciding import AskAbout, Claim, GiveUp, Idle, MarkUnknown, Resend, Step, WaitUntil, decide
from lanes.model import Intent, IntentState, LaneRecord
from lanes.ports import Count, FailPoint, Request
from lanes.sending import Sender
from lanes.settling import give_up_transition, look_up_transition, requests_left_behind, takeover_transition
from lanes.store import StoreUnavailable, Transition
from lanes.watching import look_up

log = logging.getLogger(__name__)

RETRY_AFTER_ERROR_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another worker holds the lane."""


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing to do until the lane is woken."""


@dataclass(frozen=True, slots=True)
class Later:
    """Worth another look after so many seconds."""

    seconds: float


TurnEnd = Elsewhere | Done | Later


class Turn:
    """A turn of one lane. `others_wait` tells whether its place is wanted."""

    def __init__(self, lane: str, context: Context, *, others_wait: Callable[[], bool]) -> None:
        """Prepare to serve this lane."""
        self._name = lane
        self._context = context
        self._others_wait = others_wait
        self._announcements = AnnouncementQueue(context.announcing)
        self._place = context.bench.place()

    async def run(self) -> TurnEnd:
        """Take the lease, work, give the lease back."""
        try:
            await self._place.take()
            return Done() if self._context.stopping.is_set() else await self._work()
        finally:
            self._place.leave()

    async def _work(self) -> TurnEnd:
        context = self._context
        asked_at = context.clock.monotonic()
        lane = await context.store.acquire(
            self._name, holder=context.holder, lease_seconds=context.settings.lease_seconds
        )
        if lane is None:
            return Elsewhere()
        self._time = ServerTime(lane.now, asked_at, context.clock.monotonic(), context.clock)
        self._sender = Sender(
            context,
            self._announcements,
            self._time,
            epoch=lane.epoch,
            may_go_on=lambda n: not self._must_stop(n),
            place=self._place,
        )
        context.fail_point(FailPoint.CLAIM_AFTER_LEASE)
        try:
            return await self._guarded(lane)
        finally:
            self._place.leave()
            await self._announcements.finish()

    async def _guarded(self, lane: LaneRecord) -> TurnEnd:
        """Work; whatever goes wrong, the lane stays in a state from which any worker can go on."""
        try:
            return await self._serve(lane)
        except Superseded:
            return Elsewhere()
        except StoreUnavailable as error:
            log.warning("the database is away, the lane is left to its lease: %s", error, extra={"lane": self._name})
            return Later(self._context.settings.lease_seconds)
        except asyncio.CancelledError:
            await asyncio.shield(self._release(lane, self._time.now()))  # announcing may take longer than we have
            raise
        except Exception:  # one lane's trouble must not reach the others
            self._context.metrics.count(Count.ERRORS)
            log.exception("a lane's turn failed", extra={"lane": self._name})
            return Later(RETRY_AFTER_ERROR_SECONDS)

    async def _serve(self, lane: LaneRecord) -> TurnEnd:
        fresh = True
        while True:
            await self._place.take_turns()
            step = await self._decide(lane)
            if not fresh and isinstance(step, Idle | WaitUntil):
                lane, fresh = await self._reload(), True
                continue
            if self._must_leave(step):
                return await self._leave(lane, self._time.now())
            match step:
                case Idle():
                    return await self._leave(lane, None)
                case WaitUntil(at) if not self._worth_holding(self._seconds_until(at)):
                    return await self._leave(lane, at)
                case WaitUntil(at):
                    self._place.leave()
                    await self._context.sleep(self._seconds_until(at))
                    after = None
                case Claim() | Resend() | AskAbout() | MarkUnknown() | GiveUp():
                    after = await self._act(lane, step)
                case _:
                    assert_never(step)
            fresh = after is None
            lane = after or await self._reload()

    def _must_leave(self, step: Step) -> bool:
        if isinstance(step, Idle):
            return False
        return self._must_stop(self._sender.requests)

    def _must_stop(self, requests: int) -> bool:
        tired = requests >= self._context.settings.turn_requests and self._others_wait()
        return tired or self._context.stopping.is_set()

    def _worth_holding(self, seconds: float) -> bool:
        """Whether to keep the lane while it waits; its place goes to others if they want it for more than a pause."""
        settings = self._context.settings
        wanted = settings.pause_seconds if self._others_wait() else settings.hold_seconds
        return seconds <= min(wanted, settings.hold_seconds)

    async def _decide(self, lane: LaneRecord) -> Step:
        store, settings = self._context.store, self._context.settings
        in_flight: Sequence[Intent] = ()
        queue: Sequence[Intent] = ()
        if lane.in_flight is not None:
            in_flight = tuple((await store.known(lane.in_flight.ref_ids)).values())
        else:
            queue = await store.queue(lane.lane, limit=settings.most_intents + 1)
        accounts = await store.accounts(sorted({i.command.account for i in (*in_flight, *queue)}))
        now = self._time.at_least() if in_flight else self._sender.now()
        step = decide(lane, in_flight=in_flight, queue=queue, accounts=accounts, now=now, settings=settings)
        if isinstance(step, Claim | Resend) and not self._worth_holding((step.at - now).total_seconds()):
            return WaitUntil(step.at)
        return step

    async def _act(self, lane: LaneRecord, step: Claim | Resend | AskAbout | MarkUnknown | GiveUp) -> LaneRecord | None:
        """Take a step; the lane afterwards, or None if it must be read again."""
        match step:
            case Claim():
                return await self._sender.claim(lane, step)
            case Resend():
                return await self._sender.resend(lane, step)
            case AskAbout(intents):
                return await self._ask(lane, intents)
            case MarkUnknown(intents):
                return await self._take_over(lane, intents)
            case GiveUp():
                transition = give_up_transition(lane, step, at=self._time.now())
                return await self._apply(transition)
            case _:
                assert_never(step)

    async def _take_over(self, lane: LaneRecord, intents: Sequence[Intent]) -> LaneRecord | None:
        self._context.metrics.count(Count.TAKEOVERS)
        log.warning("settling a request that its worker left behind", extra={"lane": lane.lane})
        for request in requests_left_behind(lane, intents):
            await self._left_behind(request)
        transition = takeover_transition(lane, intents, at=self._time.now(), settings=self._context.settings)
        after = await self._apply(transition)
        self._context.fail_point(FailPoint.SETTLE_AFTER_TAKEOVER)
        return after

    async def _left_behind(self, request: Request) -> None:
        try:
            await self._context.publisher.left_behind(request)
        except Exception:  # foreign code; what becomes of the lane must not depend on its records
            about = {"lane": request.lane, "request_id": request.request_id}
            log.exception("what was left behind could not be noted", extra=about)

    async def _ask(self, lane: LaneRecord, intents: Sequence[Intent]) -> LaneRecord | None:
        self._place.leave()
        found = await look_up(self._context, intents)
        await self._place.take(urgent=True)
        self._context.fail_point(FailPoint.SETTLE_AFTER_LOOK_UP)
        settings = self._context.settings
        transition = look_up_transition(lane, intents, found, at=self._time.now(), settings=settings)
        after = await self._apply(transition)
        if after is not None:
            adopted = sum(change.after.state is IntentState.ISSUED for change in transition.intents)
            self._context.metrics.count(Count.ADOPTED, adopted)
        self._context.fail_point(FailPoint.SETTLE_AFTER_RECORD)
        return after

    async def _apply(self, transition: Transition) -> LaneRecord | None:
        after = await self._context.store.apply(transition)
        if after is not None:
            await self._sender.announce(after, transition)
        return after

    async def _reload(self) -> LaneRecord:
        lane = await self._context.store.load(self._name)
        if lane is None or lane.epoch != self._sender.epoch:
            raise Superseded(self._name)
        return lane

    async def _leave(self, lane: LaneRecord, wake_at: datetime | None) -> TurnEnd:
        self._place.leave()
        await self._announcements.finish()
        nothing_new = await self._release(lane, wake_at)
        if not nothing_new:
            return Later(0)
        return Done() if wake_at is None else Later(max(0.0, self._seconds_until(wake_at)))

    async def _release(self, lane: LaneRecord, wake_at: datetime | None) -> bool:
        return await self._context.store.release(lane, wake_at=wake_at)

    def _seconds_until(self, at: datetime) -> float:
        return (at - self._time.at_least()).total_seconds()
