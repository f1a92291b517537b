"""Rule 1: commands become intents. With zombies, reading and writing are two steps and a consumer may be replaced."""

from lanes_model.model import Change, Changes, Command, Model, fresh, name
from lanes_model.properties import Property
from lanes_model.rules import Rule
from lanes_model.state import NO_BODY, UNSETTLED, Handler, Intent, Status, World


def changes(model: Model, world: World) -> Changes:
    """What consumers of the topic may do next."""
    yield from _consumer(model, world)
    if world.straggler is not None:
        yield from _straggler(model, world, world.straggler)
    if world.budget.redeliveries:
        yield from _redelivered(world)


def _consumer(model: Model, world: World) -> Changes:
    handler = world.consumer
    if handler.offset <= len(model.scenario.commands):
        for label, after, done, broken in _handled(model, world, handler):
            moved = handler._replace(offset=handler.offset + 1, has_read=False, snapshot=None, position=0)
            next_world = after._replace(consumer=moved if done else after.consumer)
            if not model.scenario.zombies:
                next_world = next_world._replace(committed=moved.offset)
            yield Change(f"consumer {label}", next_world, broken)
        if not model.keeps(Rule.STAGE_IN_ORDER) and world.straggler is None and not handler.has_read:
            label = f"command {handler.offset} is handled beside the next"
            yield Change(label, world._replace(straggler=handler, consumer=handler._replace(offset=handler.offset + 1)))
    early = 0 if model.keeps(Rule.STAGE_BEFORE_COMMIT) else int(handler.has_read)
    if world.committed < handler.offset + early:
        yield Change(
            f"offset {handler.offset + early - 1} is committed", world._replace(committed=handler.offset + early)
        )


def _straggler(model: Model, world: World, handler: Handler) -> Changes:
    for label, after, done, broken in _handled(model, world, handler):
        moved = None if done else after.consumer
        yield Change(f"late consumer {label}", after._replace(straggler=moved, consumer=world.consumer), broken)
    if not model.keeps(Rule.STAGE_BEFORE_COMMIT) or model.keeps(Rule.STAGE_IN_ORDER):
        yield Change("late consumer dies", world._replace(straggler=None))


def _redelivered(world: World) -> Changes:
    handler = world.consumer
    budget = world.budget._replace(redeliveries=world.budget.redeliveries - 1)
    again = world._replace(consumer=Handler(world.committed), budget=budget)
    if world.committed < handler.offset or handler.has_read:
        yield Change(f"consumer dies; redelivery from {world.committed}", again)
    if world.straggler is None:
        yield Change(
            f"partition moves; the old consumer still has command {handler.offset}; redelivery from {world.committed}",
            again._replace(straggler=handler),
        )


Handled = tuple[str, World, bool, tuple[Property, ...]]


def _handled(model: Model, world: World, handler: Handler) -> list[Handled]:
    """The next step of a handler: its label, the world (with the handler as its consumer), whether it is done."""
    if handler.offset > len(model.scenario.commands):
        return [("has nothing in its hands", world, True, ())]
    command = model.scenario.commands[handler.offset - 1]
    if not handler.has_read:
        world, handler = _read(model, world, handler, command)
        if model.scenario.zombies:
            return [(f"reads what is known for {_described(command, handler)}", world, False, ())]
    stored = world.intents[command.ref]
    snapshot = handler.snapshot
    if _moved(model, stored, snapshot):
        retry = Handler(handler.offset)
        return [(f"finds {name(command.ref)} changed and reads again", world._replace(consumer=retry), False, ())]
    after = _placed(model, snapshot, command, handler)
    if stored is None and after is None:
        return [(f"finds nothing to withdraw at {handler.offset}", world, True, ())]
    return [_written(model, world, command, handler, after)]


def _read(model: Model, world: World, handler: Handler, command: Command) -> tuple[World, Handler]:
    position = _position(model, handler.offset)
    if not model.keeps(Rule.POSITION_OF_TOPIC):
        world = world._replace(counter=world.counter + 1)
        position = model.scenario.staged + world.counter
    handler = Handler(handler.offset, has_read=True, snapshot=world.intents[command.ref], position=position)
    return world._replace(consumer=handler), handler


