"""Work for many shops side by side, so that one that hangs holds up nobody else."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from runtime.logs import get_logger
from runtime.resources import reason_of

_log = get_logger(__name__)


class Crew:
    """At most one task per shop and `most` in all; who looks for more work leaves the busy shops out.

    `patience` is how long `breathe` waits in seconds; None waits until all is done.
    """

    def __init__(self, *, most: int = 50, patience: float | None = None) -> None:
        """Nobody works yet."""
        self._most = most
        self._patience = patience
        self._running: dict[str, asyncio.Task[None]] = {}

    def busy(self) -> list[str]:
        """Shops that are being worked on."""
        for shop, task in list(self._running.items()):
            if task.done():
                del self._running[shop]
                if not task.cancelled() and (error := task.exception()) is not None:
                    _log.error("work for a shop failed", shop=shop, reason=reason_of(error), exc_info=error)
        return list(self._running)

    def full(self) -> bool:
        """Whether no more may be started."""
        return len(self.busy()) >= self._most

    def start(self, shop: str, work: Coroutine[Any, Any, None]) -> None:
        """Work for a shop that is not busy."""
        self._running[shop] = asyncio.create_task(work, name=f"work for {shop}")

    async def breathe(self) -> None:
        """Let the others work: until one is done, or for `patience`."""
        if not self.busy():
            return
        if self._patience is None:
            await asyncio.wait(self._running.values())
        else:
            await asyncio.wait(self._running.values(), timeout=self._patience, return_when=asyncio.FIRST_COMPLETED)
        self.busy()

    async def end(self, seconds: float) -> None:
        """Let the work in hand finish for so long, then cancel it; its leases end by themselves."""
        if not self.busy():
            return
        _, late = await asyncio.wait(self._running.values(), timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        self.busy()
