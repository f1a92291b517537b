"""Time on this machine, and how waits grow."""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from lanes.ports import Clock


class SystemClock:
    """CLOCK_BOOTTIME, which goes on while the machine is suspended, where the system has it (Linux)."""

    _clock_id = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

    def monotonic(self) -> float:
        """Seconds since the machine started."""
        return time.clock_gettime(self._clock_id)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class ServerTime:
    """The database's time, estimated from one reading of it and the seconds that have passed here since.

    The reading was asked for and received at these moments of this machine's clock. A worker may have been suspended
    between the two, so that what is recorded is never too early (`now`), and what was to be waited for is surely over
    (`at_least`).
    """

    read: datetime
    asked_at: float
    received_at: float
    clock: Clock

    def now(self) -> datetime:
        """The database's time now, ahead by at most the round trip of the reading."""
        return self.at(self.clock.monotonic())

    def at(self, monotonic: float) -> datetime:
        """The database's time at that moment of this machine's clock, ahead by at most as much."""
        return self.read + timedelta(seconds=monotonic - self.asked_at)

    def at_least(self) -> datetime:
        """What the database's time has surely reached, behind by at most the round trip of the reading."""
        return self.read + timedelta(seconds=self.clock.monotonic() - self.received_at)


def backoff(failures: int, *, first: float, longest: float) -> float:
    """A wait in seconds that doubles with each failure (the first has the number 1)."""
    return min(longest, first * 2.0 ** min(failures - 1, 30))
