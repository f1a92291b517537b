"""Rules 2 to 4 for one request: claim, call, record. Superseded workers change nothing."""

import asyncio
import logging
from datetime import date

from lanes.announcing import AnnouncementQueue
from lanes.calling import Call
from lanes.claiming import assemble, claim_transition, request_of, resend_transition
from lanes.clock import ServerTime, backoff
from lanes.context import Context
from lanes.deciding import Claim, Resend
from lanes.model import Intent, IntentState, LaneRecord, Phase
from lanes.outcomes import Answer, Lost, NotSent
from lanes.ports import Count, FailPoint, HoldIntent, Prepared, Request
from lanes.recording import record_transition
from lanes.store import StoreUnavailable, Transition

log = logging.getLogger(__name__)

_COUNTED = {
    IntentState.ISSUED: Count.ISSUED,
    IntentState.REJECTED: Count.REJECTED,
    IntentState.UNKNOWN: Count.UNKNOWN,
    IntentState.HELD: Count.HELD,
}


class Superseded(Exception):  # noqa: N818 - names what is so
    """Another worker holds the lane now."""


class Sender:
    """Sends requests of one lane under one epoch."""

    lease_ends: float
    """When the lease ends, on this machine's clock; counted from before it was asked for."""

    def __init__(self, context: Context, announcements: AnnouncementQueue, time: ServerTime, *, epoch: int) -> None:
        """Send for the holder of this epoch."""
        self.epoch = epoch
        self.lease_ends = 0.0
        self._context = context
        self._announcements = announcements
        self._time = time

    async def claim(self, lane: LaneRecord, step: Claim) -> LaneRecord | None:
        """Name the next intents and send them; None if the lane must be read again."""
        context, settings = self._context, self._context.settings
        request_id = context.new_id()
        today = context.today()
        batch = assemble(lane, step, today=today, request_id=request_id, prepare=self._prepare, settings=settings)
        context.fail_point(FailPoint.CLAIM_AFTER_PREPARE)
        wait = (step.at - self._time.now()).total_seconds()
        if batch.parcels and wait > 0:
            await context.sleep(wait)
            if not batch.full or context.stopping.is_set() or context.today() != today:
                return None
        transition = claim_transition(lane, batch, request_id=request_id, at=self._time.now(), settings=settings)
        after = await self._take(transition)
        if after is None:
            return None
        context.fail_point(FailPoint.CLAIM_AFTER_COMMIT)
        if not batch.parcels:
            await self.announce(after, transition)
            return after
        return await self._send(after, transition, resend=False)

    async def resend(self, lane: LaneRecord, step: Resend) -> LaneRecord | None:
        """Send the identical bodies again; None if the lane must be read again."""
        context = self._context
        await context.sleep((step.at - self._time.now()).total_seconds())
        if context.stopping.is_set():
            return None
        transition = resend_transition(
            lane, step.intents, request_id=context.new_id(), at=self._time.now(), settings=context.settings
        )
        after = await self._take(transition)
        if after is None:
            return None
        context.fail_point(FailPoint.SETTLE_AFTER_RESEND_CLAIM)
        context.metrics.count(Count.RESENDS)
        return await self._send(after, transition, resend=True)

    def _prepare(self, intent: Intent, day: date) -> Prepared | HoldIntent:
        try:
            return self._context.publisher.prepare(intent, day)
        except Exception as error:  # a body that can't be made must not stop the lane, nor vanish
            log.exception("preparing failed, the intent is held", extra={"ref_id": intent.ref_id})
            self._context.metrics.count(Count.ERRORS)
            return HoldIntent(f"preparing failed: {type(error).__name__}", code="PrepareFailed")

    async def _take(self, transition: Transition) -> LaneRecord | None:
        asked_at = self._context.clock.monotonic()
        after = await self._context.store.apply(transition)
        if after is not None and transition.lease_seconds is not None:
            self.lease_ends = asked_at + transition.lease_seconds
        return after

    async def _send(self, lane: LaneRecord, transition: Transition, *, resend: bool) -> LaneRecord | None:
        """Call and record. Cancellation records what is known before it goes on."""
        request = request_of(transition, resend=resend)
        call = self._call(request)
        self._context.metrics.count(Count.REQUESTS)
        log.info(
            "sending", extra={"lane": lane.lane, "request_id": request.request_id, "intents": len(request.parcels)}
        )
        try:
            answer = await call.run()
        except asyncio.CancelledError:
            cut = Lost("the worker was stopped during the call") if call.began else NotSent("the worker was stopped")
            await asyncio.shield(self._record(lane, request, cut))
            raise
        self._context.fail_point(FailPoint.CALL_AFTER_ANSWER)
        return await asyncio.shield(self._record(lane, request, answer))

    def _call(self, request: Request) -> Call:
        context = self._context
        return Call(
            request,
            lease_ends=self.lease_ends,
            publisher=context.publisher,
            settings=context.settings,
            clock=context.clock,
            metrics=context.metrics,
            fail_point=context.fail_point,
        )

    async def _record(self, lane: LaneRecord, request: Request, answer: Answer) -> LaneRecord | None:
        """Record until it is stored, or until it is certain that the lane is another's."""
        sent = [parcel.intent for parcel in request.parcels]
        failures = 0
        while True:
            transition = record_transition(lane, sent, answer, at=self._time.now(), settings=self._context.settings)
            try:
                after = await self._context.store.apply(transition)
                if after is not None:
                    break
                fresh = await self._still_ours(lane, request)
            except StoreUnavailable as error:
                failures += 1
                log.warning("an answer waits for the database: %s", error, extra={"lane": lane.lane})
                await self._context.clock.sleep(backoff(failures, first=0.1, longest=5.0))
                continue
            if fresh is None:
                return None
            lane = fresh
        self._context.fail_point(FailPoint.RECORD_AFTER_COMMIT)
        self._count(transition, answer)
        await self.announce(after, transition)
        return after

    async def _still_ours(self, lane: LaneRecord, request: Request) -> LaneRecord | None:
        """The lane if the answer still has to be recorded; None if it was, and only the receipt was lost."""
        fresh = await self._context.store.load(lane.lane)
        if fresh is None or fresh.epoch != self.epoch:
            self._context.metrics.count(Count.SUPERSEDED)
            log.error(
                "the lane was taken over during a call: requests may have overlapped; its new holder settles them",
                extra={"lane": lane.lane, "request_id": request.request_id},
            )
            raise Superseded(lane.lane)
        in_flight = fresh.in_flight
        if in_flight is None or in_flight.request_id != request.request_id or in_flight.phase is not Phase.SENDING:
            return None
        if fresh.revision == lane.revision:
            raise RuntimeError(f"intents of request {request.request_id} changed while they were being sent")
        return fresh

    def _count(self, transition: Transition, answer: Answer) -> None:
        metrics = self._context.metrics
        for change in transition.intents:
            if change.after.state in _COUNTED:
                metrics.count(_COUNTED[change.after.state])
            elif change.after.tries > change.before.tries:
                metrics.count(Count.TRY_AGAIN)
        if isinstance(answer, NotSent):
            metrics.count(Count.NOT_SENT)
            log.warning("not sent: %s", answer.reason, extra={"lane": transition.before.lane})

    async def announce(self, lane: LaneRecord, transition: Transition) -> None:
        """Announce what a transition changed; the next request need not wait for it."""
        announceable = [c.after for c in transition.intents if c.after.state is not IntentState.SENDING]
        if announceable:
            await self._announcements.put(announceable)
        if lane.unannounced and lane.version != transition.before.version:
            blocked = lane.state is not transition.before.state
            log.error("a lane changed", extra={"lane": lane.lane, "state": lane.state.value, "code": lane.code})
            self._context.metrics.count(Count.BLOCKED, int(blocked))
            await self._context.announcing.announce_lane(lane)
        if transition.account is not None:
            log.error(
                "an account is blocked", extra={"account": transition.account.account, "code": transition.account.code}
            )
            self._context.metrics.count(Count.BLOCKED)
            await self._context.announcing.sweep_accounts()
