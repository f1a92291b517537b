"""A clock that a test moves by hand."""

import asyncio
from datetime import UTC, date, datetime, timedelta

from runtime.clock import VIETNAM, Clock
from typing_extensions import override


class ManualClock(Clock):
    """Stands still until moved; sleeping moves it and lets others run."""

    def __init__(self, start: datetime = datetime(2026, 3, 14, 3, 0, tzinfo=UTC)) -> None:
        """Begin at `start`, which is aware."""
        self._start = start
        self._passed = 0.0
        self.slept: list[float] = []

    @override
    def utc_now(self) -> datetime:
        return self._start + timedelta(seconds=self._passed)

    @override
    def vietnam_today(self) -> date:
        return self.utc_now().astimezone(VIETNAM).date()

    @override
    def monotonic(self) -> float:
        return self._passed

    @override
    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._passed += seconds
        await asyncio.sleep(0)

    def move(self, **by: float) -> None:
        """Let time pass: `move(days=7)`."""
        self._passed += timedelta(**by).total_seconds()
