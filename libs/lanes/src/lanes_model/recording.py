"""Rule 4: what an answer changes, in one transaction; joined with the next claim if the answer settles everything."""

from lanes_model.claiming import claimed
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
from lanes_model.properties import Property
from lanes_model.rules import Rule
from lanes_model.state import NO_BODY, Intent, LaneStatus, Parcel, Status, Step, Told, Verdict, Worker, World

WHOLE_RESENDS = 1
"""Resends of the whole, before one by one."""
RESEND_LIMIT = 2
"""Resends of one intent in all, before a person is called."""


def changes(model: Model, world: World) -> Changes:
    """Recordings of answers."""
    for index, worker in enumerate(world.workers):
        if worker.step not in {Step.ANSWERED, Step.HALF_RECORDED} or worker.doubtful or worker.earlier:
            continue
        if not worker.owner and model.keeps(Rule.FENCED_RECORD):
            label = f"worker {index + 1} finds the lane taken over and records nothing"
            yield Change(label, with_worker(world, index, Worker(today=worker.today)))
        else:
            yield from _recorded(model, world, index)


def enough(model: Model) -> int:
    """Look-ups before a resend."""
    return 2 if model.keeps(Rule.TWO_LOOK_UPS) else 1


def settled(intent: Intent, status: Status, **fields: object) -> Intent:
    """The next version of an intent that is out of flight."""
    after = intent._replace(status=status, version=intent.version + 1, not_found=0, resends=0, tries=0)
    after = after._replace(**fields) if fields else after  # type: ignore[arg-type]  # the fields are the intent's
    return after if after.open else after._replace(body=NO_BODY)


def issued(intent: Intent, number: int) -> Intent:
    """The end of an intent."""
    return settled(intent, Status.ISSUED, number=number, open=False, alone=False, sent=1)


def unknown(intent: Intent, status: Status = Status.UNKNOWN) -> Intent:
    """An attempt that may be alive."""
    return intent._replace(status=status, version=intent.version + 1, open=True, not_found=0)


def recorded(model: Model, intent: Intent, told: Told, worker: Worker) -> Intent:
    """An intent after its verdict."""
    match told.verdict:
        case Verdict.ISSUED:
            return issued(intent, told.number)
        case Verdict.ACCEPTED:
            return unknown(intent, Status.ACCEPTED)
        case Verdict.NO_NUMBER if not model.keeps(Rule.RESULT_OR_UNKNOWN):
            return issued(intent, 0)
        case Verdict.MISSING if model.keeps(Rule.UNNAMED_IS_UNKNOWN):
            return unknown(intent)
        case Verdict.NO_NUMBER | Verdict.LOST:
            return unknown(intent)
        case _:
            return _refused(model, intent, told.verdict, worker)


def _refused(model: Model, intent: Intent, verdict: Verdict, worker: Worker) -> Intent:
    """For its own content, for now, for somebody else's fault, or not even sent."""
    stays = intent.open and model.keeps(Rule.REFUSAL_PROVISIONAL)
    splits = model.keeps(Rule.WHOLE_REFUSAL_SPLITS)
    rejects = {
        Verdict.REJECTED: True,
        Verdict.FAULT: not model.keeps(Rule.FAULT_REJECTS_NOBODY),
        Verdict.WHOLE_REFUSED: not splits,
    }
    if rejects.get(verdict):
        return settled(intent, Status.REJECTED, open=stays)
    if verdict in {Verdict.WHOLE_REFUSED, Verdict.NOT_SENT}:
        return _as_before(model, intent, worker, sent=verdict is Verdict.WHOLE_REFUSED)
    tries = intent.tries if verdict is Verdict.FAULT else 0
    return settled(intent, Status.STAGED, open=stays, tries=tries)


