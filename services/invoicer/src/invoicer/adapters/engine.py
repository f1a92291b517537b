"""The lane engine as a background task of the process."""

import asyncio
from datetime import timedelta

from lanes.engine import LaneEngine
from runtime.app import BackgroundTask

_RECORDING = timedelta(seconds=5)
"""For what comes after the engine's own patience: marking outcomes unknown and giving leases back."""


def engine_task(engine: LaneEngine, shutdown_seconds: float) -> BackgroundTask:
    """Run the engine until the process stops; then calls in flight finish or are marked unknown."""

    async def run(stopping: asyncio.Event) -> None:
        watch = asyncio.create_task(_stop_when(stopping, engine), name="stop lanes")
        try:
            await engine.run()
        finally:
            watch.cancel()

    return BackgroundTask(name="lanes", run=run, grace=timedelta(seconds=shutdown_seconds) + _RECORDING)


async def _stop_when(stopping: asyncio.Event, engine: LaneEngine) -> None:
    await stopping.wait()
    engine.stop()
