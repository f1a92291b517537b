"""Rule 2: a claim names the next intents, with their bodies, before the call."""

from lanes_model.model import Change, Changes, Model, known, name, with_intents, with_lane, with_worker
from lanes_model.properties import Property
from lanes_model.rules import Rule
from lanes_model.state import UNSETTLED, Body, Intent, LaneStatus, Lease, Parcel, Status, Step, Worker, World


def changes(model: Model, world: World) -> Changes:
    """Claims of workers that hold the lane, or believe so."""
    for index, worker in enumerate(world.workers):
        if worker.step is Step.HOLDS and _may_claim(model, world, worker):
            yield from claimed(model, world, index, "claims")
        elif worker.step is Step.HALF:
            yield _named(world, index)


def _may_claim(model: Model, world: World, worker: Worker) -> bool:
    if not model.keeps(Rule.LANE_IS_THE_LOCK):
        return True
    if not model.keeps(Rule.COMPARE_AND_SET) and worker.saw_nothing:
        return True
    return worker.owner and (not world.lane.in_flight or not model.keeps(Rule.SETTLE_FIRST))


def claimed(model: Model, world: World, index: int, verb: str) -> Changes:
    """The next request of a lane that is running."""
    worker = world.workers[index]
    if world.lane.status is not LaneStatus.RUNNING and model.keeps(Rule.RUNNING_ONLY):
        return
    parcels = next_parcels(model, world, worker.today)
    if not parcels:
        return
    label = f"worker {index + 1} {verb} {described(parcels)}"
    broken = breaks(model, world, parcels)
    ready = worker._replace(step=Step.WRITTEN, parcels=parcels, resend=False, answer=(), saw_nothing=False)
    ready = ready._replace(turn=worker.today if model.scenario.midnight else 0)
    if not model.keeps(Rule.WRITE_BEFORE_CALL):
        yield Change(label, with_worker(world, index, ready._replace(step=Step.CLAIMED)), broken)
        return
    after = with_intents(world, {parcel.ref: sending(known(world, parcel.ref), parcel.body) for parcel in parcels})
    if not model.keeps(Rule.CLAIM_IN_ONE):
        yield Change(f"{label}: intents", with_worker(after, index, ready._replace(step=Step.HALF)), broken)
        return
    yield Change(label, in_flight(with_worker(after, index, ready), parcels), broken)


def _named(world: World, index: int) -> Change:
    worker = world.workers[index]
    if not worker.owner:
        return Change(
            f"worker {index + 1} finds the lane taken over", with_worker(world, index, Worker(today=worker.today))
        )
    named = in_flight(with_worker(world, index, worker._replace(step=Step.WRITTEN)), worker.parcels)
    return Change(f"worker {index + 1} names them in the lane", named)


def next_parcels(model: Model, world: World, today: int) -> tuple[Parcel, ...]:
    """From the head of the queue, what may share a request: one date, and those that must go alone alone.

    What may be alive comes first: its date cannot change, and those behind it may get a later one.
    """
    first = model.keeps(Rule.OPEN_FIRST)
    staged = [
        (first and not intent.open, intent.position, ref, intent)
        for ref, intent in enumerate(world.intents)
        if intent is not None and intent.status is Status.STAGED
    ]
    day = max(today, world.lane.last_date) if model.keeps(Rule.DATE_NEVER_BACK) else today
    queue = sorted(staged)
    parcels: list[Parcel] = []
    for later, _, ref, intent in queue:
        body = intent.body if intent.open else Body(intent.content, day)
        apart = bool(parcels) and (intent.alone or later != queue[0][0] or body.date != parcels[0].body.date)
        if apart or len(parcels) == model.scenario.most:
            break
        parcels.append(Parcel(ref, body))
        if intent.alone:
            break
    return tuple(parcels)


def sending(intent: Intent, body: Body) -> Intent:
    """An intent that is named in the lane with its body."""
    return intent._replace(
        status=Status.SENDING,
        version=intent.version + 1,
        body=body,
        sent=min(intent.sent + 1, 2),
        not_found=0,
        resends=0,
    )


def in_flight(world: World, parcels: tuple[Parcel, ...]) -> World:
    """The lane names the request, and its lease begins anew."""
    refs = tuple(parcel.ref for parcel in parcels)
    date = max(world.lane.last_date, *(parcel.body.date for parcel in parcels))
    return with_lane(world, in_flight=refs, sending=refs, last_date=date, lease=Lease.FRESH)


def described(parcels: tuple[Parcel, ...]) -> str:
    """A request in a trace."""
    return " and ".join(f"{name(ref)} (content {body.content}, day {body.date})" for ref, body in parcels)


def breaks(
    model: Model, world: World, parcels: tuple[Parcel, ...], before: frozenset[int] = frozenset()
) -> tuple[Property, ...]:
    """What a claim breaks by itself; `before` are those of the request that it follows."""
    order = (Property.ORDER,) if leaves_behind(model, world, parcels, before) else ()
    return (*order, Property.PAUSE_STANDS) if world.lane.stopped else order


def leaves_behind(
    model: Model, world: World, parcels: tuple[Parcel, ...], before: frozenset[int] = frozenset()
) -> bool:
    """Whether somebody comes before the last of these who has not been sent, or whose outcome is open.

    To send again what may be alive is no claim of new ones: the others were refused for now.
    """
    refs = {parcel.ref for parcel in parcels}
    if all(known(world, ref).open for ref in refs):
        return False
    last = max(known(world, ref).place for ref in refs)
    for offset, command in enumerate(model.scenario.commands[:last], 1):
        if world.intents[command.ref] is None and offset < last and not command.withdraws:
            return True
    waiting = UNSETTLED | {Status.STAGED}
    return any(
        intent is not None and ref not in refs | before and intent.status in waiting and intent.place < last
        for ref, intent in enumerate(world.intents)
    )
