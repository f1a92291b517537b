"""Exchanges written beside the work that made them, which goes on until it must not go on without its log.

The log is bounded: MongoDB away for long ends in an alarm, not in memory without end. A process that stops orderly
loses nothing; one that is killed may lose what it noted in the last moments, unless it waited for `written`.
"""

import asyncio
from collections import deque
from contextlib import suppress
from datetime import timedelta

from pymongo.errors import PyMongoError

from runtime.backoff import Backoff
from runtime.exchanges import Exchange, ExchangeLog, Noted, not_logged
from runtime.mongo import Document, is_transient

MOST_WAITING = 1024
"""Exchanges in memory; more than all lanes of a process can make before one of them needs MongoDB again."""
_AT_ONCE = 32
_LONGEST_WAIT_SECONDS = 2.0
_BEHIND_SECONDS = 0.03
"""Long enough for what a worker does next to go first, and for exchanges of several lanes to come together."""


class ExchangeWriter:
    """Writes to a log in the background, one write at a time, several exchanges in one."""

    def __init__(self, log: ExchangeLog, *, closing: timedelta = timedelta(seconds=10)) -> None:
        """Write to this log; `close` waits for at most `closing`."""
        self._log = log
        self._closing = closing.total_seconds()
        self._waiting: deque[Noted] = deque()
        self._task: asyncio.Task[None] | None = None
        self._moved = asyncio.Event()
        self._called_for = asyncio.Event()
        self._in_a_hurry = asyncio.Event()
        self._backoff = Backoff(timedelta(seconds=0.2), timedelta(seconds=5))

    async def observe_meinvoice(self, exchange: Exchange) -> None:
        """Observer for `meinvoice.client`: takes the exchange and returns at once."""
        if len(self._waiting) >= MOST_WAITING:
            not_logged("too many are waiting for MongoDB", 1)
            return
        self._waiting.append(Noted.now(exchange, "meinvoice"))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write(), name="exchange log")

    async def written(self, request_id: str | None) -> None:
        """Return when all that was noted of this request of a lane (or of none) is stored: writing begins at once.

        After two seconds at most if MongoDB is away: a log must not stop invoices.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_WAIT_SECONDS):
                while any(noted.about.request_id == request_id for noted in self._waiting):
                    self._called_for.set()
                    await self._moved.wait()

    async def close(self) -> None:
        """Return when everything is written; what MongoDB does not take in time raises an alarm."""
        self._called_for.set()
        self._in_a_hurry.set()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=self._closing)
            self._task.cancel()
        if self._waiting:
            not_logged("MongoDB did not take them before the process ended", len(self._waiting))
            self._waiting.clear()

    async def _write(self) -> None:
        await _at_most(_BEHIND_SECONDS, self._called_for)
        while self._waiting:
            some = [self._waiting[index] for index in range(min(_AT_ONCE, len(self._waiting)))]
            packed = [await self._packed(noted) for noted in some]
            await self._store([document for document in packed if document is not None])
            for _ in some:
                self._waiting.popleft()
            self._moved.set()
            self._moved = asyncio.Event()
        self._called_for.clear()

    async def _packed(self, noted: Noted) -> Document | None:
        """None, and an alarm, for what cannot be kept: it must not hold up what comes after it for ever."""
        await asyncio.sleep(0)  # packing takes milliseconds of processor: lanes come in between
        try:
            return self._log.packed(noted)
        except Exception as error:  # noqa: BLE001  (whatever a vendor answered; the alarm says what it was)
            not_logged(type(error).__name__, 1)
            return None

    async def _store(self, documents: list[Document]) -> None:
        """Store them; if MongoDB does not take them together, one by one: an odd one costs no other."""
        try:
            await self._until_stored(documents)
        except Exception as error:  # noqa: BLE001  (as above; a value that BSON has no form for is no PyMongoError)
            if len(documents) == 1:
                not_logged(type(error).__name__, 1)
                return
            for document in documents:
                await self._store([document])

    async def _until_stored(self, documents: list[Document]) -> None:
        failures = 0
        while documents:
            try:
                await self._log.store(documents)
            except PyMongoError as error:
                if not is_transient(error):
                    raise
                failures += 1
                await self._pause(self._backoff.seconds(failures))
            else:
                return

    async def _pause(self, seconds: float) -> None:
        """Wait; shortly when the process is ending."""
        if self._in_a_hurry.is_set():
            await asyncio.sleep(min(seconds, 0.2))
            return
        await _at_most(seconds, self._in_a_hurry)


async def _at_most(seconds: float, event: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
