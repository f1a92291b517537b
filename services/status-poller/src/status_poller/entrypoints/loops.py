"""Loops that look for what is due."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from runtime.app import BackgroundTask
from runtime.backoff import Backoff
from runtime.logs import get_logger
from runtime.mongo import is_transient
from runtime.resources import reason_of

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Loop:
    """Calls `work` until there is nothing left, then waits for `interval` or for `news`; `end` is called at the end.

    MongoDB being away is waited for with back-off; anything else ends the loop, which the process starts again.
    """

    name: str
    work: Callable[[], Awaitable[int]]
    interval: timedelta
    news: asyncio.Event
    backoff: Backoff
    end: Callable[[], Awaitable[None]] | None = None

    def task(self) -> BackgroundTask:
        """The loop as a task of the process."""
        return BackgroundTask(self.name, self.run)

    async def run(self, stopping: asyncio.Event) -> None:
        """Run until `stopping` is set."""
        try:
            await self._run(stopping)
        finally:
            if self.end is not None:
                await self.end()

    async def _run(self, stopping: asyncio.Event) -> None:
        failures = 0
        while not stopping.is_set():
            self.news.clear()
            try:
                worked = await self.work()
            except Exception as error:
                if not is_transient(error):
                    raise
                failures += 1
                delay = self.backoff.seconds(failures)
                _log.warning("loop waits", loop=self.name, reason=reason_of(error), retry_in=round(delay, 1))
                await _first_of(stopping, self.news, seconds=delay)
                continue
            failures = 0
            if not worked:
                await _first_of(stopping, self.news, seconds=self.interval.total_seconds())


async def _first_of(*events: asyncio.Event, seconds: float) -> None:
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
