"""Ordered subscriptions against a real broker: partitions are added and topics made anew, and positions still rise."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.partitioner import DefaultPartitioner
from contracts.envelope import Event
from contracts.topics import Topic
from motor.motor_asyncio import AsyncIOMotorClient
from runtime.kafka import Ack, BatchHandler, Kafka, MongoEras, Outcome, Record, RetryInPlace
from runtime.settings import KafkaSettings

TOPIC = Topic.INVOICING_COMMANDS
SOON = 40.0


def partition(key: str, count: int) -> int:
    every = list(range(count))
    return int(DefaultPartitioner()(key.encode(), every, every))


def key_at(*partitions: tuple[int, int]) -> str:
    return next(key for key in map(str, range(100_000)) if all(partition(key, count) == at for count, at in partitions))


MOVES, STAYS = key_at((6, 3), (12, 9)), key_at((6, 3), (12, 3))


@pytest.fixture
def settings(kafka_bootstrap_servers: str, topic_prefix: str) -> KafkaSettings:
    return KafkaSettings(
        bootstrap_servers=kafka_bootstrap_servers,
        topic_prefix=topic_prefix,
        retry_longest=timedelta(milliseconds=300),
        metadata_age=timedelta(milliseconds=500),
        publish_timeout=timedelta(seconds=1),
    )


@pytest.fixture
async def eras(mongo_url: str, mongo_database: str) -> AsyncIterator[MongoEras]:
    client: AsyncIOMotorClient[dict[str, object]] = AsyncIOMotorClient(mongo_url)
    yield MongoEras(client[mongo_database])
    client.close()


class Seen:
    """Keeps what was handled; records whose value is held wait."""

    def __init__(self, *held: bytes) -> None:
        self.records: list[Record] = []
        self.held = set(held)
        self.tried = asyncio.Event()

    async def __call__(self, records: Sequence[Record]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for record in records:
            if record.value in self.held:
                self.tried.set()
                return [*outcomes, *[RetryInPlace("held")] * (len(records) - len(outcomes))]
            self.records.append(record)
            outcomes.append(Ack())
        return outcomes

    async def wait(self, count: int) -> list[bytes]:
        async with asyncio.timeout(SOON):
            while len(self.records) < count:  # noqa: ASYNC110  (the handler is called by Kafka's client)
                await asyncio.sleep(0.02)
        return [record.value for record in self.records]

    def places(self) -> list[tuple[int, int]]:
        return [record.place() for record in self.records]


@asynccontextmanager
async def reading(settings: KafkaSettings, eras: MongoEras, handler: BatchHandler) -> AsyncIterator[Kafka]:
    kafka = Kafka(settings, service="test", eras=eras)
    kafka.subscribe_batches(TOPIC, "readers", handler, ordered=True)
    await kafka.open()
    try:
        yield kafka
    finally:
        await kafka.close()


@asynccontextmanager
async def admin(settings: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(bootstrap_servers=settings.bootstrap_servers)
    await client.start()
    try:
        yield client
    finally:
        await client.close()


async def write(settings: KafkaSettings, *records: tuple[str, bytes]) -> None:
    """Write in the name of a process that has just started, and so knows the topic as it is.

    A topic that has just grown or been made anew has no leaders for a while: the writer waits, however short the
    readers' own patience is.
    """
    kafka = Kafka(settings.model_copy(update={"publish_timeout": timedelta(seconds=30)}), service="writer")
    await kafka.open()
    try:
        for key, value in records:
            await kafka.publisher.publish(
                TOPIC, Event(f"{key}/{value!r}", "t", "/test", key, datetime(2026, 1, 1, tzinfo=UTC), key, value)
            )
    finally:
        await kafka.close()


async def grow(settings: KafkaSettings, partitions: int) -> None:
    name = f"{settings.topic_prefix}{TOPIC.value}"
    async with admin(settings) as client:
        await client.create_partitions({name: NewPartitions(total_count=partitions)})
        async with asyncio.timeout(SOON):
            while len((await client.describe_topics([name]))[0]["partitions"]) < partitions:  # noqa: ASYNC110  (a broker changes it)
                await asyncio.sleep(0.05)


async def make_anew(settings: KafkaSettings, partitions: int) -> None:
    name = f"{settings.topic_prefix}{TOPIC.value}"
    async with admin(settings) as client:
        await client.delete_topics([name])
        async with asyncio.timeout(SOON):
            while name in await client.list_topics():  # noqa: ASYNC110  (a broker changes it)
                await asyncio.sleep(0.05)
            while name not in await client.list_topics():
                await client.create_topics([NewTopic(name, partitions, 1)])
                await asyncio.sleep(0.1)


async def test_a_backlog_keeps_its_place_below_what_came_after_the_growth(
    settings: KafkaSettings, eras: MongoEras
) -> None:
    """Nobody reads while the topic grows; the old partition's records come first and have the lower positions."""
    first = Seen()
    async with reading(settings, eras, first):
        await write(settings, (MOVES, b"0"))
        await first.wait(1)
    await write(settings, (MOVES, b"1"), (STAYS, b"s1"), (MOVES, b"2"))
    await grow(settings, 12)
    await write(settings, (MOVES, b"3"), (STAYS, b"s2"))
    second = Seen()
    async with reading(settings, eras, second):
        values = await second.wait(5)
    moved = [value for value in values if value.isdigit()]
    assert moved == [b"1", b"2", b"3"]
    places = dict(zip(values, second.places(), strict=True))
    assert first.places() == [(6, 0)]
    assert [places[value] for value in (b"1", b"2", b"3")] == [(6, 1), (6, 3), (12, 0)]
    assert [places[value] for value in (b"s1", b"s2")] == [(6, 2), (6, 4)]


