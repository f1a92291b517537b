"""What a first byte breaks: seen by what is at the vendor, and by a counter and dates that no rule reads."""

from lanes_model.claiming import leaves_behind
from lanes_model.model import Model, known, with_intents
from lanes_model.properties import Property
from lanes_model.state import Parcel, Request, Step, Verdict, Worker, World

MOST_TRIES = 3
"""Requests that leave with one intent and bring nothing, before a person must be called."""


def counted(model: Model, world: World, worker: Worker) -> World:
    """The world in which one more request has left with these intents; one that left too late is nobody's attempt."""
    if not model.scenario.counts or worker.late:
        return world
    intents = {parcel.ref: known(world, parcel.ref) for parcel in worker.parcels}
    return with_intents(world, {ref: i._replace(tries=min(i.tries + 1, MOST_TRIES)) for ref, i in intents.items()})


def broken_at_first_byte(model: Model, world: World, index: int) -> tuple[Property, ...]:
    """What this first byte breaks."""
    worker = world.workers[index]
    others = [w for i, w in enumerate(world.workers) if i != index]
    checks = {
        Property.NO_OVERLAP: _overlaps(world, worker, others),
        Property.ONE_BODY: any(_two_bodies(world, parcel, others) for parcel in worker.parcels),
        Property.TODAY: not worker.late and any(_too_old(world, worker, parcel) for parcel in worker.parcels),
        Property.PERSON_CALLED: not worker.late
        and any(known(world, parcel.ref).tries >= MOST_TRIES for parcel in worker.parcels),
        Property.ORDER: _jumps(model, world, worker),
        Property.DATES: not worker.late and any(parcel.body.date < world.last_sent for parcel in worker.parcels),
        Property.SENT_ONCE: not worker.late and any(_needless(world, parcel.ref) for parcel in worker.parcels),
    }
    return tuple(broken for broken, is_broken in checks.items() if is_broken)


def _too_old(world: World, worker: Worker, parcel: Parcel) -> bool:
    """Whether a new body carries a day that was over when its turn came; what may be alive keeps its own."""
    return parcel.body.date < worker.turn and not known(world, parcel.ref).open


def _jumps(model: Model, world: World, worker: Worker) -> bool:
    """Whether a request leaves before somebody who comes first; known answers count as if they were recorded."""
    if not model.scenario.ahead or worker.resend or worker.late:
        return False
    settled = frozenset(p.ref for p, told in worker.earlier if told.verdict in {Verdict.ISSUED, Verdict.REJECTED})
    return leaves_behind(model, world, worker.parcels, settled)


def _overlaps(world: World, worker: Worker, others: list[Worker]) -> bool:
    """Another is at work, and neither is the worker that was suspended after its check; what a person set aside is."""
    if worker.late:
        return False
    if any(other.step is Step.CALLING and not other.late for other in others):
        return True
    return any(_at_work(world, request) for request in world.net)


def _at_work(world: World, request: Request) -> bool:
    wanted = any(parcel.ref in world.lane.in_flight for parcel in request.parcels)
    return request.young and not request.late and wanted


def _two_bodies(world: World, parcel: Parcel, others: list[Worker]) -> bool:
    sent = [p for other in others if other.step in {Step.CHECKED, Step.CALLING} for p in other.parcels]
    sent += [p for request in world.net for p in request.parcels]
    sent += [Parcel(document.ref, document.body) for document in world.documents]
    return any(other.ref == parcel.ref and other.body != parcel.body for other in sent)


def _needless(world: World, ref: int) -> bool:
    return any(document.ref == ref and not document.late for document in world.documents)
