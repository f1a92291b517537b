"""What is done is committed in the end, whether or not another record comes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from contracts.envelope import Event
from contracts.topics import Topic
from runtime.kafka import Kafka
from runtime.settings import KafkaSettings
from support.subscribed import Seen, opened

TOPIC = Topic.HARAVAN_ORDERS


def reading(seen: Seen) -> Callable[[Kafka], None]:
    return lambda kafka: kafka.subscribe(TOPIC, "readers", seen)


async def publish(settings: KafkaSettings, value: bytes) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    async with opened(settings) as kafka:
        await kafka.publisher.publish(TOPIC, Event(f"1:1/{value.decode()}", "t", "/test", "1:1", at, "1:1", value))


async def test_a_failed_commit_is_made_good_without_another_record(
    kafka_bootstrap_servers: str, topic_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap: a commit fails and no later record makes it good: who waits for it, as after a growth, waits for ever."""
    settings = KafkaSettings(
        bootstrap_servers=kafka_bootstrap_servers, topic_prefix=topic_prefix, retry_longest=timedelta(seconds=2)
    )
    commit, failures = AIOKafkaConsumer.commit, [KafkaError("the coordinator moves")]
    done: list[Any] = []

    async def failing(self: AIOKafkaConsumer, offsets: Any = None) -> None:
        if failures:
            raise failures.pop()
        await commit(self, offsets)
        done.append(offsets)

    monkeypatch.setattr(AIOKafkaConsumer, "commit", failing)
    await publish(settings, b"1")
    first, second = Seen(), Seen()
    async with opened(settings, reading(first)):
        await first.wait(2)
    assert [list(offsets.values()) for offsets in done] == [[1]]
    await publish(settings, b"2")
    async with opened(settings, reading(second)):
        await second.wait(1)
    assert (first.values(), second.values()) == ([b"1", b"1"], [b"2"])
