"""A consumer that is locked up fails liveness; one that waits, or has nothing to read, never does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from contracts.envelope import Event
from contracts.topics import Topic
from prometheus_client import REGISTRY
from runtime.health import Health, health_routes
from runtime.kafka import Ack, Kafka, Outcome, Record, RetryInPlace, progress
from runtime.resources import Resources
from runtime.settings import HttpSettings, KafkaSettings
from starlette.applications import Starlette
from structlog.testing import capture_logs
from support.stepped_clock import SteppedClock
from support.subscribed import SOON, Seen

TOPIC = Topic.HARAVAN_ORDERS
LOOK = 30.0
LONG = 15
"""So many looks are half as long again as patience lasts."""


@pytest.fixture
def settings(kafka_bootstrap_servers: str, topic_prefix: str) -> KafkaSettings:
    return KafkaSettings(
        bootstrap_servers=kafka_bootstrap_servers,
        topic_prefix=topic_prefix,
        locked_up_after=timedelta(seconds=10 * LOOK),
    )


class Process:
    """A process that reads a topic, as its platform sees it."""

    def __init__(self, kafka: Kafka, clock: SteppedClock, client: httpx.AsyncClient) -> None:
        self._kafka, self._clock, self._client = kafka, clock, client

    async def publish(self, value: bytes, key: str = "1:1") -> None:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        await self._kafka.publisher.publish(TOPIC, Event(f"{key}/{value!r}", "t", "/test", key, at, key, value))

    async def passes(self, looks: int, seconds: float = LOOK) -> None:
        for _ in range(looks):
            await self._clock.step(seconds)

    async def stuck(self) -> str:
        answer = await self._client.get("/livez")
        assert answer.status_code == (503 if answer.json()["stuck"] else 200)
        return str(answer.json()["stuck"].get("kafka", ""))

    async def kill_the_fetcher(self) -> None:
        """As "Unexpected error in fetcher routine" does: what waits for records then waits for ever."""
        (subscriber,) = self._kafka.broker.subscribers
        consumer: Any = getattr(subscriber, "consumer")  # noqa: B009  (its type has none)
        task = consumer._fetcher._fetch_task
        task.cancel()
        await asyncio.wait({task})


@asynccontextmanager
async def running(settings: KafkaSettings, handler: Callable[[Record], Awaitable[Outcome]]) -> AsyncIterator[Process]:
    clock = SteppedClock()
    kafka = Kafka(settings, service="test", clock=clock)
    kafka.subscribe(TOPIC, "readers", handler)
    resources = Resources([kafka.resource()], clock)
    app = Starlette(routes=list(health_routes(Health(resources, HttpSettings()))))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        await resources.open()
        try:
            yield Process(kafka, clock, client)
        finally:
            await resources.close()


def alarms() -> float:
    return REGISTRY.get_sample_value("hoadon_alarms_total", {"kind": "consumer-locked-up"}) or 0


async def test_a_consumer_that_fetches_nothing_though_it_could_is_locked_up(settings: KafkaSettings) -> None:
    """Trap: after errors aiokafka may stop fetching for good, and everything else looks well."""
    seen, before = Seen(), alarms()
    async with running(settings, seen) as process:
        await process.publish(b"1")
        await seen.wait(1)
        await process.kill_the_fetcher()
        await process.publish(b"2")
        with capture_logs() as logs:
            await process.passes(8)
            assert (await process.stuck(), alarms()) == ("", before)
            await process.passes(LONG)
            assert "haravan.orders: partition" in await process.stuck()
    assert alarms() == before + 1
    (said,) = [line for line in logs if "locked up" in line["event"]]
    assert (said["log_level"], said["topic"], said["group"]) == ("error", TOPIC, "readers")
    assert seen.values() == [b"1"]


async def test_one_that_fetches_again_is_live_again(settings: KafkaSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, without waiting for another look."""
    fetch, gate = AIOKafkaConsumer.getone, asyncio.Event()

    async def gated(self: AIOKafkaConsumer) -> Any:
        await gate.wait()
        return await fetch(self)

    monkeypatch.setattr(AIOKafkaConsumer, "getone", gated)
    seen = Seen()
    async with running(settings, seen) as process:
        await process.publish(b"1")
        await process.passes(LONG)
        assert await process.stuck()
        gate.set()
        await seen.wait(1)
        assert not await process.stuck()


