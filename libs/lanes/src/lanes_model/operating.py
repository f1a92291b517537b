"""What a person does: pause, block, resume, set aside, withdraw."""

from lanes_model.model import Change, Changes, Model, announced_soon, known, name, with_intents, with_lane
from lanes_model.recording import WHOLE_RESENDS, settled
from lanes_model.rules import Rule
from lanes_model.settling import without
from lanes_model.staging import refused_every_time, withdrawn
from lanes_model.state import UNSETTLED, Intent, LaneStatus, Status, Step, World


def changes(model: Model, world: World) -> Changes:
    """A person may always resume, and do the rest a few times."""
    if world.lane.status is not LaneStatus.RUNNING:
        yield Change("a person resumes the lane", _resumed(world))
    if not world.budget.operations:
        return
    paid = world._replace(budget=world.budget._replace(operations=world.budget.operations - 1))
    wanted = model.scenario.operations
    if world.lane.status in {LaneStatus.RUNNING, LaneStatus.BLOCKED_UNSETTLED} and "pause" in wanted:
        yield Change("a person pauses the lane", _reread(with_lane(paid, status=LaneStatus.PAUSED, stopped=True)))
    if world.lane.status is LaneStatus.RUNNING and "block" in wanted:
        yield Change("a person blocks the lane", _reread(with_lane(paid, status=LaneStatus.BLOCKED, stopped=True)))
    for ref, intent in enumerate(world.intents):
        if intent is None:
            continue
        if "set aside" in wanted and intent.status in {Status.UNKNOWN, Status.ACCEPTED, Status.STAGED}:
            yield Change(f"a person sets {name(ref)} aside", _set_aside(model, paid, ref, intent))
        if "withdraw" in wanted and _may_withdraw(model, intent):
            yield Change(f"a person withdraws {name(ref)}", _withdrawn(model, paid, ref, intent))


def _reread(world: World) -> World:
    """The lane has moved: a look-up under way will not be recorded, its worker reads again."""
    workers = tuple(
        w._replace(step=Step.HOLDS, parcels=(), answer=()) if w.step is Step.LOOKED and w.owner else w
        for w in world.workers
    )
    return world._replace(workers=workers)


def _resumed(world: World) -> World:
    flying = {ref: known(world, ref) for ref in world.lane.in_flight}
    again = {
        ref: intent._replace(resends=WHOLE_RESENDS, version=intent.version + 1)
        for ref, intent in flying.items()
        if intent.resends > WHOLE_RESENDS and not world.lane.sending
    }
    resumed = with_intents(with_lane(world, status=LaneStatus.RUNNING, stopped=False), again)
    heard = tuple(intent and intent._replace(tries=0) for intent in resumed.intents)
    return _reread(resumed._replace(intents=heard))


def _set_aside(model: Model, world: World, ref: int, intent: Intent) -> World:
    alive = intent.open and model.keeps(Rule.SET_ASIDE_WATCHED)
    after = with_intents(world, {ref: settled(intent, Status.SET_ASIDE, open=alive)})
    if intent.status in UNSETTLED:
        after = _reread(without(after, {ref}))
    return announced_soon(model, after, (ref,))


def _may_withdraw(model: Model, intent: Intent) -> bool:
    if intent.status in {Status.ISSUED, Status.WITHDRAWN, Status.SENDING}:
        return False
    return refused_every_time(intent) or not model.keeps(Rule.WITHDRAW_UNSENT)


def _withdrawn(model: Model, world: World, ref: int, intent: Intent) -> World:
    after = with_intents(world, {ref: withdrawn(intent)._replace(open=False)})
    if intent.status in UNSETTLED:
        after = _reread(without(after, {ref}))
    return announced_soon(model, after, (ref,))
