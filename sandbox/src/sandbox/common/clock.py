"""The sandbox's time, which a test or a demo may move."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """Where the sandbox gets its time from."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


def system_time() -> datetime:
    """The machine's time in UTC."""
    return datetime.now(UTC)


class MovableClock:
    """A clock that runs with `time` and can be set ahead or back; sleeping takes real seconds."""

    def __init__(
        self,
        time: Callable[[], datetime] = system_time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        offset: timedelta = timedelta(0),
    ) -> None:
        self._time = time
        self._sleep = sleep
        self.offset = offset

    def now(self) -> datetime:
        """The present moment with the offset applied."""
        return self._time() + self.offset

    async def sleep(self, seconds: float) -> None:
        """Wait for real seconds, whatever the offset."""
        await self._sleep(seconds)


def vietnam_date(moment: datetime) -> date:
    """The calendar day in Vietnam at that moment."""
    return moment.astimezone(VIETNAM).date()


def to_text(moment: datetime) -> str:
    """ISO 8601 in UTC with microseconds, which sorts as text."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def from_text(text: str) -> datetime:
    """Read what `to_text` wrote."""
    return datetime.fromisoformat(text)
