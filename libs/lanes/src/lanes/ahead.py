"""Preparing a lane's next request while one is under way. What it finds is a candidate: the claim still decides."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from lanes.claiming import Batch, assemble, next_date
from lanes.clock import ServerTime
from lanes.context import Context
from lanes.deciding import Claim, decide
from lanes.model import Intent, LaneRecord
from lanes.ports import Count, HoldIntent, Prepared
from lanes.store import StoreUnavailable

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NextRequest:
    """A full request that may follow the one under way, with bodies that are good on `today`."""

    batch: Batch
    request_id: str
    today: date


class Bodies:
    """Bodies as the publisher prepares them, each once however often the same queue is looked at."""

    def __init__(self, context: Context) -> None:
        """Prepare with the publisher of this engine."""
        self._context = context
        self._made: dict[tuple[str, int, date], Prepared | HoldIntent] = {}

    def prepare(self, intent: Intent, day: date) -> Prepared | HoldIntent:
        """The body of an intent; one that can't be made must not stop the lane, nor vanish."""
        key = (intent.ref_id, intent.version, day)
        if key not in self._made:
            self._made[key] = self._prepare(intent, day)
        return self._made[key]

    def _prepare(self, intent: Intent, day: date) -> Prepared | HoldIntent:
        try:
            return self._context.publisher.prepare(intent, day)
        except Exception as error:  # foreign code; the intent is held and says why
            log.exception("preparing failed, the intent is held", extra={"ref_id": intent.ref_id})
            self._context.metrics.count(Count.ERRORS)
            return HoldIntent(f"preparing failed: {type(error).__name__}", code="PrepareFailed")

    async def prepare_some(self, intents: Sequence[Intent], day: date) -> None:
        """Prepare what one request can carry, letting other lanes have their turn between two bodies."""
        weight = 0
        for intent in intents:
            made = self.prepare(intent, day) if intent.open_attempts == 0 else None
            weight += made.weight if isinstance(made, Prepared) else 0
            if weight >= self._context.settings.weight_limit:
                return
            await asyncio.sleep(0)

    def forget(self) -> None:
        """Keep nothing: what was prepared has been claimed, or the queue has moved."""
        self._made.clear()


class LookingAhead:
    """Looks at the queue during a call. Begins when the request is out."""

    def __init__(self, context: Context, bodies: Bodies, time: ServerTime) -> None:
        """Look for one lane at a time."""
        self._context = context
        self._bodies = bodies
        self._time = time

    async def look(self, lane: LaneRecord) -> NextRequest | None:
        """What may follow."""
        try:
            return await self._look(lane)
        except StoreUnavailable:  # whoever claims next will say so
            return None

    async def _look(self, lane: LaneRecord) -> NextRequest | None:
        context = self._context
        queue = await context.store.queue(lane.lane, limit=context.settings.most_intents + 1)
        settled = replace(lane, in_flight=None, next_at=None)
        step = decide(settled, in_flight=(), queue=queue, accounts={}, now=self._time.now(), settings=context.settings)
        if not isinstance(step, Claim) or not step.full:
            return None
        return await self._assemble(settled, step)

    async def _assemble(self, lane: LaneRecord, step: Claim) -> NextRequest | None:
        context = self._context
        today, request_id = context.today(), context.new_id()
        await self._bodies.prepare_some(step.candidates, next_date(lane, today))
        batch = assemble(
            lane,
            step,
            today=today,
            request_id=request_id,
            prepare=self._bodies.prepare,
            settings=context.settings,
        )
        if not batch.full or not batch.parcels:
            return None
        return NextRequest(batch=batch, request_id=request_id, today=today)
