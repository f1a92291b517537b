"""Claiming ahead: the next request is named during the one before, and leaves when that one's answer has settled all.

Its answer is recorded then, during the call of the one that followed it; and may name the next but one.
"""

from lanes_model.claiming import breaks, described, next_parcels, sending
from lanes_model.leasing import orphaned
from lanes_model.model import (
    Change,
    Changes,
    Model,
    announced_soon,
    known,
    names,
    with_intents,
    with_lane,
    with_worker,
)
from lanes_model.recording import given_back, lane_after, recorded
from lanes_model.rules import Rule
from lanes_model.state import LaneStatus, Lease, Parcel, Step, Told, Verdict, Worker, World

_UNDER_WAY = frozenset({Step.CHECKED, Step.CALLING, Step.ANSWERED})
_SETTLED = frozenset({Verdict.ISSUED, Verdict.REJECTED})


def changes(model: Model, world: World) -> Changes:
    """What a worker may do about the request after the one that is under way."""
    if not model.scenario.ahead:
        return
    for index, worker in enumerate(world.workers):
        if worker.earlier:
            yield from _records_earlier(model, world, index)
        elif worker.doubtful:
            yield _received(model, world, index)
        elif worker.following:
            yield from _follows(model, world, index)
        elif worker.step in _UNDER_WAY:
            yield from _names(model, world, index, f"worker {index + 1} names ahead")
            if not model.keeps(Rule.AHEAD_IS_NAMED):
                yield from _takes_unnamed(model, world, index)


def _refs(parcels: tuple[Parcel, ...]) -> tuple[int, ...]:
    return tuple(parcel.ref for parcel in parcels)


def _behind(model: Model, world: World, worker: Worker) -> tuple[Parcel, ...]:
    """What may follow the request in the worker's hands: nothing, if there is more in flight or the date changes."""
    if not worker.owner or world.lane.in_flight != _refs(worker.parcels) or world.lane.sending != world.lane.in_flight:
        return ()
    if world.lane.status is not LaneStatus.RUNNING and model.keeps(Rule.AHEAD_COMPARES):
        return ()
    parcels = next_parcels(model, world, worker.today)
    one_date = len({parcel.body.date for parcel in (*worker.parcels, *parcels)}) == 1
    return parcels if one_date or not model.keeps(Rule.AHEAD_ONE_DATE) else ()


def _names(model: Model, world: World, index: int, label: str) -> Changes:
    """One transaction: what follows gets its bodies and stands in the lane beside the request under way."""
    worker = world.workers[index]
    parcels = _behind(model, world, worker)
    if not parcels:
        return
    after = with_intents(world, {p.ref: sending(known(world, p.ref), p.body) for p in parcels})
    after = with_lane(
        after,
        in_flight=world.lane.in_flight + _refs(parcels),
        following=_refs(parcels),
        last_date=max(world.lane.last_date, *(parcel.body.date for parcel in parcels)),
        lease=Lease.FRESH,
    )
    ready = worker._replace(following=parcels, doubtful=True)
    broken = breaks(model, world, parcels, frozenset(_refs(worker.parcels)))
    yield Change(f"{label} {described(parcels)}", with_worker(after, index, ready), broken)


def _takes_unnamed(model: Model, world: World, index: int) -> Changes:
    worker = world.workers[index]
    parcels = _behind(model, world, worker)
    if parcels:
        label = f"worker {index + 1} takes {described(parcels)} from the queue and names nothing"
        yield Change(label, with_worker(world, index, worker._replace(following=parcels)))


def _received(model: Model, world: World, index: int) -> Change:
    worker = world.workers[index]
    lasts = worker.owner and world.lane.lease is Lease.FRESH
    believes = lasts or not model.keeps(Rule.COUNT_FROM_BEFORE)
    after = with_worker(world, index, worker._replace(doubtful=False, believes=believes))
    return Change(f"worker {index + 1} learns that what follows is named", after)


