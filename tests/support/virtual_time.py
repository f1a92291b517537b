"""An event loop whose clock stands still until it is told to go on, and jumps over what would be waiting."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from typing_extensions import override

Result = TypeVar("Result")


class _Jumping(selectors.SelectSelector):
    """Where a loop would wait for input, its time goes on instead."""

    loop: "VirtualLoop"

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Nothing ever arrives from outside; a loop that waits jumps to its next timer, or stops at its horizon."""
        if timeout is None or self.loop.now + timeout > self.loop.horizon:
            self.loop.now = max(self.loop.now, self.loop.horizon)
            self.loop.stop()
        elif timeout > 0:
            self.loop.now += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual seconds, which begin at 0. It does no input and output, and is the same every time."""

    def __init__(self) -> None:
        """Stand at 0."""
        self.now = 0.0
        self.horizon = 0.0
        selector = _Jumping()
        selector.loop = self
        super().__init__(selector)
        self.set_exception_handler(lambda _, __: None)

    @override
    def time(self) -> float:
        """Virtual seconds."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Let everything happen that happens within these seconds."""
        self.horizon = self.now + seconds
        self.run_forever()

    def finish(self, work: Coroutine[Any, Any, Result], *, within: float) -> Result:
        """Run until this is done.

        Raises:
            TimeoutError: if it is not done within so many virtual seconds.
        """
        task = self.create_task(work)
        task.add_done_callback(lambda _: self.stop())
        self.advance(within)
        if not task.done():
            task.cancel()
            self.advance(0)
            raise TimeoutError(f"not done within {within} virtual seconds")
        return task.result()

    def end(self) -> None:
        """Cancel everything and close."""
        for task in asyncio.all_tasks(self):
            task.cancel()
        self.advance(1.0)
        self.close()