def _as_before(model: Model, intent: Intent, worker: Worker, *, sent: bool) -> Intent:
    """Back in the queue, or unsettled and looked up enough if this was a resend."""
    attempts = intent.sent if sent else intent.sent - 1
    tries = 0 if sent else intent.tries
    if worker.resend and intent.open:
        resends = WHOLE_RESENDS if sent else intent.resends - 1
        back = intent._replace(status=Status.UNKNOWN, version=intent.version + 1, tries=tries)
        return back._replace(sent=attempts, alone=sent or intent.alone, resends=resends, not_found=enough(model))
    return settled(intent, Status.STAGED, sent=attempts, alone=sent or intent.alone, tries=tries)


def given_back_one(model: Model, intent: Intent) -> Intent:
    """An intent that was named ahead and certainly never left: as it was before."""
    if model.keeps(Rule.GIVEN_BACK_AS_IT_WAS):
        return settled(intent, Status.STAGED, sent=intent.sent - 1, tries=intent.tries)
    return settled(intent, Status.STAGED, sent=intent.sent - 1, tries=intent.tries, open=False)


def given_back(model: Model, world: World, refs: tuple[int, ...]) -> World:
    """Several of them."""
    return with_intents(world, {ref: given_back_one(model, known(world, ref)) for ref in refs})


def _recorded(model: Model, world: World, index: int) -> Changes:
    worker = world.workers[index]
    pairs = list(zip(worker.parcels, worker.answer, strict=True))
    after = {ref: recorded(model, known(world, ref), told, worker) for (ref, _), told in pairs}
    label = f"worker {index + 1} records the answer"
    if worker.following:
        refs = tuple(parcel.ref for parcel in worker.following)
        after |= {ref: given_back_one(model, known(world, ref)) for ref in refs}
        label += f" and gives {names(refs)} back to the queue"
    done = lane_after(model, world, after, worker)
    if worker.step is Step.ANSWERED and not model.keeps(Rule.RECORD_IN_ONE):
        half = worker._replace(step=Step.HALF_RECORDED)
        yield Change(f"{label}: the lane", with_worker(done, index, half))
        return
    done = with_intents(done, after)
    done = announced_soon(model, with_worker(done, index, _next(worker, done, model)), tuple(after))
    broken = (Property.INNOCENT,) if _punished(pairs, after) else ()
    yield Change(label, done, broken)
    if model.scenario.joined and worker.owner and (not done.lane.in_flight or not model.keeps(Rule.JOIN_WHEN_SETTLED)):
        yield from claimed(model, done, index, "records the answer and in the same transaction claims")


def _punished(pairs: list[tuple[Parcel, Told]], after: dict[int, Intent]) -> bool:
    return any(
        after[ref].status is Status.REJECTED and told.verdict is not Verdict.REJECTED for (ref, _), told in pairs
    )


def _next(worker: Worker, world: World, model: Model) -> Worker:
    if not worker.owner:
        return Worker(today=worker.today)
    nothing = not world.lane.in_flight and not model.keeps(Rule.COMPARE_AND_SET)
    return Worker(Step.HOLDS, owner=True, believes=worker.believes, today=worker.today, saw_nothing=nothing)


def lane_after(model: Model, world: World, after: dict[int, Intent], worker: Worker) -> World:
    """The lane when these intents have been recorded."""
    unsettled = {ref for ref, i in after.items() if i.status in {Status.UNKNOWN, Status.ACCEPTED}}
    lane = world.lane
    if worker.step is Step.HALF_RECORDED:
        return world
    named = lane.in_flight if model.keeps(Rule.WRITE_BEFORE_CALL) else tuple(after)
    left = tuple(ref for ref in named if ref not in after or ref in unsettled)
    fault = any(told.verdict is Verdict.FAULT for told in worker.answer)
    status = LaneStatus.BLOCKED if fault and model.keeps(Rule.FAULT_BLOCKS) else lane.status
    stopped = lane.stopped or fault
    return with_lane(world, in_flight=left, sending=(), following=(), status=status, stopped=stopped)
