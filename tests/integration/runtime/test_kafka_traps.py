"""Traps of Kafka and FastStream against a real broker; `docs/reference/traps.md` lists them all."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import CommitFailedError, IllegalStateError
from aiokafka.partitioner import DefaultPartitioner
from contracts.envelope import Event
from contracts.topics import Topic
from faststream.kafka import KafkaBroker
from runtime.kafka import Ack, DeadLetter, Kafka, Outcome, Record, RecordRefusedError, RetryInPlace
from runtime.settings import KafkaSettings
from support.subscribed import Seen, opened

TOPIC = Topic.HARAVAN_ORDERS
SOON = 60.0
Opened = Callable[..., AbstractAsyncContextManager[Kafka]]


def event(key: str, data: bytes) -> Event:
    return Event(f"{key}/{data.decode()}", "t", "/test", key, datetime(2026, 1, 1, tzinfo=UTC), key, data)


@pytest.fixture
def settings(kafka_bootstrap_servers: str, topic_prefix: str) -> KafkaSettings:
    return KafkaSettings(
        bootstrap_servers=kafka_bootstrap_servers,
        topic_prefix=topic_prefix,
        retry_longest=timedelta(seconds=2),
        graceful_timeout=timedelta(seconds=10),
        rebalance_timeout=timedelta(seconds=20),
    )


def reading(seen: Seen) -> Callable[[Kafka], None]:
    return lambda kafka: kafka.subscribe(TOPIC, "readers", seen)


async def publish(settings: KafkaSettings, *values: bytes, key: str = "1:1") -> None:
    async with opened(settings) as kafka:
        for value in values:
            await kafka.publisher.publish(TOPIC, event(key, value))


def partition(key: str) -> int:
    every = list(range(6))
    return int(DefaultPartitioner()(key.encode(), every, every))


HERE = "1:1"
THERE = next(key for key in map(str, range(100)) if partition(key) != partition(HERE))


async def committed(settings: KafkaSettings) -> dict[int, int]:
    """The offsets that Kafka keeps for the readers, by partition."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.bootstrap_servers)
    await admin.start()
    try:
        kept = await admin.list_consumer_group_offsets(f"{settings.topic_prefix}readers")
        return {place.partition: each.offset for place, each in kept.items() if each.offset >= 0}
    finally:
        await admin.close()


async def test_a_commit_never_covers_what_failed_before_it(
    settings: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap: FastStream's `ack()` commits the position of every partition, failed and skipped records included.

    That a partition is paused is lost with a rebalance: whoever reads it next gets what failed.
    """
    commit, named = AIOKafkaConsumer.commit, list[dict[TopicPartition, int] | None]()

    async def watched(self: AIOKafkaConsumer, offsets: dict[TopicPartition, int] | None = None) -> None:
        named.append(offsets)
        await commit(self, offsets)

    monkeypatch.setattr(AIOKafkaConsumer, "commit", watched)
    await publish(settings, b"1", b"2", b"3")
    await publish(settings, b"a", b"b", b"c", b"d", key=THERE)

    async def handle(record: Record) -> Outcome:
        return RetryInPlace("bad") if record.value in {b"2", b"d"} else Ack()

    first, second = Seen(handle), Seen()
    async with opened(settings, reading(first)):
        while not {b"2", b"d"} <= set(first.values()):
            await first.wait(len(first.records) + 1)
    assert await committed(settings) == {partition(HERE): 1, partition(THERE): 3}
    assert [len(offsets or ()) for offsets in named] == [1] * 4
    async with opened(settings, reading(second)):
        await second.wait(3)
    assert b"3" not in first.values()
    assert [value for value in second.values() if value != b"d"] == [b"2", b"3"]


async def test_a_failing_handler_makes_no_hot_loop(settings: KafkaSettings) -> None:
    """Trap: `NACK_ON_ERROR` seeks back without a pause, thousands of times a second."""
    await publish(settings, b"1")

    async def handle(_: Record) -> Outcome:
        return RetryInPlace("MongoDB is away")

    seen = Seen(handle)
    async with opened(settings, reading(seen)):
        await seen.wait(1)
        await asyncio.sleep(3)
    assert 2 <= len(seen.records) <= 10


async def test_a_batch_holds_records_of_one_partition(settings: KafkaSettings) -> None:
    """Trap: `batch=True` fetches across partitions, so that one bad record would hold up or lose the others'."""
    keys = [f"1:{number}" for number in range(12)]
    async with opened(settings) as kafka:
        for key in keys * 3:
            await kafka.publisher.publish(TOPIC, event(key, b"x"))
    batches: list[set[int]] = []
    count = 0
    everything = asyncio.Event()

    async def handle(records: Sequence[Record]) -> Outcome:
        nonlocal count
        batches.append({record.partition for record in records})
        count += len(records)
        if count == 3 * len(keys):
            everything.set()
        return Ack()

    async with opened(settings, lambda kafka: kafka.subscribe_batches(TOPIC, "readers", handle)), asyncio.timeout(SOON):
        await everything.wait()
    assert all(len(partitions) == 1 for partitions in batches)
    assert len(set.union(*batches)) > 1


async def test_a_tombstone_is_handed_over(settings: KafkaSettings) -> None:
    """Trap: a record without a value fails to decode before the handler, and the next commit passes over it."""
    seen = Seen()
    async with opened(settings, reading(seen)):
        async with AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers) as producer:
            topic = f"{settings.topic_prefix}{TOPIC}"
            await producer.send_and_wait(topic, None, key=b"1:1")
            await producer.send_and_wait(topic, b"{not json", key=b"1:1")
        await seen.wait(2)
    assert seen.values() == [b"", b"{not json"]


