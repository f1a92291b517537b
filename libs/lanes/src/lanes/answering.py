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
    following: Transition | None = None

    @property
    def transition(self) -> Transition:
        return joined(self.recorded, self.following) if self.following else self.recorded


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
        lane, failures = claimed.lane, 0
        doubtful: tuple[_Write, float] | None = None
        while True:
            write = self._write(lane, claimed.request, answer, ready)
            asked_at = self._context.clock.monotonic()
            try:
                after = await self._context.store.apply(write.transition)
                if after is not None:
                    break
                if write.following is not None:
                    ready = None
                    continue
                fresh = await self._still_ours(lane, answer)
            except StoreUnavailable as error:
                failures += 1
                log.warning("an answer waits for the database: %s", error, extra={"lane": lane.lane})
                if write.following is not None:
                    doubtful, ready = (write, asked_at), None
                await self._context.clock.sleep(backoff(failures, first=0.1, longest=5.0))
                continue
            if not _waits_for(fresh, claimed.request):
                if doubtful is None or not _names(fresh, doubtful[0]):
                    return Recorded(None)
                after, (write, asked_at) = fresh, doubtful  # it was written, and only the receipt was lost
                break
            if fresh.revision == lane.revision:
                raise RuntimeError(
                    f"intents of request {claimed.request.request_id} changed while they were being sent"
                )
            lane = fresh
        return await self._recorded(after, write, answer, asked_at)

    def _write(self, lane: LaneRecord, request: Request, answer: Answer, ready: NextRequest | None) -> _Write:
        at = self._time.now()
        sent = [parcel.intent for parcel in request.parcels]
        recorded = record_transition(lane, sent, answer, at=at, settings=self._context.settings)
        if ready is None or not settles_everything(recorded, at) or not self._may_follow(recorded.after, ready):
            return _Write(recorded)
        self._context.fail_point(FailPoint.CLAIM_AFTER_PREPARE)
        settings = self._context.settings
        return _Write(
            recorded,
            claim_transition(recorded.after, ready.batch, request_id=ready.request_id, at=at, settings=settings),
        )

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

    async def _recorded(self, lane: LaneRecord, write: _Write, answer: Answer, asked_at: float) -> Recorded:
        self._context.fail_point(FailPoint.RECORD_AFTER_COMMIT)
        self._count(write, answer)
        if write.following is None:
            await self.announce(lane, write.transition)
            return Recorded(lane)
        self._context.fail_point(FailPoint.CLAIM_AFTER_COMMIT)
        following = Claimed(
            lane=lane,
            request=request_of(write.following, resend=False),
            lease_ends=asked_at + self._context.settings.lease_seconds,
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
