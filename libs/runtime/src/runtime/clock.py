"""Time as a collaborator, so that rules about time can be tested without waiting."""

import asyncio
import time
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from typing_extensions import override

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """What the code may ask about time."""

    def utc_now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    def vietnam_today(self) -> date:
        """Today's date in Vietnam, which is the date an invoice carries."""
        ...

    def monotonic(self) -> float:
        """Seconds that only grow and go on while the machine is suspended; for deadlines."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock(Clock):
    """The machine's clock."""

    @override
    def utc_now(self) -> datetime:
        return datetime.now(UTC)

    @override
    def vietnam_today(self) -> date:
        return datetime.now(VIETNAM).date()

    @override
    def monotonic(self) -> float:
        # CLOCK_BOOTTIME counts suspended time too, which CLOCK_MONOTONIC does not; only Linux has it.
        return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))

    @override
    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
