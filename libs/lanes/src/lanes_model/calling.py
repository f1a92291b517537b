"""Rule 3: the receipt of the claim, the last check, the first byte, the deadline."""

from lanes_model.claiming import described
from lanes_model.first_byte import broken_at_first_byte, counted
from lanes_model.leasing import orphaned
from lanes_model.model import Change, Changes, Model, with_worker
from lanes_model.rules import Rule
from lanes_model.state import Lease, Step, Told, Verdict, World


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
        blind = not (worker.owner and world.lane.lease is Lease.FRESH)
        after = with_worker(world, index, worker._replace(step=Step.CHECKED, blind=blind))
        return Change(f"worker {index + 1} passes the last check", after)
    answer = tuple(Told(Verdict.NOT_SENT) for _ in worker.parcels)
    after = with_worker(world, index, worker._replace(step=Step.ANSWERED, answer=answer))
    return Change(f"worker {index + 1} finds its lease too short and sends nothing", after)


def _began(model: Model, world: World, index: int) -> Change:
    worker = world.workers[index]
    again = " again" if worker.resend else ""
    label = f"worker {index + 1} sends {described(worker.parcels)}{again}"
    date = max(world.last_sent, *(parcel.body.date for parcel in worker.parcels))
    after = with_worker(counted(model, world, worker), index, worker._replace(step=Step.CALLING, blind=False, turn=0))
    after = after._replace(last_sent=date if model.scenario.midnight else 0)
    return Change(label, after, broken_at_first_byte(model, world, index))


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
