"""Rules 2 and 3 for one request after the other: claim, call, and have the answer recorded."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from lanes.ahead import Bodies, LookingAhead
from lanes.announcing import AnnouncementQueue
from lanes.answering import Claimed, Recorded, Recorder
from lanes.calling import Call
from lanes.claiming import assemble, claim_transition, request_of, resend_transition
from lanes.clock import ServerTime
from lanes.context import Context
from lanes.deciding import Claim, Resend
from lanes.model import LaneRecord
from lanes.outcomes import Answer, Lost, NotSent
from lanes.ports import Count, FailPoint
from lanes.store import Transition

log = logging.getLogger(__name__)

MOST_LEAD_SECONDS = 0.25
"""A claim never comes earlier than this before the end of the pause."""
RECORDING_SECONDS = 4.0
"""How long a worker that is being stopped goes on to record what it knows."""


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
    ) -> None:
        """Send for the holder of this epoch, as long as `may_go_on` says so of the number of requests so far."""
        self.epoch = epoch
        self.requests = 0
        self._context = context
        self._announcements = announcements
        self._time = time
        self._recorder = Recorder(context, announcements, time, epoch=epoch, may_claim=lambda: may_go_on(self.requests))
        self.announce = self._recorder.announce
        self._bodies = Bodies(context)
        self._ahead = LookingAhead(context, self._bodies, time)
        self._lead = 0.0

    async def claim(self, lane: LaneRecord, step: Claim) -> LaneRecord | None:
        """Name the next intents and send them, and what may follow them; None if the lane must be read again."""
        context, settings = self._context, self._context.settings
        request_id = context.new_id()
        today = context.today()
        batch = assemble(
            lane, step, today=today, request_id=request_id, prepare=self._bodies.prepare, settings=settings
        )
        context.fail_point(FailPoint.CLAIM_AFTER_PREPARE)
        wait = (step.at - self._time.now()).total_seconds()
        if batch.parcels and wait > 0:
            await context.sleep(wait - self._lead if batch.full else wait)
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
        await context.sleep((step.at - self._time.now()).total_seconds())
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
        """Send this and whatever is claimed together with an answer."""
        while True:
            recorded = await self._send_one(claimed)
            if recorded.following is None:
                return recorded.lane
            claimed = recorded.following

    async def _send_one(self, claimed: Claimed) -> Recorded:
        """Call and record. Cancellation records what is known before it goes on."""
        call = self._call(claimed)
        self.requests += 1
        self._bodies.forget()
        self._context.metrics.count(Count.REQUESTS)
        try:
            if claimed.full and self._context.settings.pause_seconds == 0:
                self._ahead.begin(claimed.lane, claimed.under_way)
            if claimed.untold is not None:
                await self.announce(claimed.lane, claimed.untold, after=claimed.under_way)
            await self._until_the_pause_is_over(claimed)
            answer = await call.run()
        except asyncio.CancelledError:
            await self._to_its_end(self._recorder.record(claimed, _cut_off(call)))
            raise
        finally:
            claimed.under_way.set()
            ready = self._ahead.end()
        self._context.fail_point(FailPoint.CALL_AFTER_ANSWER)
        return await self._to_its_end(self._recorder.record(claimed, answer, ready))

    async def _until_the_pause_is_over(self, claimed: Claimed) -> None:
        if claimed.not_before is not None:
            wait = (claimed.not_before - self._time.now()).total_seconds()
            if wait > 0:
                await self._context.clock.sleep(wait)

    async def _to_its_end(self, recording: Coroutine[Any, Any, Recorded]) -> Recorded:
        """Record even when cancelled meanwhile; what was claimed with it is then given back, for it was never sent."""
        task = asyncio.create_task(recording)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task}, timeout=RECORDING_SECONDS)
            if task.done() and not task.cancelled() and task.exception() is None:
                following = task.result().following
                if following is not None:
                    await self._give_back(following)
            raise

    async def _give_back(self, claimed: Claimed) -> None:
        given = asyncio.create_task(self._recorder.record(claimed, NotSent("the worker was stopped")))
        if claimed.untold is not None:
            await self.announce(claimed.lane, claimed.untold)
        await asyncio.wait({given}, timeout=RECORDING_SECONDS)

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
