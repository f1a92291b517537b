"""Work that may outlast the request that asked for it: whoever asks again joins it instead of beginning anew."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Errands(Generic[T]):
    """Work by name, one at a time for each name, for as long as this process lives.

    Only for what may be lost with the process and done again: a signature, not a request that issues something. What
    comes of it the work keeps by itself; what it raises is kept here for the next who asks, so that nobody tries again
    what was refused.
    """

    def __init__(self) -> None:
        """Begin with no work under way."""
        self._by_name: dict[str, asyncio.Task[T]] = {}

    async def result(self, name: str, work: Callable[[], Coroutine[Any, Any, T]], *, within_seconds: float) -> T | None:
        """What the work of this name came to, or raised; None if that takes longer: then it goes on."""
        task = self._by_name.get(name)
        if task is None:
            task = self._by_name[name] = asyncio.create_task(work(), name=f"errand {name}")
            task.add_done_callback(lambda done: self._ended(name, done))
        await asyncio.wait({task}, timeout=max(0.0, within_seconds))
        if not task.done():
            return None
        self._by_name.pop(name, None)
        return task.result()

    async def close(self) -> None:
        """Stop what is under way and wait until it has stopped."""
        tasks = list(self._by_name.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, name: str, task: asyncio.Task[T]) -> None:
        if task.cancelled() or task.exception() is None:
            self._by_name.pop(name, None)
