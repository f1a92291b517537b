"""Unknown outcomes: taken over, looked up, adopted, sent again, given up; and the watch beside the lane."""

from lanes_model.claiming import described
from lanes_model.model import Change, Changes, Model, announced_soon, known, name, with_intents, with_lane, with_worker
from lanes_model.properties import Property
from lanes_model.recording import RESEND_LIMIT, WHOLE_RESENDS, enough, given_back, issued, unknown
from lanes_model.rules import Rule
from lanes_model.state import (
    BLOCKED,
    Body,
    Intent,
    Lane,
    LaneStatus,
    Lease,
    Parcel,
    Status,
    Step,
    Told,
    Verdict,
    Worker,
    World,
)


def changes(model: Model, world: World) -> Changes:
    """What holders do about what is in flight."""
    for index, worker in enumerate(world.workers):
        if worker.step is Step.LOOKED:
            yield _looked_up(model, world, index)
        elif worker.step is Step.HOLDS and worker.owner and _goes_on(model, world.lane):
            if world.lane.sending:
                yield from _taken_over(model, world, index)
            else:
                yield from _asks(model, world, index)
                yield from _sends_again(model, world, index)


def _goes_on(model: Model, lane: Lane) -> bool:
    """Whether there is something in flight; that the lane is stopped keeps nobody from settling it."""
    waits = lane.status is LaneStatus.PAUSED and not model.keeps(Rule.PAUSE_SETTLES)
    waits |= lane.status in BLOCKED and not model.keeps(Rule.BLOCK_LOOKS_UP)
    return bool(lane.in_flight) and not waits


def _taken_over(model: Model, world: World, index: int) -> Changes:
    refs = world.lane.sending + world.lane.following
    if world.lane.following and not model.keeps(Rule.ALL_NAMED_UNKNOWN):
        refs = world.lane.sending
        world = without(given_back(model, world, world.lane.following), set(world.lane.following))
    after = with_intents(world, {ref: unknown(known(world, ref)) for ref in refs})
    after = announced_soon(model, with_lane(after, sending=(), following=()), refs)
    yield Change(f"worker {index + 1} finds a request left behind: its outcome is unknown", after)


def _asks(model: Model, world: World, index: int) -> Changes:
    """Look up what is in flight. With its quiet period kept, the vendor has finished by then what it was at work on."""
    flying = [(ref, known(world, ref)) for ref in world.lane.in_flight]
    blocked = world.lane.status in BLOCKED
    asking = [(ref, i) for ref, i in flying if blocked or i.status is Status.ACCEPTED or i.not_found < enough(model)]
    refs = {ref for ref, _ in asking}
    quiet = not any(
        request.young and not request.early and refs & {p.ref for p in request.parcels} for request in world.net
    )
    if not asking or (model.keeps(Rule.QUIET_PERIOD) and not quiet):
        return
    told = tuple(_found(model, world, ref, intent) for ref, intent in asking)
    if all(t.verdict is Verdict.NOT_FOUND for t in told) and all(i.not_found >= enough(model) for _, i in asking):
        return
    worker = world.workers[index]
    parcels = tuple(Parcel(ref, intent.body) for ref, intent in asking)
    looked = worker._replace(step=Step.LOOKED, parcels=parcels, answer=told)
    words = ", ".join(f"{name(p.ref)} {t.verdict}" for p, t in zip(parcels, told, strict=True))
    yield Change(f"worker {index + 1} looks up: {words}", with_worker(world, index, looked))


def _found(model: Model, world: World, ref: int, intent: Intent) -> Told:
    """What a look-up tells. By the second, a quiet period later, the vendor shows all that it has issued."""
    by_now = intent.not_found > 0 and model.keeps(Rule.QUIET_PERIOD)
    for number, document in enumerate(world.documents, 1):
        if document.ref == ref and (document.shown or by_now):
            return Told(Verdict.ISSUED, number)
    return Told(Verdict.NOT_FOUND)


