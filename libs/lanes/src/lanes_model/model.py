"""A scenario with its rules, and what every step needs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from lanes_model.properties import Property
from lanes_model.rules import Rule
from lanes_model.state import Budget, Intent, Lane, News, Status, Verdict, Worker, World


class Command(NamedTuple):
    """A command of the topic; its offset is its place, from 1."""

    ref: int
    content: int
    withdraws: bool = False


class Change(NamedTuple):
    """One step: what happens, what comes of it, and which properties it breaks by itself."""

    label: str
    after: World
    broken: tuple[Property, ...] = ()


Changes = Iterator[Change]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What may happen: the commands, the workers, and how often what goes wrong.

    - `budget`, `deeper`: how much goes wrong in a short run and in a long one.
    - `staged`: the first so many commands are staged at the beginning.
    - `zombies`: staging is two steps (read, write), and a consumer that lost its partition may go on.
    - `answers`: the unkind answers that a budget of faults may be spent on.
    - `bad`, `poison`: contents that the vendor refuses, or never answers.
    - `ahead`: the next request may be named while one is under way, and leave before that one's answer is recorded.
    - `counts`: requests that bring nothing are counted, so that it shows whether a person is called in time.
    - `renumbered`: the command from which on the topic counts its offsets anew, in its next generation.
    - `years`: the date's change is the year's, and the vendor deduplicates within a year.
    """

    name: str
    about: str
    commands: tuple[Command, ...]
    budget: Budget
    deeper: Budget
    workers: int = 2
    staged: int = 0
    most: int = 2
    zombies: bool = False
    renumbered: int = 0
    counts: bool = False
    announces: bool = False
    midnight: bool = False
    years: bool = False
    joined: bool = False
    ahead: bool = False
    operations: frozenset[str] = frozenset()
    answers: frozenset[Verdict] = frozenset()
    bad: frozenset[int] = frozenset()
    refuses_whole: bool = False
    poison: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Model:
    """A scenario, with every rule or without one."""

    scenario: Scenario
    without: Rule | None = None
    orders: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Count the orders."""
        object.__setattr__(self, "orders", max(command.ref for command in self.scenario.commands) + 1)

    def keeps(self, rule: Rule) -> bool:
        """Whether a rule is on."""
        return rule is not self.without

    def start(self) -> World:
        """Where everything begins."""
        scenario = self.scenario
        intents: list[Intent | None] = [None] * self.orders
        for offset, command in enumerate(scenario.commands[: scenario.staged], 1):
            intents[command.ref] = fresh(command, offset)
        return World(
            intents=tuple(intents),
            workers=(Worker(),) * scenario.workers,
            budget=scenario.budget,
            consumer=World._field_defaults["consumer"]._replace(offset=scenario.staged + 1),
            committed=scenario.staged + 1,
            told=(None,) * self.orders if scenario.announces else (),
        )


def fresh(command: Command, offset: int, position: int = 0) -> Intent:
    """The intent of a command that is the first under its RefID."""
    at = position or offset
    return Intent(command.ref, command.content, at, at, place=offset, heard=offset)


def name(ref: int) -> str:
    """What a trace calls an intent."""
    return "abcdefgh"[ref]


def names(refs: tuple[int, ...]) -> str:
    """Several of them."""
    return "+".join(name(ref) for ref in refs)


def known(world: World, ref: int) -> Intent:
    """An intent that is staged."""
    intent = world.intents[ref]
    if intent is None:
        raise LookupError(f"no intent {ref}")
    return intent


def with_intents(world: World, changed: dict[int, Intent]) -> World:
    """The world with some intents changed."""
    return world._replace(intents=tuple(changed.get(ref, intent) for ref, intent in enumerate(world.intents)))


def with_worker(world: World, index: int, worker: Worker) -> World:
    """The world with one worker changed."""
    return world._replace(workers=(*world.workers[:index], worker, *world.workers[index + 1 :]))


def with_lane(world: World, **fields: object) -> World:
    """The world with its lane changed."""
    lane: Lane = world.lane._replace(**fields)  # type: ignore[arg-type]  # the fields are the lane's
    return world._replace(lane=lane)


def announced_soon(model: Model, world: World, refs: tuple[int, ...]) -> World:
    """Changes are about to be announced by the worker that made them."""
    if not model.scenario.announces:
        return world
    news = [
        News(ref, intent.version, intent.status)
        for ref in refs
        if (intent := world.intents[ref]) is not None and intent.status is not Status.SENDING
    ]
    return world._replace(news=tuple(sorted({*world.news, *news})))
