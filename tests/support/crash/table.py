"""All cells, several at once, each at a place that nobody else uses meanwhile."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from motor.motor_asyncio import AsyncIOMotorClient
from support.crash.cell import Result, Run
from support.crash.evidence import starts
from support.crash.forks import Forks, fork_server
from support.crash.orders import Company
from support.crash.place import Place, Shared, wait_for
from support.crash.plan import Cell
from support.crash.ways import AT_ONCE
from support.servers import free_ports

CELLS_AT_ONCE = 16
"""Cells under way at the same time: each mostly waits, for leases to end and for Kafka to miss the dead."""
ATTEMPTS = 2
"""A cell whose step is not reached is played once more: a machine that is too busy may let a lease run out before."""


@asynccontextmanager
async def shared_parts(kafka: str, mongo_url: str, folder: Path) -> AsyncIterator[Shared]:
    """Connections and the fork server for a run; `folder` takes logs and the stand-ins' data."""
    async with AsyncExitStack() as stack:
        mongo: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongo_url, tz_aware=True)
        stack.callback(mongo.close)
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
        stack.push_async_callback(admin.close)
        await admin.start()
        producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all", linger_ms=20)
        stack.push_async_callback(producer.stop)
        await producer.start()
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=30, trust_env=False))
        forks = await stack.enter_async_context(fork_server())
        yield Shared(
            kafka=kafka,
            mongo_url=mongo_url,
            mongo=mongo,
            admin=admin,
            producer=producer,
            http=http,
            forks=forks,
            folder=folder,
            tool_url=await _signing_tool(forks, http, folder),
        )


async def _signing_tool(forks: Forks, http: httpx.AsyncClient, folder: Path) -> str:
    """One for all cells; it ends with the fork server."""
    port = free_ports("sign-service")["sign-service"]
    await forks.sandbox("sign-service", folder / "sign-service.log", port=port, data=folder / "sign-service")
    url = f"http://127.0.0.1:{port}"
    await wait_for(http, url)
    return url


async def play(
    cells: Sequence[Cell],
    shared: Shared,
    *,
    at_once: int = CELLS_AT_ONCE,
    tell: Callable[[Result], None] = lambda _: None,
) -> list[Result]:
    """Play all cells; their results in the order of the cells. `tell` hears of each as it ends."""
    # The longest first, so that none is left alone at the end.
    waiting = iter(sorted(enumerate(cells), key=lambda numbered: numbered[1].way is AT_ONCE))
    numbers = itertools.count(1)
    results: dict[int, Result] = {}

    async def work() -> None:
        place: Place | None = None
        for index, cell in waiting:
            for attempt in range(1, ATTEMPTS + 1):
                place = place or await Place.make(shared)
                folder = shared.folder / cell.name / str(attempt)
                result = await _one(cell, place, Company.number(next(numbers), cell.way), folder)
                results[index] = replace(result, attempts=attempt)
                if not result.ok or result.watched:  # what is left behind must not reach the next cell
                    await place.close()
                    place = None
                if result.not_reached is None:
                    break
            tell(results[index])
        if place is not None:
            await place.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(min(at_once, len(cells))):
            group.create_task(work())
    return [results[index] for index in range(len(cells))]


async def _one(cell: Cell, place: Place, company: Company, folder: Path) -> Result:
    try:
        return await Run(cell, place, company, folder, await starts(place)).run()
    except Exception as error:  # noqa: BLE001 - a cell that cannot be judged has failed; the others go on
        return Result(cell=cell, problems=(f"{type(error).__name__}: {error}",))
