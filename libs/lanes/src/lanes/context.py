"""What every part of the engine works with."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from lanes.announcing import Announcing
from lanes.ports import Clock, FailPointHook, Metrics, Publisher
from lanes.settings import LaneSettings
from lanes.store import LaneStore
from lanes.workbench import Workbench


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The collaborators of one engine, and its wish to stop."""

    store: LaneStore
    publisher: Publisher
    announcing: Announcing
    settings: LaneSettings
    clock: Clock
    today: Callable[[], date]
    new_id: Callable[[], str]
    metrics: Metrics
    fail_point: FailPointHook
    holder: str
    stopping: asyncio.Event
    bench: Workbench

    async def sleep(self, seconds: float) -> None:
        """Wait, but no longer than until the engine stops."""
        if seconds <= 0:
            return
        waits = {asyncio.create_task(self.clock.sleep(seconds)), asyncio.create_task(self.stopping.wait())}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
