"""One form for states that differ only in names: workers are alike, and of versions only the order counts."""

from lanes_model.model import Model
from lanes_model.state import Handler, World


def canonical(model: Model, world: World) -> World:
    """The form under which a state is known."""
    workers = tuple(sorted(world.workers)) if len(world.workers) > 1 else world.workers
    scenario = model.scenario
    if scenario.zombies or scenario.announces or world.watch is not None:
        return _ranked(model, world)._replace(workers=workers)
    intents = tuple(i and (i if i.version == 1 else i._replace(version=1)) for i in world.intents)
    return world._replace(workers=workers, intents=intents)


def _ranked(model: Model, world: World) -> World:
    """Versions as ranks among those that are remembered anywhere."""
    ranks = [_ranks(model, world, ref) for ref in range(len(world.intents))]
    intents = tuple(
        intent and intent._replace(version=rank[intent.version], announced=rank.get(intent.announced, 0))
        for intent, rank in zip(world.intents, ranks, strict=True)
    )
    return world._replace(
        intents=intents,
        consumer=_handler(model, world.consumer, ranks),
        straggler=world.straggler and _handler(model, world.straggler, ranks),
        watch=world.watch and world.watch._replace(version=ranks[world.watch.ref][world.watch.version]),
        news=tuple(news._replace(version=ranks[news.ref][news.version]) for news in world.news),
        told=tuple(told and told._replace(version=ranks[told.ref][told.version]) for told in world.told),
    )


def _handler(model: Model, handler: Handler, ranks: list[dict[int, int]]) -> Handler:
    if handler.snapshot is None:
        return handler
    ref = model.scenario.commands[handler.offset - 1].ref
    snapshot = handler.snapshot._replace(version=ranks[ref][handler.snapshot.version], announced=0)
    return handler._replace(snapshot=snapshot)


def _ranks(model: Model, world: World, ref: int) -> dict[int, int]:
    intent = world.intents[ref]
    if intent is None:
        return {}
    found = {0, intent.version}
    for handler in (world.consumer, world.straggler):
        if handler and handler.snapshot and model.scenario.commands[handler.offset - 1].ref == ref:
            found.add(handler.snapshot.version)
    if world.watch and world.watch.ref == ref:
        found.add(world.watch.version)
    if world.told:
        found.add(intent.announced)
        found.update(news.version for news in (*world.news, *world.told) if news and news.ref == ref)
    return {version: rank for rank, version in enumerate(sorted(found))}
