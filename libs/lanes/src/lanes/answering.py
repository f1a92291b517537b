"""Rule 4 with its effects: an answer is recorded, together with the next claim where nothing stands between them."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from lanes.ahead import NextRequest
from lanes.announcing import AnnouncementQueue
from lanes.claiming import claim_transition, joined, next_date, request_of, settles_everything
from lanes.clock import ServerTime, backoff
from lanes.context import Context
from lanes.model import IntentState, LaneRecord, Phase
from lanes.outcomes import Answer, NotSent
from lanes.ports import Count, FailPoint, Request
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A request that the lane names, and that has not left yet.

    - `lease_ends`: on this machine's clock, counted from before the lease was asked for.
    - `full`: there was more in the queue than it could carry.
    - `not_before`: the end of the pause after the request before it.
    - `untold`: what recording the answer before it changed, to be announced once this one is out.
    - `under_way`: set when it is out, so that other work may have the processor.
    """

    lane: LaneRecord
    request: Request
    lease_ends: float
    full: bool = False
    not_before: datetime | None = None
    untold: Transition | None = None
    under_way: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The lane after an answer, None if it must be read again; and the request that was claimed with it."""

    lane: LaneRecord | None
    following: Claimed | None = None


@dataclass(frozen=True, slots=True)
class _Write:
    """What is written: the recording, and the same with the next claim in it if there is one."""

    recorded: Transition
    asked_at: float
    following: Transition | None = None

    @property
    def transition(self) -> Transition:
        return joined(self.recorded, self.following) if self.following else self.recorded


@dataclass(slots=True)
class _Attempt:
    """How far recording has come. `doubtful` may have been written although nobody said so."""

    lane: LaneRecord
    request: Request
    answer: Answer
    ready: NextRequest | None
    doubtful: _Write | None = None
    failures: int = 0


class Recorder:
    """Records the answers to one lane's requests under one epoch. `may_claim` tells whether the turn may go on."""

    def __init__(
        self,
        context: Context,
        announcements: AnnouncementQueue,
        time: ServerTime,
        *,
        epoch: int,
        may_claim: Callable[[], bool],
    ) -> None:
        """Record for the holder of this epoch."""
        self._context = context
        self._announcements = announcements
        self._time = time
        self._epoch = epoch
        self._may_claim = may_claim

    async def record(self, claimed: Claimed, answer: Answer, ready: NextRequest | None = None) -> Recorded:
        """Record until it is stored, or until it is certain that the lane is another's.

        If `ready` can follow at once, it is claimed in the same transaction. Whatever moved meanwhile (the lane, its
        account, an intent, the queue) makes that fail whole; then the answer is recorded alone.
        """
        attempt = _Attempt(claimed.lane, claimed.request, answer, ready)
        while True:
            recorded = await self._once(attempt)
            if recorded is not None:
                return recorded

    async def _once(self, attempt: _Attempt) -> Recorded | None:
        """One try; None asks for another."""
        write = self._write(attempt)
        try:
            after = await self._context.store.apply(write.transition)
            if after is not None:
                return await self._recorded(after, write, attempt.answer)
            if write.following is not None:
                attempt.ready = None
                return None
            fresh = await self._still_ours(attempt.lane, attempt.answer)
        except StoreUnavailable as error:
            await self._database_away(attempt, write, error)
            return None
        return await self._moved(attempt, fresh)

    async def _database_away(self, attempt: _Attempt, write: _Write, error: StoreUnavailable) -> None:
        log.warning("an answer waits for the database: %s", error, extra={"lane": attempt.lane.lane})
        if write.following is not None:
            attempt.doubtful, attempt.ready = write, None
        attempt.failures += 1
        await self._context.clock.sleep(backoff(attempt.failures, first=0.1, longest=5.0))

    async def _moved(self, attempt: _Attempt, fresh: LaneRecord) -> Recorded | None:
        """The lane has changed: by this very recording, whose receipt was lost, or by somebody's word."""
        request, doubtful = attempt.request, attempt.doubtful
        if not _waits_for(fresh, request):
            named = doubtful is not None and _names(fresh, doubtful)
            return await self._recorded(fresh, doubtful, attempt.answer) if doubtful and named else Recorded(None)
        if fresh.revision == attempt.lane.revision:
            raise RuntimeError(f"intents of request {request.request_id} changed while they were being sent")
        attempt.lane = fresh
        return None

    def _write(self, attempt: _Attempt) -> _Write:
        at, asked_at, settings = self._time.now(), self._context.clock.monotonic(), self._context.settings
        sent = [parcel.intent for parcel in attempt.request.parcels]
        recorded = record_transition(attempt.lane, sent, attempt.answer, at=at, settings=settings)
        ready = attempt.ready
        if ready is None or not settles_everything(recorded, at) or not self._may_follow(recorded.after, ready):
            return _Write(recorded, asked_at)
        self._context.fail_point(FailPoint.CLAIM_AFTER_PREPARE)
        following = claim_transition(recorded.after, ready.batch, request_id=ready.request_id, at=at, settings=settings)
        return _Write(recorded, asked_at, following)

    def _may_follow(self, lane: LaneRecord, ready: NextRequest) -> bool:
        today = self._context.today()
        return self._may_claim() and today == ready.today and ready.batch.date == next_date(lane, today)

    async def _still_ours(self, lane: LaneRecord, answer: Answer) -> LaneRecord:
        fresh = await self._context.store.load(lane.lane)
        if fresh is None or fresh.epoch != self._epoch:
            self._report_takeover(lane, answer)
            raise Superseded(lane.lane)
        return fresh

    def _report_takeover(self, lane: LaneRecord, answer: Answer) -> None:
        """An alarm only if something may have left: whoever was kept from sending overlapped with nobody."""
        about = {"lane": lane.lane, "request_id": lane.in_flight.request_id if lane.in_flight else None}
        if isinstance(answer, NotSent):
            self._context.metrics.count(Count.NOT_SENT)
            log.warning("the lane was taken over before a call, nothing was sent: %s", answer.reason, extra=about)
            return
        self._context.metrics.count(Count.SUPERSEDED)
        log.error(
            "the lane was taken over during a call: requests may have overlapped; its new holder settles them",
            extra=about,
        )

    async def _recorded(self, lane: LaneRecord, write: _Write, answer: Answer) -> Recorded:
        self._context.fail_point(FailPoint.RECORD_AFTER_COMMIT)
        self._count(write, answer)
        if write.following is None:
            await self.announce(lane, write.transition)
            return Recorded(lane)
        self._context.fail_point(FailPoint.CLAIM_AFTER_COMMIT)
        following = Claimed(
            lane=lane,
            request=request_of(write.following, resend=False),
            lease_ends=write.asked_at + self._context.settings.lease_seconds,
            full=True,
            untold=write.transition,
        )
        return Recorded(lane, following)

    def _count(self, write: _Write, answer: Answer) -> None:
        metrics = self._context.metrics
        for change in write.transition.intents:
            if change.after.state in _COUNTED:
                metrics.count(_COUNTED[change.after.state])
            elif change.after.tries > change.before.tries:
                metrics.count(Count.TRY_AGAIN)
        if isinstance(answer, NotSent):
            metrics.count(Count.NOT_SENT)
            log.warning("not sent: %s", answer.reason, extra={"lane": write.recorded.before.lane})

    async def announce(self, lane: LaneRecord, transition: Transition, *, after: asyncio.Event | None = None) -> None:
        """Announce what a transition changed, once `after` is set; the next request need not wait for it."""
        announceable = [c.after for c in transition.intents if c.after.state is not IntentState.SENDING]
        if announceable:
            await self._announcements.put(announceable, after=after)
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


def _waits_for(lane: LaneRecord, request: Request) -> bool:
    """Whether the answer to this request still has to be recorded."""
    flying = lane.in_flight
    return flying is not None and flying.request_id == request.request_id and flying.phase is Phase.SENDING


def _names(lane: LaneRecord, write: _Write) -> bool:
    """Whether what the lane has in flight is the claim of this write, which nobody has sent."""
    claimed = write.transition.after.in_flight
    return claimed is not None and lane.in_flight == claimed
