"""Opens resources in order, each until it succeeds, and closes them in reverse."""

import asyncio
from collections.abc import Mapping, Sequence

from runtime.app import Resource
from runtime.backoff import Backoff
from runtime.clock import Clock
from runtime.logs import get_logger
from runtime.redaction import redact_text

_log = get_logger(__name__)
_LONGEST_REASON = 300


def reason_of(error: BaseException) -> str:
    """One line about an error, short and without secrets."""
    text = redact_text(" ".join(str(error).split()))
    return f"{type(error).__name__}: {text[:_LONGEST_REASON]}" if text else type(error).__name__


class Resources:
    """The registry of one process."""

    def __init__(self, resources: Sequence[Resource], clock: Clock, backoff: Backoff | None = None) -> None:
        """Take the resources in the order in which they open."""
        self._resources = resources
        self._clock = clock
        self._backoff = backoff or Backoff()
        self._opened: list[Resource] = []
        self._waiting: dict[str, str] = {resource.name: "not opened yet" for resource in resources}

    async def open(self) -> None:
        """Open all; each is tried again with back-off until it succeeds."""
        for resource in self._resources:
            await self._open(resource)

    async def _open(self, resource: Resource) -> None:
        attempt = 0
        while True:
            attempt += 1
            try:
                await resource.open()
            except Exception as error:  # noqa: BLE001  (whatever keeps it away, the process waits and says why)
                self._waiting[resource.name] = reason_of(error)
                delay = self._backoff.seconds(attempt)
                _log.warning("waiting", part=resource.name, reason=reason_of(error), retry_in=round(delay, 1))
                await self._clock.sleep(delay)
            else:
                self._opened.append(resource)
                del self._waiting[resource.name]
                _log.info("connected", part=resource.name, attempts=attempt)
                return

    async def close(self) -> None:
        """Close what was opened, last first; a failure is logged and the rest closed all the same."""
        while self._opened:
            resource = self._opened.pop()
            try:
                await resource.close()
            except Exception as error:  # noqa: BLE001  (the others must still be closed)
                _log.warning("close failed", part=resource.name, reason=reason_of(error))

    async def ping(self, deadline: float) -> Mapping[str, str | None]:
        """Ask every part at once, each for at most `deadline` seconds; None for a part that is well, else why not."""
        answers = await asyncio.gather(*(self._ping(resource, deadline) for resource in self._resources))
        return dict(zip((resource.name for resource in self._resources), answers, strict=True))

    async def _ping(self, resource: Resource, deadline: float) -> str | None:
        if resource.name in self._waiting:
            return self._waiting[resource.name]
        if resource.ping is None:
            return None
        try:
            async with asyncio.timeout(deadline):
                await resource.ping()
        except TimeoutError:
            return f"no answer within {deadline:g} s"
        except Exception as error:  # noqa: BLE001  (any failure means: not ready)
            return reason_of(error)
        return None

    def stuck(self) -> Mapping[str, str]:
        """Parts whose own work makes no progress, with the reason."""
        checks = ((resource.name, resource.stuck()) for resource in self._opened if resource.stuck is not None)
        return {name: reason for name, reason in checks if reason is not None}
