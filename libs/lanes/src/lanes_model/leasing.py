"""The lease: taken, running low, ended, given back; and crashes, and midnight, which comes to each worker by itself."""

from lanes_model.model import Change, Changes, Model, with_lane, with_worker
from lanes_model.rules import Rule
from lanes_model.state import LaneStatus, Lease, Request, Status, Step, Worker, World


def changes(model: Model, world: World) -> Changes:
    """What may happen to the lease and to the workers themselves."""
    for index, worker in enumerate(world.workers):
        if worker.step is Step.IDLE:
            yield from _acquired(model, world, index)
        else:
            yield from _left(world, index)
            yield from _crashed(world, index)
        if model.scenario.midnight and worker.today == 1:
            yield Change(f"midnight at worker {index + 1}", with_worker(world, index, worker._replace(today=2)))
    yield from _lease_runs(model, world)


def has_work(world: World) -> bool:
    """Whether it is worth taking the lane."""
    lane = world.lane
    if lane.in_flight:
        return True
    return lane.status is LaneStatus.RUNNING and any(i is not None and i.status is Status.STAGED for i in world.intents)


def _acquired(model: Model, world: World, index: int) -> Changes:
    guarded = model.keeps(Rule.LANE_IS_THE_LOCK)
    ended = world.lane.lease is Lease.FREE or not model.keeps(Rule.DATABASE_TIME) or not guarded
    if not ended or not has_work(world):
        return
    workers = [w._replace(owner=w.owner and not guarded) for w in world.workers]
    workers[index] = Worker(
        step=Step.HOLDS,
        owner=True,
        believes=True,
        today=world.workers[index].today,
        saw_nothing=not world.lane.in_flight and not model.keeps(Rule.COMPARE_AND_SET),
    )
    taken = with_lane(world, lease=Lease.FRESH)._replace(workers=tuple(workers))
    yield Change(f"worker {index + 1} takes the lease", taken)


def _left(world: World, index: int) -> Changes:
    worker = world.workers[index]
    idle = Worker(today=worker.today)
    if worker.step is not Step.HOLDS:
        return
    if not worker.owner:
        yield Change(f"worker {index + 1} finds the lane taken over", with_worker(world, index, idle))
    else:
        given_back = with_lane(with_worker(world, index, idle), lease=Lease.FREE)
        yield Change(f"worker {index + 1} gives the lease back", given_back)


def _crashed(world: World, index: int) -> Changes:
    if not world.budget.crashes:
        return
    worker = world.workers[index]
    after = with_worker(world, index, Worker(today=worker.today))
    if worker.step is Step.CALLING:
        after = orphaned(after, worker)
    budget = world.budget._replace(crashes=world.budget.crashes - 1)
    yield Change(f"worker {index + 1} crashes ({worker.step})", after._replace(budget=budget, news=()))


def orphaned(world: World, worker: Worker) -> World:
    """The request of a worker that no longer listens is in the network by itself."""
    request = Request(worker.parcels, late=worker.late, early=worker.early)
    return world._replace(net=tuple(sorted((*world.net, request))))


def _lease_runs(model: Model, world: World) -> Changes:
    lease = world.lane.lease
    if lease is Lease.FREE:
        return
    owner = next((i for i, worker in enumerate(world.workers) if worker.owner), None)
    if owner is None:
        yield Change("the lease of the dead worker ends", with_lane(world, lease=Lease.FREE))
        return
    worker = world.workers[owner]
    if lease is Lease.FRESH and world.budget.leases:
        noticed = worker._replace(believes=worker.believes and not model.keeps(Rule.CLOCK_GOES_ON))
        low = with_lane(with_worker(world, owner, noticed), lease=Lease.LOW)
        budget = world.budget._replace(leases=world.budget.leases - 1)
        yield Change(f"worker {owner + 1} is slow: its lease runs low", low._replace(budget=budget))
    if lease is Lease.LOW and not (worker.step is Step.CALLING and model.keeps(Rule.HARD_DEADLINE)):
        suspended = worker._replace(late=worker.step is Step.CHECKED and not worker.blind)
        yield Change(
            f"the lease of worker {owner + 1} ends ({worker.step})",
            with_lane(with_worker(world, owner, suspended), lease=Lease.FREE),
        )
