"""Keeps background tasks alive: one that ends is started again with back-off, logged and counted.

One that ends with what is no `Exception` (a fault of the interpreter or of an extension) is not: its process ends.
"""

import asyncio
from collections.abc import Sequence

from runtime import metrics
from runtime.app import BackgroundTask
from runtime.backoff import Backoff
from runtime.clock import Clock
from runtime.logs import get_logger

_log = get_logger(__name__)
_CALM_SECONDS = 60.0


class TaskDiedError(RuntimeError):
    """A background task ended with something that no process should go on after."""


class TaskKeeper:
    """Runs the background tasks of one process. `died` is set when the process has to end for one of them."""

    def __init__(self, tasks: Sequence[BackgroundTask], clock: Clock, backoff: Backoff | None = None) -> None:
        """Take the tasks; nothing runs yet."""
        self._tasks = tasks
        self._clock = clock
        self._backoff = backoff or Backoff()
        self.died = asyncio.Event()
        self._stopping = asyncio.Event()
        self._running: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        """Run all tasks until they are stopped."""
        self._running = [asyncio.create_task(self._keep(task), name=task.name) for task in self._tasks]
        await asyncio.gather(*self._running, return_exceptions=True)

    async def stop(self, timeout: float) -> None:  # noqa: ASYNC109  (a grace period, not a deadline of the caller)
        """Ask the tasks to end; cancel those that have not within `timeout` seconds, or the longest grace of a task."""
        self._stopping.set()
        if not self._running:
            return
        patience = max([timeout, *(task.grace.total_seconds() for task in self._tasks)])
        _, late = await asyncio.wait(self._running, timeout=patience)
        for task in late:
            _log.warning("task cancelled", task=task.get_name(), after_seconds=patience)
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _keep(self, task: BackgroundTask) -> None:
        failures = 0
        while not self._stopping.is_set():
            started = self._clock.monotonic()
            try:
                await task.run(self._stopping)
            except Exception:  # noqa: BLE001  (it is logged, counted and started again)
                _log.exception("task failed", task=task.name)
            except asyncio.CancelledError:
                raise
            except BaseException:
                _log.exception("task died, the process ends", task=task.name)
                self.died.set()
                raise
            if self._stopping.is_set():
                return
            failures = 1 if self._clock.monotonic() - started > _CALM_SECONDS else failures + 1
            metrics.count("hoadon_task_restarts_total", task=task.name)
            delay = self._backoff.seconds(failures)
            _log.error("task ended, starting it again", task=task.name, retry_in=round(delay, 1))
            await self._pause(delay)

    async def _pause(self, seconds: float) -> None:
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({sleeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for waiter in (sleeping, stopping):
            waiter.cancel()
