"""Rule 5: changes are told by the worker that made them, or by the sweep; consumers keep the highest version."""

from lanes_model.model import Change, Changes, Model, known, name, with_intents
from lanes_model.rules import Rule
from lanes_model.state import News, Status, World

MOST_NEWS = 2


def changes(model: Model, world: World) -> Changes:
    """What may become of announcements."""
    if not model.scenario.announces:
        return
    for news in world.news:
        rest = tuple(other for other in world.news if other != news)
        if news.sent:
            yield _marked(model, world, news, rest)
        else:
            yield _sent(model, world, news, rest)
    if model.keeps(Rule.SWEEP) and len(world.news) < MOST_NEWS:
        yield from _swept(world)


def _swept(world: World) -> Changes:
    for ref, intent in enumerate(world.intents):
        if intent is None or intent.status is Status.SENDING or intent.version <= intent.announced:
            continue
        news = News(ref, intent.version, intent.status)
        if news not in world.news and news._replace(sent=True) not in world.news:
            label = f"the sweep finds {name(ref)} ({intent.status}) unannounced"
            yield Change(label, world._replace(news=tuple(sorted((*world.news, news)))))


def _sent(model: Model, world: World, news: News, rest: tuple[News, ...]) -> Change:
    before = world.told[news.ref]
    newer = before is None or news.version >= before.version or not model.keeps(Rule.HIGHEST_KEPT)
    told = tuple(news if ref == news.ref and newer else old for ref, old in enumerate(world.told))
    after = world._replace(told=told, news=tuple(sorted((*rest, news._replace(sent=True)))))
    return Change(f"the world is told: {name(news.ref)} {news.status} (version {news.version})", after)


def _marked(model: Model, world: World, news: News, rest: tuple[News, ...]) -> Change:
    intent = known(world, news.ref)
    told = max(intent.announced, news.version) if model.keeps(Rule.ANNOUNCED_IS_A_VERSION) else intent.version
    after = with_intents(world, {news.ref: intent._replace(announced=told)})
    return Change(f"version {news.version} of {name(news.ref)} is marked as announced", after._replace(news=rest))
