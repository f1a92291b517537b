"""Work that outlasts who asked for it: one piece at a time at each place, and a failure is told once."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from invoicer.adapters.errands import UNTOLD_SECONDS, Errands
from support.virtual_time import VirtualLoop

ROUND = 6.0


class RefusedError(Exception):
    """A wrong PIN."""


@dataclass
class Tool:
    """Takes ten seconds each, and notes who came."""

    pin_is_right: bool = True
    came: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    async def sign(self, name: str) -> str:
        self.came.append(name)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(10.0)
        finally:
            self.at_once -= 1
        if not self.pin_is_right:
            raise RefusedError
        return f"{name} signed"


@dataclass
class World:
    """Askers of one process, in virtual time."""

    loop: VirtualLoop
    tool: Tool = field(default_factory=Tool)
    errands: Errands[str] = field(default_factory=Errands)

    def ask(self, name: str, *, place: str = "tool", within: float = ROUND) -> str | None:
        """Ask, and wait for the answer."""
        return self.loop.finish(self._ask(place, name, within), within=2 * within + 1)

    async def _ask(self, place: str, name: str, within: float) -> str | None:
        return await self.errands.result(place, name, lambda: self.tool.sign(name), within_seconds=within)

    def all_at_once(self, *names: str, within: float) -> list[str | BaseException | None]:
        """Several ask at the same moment."""

        async def gathered() -> list[str | BaseException | None]:
            return await asyncio.gather(*(self._ask("tool", name, within) for name in names), return_exceptions=True)

        return self.loop.finish(gathered(), within=2 * within + 1)


@pytest.fixture
def world() -> Iterator[World]:
    """No work under way."""
    loop = VirtualLoop()
    yield World(loop)
    loop.end()


def test_who_asks_again_joins(world: World) -> None:
    """It is begun once."""
    assert world.ask("a") is None
    assert world.ask("a") == "a signed"
    assert world.tool.came == ["a"]


def test_one_at_a_time_and_in_order(world: World) -> None:
    """A token signs one after the other, whatever lane asks; another token meanwhile."""
    assert world.all_at_once("a", "b", "c", within=40.0) == ["a signed", "b signed", "c signed"]
    assert (world.tool.came, world.tool.most_at_once) == (["a", "b", "c"], 1)
    assert world.ask("d") is None
    assert world.ask("e", place="another tool") is None
    assert world.tool.most_at_once == 2


def test_who_stands_in_line_shares_a_refusal(world: World) -> None:
    """A wrong PIN tried once for each of them would lock the token."""
    world.tool.pin_is_right = False
    results = world.all_at_once("a", "b", "c", within=40.0)
    assert [type(result) for result in results] == [RefusedError] * 3
    assert world.tool.came == ["a"]


def test_a_refusal_nobody_waited_for_is_told_to_the_next_who_asks_and_to_no_other(world: World) -> None:
    """Whoever it is, of any series of that token; by then the account is stopped, and who comes later tries anew."""
    world.tool.pin_is_right = False
    assert world.all_at_once("a", "b", within=ROUND) == [None, None]
    world.loop.advance(ROUND)
    with pytest.raises(RefusedError):
        world.ask("b")
    assert world.tool.came == ["a"]
    world.tool.pin_is_right = True
    assert world.ask("b", within=11.0) == "b signed"
    assert world.ask("a", within=11.0) == "a signed"


def test_an_old_refusal_is_told_to_nobody(world: World) -> None:
    """The lane was paused, and the PIN mended meanwhile."""
    world.tool.pin_is_right = False
    assert world.ask("a") is None
    world.loop.advance(ROUND + UNTOLD_SECONDS)
    world.tool.pin_is_right = True
    assert world.ask("a", within=11.0) == "a signed"


def test_what_is_under_way_ends_with_the_process(world: World) -> None:
    """Also what stands in line."""
    assert world.all_at_once("a", "b", within=ROUND) == [None, None]
    world.loop.finish(world.errands.close(), within=1.0)
    world.loop.advance(60.0)
    assert (world.tool.came, world.tool.at_once) == (["a"], 0)
