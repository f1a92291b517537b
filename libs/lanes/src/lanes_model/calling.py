"""Rule 3: the receipt of the claim, the last check, the first byte, the deadline."""

from lanes_model.claiming import described, leaves_behind
from lanes_model.leasing import orphaned
from lanes_model.model import Change, Changes, Model, with_worker
from lanes_model.properties import Property
from lanes_model.rules import Rule
from lanes_model.state import Lease, Parcel, Request, Step, Told, Verdict, Worker, World


def changes(model: Model, world: World) -> Changes:
    """What workers with a request in their hands may do."""
    for index, worker in enumerate(world.workers):
        match worker.step:
            case Step.WRITTEN:
                yield _received(model, world, index)
            case Step.CLAIMED:
                yield _checked(model, world, index)
            case Step.CHECKED:
                yield _began(model, world, index)
            case Step.CALLING:
                yield from _cut(model, world, index)
            case _:
                pass


def _received(model: Model, world: World, index: int) -> Change:
    worker = world.workers[index]
    renewed = worker.owner or not model.keeps(Rule.COMPARE_AND_SET)
    lasts = renewed and world.lane.lease is Lease.FRESH
    believes = lasts or not model.keeps(Rule.COUNT_FROM_BEFORE)
    after = with_worker(world, index, worker._replace(step=Step.CLAIMED, believes=believes))
    return Change(f"worker {index + 1} learns that its claim is written", after)


def _checked(model: Model, world: World, index: int) -> Change:
    worker = world.workers[index]
    if worker.believes or not model.keeps(Rule.LAST_CHECK):
        return Change(
            f"worker {index + 1} passes the last check", with_worker(world, index, worker._replace(step=Step.CHECKED))
        )
    answer = tuple(Told(Verdict.NOT_SENT) for _ in worker.parcels)
    after = with_worker(world, index, worker._replace(step=Step.ANSWERED, answer=answer))
    return Change(f"worker {index + 1} finds its lease too short and sends nothing", after)


def _began(model: Model, world: World, index: int) -> Change:
    worker = world.workers[index]
    again = " again" if worker.resend else ""
    label = f"worker {index + 1} sends {described(worker.parcels)}{again}"
    broken = (*_broken(world, index), *_jumps(model, world, worker))
    date = max(world.last_sent, *(parcel.body.date for parcel in worker.parcels))
    after = with_worker(world, index, worker._replace(step=Step.CALLING))
    return Change(label, after._replace(last_sent=date if model.scenario.midnight else 0), broken)


def _cut(model: Model, world: World, index: int) -> Changes:
    worker = world.workers[index]
    poisoned = any(parcel.body.content in model.scenario.poison for parcel in worker.parcels)
    if not world.budget.losses and not poisoned:
        return
    budget = world.budget._replace(losses=world.budget.losses - (not poisoned))
    lost = worker._replace(step=Step.ANSWERED, answer=tuple(Told(Verdict.LOST) for _ in worker.parcels))
    after = orphaned(with_worker(world, index, lost), worker)
    yield Change(f"worker {index + 1} gets no answer before its deadline", after._replace(budget=budget))
    if not model.keeps(Rule.ONE_POST):
        again = orphaned(world, worker)._replace(budget=budget)
        yield Change(f"worker {index + 1}'s connection breaks, its transport sends the same once more", again)


def _broken(world: World, index: int) -> tuple[Property, ...]:
    """What this first byte breaks."""
    worker = world.workers[index]
    others = [w for i, w in enumerate(world.workers) if i != index]
    checks = {
        Property.NO_OVERLAP: _overlaps(world, worker, others),
        Property.ONE_BODY: any(_two_bodies(world, parcel, others) for parcel in worker.parcels),
        Property.DATES: not worker.late and any(parcel.body.date < world.last_sent for parcel in worker.parcels),
        Property.SENT_ONCE: not worker.late and any(_needless(world, parcel.ref) for parcel in worker.parcels),
    }
    return tuple(broken for broken, is_broken in checks.items() if is_broken)


def _jumps(model: Model, world: World, worker: Worker) -> tuple[Property, ...]:
    """Whether a request leaves before somebody who comes first; known answers count as if they were recorded."""
    if not model.scenario.ahead or worker.resend or worker.late:
        return ()
    settled = frozenset(p.ref for p, told in worker.earlier if told.verdict in {Verdict.ISSUED, Verdict.REJECTED})
    return (Property.ORDER,) if leaves_behind(model, world, worker.parcels, settled) else ()


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
