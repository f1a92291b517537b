"""Sends what is due, several at once, and decides about retries and deletion (Haravan webhooks documentation)."""

import asyncio
import sqlite3
import time
from contextlib import suppress
from datetime import datetime
from functools import partial

import httpx
import structlog

from sandbox.common import jsons
from sandbox.common.clock import Clock, from_text
from sandbox.common.options import Options
from sandbox.haravan.options import HaravanOptions
from sandbox.haravan.queue import DELIVERED, GIVEN_UP, PENDING, Attempt, DeliveryQueue, pauses
from sandbox.haravan.subscriptions import Subscriptions

log = structlog.get_logger()

_LONGEST_WAIT = 30.0


class Sender:
    """The background task that delivers webhooks."""

    def __init__(
        self, queue: DeliveryQueue, subscriptions: Subscriptions, options: Options[HaravanOptions], clock: Clock
    ) -> None:
        self._queue = queue
        self._subscriptions = subscriptions
        self._options = options
        self._clock = clock
        self._wake = asyncio.Event()
        self._sending: dict[int, asyncio.Task[None]] = {}

    def wake(self) -> None:
        """Something is due, or the clock or the options have changed."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver until cancelled; an interrupted delivery stays pending."""
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=64)
        async with httpx.AsyncClient(follow_redirects=False, limits=limits, timeout=None, trust_env=False) as client:  # noqa: S113  # asyncio.timeout bounds the whole exchange
            try:
                while True:
                    self._wake.clear()
                    now = self._clock.now()  # one moment for both, or a delivery falls due between them
                    self._start_due(client, now)
                    with suppress(TimeoutError):
                        async with asyncio.timeout(self._seconds_to_wait(now)):
                            await self._wake.wait()
            finally:
                for task in self._sending.values():
                    task.cancel()
                await asyncio.gather(*self._sending.values(), return_exceptions=True)

    def _seconds_to_wait(self, now: datetime) -> float:
        seconds = self._queue.seconds_to_next(now)
        return _LONGEST_WAIT if seconds is None else min(_LONGEST_WAIT, max(0.001, seconds))

    def _start_due(self, client: httpx.AsyncClient, now: datetime) -> None:
        most = self._options.current.webhook_concurrency
        waiting = [row for row in self._queue.due(now, most + len(self._sending)) if row["id"] not in self._sending]
        for row in waiting[: max(0, most - len(self._sending))]:
            task = asyncio.create_task(self._deliver(client, row))
            self._sending[row["id"]] = task
            task.add_done_callback(partial(self._sent, row["id"]))

    def _sent(self, delivery: int, _task: asyncio.Task[None]) -> None:
        self._sending.pop(delivery, None)
        self._wake.set()

    async def _deliver(self, client: httpx.AsyncClient, delivery: sqlite3.Row) -> None:
        subscription = self._subscriptions.get(delivery["subscription"])
        if subscription is None or subscription["state"] != "active":
            self._queue.cancel(delivery["subscription"])
            return
        attempt = await self._post(client, subscription["url"], delivery)
        log.info(
            "delivery",
            delivery=delivery["id"],
            org_id=delivery["org_id"],
            topic=delivery["topic"],
            resource_id=delivery["resource_id"],
            attempt=delivery["attempts"] + 1,
            status=attempt.status,
            error=attempt.error,
        )
        self._record(delivery, attempt)

    async def _post(self, client: httpx.AsyncClient, url: str, delivery: sqlite3.Row) -> Attempt:
        started_at, started = self._clock.now(), time.monotonic()
        seconds = self._options.current.webhook_timeout_seconds
        status: int | None = None
        error: str | None = None
        try:
            async with asyncio.timeout(seconds):
                headers = jsons.loads(delivery["headers"])
                status = (await client.post(url, content=delivery["body"], headers=headers)).status_code
        except TimeoutError:
            error = f"no answer within {seconds:g} s"
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            error = f"{type(failure).__name__}: {failure}"
        return Attempt(started_at, time.monotonic() - started, status, error)

    def _record(self, delivery: sqlite3.Row, attempt: Attempt) -> None:
        options = self._options.current
        if attempt.arrived:
            self._queue.note(delivery, attempt, state=DELIVERED, retry_in=None)
            self._subscriptions.succeeded(delivery["subscription"])
            return
        failures = self._subscriptions.failed(delivery["subscription"])
        schedule = pauses(options.webhook_retries, options.webhook_retry_window_seconds, options.webhook_retry_growth)
        retried = delivery["attempts"]
        if retried < len(schedule):
            self._queue.note(delivery, attempt, state=PENDING, retry_in=schedule[retried])
        else:
            self._queue.note(delivery, attempt, state=GIVEN_UP, retry_in=None)
        if self._is_over(delivery, failures, given_up=retried >= len(schedule)):
            self._delete(delivery["subscription"])

    def _is_over(self, delivery: sqlite3.Row, failures: int, *, given_up: bool) -> bool:
        options = self._options.current
        if options.subscription_deleted_by == "attempts":
            return failures >= max(1, options.webhook_retries)
        subscription = self._subscriptions.get(delivery["subscription"])
        last = None if subscription is None else subscription["last_success_at"]
        return given_up and (last is None or from_text(last) < from_text(delivery["created_at"]))

    def _delete(self, subscription: int) -> None:
        self._subscriptions.set_state(subscription, "deleted", "too many failures in a row")
        self._queue.cancel(subscription)
        log.warning("subscription deleted", subscription=subscription)
