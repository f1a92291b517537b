"""The properties that a state shows, and what the end looks like that must stay within reach."""

from collections.abc import Callable
from typing import NamedTuple

from lanes_model.model import Model
from lanes_model.properties import Property
from lanes_model.state import BLOCKED, UNSETTLED, Intent, Status, Step, World

_NOT_ISSUED = frozenset({Status.REJECTED, Status.WITHDRAWN, Status.SET_ASIDE})


def broken_by(before: World, after: World) -> list[Property]:
    """What holds no longer after a step."""
    if before.documents is after.documents and before.intents is after.intents and before.workers is after.workers:
        return []
    broken = []
    if len({_source(after, document.ref) for document in after.documents}) < len(after.documents):
        broken.append(Property.ONE_INVOICE)
    if not _numbers_have_owners(after):
        broken.append(Property.NUMBERS)
    if any(_taken_back(before, ref, intent) for ref, intent in enumerate(after.intents)):
        broken.append(Property.ISSUED_STANDS)
    return broken


def _source(world: World, ref: int) -> int:
    intent = world.intents[ref]
    return intent.source if intent else ref


def _numbers_have_owners(world: World) -> bool:
    numbers: dict[int, set[int]] = {}
    for number, document in enumerate(world.documents, 1):
        numbers.setdefault(document.ref, set()).add(number)
    held = {p.ref for w in world.workers if w.owner and w.step is Step.ANSWERED for p in w.parcels}
    held |= {p.ref for w in world.workers if w.step is Step.HALF_RECORDED for p in w.parcels}
    for ref, intent in enumerate(world.intents):
        if intent is None:
            continue
        if intent.status is Status.ISSUED:
            if intent.number not in numbers.get(ref, set()):
                return False
        elif ref in numbers and not (intent.status in UNSETTLED or intent.open or ref in held):
            return False
    return True


def _taken_back(before: World, ref: int, intent: Intent | None) -> bool:
    if intent is None or ref >= len(before.intents):
        return False
    earlier = before.intents[ref]
    if earlier is None or earlier is intent:
        return False
    if earlier.status is Status.ISSUED:
        return intent.status is not Status.ISSUED
    documents = any(document.ref == ref for document in before.documents)
    return documents and intent.status in _NOT_ISSUED and not intent.open and earlier.status != intent.status


def ended(model: Model, world: World) -> bool:
    """Everything that was asked for is final."""
    commands = model.scenario.commands
    if world.committed <= len(commands) or world.straggler is not None or world.lane.in_flight:
        return False
    last = {command.ref: offset for offset, command in enumerate(commands, 1)}
    return all(_final(world.intents[ref], offset) for ref, offset in last.items())


def _final(intent: Intent | None, offset: int) -> bool:
    if intent is None or intent.heard < offset:
        return False
    return intent.status is Status.ISSUED or (intent.status in _NOT_ISSUED and not intent.open)


def told_at_last(model: Model, world: World) -> bool:
    """Everything is final, and the world knows it."""
    return ended(model, world) and all(
        told is not None and intent is not None and told.status is intent.status
        for told, intent in zip(world.told, world.intents, strict=True)
    )


def settled_or_called(_: Model, world: World) -> bool:
    """Nothing that a stopped lane has in flight is left to itself: it is settled, or a person is called about it."""
    if not world.lane.stopped or not world.lane.in_flight:
        return True
    issued = {document.ref for document in world.documents}
    return world.lane.status in BLOCKED and not issued.intersection(world.lane.in_flight)


def of_itself(before: World, after: World) -> bool:
    """Whether a step needs no person."""
    return before.lane.stopped == after.lane.stopped and before.budget.operations == after.budget.operations


def anyhow(_: World, __: World) -> bool:
    """Any step."""
    return True


class Reach(NamedTuple):
    """What must stay within reach from everywhere, along which steps, and in which scenarios."""

    property: Property
    end: Callable[[Model, World], bool]
    along: Callable[[World, World], bool]
    asked: Callable[[Model], bool]


REACHES = (
    Reach(Property.NOTHING_LOST, ended, anyhow, lambda _: True),
    Reach(Property.NEWEST_TOLD, told_at_last, anyhow, lambda model: model.scenario.announces),
    Reach(
        Property.SETTLES_ON,
        settled_or_called,
        of_itself,
        lambda model: bool(model.scenario.operations & {"pause", "block"}),
    ),
)