def _looked_up(model: Model, world: World, index: int) -> Change:
    worker = world.workers[index]
    idle = Worker(today=worker.today)
    if not worker.owner and model.keeps(Rule.FENCED_RECORD):
        return Change(
            f"worker {index + 1} finds the lane taken over and records nothing", with_worker(world, index, idle)
        )
    after = {
        parcel.ref: _after_look_up(model, known(world, parcel.ref), told)
        for parcel, told in zip(worker.parcels, worker.answer, strict=True)
    }
    holds = Worker(Step.HOLDS, owner=True, believes=worker.believes, today=worker.today)
    done = with_worker(with_intents(world, after), index, holds if worker.owner else idle)
    done = without(done, {ref for ref, intent in after.items() if intent.status is Status.ISSUED})
    return Change(f"worker {index + 1} records the look-up", announced_soon(model, done, tuple(after)))


def _after_look_up(model: Model, intent: Intent, told: Told) -> Intent:
    if told.verdict is Verdict.ISSUED:
        adopted = issued(intent, told.number)
        return adopted if model.keeps(Rule.VERSION_RISES) else adopted._replace(version=intent.version)
    if intent.status is Status.ACCEPTED:
        return intent._replace(status=Status.UNKNOWN, version=intent.version + 1, not_found=0)
    count = min(intent.not_found + 1, enough(model))
    return intent._replace(status=Status.UNKNOWN, not_found=count, version=intent.version + 1)


def without(world: World, refs: set[int]) -> World:
    """The lane with these no longer in flight; as it was before if an unsettled one was all that blocked it."""
    left = tuple(ref for ref in world.lane.in_flight if ref not in refs)
    status = world.lane.status
    if not left and status is LaneStatus.BLOCKED_UNSETTLED:
        status = LaneStatus.RUNNING
    if not left and status is LaneStatus.BLOCKED_PAUSED:
        status = LaneStatus.PAUSED
    return with_lane(world, in_flight=left, status=status)


def _sends_again(model: Model, world: World, index: int) -> Changes:
    flying = sorted((known(world, ref).position, ref, known(world, ref)) for ref in world.lane.in_flight)
    if world.lane.status in BLOCKED:
        return
    if any(i.status is not Status.UNKNOWN or i.not_found < enough(model) for _, _, i in flying):
        return
    flying = flying[: model.scenario.most]
    refs = tuple(ref for _, ref, _ in flying)
    head = flying[0][2]
    whole_limit = WHOLE_RESENDS if model.keeps(Rule.ONE_BY_ONE) else RESEND_LIMIT
    if all(intent.resends < whole_limit for _, _, intent in flying):
        yield _resent(model, world, index, refs)
    elif head.resends < RESEND_LIMIT and model.keeps(Rule.ONE_BY_ONE):
        yield _resent(model, world, index, refs[:1])
    elif model.keeps(Rule.RESENDS_END):
        yield _given_up(model, world, index, head)
    else:
        yield _resent(model, world, index, refs[:1])


def _resent(model: Model, world: World, index: int, refs: tuple[int, ...]) -> Change:
    worker = world.workers[index]
    day = max(worker.today, world.lane.last_date)
    identical = model.keeps(Rule.IDENTICAL_BODY)
    intents = {ref: known(world, ref) for ref in refs}
    bodies = {ref: i.body if identical else Body(i.content, day) for ref, i in intents.items()}
    after = {
        ref: i._replace(
            status=Status.SENDING,
            version=i.version + 1,
            body=bodies[ref],
            sent=min(i.sent + 1, 2),
            resends=min(i.resends + 1, RESEND_LIMIT + 1),
            not_found=0,
        )
        for ref, i in intents.items()
    }
    parcels = tuple(Parcel(ref, bodies[ref]) for ref in refs)
    ready = worker._replace(step=Step.WRITTEN, resend=True, parcels=parcels, answer=())
    done = with_lane(with_worker(with_intents(world, after), index, ready), sending=refs, lease=Lease.FRESH)
    return Change(f"worker {index + 1} claims a resend of {described(parcels)}", done)


def _given_up(model: Model, world: World, index: int, head: Intent) -> Change:
    scenario = model.scenario
    healthy = bool(scenario.poison) and not scenario.budget.losses and head.body.content not in scenario.poison
    paused = world.lane.status is LaneStatus.PAUSED and model.keeps(Rule.PAUSE_OUTLASTS)
    after = with_lane(world, status=LaneStatus.BLOCKED_PAUSED if paused else LaneStatus.BLOCKED_UNSETTLED)
    label = f"worker {index + 1} blocks the lane and calls a person about {name(head.source)}"
    return Change(label, after, (Property.INNOCENT,) if healthy else ())
