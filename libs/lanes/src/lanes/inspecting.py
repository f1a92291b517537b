"""One lane in depth, for whoever asks why nothing moves: what it has in flight, its queue, its next step."""

from collections.abc import Sequence
from dataclasses import dataclass

from lanes.deciding import Step, decide
from lanes.model import Intent, LaneView
from lanes.operations import LaneOperations
from lanes.settings import LaneSettings
from lanes.store import LaneStore


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneDetail:
    """A lane with the intents in flight, the head of its queue, and what a worker would do next with it."""

    view: LaneView
    in_flight: Sequence[Intent]
    queue: Sequence[Intent]
    step: Step


async def inspect_lane(store: LaneStore, settings: LaneSettings, lane: str, *, queue: int = 10) -> LaneDetail:
    """Look at one lane; `queue` intents of its queue. Reads only, beside which engines run undisturbed.

    Raises:
        OperationRefused: if there is none of that name.
    """
    view = await LaneOperations(store, settings).show_lane(lane)
    record = view.record
    flying = (await store.known(record.in_flight.ref_ids)).values() if record.in_flight else ()
    in_flight = tuple(sorted(flying, key=lambda intent: intent.position))
    waiting = await store.queue(lane, limit=max(queue, settings.most_intents))
    step = decide(
        record,
        in_flight=in_flight,
        queue=waiting,
        accounts=view.account_states,
        now=record.now,
        settings=settings,
    )
    return LaneDetail(view=view, in_flight=in_flight, queue=tuple(waiting[:queue]), step=step)
