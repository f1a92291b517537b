"""Look-ups beside the lane: of what was refused or set aside while an attempt may be alive."""

from lanes_model.model import Change, Changes, Model, announced_soon, known, name, with_intents
from lanes_model.recording import issued
from lanes_model.rules import Rule
from lanes_model.state import NO_BODY, Intent, Status, Watch, World

WATCHED = frozenset({Status.REJECTED, Status.SET_ASIDE, Status.STAGED})


def changes(model: Model, world: World) -> Changes:
    """Look-ups that bring something, and the end of a watch, which outlasts every request."""
    for ref, intent in enumerate(world.intents):
        if intent is None or not intent.open or intent.status not in WATCHED:
            continue
        over = not _alive(world, ref)
        number = _number(world, ref, over=over)
        if number:
            after = with_intents(world, {ref: issued(intent, number)})
            yield Change(f"a look-up finds {name(ref)} and adopts it", announced_soon(model, after, (ref,)))
        elif model.keeps(Rule.WATCH_ENDS_ASKED):
            if over:
                yield _ended(model, world, ref, intent)
        elif world.watch is None:
            yield Change(
                f"a look-up does not find {name(ref)}", world._replace(watch=Watch(ref, known(world, ref).version))
            )
    if world.watch is not None:
        yield from _recorded(model, world, world.watch)


def _recorded(model: Model, world: World, watch: Watch) -> Changes:
    """The result is recorded at a time at which the watch may be over, though it was asked before."""
    intent = known(world, watch.ref)
    after = world._replace(watch=None)
    if not _alive(world, watch.ref) and intent.open and intent.version == watch.version:
        yield _ended(model, after, watch.ref, intent)
    else:
        yield Change("the look-up changes nothing", after)


def _ended(model: Model, world: World, ref: int, intent: Intent) -> Change:
    after = intent._replace(open=False, body=NO_BODY, version=intent.version + 1)
    done = announced_soon(model, with_intents(world, {ref: after}), (ref,))
    return Change(f"the watch of {name(ref)} ends: every attempt counts as refused", done)


def _alive(world: World, ref: int) -> bool:
    """Whether a request that carries it exists anywhere; none lives as long as a watch."""
    carried = [p.ref for request in world.net for p in request.parcels]
    carried += [p.ref for worker in world.workers for p in worker.parcels]
    return ref in carried


def _number(world: World, ref: int, *, over: bool) -> int:
    for number, document in enumerate(world.documents, 1):
        if document.ref == ref and (document.shown or over):
            return number
    return 0
