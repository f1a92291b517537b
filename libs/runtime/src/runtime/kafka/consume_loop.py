"""Notices when a subscription's consume loop crashes, which FastStream's supervisor would hide.

Its supervisor starts the loop again at once, without a pause and without an end, logs the same error once an hour and
keeps every loop that ever died.
"""

import asyncio
from typing import Any

from runtime import metrics
from runtime.backoff import Backoff
from runtime.clock import Clock
from runtime.logs import get_logger

_log = get_logger(__name__)
_CALM_SECONDS = 60.0


class ConsumeLoop:
    """The consume loop of one subscription: each crash is an alarm, and the next loop begins after a growing pause."""

    def __init__(self, topic: str, group: str, subscriber: Any, clock: Clock, backoff: Backoff) -> None:
        """Take FastStream's subscriber; it need not be started yet."""
        self._topic = topic
        self._group = group
        self._subscriber = subscriber
        self._clock = clock
        self._backoff = backoff
        self._crashes = 0
        self._crashed_at = 0.0

    def watch(self) -> None:
        """Follow the loop that runs now, and every one after it."""
        for task in tuple(self._subscriber.tasks):
            if task.done():  # between the start and now, and the supervisor's next loop may be handling a record
                self._tell(task)
                self._subscriber.tasks.remove(task)
            else:
                task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if task not in self._subscriber.tasks:
            return  # the subscriber was stopped
        pause = self._tell(task)
        if pause is None:
            return
        # The supervisor was called first and has begun another loop, which has not run yet: it is called off.
        for each in self._subscriber.tasks:
            each.cancel()
        self._subscriber.tasks.clear()
        asyncio.get_running_loop().call_later(pause, self._begin_again, self._subscriber.consumer)

    def _tell(self, task: "asyncio.Task[None]") -> float | None:
        """Raise the alarm about a loop that has crashed; for how many seconds to wait."""
        error = None if task.cancelled() else task.exception()
        if error is None:
            return None
        now = self._clock.monotonic()
        self._crashes = self._crashes + 1 if self._crashes and now - self._crashed_at < _CALM_SECONDS else 1
        self._crashed_at = now
        pause = self._backoff.seconds(self._crashes)
        metrics.count("hoadon_alarms_total", kind="consume-loop-crashed")
        _log.error(
            "consume loop crashed, starting it again",
            topic=self._topic,
            group=self._group,
            attempt=self._crashes,
            retry_in=round(pause, 1),
            exc_info=error,
        )
        return pause

    def _begin_again(self, consumer: Any) -> None:
        subscriber = self._subscriber
        if subscriber.running and subscriber.consumer is consumer:  # not stopped meanwhile
            subscriber.add_task(subscriber._run_consume_loop, (consumer,))  # noqa: SLF001  (as its `start` does)
            self.watch()