def _position(model: Model, place: int) -> int:
    """Of a command by its place. (Generation, offset) rises as the place does; the offset begins anew."""
    renumbered = model.scenario.renumbered
    if model.keeps(Rule.GENERATION_COUNTS) or not renumbered or place < renumbered:
        return place
    return place - renumbered + 1


def _moved(model: Model, stored: Intent | None, snapshot: Intent | None) -> bool:
    """Whether the intent is not the one that was read, so far as the database compares."""
    if stored is None or snapshot is None:
        return stored is not snapshot and not (stored is None and snapshot is None)
    if model.keeps(Rule.SEEN_ONLY_RISES) and stored.seen != snapshot.seen:
        return True
    return (stored.version, stored.status) != (snapshot.version, snapshot.status)


def _written(model: Model, world: World, command: Command, handler: Handler, after: Intent | None) -> Handled:
    stored, snapshot = world.intents[command.ref], handler.snapshot
    label = f"stages {_described(command, handler)}"
    if stored is not None and not model.keeps(Rule.REF_ID_OF_SOURCE) and not command.withdraws:
        another = fresh(command, handler.offset)
        return f"{label} under a new RefID", world._replace(intents=(*world.intents, another)), True, ()
    if after is None or after == snapshot:
        return f"{label}: nothing happens", world, True, ()
    heard = stored.heard if stored else 0
    acts = stored is not None and after.version != stored.version
    broken = (Property.NEWER_STANDS,) if acts and handler.offset <= heard else ()
    after = after._replace(heard=max(heard, handler.offset))
    intents = tuple(after if ref == command.ref else intent for ref, intent in enumerate(world.intents))
    return f"{label}: {_outcome(stored, after)}", world._replace(intents=intents), True, broken


def _outcome(stored: Intent | None, after: Intent) -> str:
    if stored is None:
        return "staged"
    if stored.version == after.version:
        return "the first stands"
    if after.status is Status.WITHDRAWN:
        return "withdrawn"
    return "content replaced" if after.position == stored.position else "at the tail"


def _described(command: Command, handler: Handler) -> str:
    what = "withdraw" if command.withdraws else "issue"
    content = "" if command.withdraws else f" with content {command.content}"
    return f"command {handler.offset} ({what} {name(command.ref)}{content})"


def refused_every_time(intent: Intent) -> bool:
    """Whether no request that carried it can be alive, so far as is known."""
    return not intent.open and intent.status not in UNSETTLED and intent.status is not Status.ISSUED


def withdrawn(intent: Intent) -> Intent:
    """Out of its lane until a new command comes."""
    return intent._replace(status=Status.WITHDRAWN, version=intent.version + 1, tries=0)


def _placed(model: Model, known: Intent | None, command: Command, handler: Handler) -> Intent | None:
    """What the intent is after the command; the same intent if nothing happens."""
    position = handler.position
    if known is None:
        return None if command.withdraws else fresh(command, handler.offset, position)
    if position <= known.seen and model.keeps(Rule.REDELIVERY_IGNORED):
        return known
    noticed = known._replace(seen=position)
    if command.withdraws:
        may = refused_every_time(known) or not model.keeps(Rule.COMMAND_TAKES_UNSENT)
        return withdrawn(noticed) if may and known.status is not Status.WITHDRAWN else noticed
    if not refused_every_time(known) and model.keeps(Rule.FIRST_STANDS):
        return noticed
    return _queued(model, known, noticed, command, handler.offset)


def _queued(model: Model, known: Intent, noticed: Intent, command: Command, offset: int) -> Intent:
    """A change of what was never sent, or a retry."""
    position = noticed.seen
    first_wait = known.sent == 0 and known.status is Status.STAGED
    if first_wait and known.content == command.content:
        return noticed
    keeps_place = model.keeps(Rule.CHANGE_KEEPS_PLACE) if first_wait else not model.keeps(Rule.RETRY_AT_TAIL)
    return noticed._replace(
        content=command.content,
        position=known.position if keeps_place else position,
        place=known.place if first_wait else offset,
        status=Status.STAGED,
        version=known.version + 1,
        body=known.body if known.open else NO_BODY,
        open=known.open and model.keeps(Rule.FIRST_STANDS),
        not_found=0,
        resends=0,
        tries=0,
        alone=False,
    )
