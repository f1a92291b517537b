"""Breadth-first over every interleaving; dead ends by going back from where everything is final; shortest traces."""

import gc
from collections.abc import Iterator
from dataclasses import dataclass

from lanes_model import (
    ahead,
    announcing,
    calling,
    claiming,
    leasing,
    operating,
    recording,
    settling,
    staging,
    vendor,
    watching,
)
from lanes_model.canonical import canonical
from lanes_model.checking import REACHES, Reach, broken_by
from lanes_model.model import Change, Model
from lanes_model.properties import Property
from lanes_model.state import World

PARTS = (staging, leasing, claiming, calling, ahead, vendor, recording, settling, watching, operating, announcing)


MOST_STATES = 2_000_000


class TooLarge(Exception):  # noqa: N818 - names what is so
    """There are more states than were allowed: give the scenario a smaller budget."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A property that breaks, and the shortest way there."""

    property: Property
    trace: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to; no violation means that every state was visited, unless it was `too_large` for that."""

    states: int
    steps: int
    violation: Violation | None
    too_large: bool = False


def all_changes(model: Model, world: World) -> Iterator[Change]:
    """Every step that is possible."""
    for part in PARTS:
        yield from part.changes(model, world)


def search(model: Model, *, wanted: frozenset[Property] | None = None, most: int = MOST_STATES) -> Found:
    """Visit every state, until one of the wanted properties (all if None) breaks.

    Raises:
        TooLarge: if there are more than `most` states.
    """
    tracing = gc.isenabled()
    gc.disable()  # there are no cycles, and looking for them among so many states takes most of the time
    try:
        return _Search(model, frozenset(Property) if wanted is None else wanted, most).run()
    finally:
        if tracing:
            gc.enable()


class _Search:
    def __init__(self, model: Model, wanted: frozenset[Property], most: int) -> None:
        self._model = model
        self._wanted = wanted
        self._most = most
        start = canonical(model, model.start())
        self._numbers: dict[World, int] = {start: 0}
        self._worlds = [start]
        self._parents = [0]
        self._next: list[list[int]] = []
        self._steps = 0

    def run(self) -> Found:
        for number, world in enumerate(self._worlds):  # the list grows while it is read: breadth first
            reached = []
            for change in all_changes(self._model, world):
                self._steps += 1
                broken = self._wanted.intersection((*change.broken, *broken_by(world, change.after)))
                if broken:
                    return self._found(next(iter(broken)), [*self._path(number), self._form(change)])
                reached.append(self._visit(number, self._form(change)))
            self._next.append(reached)
        return self._without_dead_ends()

    def _form(self, change: Change) -> World:
        return canonical(self._model, change.after)

    def _visit(self, parent: int, world: World) -> int:
        known = self._numbers.setdefault(world, len(self._worlds))
        if known == len(self._worlds):
            if known >= self._most:
                raise TooLarge(f"{self._model.scenario.name}: more than {self._most} states")
            self._worlds.append(world)
            self._parents.append(parent)
        return known

    def _path(self, number: int) -> list[World]:
        path = [self._worlds[number]]
        while number:
            number = self._parents[number]
            path.append(self._worlds[number])
        return path[::-1]

    def _found(self, broken: Property, path: list[World]) -> Found:
        trace = tuple(told_along(self._model, path))
        return Found(len(self._worlds), self._steps, Violation(broken, trace))

    def _without_dead_ends(self) -> Found:
        for reach in REACHES:
            if reach.property not in self._wanted or not reach.asked(self._model):
                continue
            lost = self._first_lost(reach)
            if lost is not None:
                return self._found(reach.property, self._path(lost))
        return Found(len(self._worlds), self._steps, None)

    def _first_lost(self, reach: Reach) -> int | None:
        """The first state from which the end is out of reach."""
        before: list[list[int]] = [[] for _ in self._worlds]
        for number, reached in enumerate(self._next):
            for other in reached:
                if reach.along(self._worlds[number], self._worlds[other]):
                    before[other].append(number)
        good = [reach.end(self._model, world) for world in self._worlds]
        waiting = [number for number, is_good in enumerate(good) if is_good]
        while waiting:
            for number in before[waiting.pop()]:
                if not good[number]:
                    good[number] = True
                    waiting.append(number)
        return next((number for number, is_good in enumerate(good) if not is_good), None)


def told_along(model: Model, path: list[World]) -> Iterator[str]:
    """The steps along a path, told with workers that keep their names."""
    world = model.start()
    for wanted in path[1:]:
        for change in all_changes(model, world):
            if canonical(model, change.after) == wanted:
                yield change.label
                world = change.after
                break
        else:
            raise LookupError("the path does not lead on")