async def test_what_moved_waits_for_what_it_left_behind(settings: KafkaSettings, eras: MongoEras) -> None:
    """A record that is held up in the old partition holds up those of its key in the new one, and nobody else."""
    seen = Seen(b"1")
    elsewhere = key_at((6, 2), (12, 2))
    async with reading(settings, eras, seen):
        await write(settings, (MOVES, b"1"))
        await seen.tried.wait()
        await grow(settings, 12)
        await write(settings, (MOVES, b"2"), (elsewhere, b"e"))
        assert await seen.wait(1) == [b"e"]
        await asyncio.sleep(5)  # longer than it takes until the growth is remembered
        assert [record.value for record in seen.records] == [b"e"]
        seen.held.clear()
        assert await seen.wait(3) == [b"e", b"1", b"2"]
    assert seen.places() == [(6, 0), (6, 0), (12, 0)]


async def test_a_topic_made_anew_is_above_all_that_was(settings: KafkaSettings, eras: MongoEras) -> None:
    """Its offsets begin again; without a new generation its records would pass for redeliveries."""
    before, after = Seen(), Seen()
    async with reading(settings, eras, before):
        await write(settings, (MOVES, b"0"), (MOVES, b"1"))
        await before.wait(2)
    await make_anew(settings, 6)
    async with reading(settings, eras, after):
        await write(settings, (MOVES, b"2"))
        await after.wait(1)
    assert before.places() == [(6, 0), (6, 1)]
    assert after.places() == [(7, 0)]


async def test_offsets_that_begin_again_while_the_topic_is_read_are_noticed(
    settings: KafkaSettings, eras: MongoEras
) -> None:
    """Even a process that goes on reading gives what comes from the new topic a new generation."""
    seen = Seen()
    async with reading(settings, eras, seen):
        await write(settings, *((MOVES, str(number).encode()) for number in range(3)))
        await seen.wait(3)
        await make_anew(settings, 6)
        await write(settings, (MOVES, b"3"))
        await seen.wait(4)
    assert seen.places() == [(6, 0), (6, 1), (6, 2), (7, 0)]


async def test_an_ordered_subscription_needs_a_memory(settings: KafkaSettings) -> None:
    """Without one it would forget what the topic was; and who did not ask for places gets none."""
    with pytest.raises(ValueError, match="remembers no eras"):
        Kafka(settings, service="test").subscribe_batches(TOPIC, "readers", Seen(), ordered=True)
    with pytest.raises(TypeError, match="ordered=True"):
        Record(TOPIC, 0, 0, b"k", (), b"").place()
