"""A clock for one sleeper that goes round and round: it sleeps until the test has let its time pass."""

import asyncio

from support.clocks import ManualClock
from typing_extensions import override

SOON = 60.0


class SteppedClock(ManualClock):
    """Wakes its sleeper when it is moved, and knows when the sleeper is done with its round."""

    def __init__(self) -> None:
        """Begin with nobody asleep."""
        super().__init__()
        self._asleep = asyncio.Event()
        self._woken = asyncio.Event()

    @override
    async def sleep(self, seconds: float) -> None:
        until = self.monotonic() + seconds
        while self.monotonic() < until:
            self._woken.clear()
            self._asleep.set()
            await self._woken.wait()

    async def step(self, seconds: float) -> None:
        """Let so much time pass, and come back when whoever slept sleeps again."""
        async with asyncio.timeout(SOON):
            await self._asleep.wait()
            self._asleep.clear()
            self.move(seconds=seconds)
            self._woken.set()
            await self._asleep.wait()
