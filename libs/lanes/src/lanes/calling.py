"""Rule 3: one POST, checked against the lease directly before its first byte, with a hard deadline."""

import asyncio
import logging

from lanes.outcomes import Answer, Lost, NotSent
from lanes.ports import Clock, Count, FailPoint, FailPointHook, LeaseTooShort, Metrics, Publisher, Request
from lanes.settings import LaneSettings

log = logging.getLogger(__name__)

OUT_OF_THE_WAY_SECONDS = 0.02
"""After the last check, until the request's last byte is out and other work may have the processor."""


class Call:
    """One request under way. `began_at` is when a byte may have left, on `clock.monotonic()`; None while none has."""

    def __init__(
        self,
        request: Request,
        *,
        lease_ends: float,
        publisher: Publisher,
        settings: LaneSettings,
        clock: Clock,
        metrics: Metrics,
        fail_point: FailPointHook,
        under_way: asyncio.Event,
    ) -> None:
        """Send this request under a lease until `lease_ends` of `clock.monotonic()`, and set `under_way`."""
        self.request = request
        self.began_at: float | None = None
        self._lease_ends = lease_ends
        self._publisher = publisher
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._fail_point = fail_point
        self._under_way = under_way
        self._timeout = asyncio.timeout(None)

    async def run(self) -> Answer:
        """The answer. Whatever happens before the first byte is `NotSent`, whatever happens after it `Lost`."""
        log.info(
            "sending",
            extra={
                "lane": self.request.lane,
                "request_id": self.request.request_id,
                "intents": len(self.request.parcels),
            },
        )
        loop = asyncio.get_running_loop()
        self._timeout = asyncio.timeout(self._settings.lease_seconds)
        started = loop.time()
        try:
            async with self._timeout:
                return await self._publisher.publish(
                    self.request, deadline_seconds=self._settings.deadline_seconds, last_check=self._last_check
                )
        except LeaseTooShort as short:
            self._metrics.count(Count.LEASE_TOO_SHORT)
            return self._without_answer(short)
        except TimeoutError as late:
            return self._without_answer(late)
        except Exception as error:  # whatever the adapter lets through, its outcome must be recorded
            log.exception(
                "the publisher failed", extra={"lane": self.request.lane, "request_id": self.request.request_id}
            )
            return self._without_answer(error)
        finally:
            self._metrics.request_seconds(loop.time() - started)

    @property
    def began(self) -> bool:
        """Whether a byte may have left."""
        return self.began_at is not None

    def _without_answer(self, error: Exception) -> Answer:
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return Lost(reason) if self.began else NotSent(reason)

    def _last_check(self) -> None:
        """Let the first byte go only if the lease outlasts the whole call."""
        self._fail_point(FailPoint.CALL_AT_LAST_CHECK)
        left = self._lease_ends - self._clock.monotonic()
        if left < self._settings.deadline_seconds + self._settings.margin_seconds:
            raise LeaseTooShort(
                f"the lease has {left:.1f} s left, the call may take {self._settings.deadline_seconds:.1f} s"
            )
        # The publisher keeps the deadline. Cancelled in the very moment in which it gives up by itself, it might leave
        # its connection open and the vendor at work; so its time ends a little later here, well within the lease.
        patience = self._settings.deadline_seconds + self._settings.margin_seconds / 2
        self._timeout.reschedule(asyncio.get_running_loop().time() + patience)
        self.began_at = self._clock.monotonic()
        asyncio.get_running_loop().call_later(OUT_OF_THE_WAY_SECONDS, self._under_way.set)
        self._fail_point(FailPoint.CALL_AFTER_LAST_CHECK)
