"""Kafka subscriptions and the publisher against a real broker: what is lost, repeated, put aside or waits."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner
from contracts.dead_letters import DeadLetter as Letter
from contracts.envelope import Event, UnreadableEventError
from contracts.topics import Topic
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from pymongo.errors import AutoReconnect
from runtime.kafka import (
    Ack,
    DeadLetter,
    Kafka,
    KafkaUnavailableError,
    Outcome,
    Record,
    RecordRefusedError,
    RetryInPlace,
)
from runtime.settings import KafkaSettings
from runtime.tracing import context_of, span
from support.subscribed import SOON, Seen, opened

TOPIC = Topic.HARAVAN_ORDERS


def event(key: str, data: bytes = b"{}", number: int = 0) -> Event:
    return Event(f"{key}/{number}", "t", "/test", key, datetime(2026, 1, 1, tzinfo=UTC), key, data)


@pytest.fixture
def settings(kafka_bootstrap_servers: str, topic_prefix: str) -> KafkaSettings:
    return KafkaSettings(
        bootstrap_servers=kafka_bootstrap_servers,
        topic_prefix=topic_prefix,
        retry_longest=timedelta(milliseconds=300),
        unexpected_attempts=3,
        graceful_timeout=timedelta(seconds=10),
        rebalance_timeout=timedelta(seconds=20),
    )


def reading(seen: Seen, topic: Topic = TOPIC, group: str = "readers") -> Callable[[Kafka], None]:
    return lambda kafka: kafka.subscribe(topic, group, seen)


async def letters(settings: KafkaSettings, count: int) -> list[Letter]:
    seen = Seen()
    async with opened(settings, reading(seen, Topic.DEAD_LETTERS, "undertaker")):
        return [Letter.from_event(record.event()) for record in await seen.wait(count)]


async def test_a_published_event_arrives_with_its_headers_and_bytes(settings: KafkaSettings) -> None:
    """Key, value and CloudEvents headers reach the handler unchanged."""
    seen = Seen()
    async with opened(settings, reading(seen)) as kafka:
        await kafka.publisher.publish(TOPIC, event("1:2", '{"tên":"Đơn"}'.encode()))
        (record,) = await seen.wait(1)
    assert (record.topic, record.key, record.value) == (TOPIC, b"1:2", '{"tên":"Đơn"}'.encode())
    assert record.event().id == "1:2/0"


async def test_the_trace_goes_on_through_kafka(settings: KafkaSettings) -> None:
    """The handler's span is a child of the publishing one, and what it publishes is a child of the handler's."""
    trace.set_tracer_provider(TracerProvider())
    handled: list[trace.SpanContext] = []

    async def handle(record: Record) -> Outcome:
        handled.append(trace.get_current_span().get_span_context())
        await kafka.publisher.publish(Topic.INVOICING_DECISIONS, event("1:2"))
        return Ack()

    first, second = Seen(handle), Seen()

    def register(kafka: Kafka) -> None:
        kafka.subscribe(TOPIC, "first", first)
        kafka.subscribe(Topic.INVOICING_DECISIONS, "second", second)

    async with opened(settings, register) as kafka:
        with span("webhook") as root:
            await kafka.publisher.publish(TOPIC, event("1:2"))
        (record,) = await second.wait(1)
    carried = trace.get_current_span(context_of(record.header("traceparent") or "")).get_span_context()
    assert handled[0].trace_id == carried.trace_id == root.get_span_context().trace_id


async def test_a_record_without_key_is_refused(settings: KafkaSettings) -> None:
    """Trap: a record without a key lands in any partition: the order would be lost, so nothing is sent."""
    async with opened(settings) as kafka:
        with pytest.raises(RecordRefusedError, match="without a key"):
            await kafka.publisher.publish(TOPIC, event(""))
        with pytest.raises(RecordRefusedError, match="bytes"):
            await kafka.publisher.publish(TOPIC, event("1:2", b"x" * 5_000_000))


async def test_a_waiting_record_holds_its_partition_and_no_other(settings: KafkaSettings) -> None:
    """Trap: a record that must wait holds up every partition of its consumer; here its own, in order."""
    freed = asyncio.Event()

    async def handle(record: Record) -> Outcome:
        return Ack() if freed.is_set() or record.value != b"a1" else RetryInPlace("not yet")

    seen = Seen(handle)
    async with opened(settings, reading(seen)) as kafka:
        for value in (b"a1", b"a2"):
            await kafka.publisher.publish(TOPIC, event("1:1", value))
        await seen.wait(3)  # tried again while nothing else happened
        assert set(seen.values()) == {b"a1"}
        held = seen.records[0].partition
        other = next(key for key in ("1:2", "1:3", "1:4", "1:5") if partition(key) != held)
        await kafka.publisher.publish(TOPIC, event(other, b"b1"))
        while b"b1" not in seen.values():
            await seen.wait(len(seen.records) + 1)
        freed.set()
        while b"a2" not in seen.values():
            await seen.wait(len(seen.records) + 1)
    assert seen.values().index(b"a2") == len(seen.values()) - 1


def partition(key: str) -> int:
    every = list(range(6))
    return int(DefaultPartitioner()(key.encode(), every, every))


async def test_an_unexpected_failure_ends_in_dead_letters(settings: KafkaSettings) -> None:
    """Trap: an exception skips the record; here it is tried three times, then put aside, and others go on."""

    async def handle(record: Record) -> Outcome:
        if record.value == b"\xffbad":
            raise RuntimeError("secret payload")
        return Ack()

    seen = Seen(handle)
    async with opened(settings, reading(seen)) as kafka:
        await kafka.publisher.publish(TOPIC, event("1:1", b"\xffbad"))
        await kafka.publisher.publish(TOPIC, event("1:1", b"good"))
        await seen.wait(4)
    assert seen.values() == [b"\xffbad"] * 3 + [b"good"]
    (letter,) = await letters(settings, 1)
    assert (letter.origin, letter.reason, letter.body, letter.key) == (TOPIC, "UNEXPECTED_ERROR", b"\xffbad", "1:1")
    assert "secret payload" not in letter.detail
    assert letter.headers["ce_id"] == "1:1/0"


async def test_a_named_reason_reaches_dead_letters_at_once(settings: KafkaSettings) -> None:
    """Trap: decoding fails before the handler; a dead letter keeps headers that are not even text."""

    async def handle(record: Record) -> Outcome:
        try:
            record.event()
        except UnreadableEventError as error:
            return DeadLetter("UNREADABLE_EVENT", str(error))
        return Ack()

    seen = Seen(handle)
    async with opened(settings, reading(seen)):
        async with AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers) as producer:
            headers = [("ce_id", b"\xff\xfe")]
            await producer.send_and_wait(f"{settings.topic_prefix}{TOPIC}", b"raw", key=b"1:1", headers=headers)
        await seen.wait(1)
    (letter,) = await letters(settings, 1)
    assert letter.reason == "UNREADABLE_EVENT"
    assert letter.body == b"raw"


async def test_a_letter_that_is_too_large_is_cut_and_holds_nobody_up(settings: KafkaSettings) -> None:
    """A record just below the limit becomes a letter with its beginning and its place; what follows it is handled."""

    async def handle(record: Record) -> Outcome:
        return Ack() if record.value == b"good" else DeadLetter("UNREADABLE_EVENT", "no JSON")

    large = b"x" * (settings.max_message_bytes - 600)
    seen = Seen(handle)
    async with opened(settings, reading(seen)) as kafka:
        await kafka.publisher.publish(TOPIC, event("1:1", large))
        await kafka.publisher.publish(TOPIC, event("1:1", b"good"))
        while b"good" not in seen.values():
            await seen.wait(len(seen.records) + 1)
    assert seen.values() == [large, b"good"]
    (letter,) = await letters(settings, 1)
    assert (letter.reason, letter.body) == ("UNREADABLE_EVENT", large[: 64 * 1024])
    assert f"all {len(large)} bytes" in letter.detail


async def test_mongodb_being_away_never_makes_a_dead_letter(settings: KafkaSettings) -> None:
    """Trap: a database that is away makes a dead letter; it is waited out, however many attempts it takes."""
    attempts = 0

    async def handle(_: Record) -> Outcome:
        nonlocal attempts
        attempts += 1
        if attempts < 6:
            raise AutoReconnect("primary is gone")
        return Ack()

    seen = Seen(handle)
    async with opened(settings, reading(seen)) as kafka:
        await kafka.publisher.publish(TOPIC, event("1:1"))
        await seen.wait(6)
    again = Seen()
    async with opened(settings, reading(again)) as kafka:
        await kafka.publisher.publish(TOPIC, event("1:1", b"next"))
        await again.wait(1)
    assert again.values() == [b"next"]


async def test_a_batch_puts_only_the_bad_record_aside(settings: KafkaSettings) -> None:
    """Trap: one bad record of a batch costs the others; they are handed over one by one, in order."""
    done: list[bytes] = []
    finished = asyncio.Event()

    async def handle(records: Sequence[Record]) -> Outcome:
        values = [record.value for record in records]
        assert len({record.partition for record in records}) == 1
        if b"bad" in values:
            raise RuntimeError("bad")
        done.extend(values)
        if b"9" in values:
            finished.set()
        return Ack()

    async with opened(settings) as kafka:
        for number in range(10):
            await kafka.publisher.publish(TOPIC, event("1:1", b"bad" if number == 4 else str(number).encode()))
    async with opened(settings, lambda kafka: kafka.subscribe_batches(TOPIC, "batches", handle)), asyncio.timeout(SOON):
        await finished.wait()
    assert list(dict.fromkeys(done)) == [b"0", b"1", b"2", b"3", b"5", b"6", b"7", b"8", b"9"]
    (letter,) = await letters(settings, 1)
    assert letter.body == b"bad"


async def test_a_stop_lets_the_handler_in_hand_finish_and_commits_it(settings: KafkaSettings) -> None:
    """Trap: a stop in the middle of a record. Nothing is delivered again afterwards and nothing is skipped."""
    entered = asyncio.Event()

    async def slow(_: Record) -> Outcome:
        entered.set()
        await asyncio.sleep(1)
        return Ack()

    first, second = Seen(slow), Seen()
    async with opened(settings, reading(first)) as kafka:
        for value in (b"1", b"2"):
            await kafka.publisher.publish(TOPIC, event("1:1", value))
        await entered.wait()
    async with opened(settings, reading(second)):
        await second.wait(1)
    assert first.values() + second.values() == [b"1", b"2"]


async def test_a_rebalance_waits_for_the_handler_in_hand(settings: KafkaSettings) -> None:
    """Trap: handling goes on while partitions are taken away. Who joins in a call gets only records after it.

    It is the classic group protocol of aiokafka, against a broker of today.
    """
    entered, release = asyncio.Event(), asyncio.Event()

    async def slow(record: Record) -> Outcome:
        if record.value == b"1":
            entered.set()
            await release.wait()
        return Ack()

    first, second = Seen(slow), Seen(slow)
    async with opened(settings, reading(first)) as kafka:
        await kafka.publisher.publish(TOPIC, event("1:1", b"1"))
        await entered.wait()
        joining = asyncio.create_task(_join(settings, first, second, release))
        await asyncio.sleep(3)  # the join is under way: it must wait for the handler
        assert [*first.values(), *second.values()] == [b"1"]
        release.set()
        await joining
    assert sorted([*first.values(), *second.values()]) == [b"1", b"2"]


async def wait_for_either(first: Seen, second: Seen) -> None:
    """Until the two have got two records between them."""
    one, other = asyncio.create_task(first.wait(2)), asyncio.create_task(second.wait(1))
    await asyncio.wait({one, other}, return_when=asyncio.FIRST_COMPLETED)
    for waiting in (one, other):
        waiting.cancel()
    await asyncio.gather(one, other, return_exceptions=True)


async def _join(settings: KafkaSettings, first: Seen, seen: Seen, release: asyncio.Event) -> None:
    async with opened(settings, reading(seen)) as kafka:
        await release.wait()
        await kafka.publisher.publish(TOPIC, event("1:1", b"2"))
        await wait_for_either(first, seen)


async def test_a_kafka_that_is_away_is_said_in_time() -> None:
    """Trap: with idempotence a publish has no end; opening raises, publishing raises the typed error."""
    kafka = Kafka(KafkaSettings(bootstrap_servers="127.0.0.1:9"), service="test")
    with pytest.raises(Exception, match=r"127\.0\.0\.1"):
        await kafka.open()
    with pytest.raises(KafkaUnavailableError):
        await kafka.publisher.publish(TOPIC, event("1:1"), timedelta(seconds=1))


async def test_missing_topics_are_named(kafka_bootstrap_servers: str) -> None:
    """Trap: topics are created by whoever subscribes; here they are provisioned, and what is missing is said."""
    kafka = Kafka(KafkaSettings(bootstrap_servers=kafka_bootstrap_servers, topic_prefix="nowhere."), service="test")
    kafka.subscribe(TOPIC, "g", Seen())
    with pytest.raises(Exception, match=r"nowhere\.haravan\.orders"):
        await kafka.open()