def _follows(model: Model, world: World, index: int) -> Changes:
    """The answer is in the worker's hands and settles everything: what follows leaves, after its own last check."""
    worker = world.workers[index]
    answered = worker.step is Step.ANSWERED
    settles = all(told.verdict in _SETTLED for told in worker.answer)
    came = not {told.verdict for told in worker.answer} & {Verdict.LOST, Verdict.NOT_SENT}
    if answered and not settles and (model.keeps(Rule.FOLLOWS_SETTLED) or not came):
        return
    if not answered and (worker.step is not Step.CALLING or model.keeps(Rule.FOLLOWS_ANSWER)):
        return
    stale = any(parcel.body.date < worker.today for parcel in worker.following)
    if stale and model.keeps(Rule.FOLLOWS_TODAY):
        return
    answer = worker.answer or tuple(Told(Verdict.LOST) for _ in worker.parcels)
    next_worker = worker._replace(
        step=Step.CLAIMED if model.keeps(Rule.FOLLOWS_CHECKED) else Step.CHECKED,
        late=False,
        resend=False,
        early=not model.keeps(Rule.QUIET_FROM_CALL),
        blind=not model.keeps(Rule.FOLLOWS_CHECKED),
        turn=worker.today if model.scenario.midnight else 0,
        parcels=worker.following,
        answer=(),
        following=(),
        earlier=tuple(zip(worker.parcels, answer, strict=True)),
    )
    after = with_worker(world if answered else orphaned(world, worker), index, next_worker)
    words = "goes on at once" if answered else "does not wait for the answer and goes on"
    yield Change(f"worker {index + 1} {words} with {described(worker.following)}", after)


def _records_earlier(model: Model, world: World, index: int) -> Changes:
    """The answer before is recorded at any time from then on, fenced as ever."""
    worker = world.workers[index]
    if not worker.owner and model.keeps(Rule.FENCED_RECORD):
        label = f"worker {index + 1} finds the lane taken over and records nothing of the answer before"
        yield Change(label, with_worker(world, index, worker._replace(earlier=())))
        return
    label = f"worker {index + 1} records the answer before"
    done, refs = _recorded(model, world, index)
    yield Change(label, announced_soon(model, done, refs))
    if worker.step in _UNDER_WAY:
        joined = _names(model, done, index, f"{label} and in the same transaction names ahead")
        yield from (c._replace(after=announced_soon(model, c.after, refs)) for c in joined)
    if worker.step is Step.CLAIMED or (worker.step is Step.CALLING and not model.keeps(Rule.GIVEN_BACK_UNSENT)):
        yield _takes_back(model, done, index, label, refs)


def _recorded(model: Model, world: World, index: int) -> tuple[World, tuple[int, ...]]:
    worker = world.workers[index]
    after = {parcel.ref: recorded(model, known(world, parcel.ref), told, worker) for parcel, told in worker.earlier}
    answers = tuple(told for _, told in worker.earlier)
    done = with_intents(lane_after(model, world, after, worker._replace(answer=answers)), after)
    now = _refs(worker.parcels) if model.keeps(Rule.FOLLOWING_STAYS) else ()
    left = done.lane.in_flight if model.keeps(Rule.FOLLOWING_STAYS) else ()
    sent = tuple(ref for ref in now if ref in left)
    done = with_lane(done, in_flight=left, sending=sent)
    return with_worker(done, index, worker._replace(earlier=())), tuple(after)


def _takes_back(model: Model, done: World, index: int, label: str, refs: tuple[int, ...]) -> Change:
    """With the answer before what follows is given back; its worker knows that it has not left."""
    worker = done.workers[index]
    followers = _refs(worker.parcels)
    after = with_lane(given_back(model, done, followers), in_flight=(), sending=(), following=())
    if worker.step is Step.CALLING:
        after = orphaned(after, worker)
    holds = Worker(Step.HOLDS, owner=worker.owner, believes=worker.believes, today=worker.today)
    after = announced_soon(model, with_worker(after, index, holds), (*refs, *followers))
    return Change(f"{label} and gives {names(followers)} back to the queue", after)
