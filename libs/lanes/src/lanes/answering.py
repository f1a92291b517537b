"""Rule 4 with its effects: answers are recorded, and what may follow is claimed while a request is under way."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from lanes.ahead import NextRequest
from lanes.announcing import AnnouncementQueue
from lanes.claiming import claim_ahead_transition, joined, next_date, settles_everything
from lanes.clock import ServerTime, backoff
from lanes.context import Context
from lanes.model import Intent, IntentState, LaneRecord, LaneState, Phase
from lanes.outcomes import Answer, NotSent, WholeTryAgain
from lanes.ports import Count, FailPoint, Request
from lanes.recording import giving_back_transition, going_on_transition, record_transition
from lanes.store import StoreUnavailable, Transition
from lanes.workbench import Place

log = logging.getLogger(__name__)

_COUNTED = {
    IntentState.ISSUED: Count.ISSUED,
    IntentState.REJECTED: Count.REJECTED,
    IntentState.UNKNOWN: Count.UNKNOWN,
    IntentState.HELD: Count.HELD,
}

_LOOK_AGAIN_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)


class Superseded(Exception):  # noqa: N818 - names what is so
    """Another worker holds the lane now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A request that the lane names, and that has not left yet.

    - `lane`: as it was when this was named, or changed last by this worker.
    - `lease_ends`: on this machine's clock, counted from before the lease was asked for.
    - `full`: there was more in the queue than it could carry.
    - `not_before`: the end of the pause after the request before it.
    - `day`: the date on which it was prepared, if it was claimed ahead; it leaves on no other.
    - `untold`: what its claim changed beside it, to be announced once it is out.
    - `under_way`: set when it may have left.
    - `left_at`: when it may have left, by the database's clock; quiet periods count from the end of its own call.
    """

    lane: LaneRecord
    request: Request
    lease_ends: float
    full: bool = False
    not_before: datetime | None = None
    day: date | None = None
    untold: Transition | None = None
    under_way: asyncio.Event = field(default_factory=asyncio.Event)
    left_at: datetime | None = None

    @property
    def left(self) -> bool:
        """Whether a byte of it may have left."""
        return self.left_at is not None

    @property
    def intents(self) -> list[Intent]:
        """What it carries."""
        carried = [parcel.intent for parcel in self.request.parcels]
        return [replace(intent, sent_at=self.left_at) for intent in carried] if self.left_at else carried


@dataclass(frozen=True, slots=True)
class Answered:
    """A request with its answer, which settled everything and is not recorded yet."""

    claimed: Claimed
    answer: Answer


@dataclass(frozen=True, slots=True)
class Beside:
    """What became of a lane beside the request under way: the lane now, and what may follow the request."""

    lane: LaneRecord
    following: Claimed | None = None


@dataclass(frozen=True, slots=True)
class _Write:
    """What is written beside a request: the answer before it, and what may follow it."""

    transition: Transition
    following: Request | None = None
    day: date | None = None


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
        place: Place,
    ) -> None:
        """Record for the holder of this epoch, at this place."""
        self._context = context
        self._place = place
        self._announcements = announcements
        self._time = time
        self._epoch = epoch
        self.may_claim = may_claim

    def may_follow(self, claimed: Claimed, answer: Answer, following: Claimed | None) -> bool:
        """Whether what was claimed ahead may leave: the answer settles everything, and nothing stands against it."""
        if following is None or not self.may_claim() or self._context.today() != following.day:
            return False
        at = self._time.now()
        flying = claimed.lane.in_flight
        if flying is None or flying.following is None:
            return False
        alone = replace(claimed.lane, in_flight=replace(flying, ref_ids=(), sending=(), following=None))
        recorded = record_transition(alone, claimed.intents, answer, at=at, settings=self._context.settings)
        return settles_everything(recorded, at)

    async def record(self, claimed: Claimed, answer: Answer, claimed_ahead: Claimed | None = None) -> LaneRecord | None:
        """Record until it is stored, or until it is certain that the lane is another's.

        What was claimed ahead has not left and goes back to the queue, also if it was written and only the receipt was
        lost. The lane afterwards; None if it must be read.
        """
        lane, failures, looks = claimed.lane, 0, 0
        ahead: Sequence[Intent] = claimed_ahead.intents if claimed_ahead else ()
        while True:
            try:
                ahead = ahead or await self._named_ahead(lane)
                transition = self._recording(lane, claimed, answer, ahead)
                after = await self._context.store.apply(transition)
                if after is not None:
                    break
                fresh = await self._still_ours(lane, answer)
            except StoreUnavailable as error:
                failures += 1
                log.warning("an answer waits for the database: %s", error, extra={"lane": lane.lane})
                await self._context.clock.sleep(backoff(failures, first=0.1, longest=5.0))
                continue
            if not _waits_for(fresh, claimed.request):
                return None
            looks = await self._looked_again(lane, fresh, looks)
            lane = fresh
        self._context.fail_point(FailPoint.RECORD_AFTER_COMMIT)
        self._count(transition, answer)
        await self.announce(after, transition)
        return after

    async def _named_ahead(self, lane: LaneRecord) -> Sequence[Intent]:
        """What the lane says was claimed ahead: this worker has not sent it, or it would have recorded this first."""
        flying = lane.in_flight
        if flying is None or flying.following is None:
            return ()
        return tuple((await self._context.store.known(flying.following.ref_ids)).values())

    async def _looked_again(self, lane: LaneRecord, fresh: LaneRecord, looks: int) -> int:
        """Wait a little if what refused the write can't be seen yet: a majority may know of it only in a moment.

        Raises:
            RuntimeError: it still can't be seen. Then the lane is as it was, and its intents are not.
        """
        if fresh.revision != lane.revision:
            return 0
        if looks == len(_LOOK_AGAIN_SECONDS):
            request_id = lane.in_flight.request_id if lane.in_flight else None
            raise RuntimeError(f"intents of request {request_id} changed while they were being sent")
        await self._context.clock.sleep(_LOOK_AGAIN_SECONDS[looks])
        return looks + 1

    def _recording(
        self, lane: LaneRecord, claimed: Claimed, answer: Answer, claimed_ahead: Sequence[Intent]
    ) -> Transition:
        at, settings = self._time.now(), self._context.settings
        if not claimed_ahead:
            return record_transition(lane, claimed.intents, answer, at=at, settings=settings, left=claimed.left)
        return giving_back_transition(
            lane, claimed.intents, answer, claimed_ahead, at=at, settings=settings, left=claimed.left
        )

    async def beside(self, current: Claimed, before: Answered | None, ready: NextRequest | None) -> Beside:
        """While `current` is under way: record the answer before it, and claim what may follow it, in one transaction.

        Whatever moved meanwhile (the lane, its account, an intent, the queue) makes that fail whole; then the answer is
        recorded alone and nothing is claimed.

        Raises:
            Superseded: the lane is another's. That is reported if there was an answer before; else `current` will tell.
        """
        lane, failures, looks = current.lane, 0, 0
        doubtful: tuple[_Write, float] | None = None
        while before is not None or ready is not None:
            write = self._write(lane, before, ready)
            if write is None:
                break
            asked_at = self._context.clock.monotonic()
            try:
                after = await self._context.store.apply(write.transition)
                if after is not None:
                    return await self._written(after, write, before, asked_at)
                if write.following is not None and before is None:
                    break
                fresh = await self._still_ours(lane, before.answer if before else None)
            except StoreUnavailable as error:
                failures += 1
                log.warning("a lane waits for the database: %s", error, extra={"lane": lane.lane})
                if write.following is not None:
                    doubtful, ready = (write, asked_at), None
                await self._context.clock.sleep(backoff(failures, first=0.1, longest=5.0))
                reread = await self._reread(lane, before)
                if reread is None:
                    continue
                fresh = reread
            if doubtful is not None and _names(fresh, doubtful[0]):
                return await self._written(fresh, doubtful[0], before, doubtful[1])
            if before is not None and not _waits_for(fresh, before.claimed.request):
                return Beside(fresh)  # it was written, and only the receipt was lost
            looks = await self._looked_again(lane, fresh, looks)
            lane, ready = fresh, None
        return Beside(lane)

    async def _reread(self, lane: LaneRecord, before: Answered | None) -> LaneRecord | None:
        """The lane after a write whose receipt was lost; None while the database stays away."""
        try:
            return await self._still_ours(lane, before.answer if before else None)
        except StoreUnavailable:
            return None

    def _write(self, lane: LaneRecord, before: Answered | None, ready: NextRequest | None) -> _Write | None:
        at, settings = self._time.now(), self._context.settings
        recorded = before and going_on_transition(lane, before.claimed.intents, before.answer, at=at, settings=settings)
        if ready is not None and self._may_claim_ahead(recorded.after if recorded else lane, ready):
            self._context.fail_point(FailPoint.CLAIM_AFTER_PREPARE)
            claimed, following = claim_ahead_transition(
                recorded.after if recorded else lane,
                ready.batch,
                request_id=ready.request_id,
                at=at,
                settings=settings,
            )
            return _Write(joined(recorded, claimed) if recorded else claimed, following, ready.today)
        return _Write(recorded) if recorded else None

    def _may_claim_ahead(self, lane: LaneRecord, ready: NextRequest) -> bool:
        today = self._context.today()
        flying = lane.in_flight
        alone = flying is not None and flying.following is None and flying.ref_ids == flying.sending
        runs = lane.state is LaneState.RUNNING and self.may_claim()
        return alone and runs and today == ready.today and ready.batch.date == next_date(lane, today)

    async def _written(self, lane: LaneRecord, write: _Write, before: Answered | None, asked_at: float) -> Beside:
        if before is not None:
            self._context.fail_point(FailPoint.RECORD_AFTER_COMMIT)
        self._count(write.transition, before.answer if before else None)
        if write.following is not None:
            self._context.fail_point(FailPoint.CLAIM_AFTER_COMMIT)
        await self.announce(lane, write.transition)
        if write.following is None:
            return Beside(lane)
        following = Claimed(
            lane=lane,
            request=write.following,
            lease_ends=asked_at + self._context.settings.lease_seconds,
            full=True,
            day=write.day,
        )
        return Beside(lane, following)

    async def _still_ours(self, lane: LaneRecord, answer: Answer | None) -> LaneRecord:
        fresh = await self._context.store.load(lane.lane)
        if fresh is None or fresh.epoch != self._epoch:
            if answer is not None:
                self.report_takeover(lane, answer)
            raise Superseded(lane.lane)
        return fresh

    def report_takeover(self, lane: LaneRecord, answer: Answer) -> None:
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

    def _count(self, transition: Transition, answer: Answer | None) -> None:
        metrics = self._context.metrics
        for change in transition.intents:
            if change.after.state in _COUNTED:
                metrics.count(_COUNTED[change.after.state])
            elif change.after.tries > change.before.tries:
                metrics.count(Count.TRY_AGAIN)
        if isinstance(answer, NotSent):
            metrics.count(Count.NOT_SENT)
            log.warning("not sent: %s", answer.reason, extra={"lane": transition.before.lane})
        self._watch_for_a_stall(transition, answer)

    def _watch_for_a_stall(self, transition: Transition, answer: Answer | None) -> None:
        """No person can help where a vendor is away, so nothing is blocked; but nobody may find out by chance."""
        before, after = transition.before.failures, transition.after.failures
        if after > before and after % self._context.settings.try_again_limit == 0:
            self._context.metrics.count(Count.STALLED)
            reason = answer.reason if isinstance(answer, NotSent | WholeTryAgain) else ""
            log.error(
                "a lane gets nowhere, it goes on trying: %s",
                reason,
                extra={"lane": transition.before.lane, "requests": after},
            )

    async def announce(self, lane: LaneRecord, transition: Transition, *, after: asyncio.Event | None = None) -> None:
        """Announce what a transition changed, once `after` is set; the next request need not wait for it.

        The lane leaves its place: an announcer may take its time.
        """
        self._place.leave()
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


def of_one_date(current: Claimed, ready: NextRequest) -> bool:
    """Whether what may follow bears the date of what is under way.

    If both turn out unknown, one of the first that must be sent again would else follow a later date.
    """
    under_way = {intent.bodies[-1].date for intent in current.intents}
    return under_way == {body.date for _, body in ready.batch.parcels}


def _waits_for(lane: LaneRecord, request: Request) -> bool:
    """Whether the answer to this request still has to be recorded."""
    flying = lane.in_flight
    return flying is not None and flying.request_id == request.request_id and flying.phase is Phase.SENDING


def _names(lane: LaneRecord, write: _Write) -> bool:
    """Whether the lane names what this write claimed ahead."""
    flying, claimed = lane.in_flight, write.following
    return (
        claimed is not None
        and flying is not None
        and flying.following is not None
        and flying.following.request_id == claimed.request_id
    )
