"""A process opens, answers, keeps its tasks alive and ends in order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from runtime import hosting
from runtime.app import BackgroundTask, Resource, Service
from runtime.backoff import Backoff
from runtime.health import Health, health_routes
from runtime.resources import Resources
from runtime.settings import HttpSettings
from runtime.tasks import TaskDiedError, TaskKeeper
from starlette.applications import Starlette
from support.clocks import ManualClock

QUICK = Backoff(timedelta(seconds=1), timedelta(seconds=8), uniform=lambda _low, high: high)


class Part:
    """A resource that fails a number of times before it opens, and writes down what happens to it."""

    def __init__(self, name: str, journal: list[str], failures: int = 0) -> None:
        self.name, self.journal, self.failures = name, journal, failures
        self.away = False

    async def open(self) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("mongodb://user:hidden@host refused")
        self.journal.append(f"open {self.name}")

    async def close(self) -> None:
        self.journal.append(f"close {self.name}")

    async def ping(self) -> None:
        if self.away:
            raise ConnectionError("gone")

    def resource(self) -> Resource:
        return Resource(self.name, self.open, self.close, self.ping)


@asynccontextmanager
async def asking(resources: Resources, health: Health | None = None) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=list(health_routes(health or Health(resources, HttpSettings()))))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def test_resources_open_in_order_after_failures_and_close_in_reverse() -> None:
    """Trap: the first request fails (`GroupCoordinatorNotAvailable`): it is tried again, the next opens after it."""
    journal: list[str] = []
    clock = ManualClock()
    parts = [Part("a", journal, failures=3), Part("b", journal)]
    resources = Resources([part.resource() for part in parts], clock, QUICK)
    await resources.open()
    await resources.close()
    assert journal == ["open a", "open b", "close b", "close a"]
    assert clock.slept == [1, 2, 4]


async def test_readiness_names_the_part_that_is_missing_without_its_secrets() -> None:
    """Trap: ready before the broker is connected. 503 until all is open, when a part goes away, and while stopping."""
    part = Part("mongodb", [], failures=1)
    resources = Resources([part.resource()], ManualClock(), QUICK)
    health = Health(resources, HttpSettings())
    async with asking(resources, health) as client:
        early = await client.get("/readyz")
        assert early.status_code == 503
        assert early.json()["parts"]["mongodb"] == {"ok": False, "reason": "not opened yet"}
        await resources.open()
        health.started()
        assert (await client.get("/readyz")).status_code == 200
        part.away = True
        gone = await client.get("/readyz")
        assert (gone.status_code, gone.json()["parts"]["mongodb"]["reason"]) == (503, "ConnectionError: gone")
        part.away = False
        health.stopping()
        assert (await client.get("/readyz")).status_code == 503


async def test_a_part_that_does_not_answer_is_not_waited_for() -> None:
    """Each ping has its deadline."""

    async def hang() -> None:
        await asyncio.Event().wait()

    part = Part("kafka", [])
    resources = Resources([Resource("kafka", part.open, part.close, hang)], ManualClock())
    await resources.open()
    assert await resources.ping(0.01) == {"kafka": "no answer within 0.01 s"}


async def test_liveness_is_about_own_progress_only() -> None:
    """A part that is away leaves the process live; a stuck handler does not."""
    reasons: list[str | None] = [None]
    part = Part("kafka", [])
    part.away = True
    resources = Resources([Resource("kafka", part.open, part.close, part.ping, lambda: reasons[0])], ManualClock())
    await resources.open()
    async with asking(resources) as client:
        assert (await client.get("/livez")).status_code == 200
        reasons[0] = "partition 3 makes no progress"
        assert (await client.get("/livez")).json() == {"live": False, "stuck": {"kafka": reasons[0]}}


async def test_a_task_that_dies_is_started_again() -> None:
    """By exception or by return, with growing pauses, until the process stops."""
    runs = 0
    calm = asyncio.Event()
    clock = ManualClock()

    async def run(stopping: asyncio.Event) -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise RuntimeError("boom")
        if runs > 2:
            calm.set()
            await stopping.wait()

    keeper = TaskKeeper([BackgroundTask("sweep", run)], clock, QUICK)
    running = asyncio.create_task(keeper.run())
    await calm.wait()
    await keeper.stop(1)
    await running
    assert (runs, clock.slept) == (3, [1, 2])


class Panic(BaseException):
    """What an extension may raise, and no `except Exception` sees."""


async def test_a_task_that_ends_with_no_exception_ends_its_process() -> None:
    """In order, with an error: a process that only looks alive would stage and never publish."""
    journal: list[str] = []

    async def run(_: asyncio.Event) -> None:
        raise Panic

    service = Service([Part("a", journal).resource()], [BackgroundTask("lanes", run)])
    with pytest.raises(TaskDiedError):
        await asyncio.wait_for(hosting._serve(HttpSettings(port=0), service, asyncio.Event()), 30)
    assert journal == ["open a", "close a"]


async def test_a_task_that_does_not_stop_is_cancelled() -> None:
    """The end of the process is bounded."""
    started = asyncio.Event()

    async def run(_: asyncio.Event) -> None:
        started.set()
        await asyncio.Event().wait()

    keeper = TaskKeeper([BackgroundTask("deaf", run)], ManualClock())
    running = asyncio.create_task(keeper.run())
    await started.wait()
    await keeper.stop(0.01)
    await running


async def test_a_task_gets_the_grace_it_asks_for() -> None:
    """A call to a vendor under way may take longer than requests of ours may."""
    started, ended = asyncio.Event(), asyncio.Event()

    async def run(stopping: asyncio.Event) -> None:
        started.set()
        await stopping.wait()
        await asyncio.sleep(0.1)
        ended.set()

    keeper = TaskKeeper([BackgroundTask("lanes", run, grace=timedelta(seconds=30))], ManualClock())
    running = asyncio.create_task(keeper.run())
    await started.wait()
    await keeper.stop(0.01)
    await running
    assert ended.is_set()


def test_a_taken_port_is_said_with_the_way_out() -> None:
    """One line that names the variable."""
    with hosting._listen(HttpSettings(port=0)) as listener:
        taken = HttpSettings(port=listener.getsockname()[1])
        with pytest.raises(hosting.PortTakenError, match="HOADON_HTTP_PORT"):
            hosting._listen(taken)