async def test_a_topic_that_is_empty_or_read_to_its_end_is_not_locked_up(settings: KafkaSettings) -> None:
    """However long nothing comes."""
    seen = Seen()
    async with running(settings, seen) as process:
        await process.passes(LONG)
        assert not await process.stuck()
        await process.publish(b"1")
        await seen.wait(1)
        await process.passes(LONG)
        assert not await process.stuck()


async def test_a_partition_that_waits_is_not_locked_up(settings: KafkaSettings) -> None:
    """It is paused, and what lies behind the waiting record waits with it."""

    async def handle(_: Record) -> Outcome:
        return RetryInPlace("MongoDB is away", timedelta(hours=1))

    seen = Seen(handle)
    async with running(settings, seen) as process:
        await process.publish(b"1")
        await seen.wait(1)
        await process.publish(b"2")
        await process.passes(LONG)
        assert not await process.stuck()


async def test_a_handler_at_work_is_not_a_consumer_that_is_locked_up(settings: KafkaSettings) -> None:
    """Trap: a process that only waits for MongoDB is restarted; other partitions wait for their turn all the while."""
    keys, turns = [f"1:{number}" for number in range(12)], asyncio.Semaphore(0)

    async def handle(_: Record) -> Outcome:
        await turns.acquire()
        return Ack()

    seen = Seen(handle)
    async with running(settings, seen) as process:
        await process.publish(b"1")
        await seen.wait(1)
        for key in keys:
            await process.publish(b"2", key)
        for handled in (1, 2, 3):
            await seen.wait(handled)
            await process.passes(LONG)
            assert not await process.stuck()
            turns.release()
        for _ in keys:
            turns.release()
        await seen.wait(1 + len(keys))


async def test_time_without_kafka_does_not_count(settings: KafkaSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Liveness is about this process: whether Kafka answers is readiness's to say."""
    ask, away = AIOKafkaConsumer.end_offsets, asyncio.Event()

    async def end_offsets(self: AIOKafkaConsumer, partitions: Any) -> Any:
        if away.is_set():
            raise KafkaError("away")
        return await ask(self, partitions)

    monkeypatch.setattr(AIOKafkaConsumer, "end_offsets", end_offsets)
    seen = Seen()
    async with running(settings, seen) as process:
        await process.publish(b"1")
        await seen.wait(1)
        await process.kill_the_fetcher()
        await process.publish(b"2")
        await process.passes(8)
        away.set()
        await process.passes(LONG)
        away.clear()
        await process.passes(8)
        assert not await process.stuck()
        await process.passes(LONG)
        assert await process.stuck()


async def test_a_machine_that_was_suspended_is_not_locked_up(settings: KafkaSettings) -> None:
    """The clock goes on meanwhile; what has piled up is fetched next."""
    seen = Seen()
    async with running(settings, seen) as process:
        await process.publish(b"1")
        await seen.wait(1)
        await process.kill_the_fetcher()
        await process.publish(b"2")
        await process.passes(3)
        await process.passes(1, seconds=3600)
        assert not await process.stuck()


@pytest.mark.parametrize("records", (0, 1))
async def test_a_consumer_that_never_finds_out_where_to_read_is_locked_up(
    settings: KafkaSettings, monkeypatch: pytest.MonkeyPatch, records: int
) -> None:
    """Unless there is nothing to read at all."""

    async def for_ever(*_: Any) -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr(AIOKafkaConsumer, "position", for_ever)
    monkeypatch.setattr(AIOKafkaConsumer, "getone", for_ever)
    monkeypatch.setattr(progress, "_POSITION_SECONDS", 0.01)
    async with running(settings, Seen()) as process:
        for _ in range(records):
            await process.publish(b"1")
        await process.passes(LONG)
        assert bool(await process.stuck()) == bool(records)


async def test_whoever_looks_survives_a_look_that_fails(
    settings: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watch must not end before what it watches."""
    paused, failures = AIOKafkaConsumer.paused, [RuntimeError("unforeseen")]

    def failing(self: AIOKafkaConsumer) -> Any:
        if failures:
            raise failures.pop()
        return paused(self)

    monkeypatch.setattr(AIOKafkaConsumer, "paused", failing)
    seen = Seen()
    async with running(settings, seen) as process, asyncio.timeout(SOON):
        await process.publish(b"1")
        await seen.wait(1)
        await process.kill_the_fetcher()
        await process.publish(b"2")
        await process.passes(LONG)
        assert await process.stuck()
