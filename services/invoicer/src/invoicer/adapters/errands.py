"""Work that may outlast the request that asked for it: whoever asks again joins it instead of beginning anew."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")

UNTOLD_SECONDS = 60.0
"""How long a failure that nobody waited for is told to the next who asks; later its cause may be mended."""

_Key = tuple[str, str]


@dataclass(slots=True)
class _Line:
    """Those who want something of one place, and what the last of them that failed has met."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    failures: int = 0
    failure: Exception | None = None
    untold_until: float | None = None
    """Until then, on the loop's clock, the failure is owed to the next who asks."""

    def failed(self, failure: Exception, *, told: bool) -> None:
        self.failures += 1
        self.failure = failure
        self.untold_until = None if told else asyncio.get_running_loop().time() + UNTOLD_SECONDS

    def owed(self) -> Exception | None:
        until, self.untold_until = self.untold_until, None
        return self.failure if until is not None and asyncio.get_running_loop().time() < until else None


class Errands(Generic[T]):
    """Work by place and name, one at a time at each place, in order, for as long as this process lives.

    Only for what may be lost with the process and done again: a signature, not a request that issues something. What
    comes of it the work keeps by itself. What it raises is raised for all who stand in line at that place, and for the
    next who asks there if nobody waited: nobody tries again what was refused, and nobody hears of it once it is mended.
    """

    def __init__(self) -> None:
        """Begin with no work under way."""
        self._under_way: dict[_Key, asyncio.Task[T]] = {}
        self._waiting: Counter[_Key] = Counter()
        self._lines: defaultdict[str, _Line] = defaultdict(_Line)

    async def result(
        self, place: str, name: str, work: Callable[[], Coroutine[Any, Any, T]], *, within_seconds: float
    ) -> T | None:
        """What the work of this name came to, or raised; None if that takes longer: then it goes on."""
        key = (place, name)
        if key not in self._under_way and (owed := self._lines[place].owed()):
            raise owed
        task = self._under_way.get(key) or self._begin(key, work)
        self._waiting[key] += 1
        try:
            await asyncio.wait({task}, timeout=max(0.0, within_seconds))
        finally:
            self._waiting[key] -= 1
            self._waiting += Counter()  # forgets those for whom nobody waits
        return task.result() if task.done() else None

    async def close(self) -> None:
        """Stop what is under way and wait until it has stopped."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, key: _Key, work: Callable[[], Coroutine[Any, Any, T]]) -> asyncio.Task[T]:
        task = self._under_way[key] = asyncio.create_task(self._in_line(key, work), name=f"errand {key[1]}")
        task.add_done_callback(lambda done: self._ended(key, done))
        return task

    async def _in_line(self, key: _Key, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        line = self._lines[key[0]]
        failures = line.failures
        async with line.turn:
            if line.failure is not None and line.failures > failures:
                if self._waiting[key]:
                    line.untold_until = None
                raise line.failure
            try:
                return await work()
            except Exception as failure:
                line.failed(failure, told=bool(self._waiting[key]))
                raise

    def _ended(self, key: _Key, task: asyncio.Task[T]) -> None:
        del self._under_way[key]
        if not task.cancelled():
            task.exception()  # it is told to whoever waits or asks; nobody else has to hear of it
