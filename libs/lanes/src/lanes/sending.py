"""Rules 2 and 3 for one request after the other: claim, call, claim ahead, and have the answers recorded."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lanes.ahead import Bodies, LookingAhead
from lanes.announcing import AnnouncementQueue
from lanes.answering import Answered, Beside, Claimed, Recorder, Superseded, of_one_date
from lanes.calling import Call
from lanes.claiming import assemble, claim_transition, request_of, resend_transition
from lanes.clock import ServerTime
from lanes.context import Context
from lanes.deciding import Claim, Resend
from lanes.model import LaneRecord
from lanes.outcomes import Answer, Lost, NotSent
from lanes.ports import Count, FailPoint
from lanes.store import Guard, StoreUnavailable, Transition
from lanes.workbench import Place

log = logging.getLogger(__name__)

MOST_LEAD_SECONDS = 0.25
"""A claim never comes earlier than this before the end of the pause."""
MOST_SECONDS_TO_SEND = 0.25
"""A publisher that takes longer than this before the first byte (it asks, or has something signed) leaves its place."""
RECORDING_SECONDS = 4.0
"""How long a worker that is being stopped goes on to record what it knows."""


@dataclass(frozen=True, slots=True)
class _Next:
    """What comes after an answer: the lane (None: read it again), or a request that follows before it is recorded."""

    lane: LaneRecord | None
    before: Answered | None = None
    following: Claimed | None = None


class Sender:
    """Sends requests of one lane under one epoch."""

    def __init__(
        self,
        context: Context,
        announcements: AnnouncementQueue,
        time: ServerTime,
        *,
        epoch: int,
        may_go_on: Callable[[int], bool],
        place: Place,
    ) -> None:
        """Send for the holder of this epoch, as long as `may_go_on` says so of the number of requests so far.

        `place` is where the lane works: it is taken when a step begins, and left for every wait.
        """
        self.epoch = epoch
        self._place = place
        self._leaving: asyncio.TimerHandle | None = None
        self.requests = 0
        self._context = context
        self._announcements = announcements
        self._time = time
        self._recorder = Recorder(
            context, announcements, time, epoch=epoch, may_claim=lambda: may_go_on(self.requests), place=place
        )
        self.announce = self._recorder.announce
        self._bodies = Bodies(context)
        self._ahead = LookingAhead(context, self._bodies, time)
        self._lead = 0.0
        self._outlived = False

    def now(self) -> datetime:
        """The time by which pauses are kept: what an earlier turn noted is surely over, before this one's first call.

        Later ones were noted by the same clock: a slow reading of the time puts none of them off.
        """
        return self._time.now() if self.requests else self._time.at_least()

    async def claim(self, lane: LaneRecord, step: Claim) -> LaneRecord | None:
        """Name the next intents and send them, and what may follow them; None if the lane must be read again."""
        context, settings = self._context, self._context.settings
        request_id = context.new_id()
        today = context.today()
        batch = assemble(
            lane, step, today=today, request_id=request_id, prepare=self._bodies.prepare, settings=settings
        )
        context.fail_point(FailPoint.CLAIM_AFTER_PREPARE)
        wait = (step.at - self.now()).total_seconds()
        if batch.parcels and wait > 0:
            await self._rest(wait - self._lead if batch.full else wait)
            if not batch.full or context.stopping.is_set() or context.today() != today:
                return None
        transition = claim_transition(lane, batch, request_id=request_id, at=self._time.now(), settings=settings)
        taken = await self._take(transition)
        if taken is None:
            return None
        after, lease_ends = taken
        context.fail_point(FailPoint.CLAIM_AFTER_COMMIT)
        context.metrics.count(Count.HELD, len(batch.held))
        if not batch.parcels:
            await self.announce(after, transition)
            return after
        held = transition if batch.held else None
        request = request_of(transition, resend=False)
        return await self._send(
            Claimed(
                lane=after,
                request=request,
                lease_ends=lease_ends,
                full=batch.full,
                not_before=step.at,
                untold=held,
            )
        )

    async def resend(self, lane: LaneRecord, step: Resend) -> LaneRecord | None:
        """Send the identical bodies again; None if the lane must be read again."""
        context = self._context
        await self._rest((step.at - self.now()).total_seconds())
        if context.stopping.is_set():
            return None
        transition = resend_transition(
            lane, step.intents, request_id=context.new_id(), at=self._time.now(), settings=context.settings
        )
        taken = await self._take(transition)
        if taken is None:
            return None
        context.fail_point(FailPoint.SETTLE_AFTER_RESEND_CLAIM)
        context.metrics.count(Count.RESENDS)
        after, lease_ends = taken
        return await self._send(Claimed(lane=after, request=request_of(transition, resend=True), lease_ends=lease_ends))

    async def _rest(self, seconds: float) -> None:
        if seconds > 0:
            self._place.leave()
            await self._context.sleep(seconds)
            await self._place.take()

    async def _take(self, transition: Transition) -> tuple[LaneRecord, float] | None:
        """Name a request; the lane afterwards, and when its lease ends."""
        asked_at = self._context.clock.monotonic()
        after = await self._context.store.apply(transition)
        settings = self._context.settings
        spare = settings.lease_seconds - settings.deadline_seconds - settings.margin_seconds
        took = self._context.clock.monotonic() - asked_at
        self._lead = min(took, MOST_LEAD_SECONDS, 0.1 * spare)
        return None if after is None else (after, asked_at + settings.lease_seconds)

    async def _send(self, claimed: Claimed) -> LaneRecord | None:
        """Send this, and one after the other whatever was claimed ahead of its answer; the lane afterwards."""
        before: Answered | None = None
        while True:
            call = self._call(claimed)
            beside = asyncio.create_task(self._beside(claimed, before), name=f"beside a request of {claimed.lane.lane}")
            try:
                answer = await self._answer(claimed, call)
            except asyncio.CancelledError:
                await self._to_its_end(self._go_on(self._left(claimed, call), _cut_off(call), beside, before))
                raise
            self._context.fail_point(FailPoint.CALL_AFTER_ANSWER)
            went = await self._to_its_end(self._go_on(self._left(claimed, call), answer, beside, before))
            if went.following is None:
                return went.lane
            before, claimed = went.before, went.following

    def _left(self, claimed: Claimed, call: Call) -> Claimed:
        return claimed if call.began_at is None else replace(claimed, left_at=self._time.at(call.began_at))

    async def _answer(self, claimed: Claimed, call: Call) -> Answer:
        self._bodies.forget()
        self._context.metrics.count(Count.REQUESTS)
        try:
            if claimed.untold is not None:
                await self.announce(claimed.lane, claimed.untold, after=claimed.under_way)
            await self._until_the_pause_is_over(claimed)
            self.requests += 1
            await self._place.take(urgent=True)
            self._leaving = asyncio.get_running_loop().call_later(MOST_SECONDS_TO_SEND, self._place.leave)
            return await call.run()
        finally:
            claimed.under_way.set()

    async def _beside(self, claimed: Claimed, before: Answered | None) -> Beside:
        """What goes on beside a request, once it is out."""
        await claimed.under_way.wait()
        if self._leaving is not None:
            self._leaving.cancel()
        self._place.leave()  # also while nobody wants it: they may in a moment, and a vendor takes its time
        if before is None and not self._may_look_ahead(claimed):
            return Beside(claimed.lane)
        if before is not None:
            await self._on_record(before.claimed)
        await self._place.take(urgent=True)
        try:
            ready = await self._ahead.look(claimed.lane) if self._may_look_ahead(claimed) else None
            ready = ready if ready and of_one_date(claimed, ready) else None
            return await self._recorder.beside(claimed, before, ready)
        finally:
            self._place.leave()

    def _may_look_ahead(self, claimed: Claimed) -> bool:
        """Only while nobody else has anything to do: then it costs nothing, and else it wins nothing.

        Nor while the results before are still being announced: what is claimed would grow old until those of this
        request can follow.
        """
        no_pause = self._context.settings.pause_seconds == 0
        waits = self._place.wanted or self._announcements.busy
        return claimed.full and no_pause and self._recorder.may_claim() and not waits and not self._outlived

    async def _go_on(
        self, claimed: Claimed, answer: Answer, beside: "asyncio.Task[Beside]", before: Answered | None
    ) -> _Next:
        """What follows an answer: what was claimed ahead if it may leave; else the answer is recorded first."""
        try:
            went = await beside
        except Superseded:
            if before is None:  # else it is reported for that one
                self._recorder.report_takeover(claimed.lane, answer)
            raise
        claimed = replace(claimed, lane=went.lane)
        if went.following is not None:
            await self._place.take(urgent=True)
            if await self._may_leave(claimed, answer, went.following):
                return _Next(None, Answered(claimed, answer), went.following)
            self._place.leave()
        return _Next(await self._record(claimed, answer, went.following))

    async def _record(self, claimed: Claimed, answer: Answer, following: Claimed | None) -> LaneRecord | None:
        await self._on_record(claimed)
        await self._place.take(urgent=True)
        return await self._recorder.record(claimed, answer, following)

    async def _on_record(self, claimed: Claimed) -> None:
        try:
            await self._context.publisher.on_record(claimed.request)
        except Exception:  # foreign code; an answer is recorded whatever becomes of the publisher's records
            about = {"lane": claimed.lane.lane, "request_id": claimed.request.request_id}
            log.exception("what was sent could not be put on record", extra=about)

    async def _may_leave(self, claimed: Claimed, answer: Answer, following: Claimed) -> bool:
        """The database is asked while the answer is looked at."""
        stands = asyncio.create_task(self._stands(following))
        await asyncio.sleep(0)
        if self._recorder.may_follow(claimed, answer, following) and self._is_in_time(following):
            return await stands
        stands.cancel()
        await asyncio.wait({stands})
        return False

    def _is_in_time(self, following: Claimed) -> bool:
        """Whether its lease outlasts a call; with a vendor this slow nothing more is claimed ahead."""
        settings = self._context.settings
        left = following.lease_ends - self._context.clock.monotonic()
        self._outlived = left < settings.deadline_seconds + settings.margin_seconds
        self._context.metrics.count(Count.LEASE_TOO_SHORT, int(self._outlived))
        return not self._outlived

    async def _stands(self, following: Claimed) -> bool:
        """Whether nothing has happened since it was claimed: neither pause nor block, nor anything before it."""
        intents = following.intents
        position = None if intents[0].open_attempts else max(intent.position for intent in intents)
        guard = Guard(account=following.request.account, position=position)
        try:
            return await self._context.store.stands(following.lane, guard)
        except StoreUnavailable as error:
            log.warning("the database is away, what was claimed ahead waits: %s", error)
            return False

    async def _until_the_pause_is_over(self, claimed: Claimed) -> None:
        if claimed.not_before is not None:
            wait = (claimed.not_before - self.now()).total_seconds()
            if wait > 0:
                self._place.leave()
                await self._context.clock.sleep(wait)

    async def _to_its_end(self, work: Coroutine[Any, Any, _Next]) -> _Next:
        """Finish even when cancelled meanwhile: what is known is recorded, and what has not left is given back."""
        task = asyncio.create_task(work)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task}, timeout=RECORDING_SECONDS)
            if task.done() and not task.cancelled() and task.exception() is None:
                await self._give_back(task.result())
            raise

    async def _give_back(self, went: _Next) -> None:
        if went.before is not None and went.following is not None:
            known = went.before
            recording = self._record(known.claimed, known.answer, went.following)
            await asyncio.wait({asyncio.create_task(recording)}, timeout=RECORDING_SECONDS)

    def _call(self, claimed: Claimed) -> Call:
        context = self._context
        return Call(
            claimed.request,
            lease_ends=claimed.lease_ends,
            publisher=context.publisher,
            settings=context.settings,
            clock=context.clock,
            metrics=context.metrics,
            fail_point=context.fail_point,
            under_way=claimed.under_way,
        )


def _cut_off(call: Call) -> Answer:
    return Lost("the worker was stopped during the call") if call.began else NotSent("the worker was stopped")