@pytest.mark.parametrize("value", (None, b""))
async def test_a_tombstone_is_not_published(settings: KafkaSettings, value: Any) -> None:
    """Trap: FastStream sends a body of None under a key as a tombstone, which deletes instead of telling."""
    seen = Seen()
    async with opened(settings, reading(seen)) as kafka:
        with pytest.raises(RecordRefusedError, match="tombstone"):
            await kafka.publisher.publish_raw(TOPIC, "1:1", value, {})
        await kafka.publisher.publish(TOPIC, event("1:1", b"after"))
        await seen.wait(1)
    assert seen.values() == [b"after"]


async def test_the_letter_about_a_tombstone_is_as_empty_and_none_itself(settings: KafkaSettings) -> None:
    """What is refused elsewhere is kept as it was among the dead letters, and holds up nothing."""

    async def handle(record: Record) -> Outcome:
        return Ack() if record.value else DeadLetter("UNREADABLE_EVENT", "no value")

    seen, letters = Seen(handle), Seen()

    def register(kafka: Kafka) -> None:
        kafka.subscribe(TOPIC, "readers", seen)
        kafka.subscribe(Topic.DEAD_LETTERS, "undertaker", letters)

    async with opened(settings, register) as kafka:
        async with AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers) as producer:
            await producer.send_and_wait(f"{settings.topic_prefix}{TOPIC}", None, key=b"1:1")
        (letter,) = await letters.wait(1)
        await kafka.publisher.publish(TOPIC, event("1:1", b"after"))
        await seen.wait(2)
    assert (letter.value, letter.header("ce_reason")) == (b"", "UNREADABLE_EVENT")
    assert seen.values() == [b"", b"after"]


@pytest.mark.parametrize("error", (IllegalStateError("not ours"), CommitFailedError("rebalanced")))
async def test_a_refused_commit_harms_nothing(
    settings: KafkaSettings, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Trap: an explicit commit raises when the partition was taken away; nothing is lost, reading goes on."""
    commit, refused = AIOKafkaConsumer.commit, 0

    async def once_refused(self: AIOKafkaConsumer, offsets: Any = None) -> None:
        nonlocal refused
        refused += 1
        if refused == 1:
            raise error
        await commit(self, offsets)

    monkeypatch.setattr(AIOKafkaConsumer, "commit", once_refused)
    await publish(settings, b"1", b"2")
    first, second = Seen(), Seen()
    async with opened(settings, reading(first)):
        await first.wait(2)
    await publish(settings, b"3")
    async with opened(settings, reading(second)):
        await second.wait(1)
    assert first.values() + second.values() == [b"1", b"2", b"3"]


async def test_a_handler_longer_than_the_poll_interval_loses_nothing(
    settings: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap: aiokafka leaves the group when nothing was fetched for `max_poll_interval_ms`; it has to come back."""
    original = KafkaBroker.subscriber

    def impatient(self: KafkaBroker, *args: Any, **options: Any) -> Any:
        return original(self, *args, **options, max_poll_interval_ms=1_500)

    monkeypatch.setattr(KafkaBroker, "subscriber", impatient)
    await publish(settings, b"1", b"2")
    slow = [True]

    async def handle(_: Record) -> Outcome:
        if slow.pop() if slow else False:
            await asyncio.sleep(5)
        return Ack()

    seen = Seen(handle)
    async with opened(settings, reading(seen)), asyncio.timeout(SOON):
        while b"2" not in seen.values():
            await seen.wait(len(seen.records) + 1)
    assert set(seen.values()) == {b"1", b"2"}
    assert seen.values().index(b"1") < seen.values().index(b"2")


async def test_what_a_stop_cancels_is_not_committed(settings: KafkaSettings) -> None:
    """Trap: after `graceful_timeout` the handler in hand is cancelled; FastStream before 0.7.5 commits it then."""
    await publish(settings, b"1")
    entered, cancelled = asyncio.Event(), asyncio.Event()

    async def hang(_: Record) -> Outcome:
        entered.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return Ack()

    first, second = Seen(hang), Seen()
    async with opened(settings.model_copy(update={"graceful_timeout": timedelta(seconds=1)}), reading(first)):
        await entered.wait()
    assert cancelled.is_set()
    assert await committed(settings) == {}
    async with opened(settings, reading(second)):
        await second.wait(1)
    assert second.values() == [b"1"]


async def test_a_rebalance_that_waits_too_long_goes_on(settings: KafkaSettings) -> None:
    """Trap: whoever waits for its handler for ever in the revoke callback is dropped, or holds the whole group."""
    short = settings.model_copy(update={"rebalance_timeout": timedelta(seconds=12)})
    await publish(settings, b"1")
    entered, release = asyncio.Event(), asyncio.Event()

    async def stuck(_: Record) -> Outcome:
        entered.set()
        await release.wait()
        return Ack()

    first, second = Seen(stuck), Seen()
    async with opened(short, reading(first)):
        await entered.wait()
        async with opened(short, reading(second)), asyncio.timeout(SOON):
            everywhere = [f"1:{number}" for number in range(24)]
            for key in everywhere:
                await publish(settings, b"2", key=key)
            while b"2" not in second.values():
                await second.wait(len(second.records) + 1)
            release.set()
    assert b"1" in first.values()
