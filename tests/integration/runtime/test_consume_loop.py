"""A consume loop that crashes is started again: with an alarm each time, and not hot."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from contracts.envelope import Event
from contracts.topics import Topic
from prometheus_client import REGISTRY
from runtime.kafka import Ack, Kafka, Outcome, Record
from runtime.settings import KafkaSettings
from structlog.testing import capture_logs
from support.subscribed import Seen, opened

TOPIC = Topic.HARAVAN_ORDERS


def alarms() -> float:
    return REGISTRY.get_sample_value("hoadon_alarms_total", {"kind": "consume-loop-crashed"}) or 0


def one_by_one(seen: Seen) -> Callable[[Kafka], None]:
    return lambda kafka: kafka.subscribe(TOPIC, "readers", seen)


def in_batches(seen: Seen) -> Callable[[Kafka], None]:
    async def handle(records: Sequence[Record]) -> Outcome:
        for record in records:
            await seen(record)
        return Ack()

    return lambda kafka: kafka.subscribe_batches(TOPIC, "readers", handle)


@pytest.mark.parametrize(("fetch", "reading"), (("getone", one_by_one), ("getmany", in_batches)))
async def test_a_loop_that_crashes_is_an_alarm_and_begins_again_after_a_pause(
    kafka_bootstrap_servers: str,
    topic_prefix: str,
    monkeypatch: pytest.MonkeyPatch,
    fetch: str,
    reading: Callable[[Seen], Callable[[Kafka], None]],
) -> None:
    """Trap: FastStream's supervisor starts it again at once, for ever, and says the same only once an hour."""
    settings = KafkaSettings(
        bootstrap_servers=kafka_bootstrap_servers, topic_prefix=topic_prefix, retry_longest=timedelta(seconds=2)
    )
    original, failures = getattr(AIOKafkaConsumer, fetch), [RuntimeError("same"), RuntimeError("same")]
    crashed_at: list[float] = []

    async def failing(self: AIOKafkaConsumer, **options: Any) -> Any:
        if failures:
            crashed_at.append(time.monotonic())
            raise failures.pop()
        return await original(self, **options)

    monkeypatch.setattr(AIOKafkaConsumer, fetch, failing)
    seen, before = Seen(), alarms()
    with capture_logs() as logs:
        async with opened(settings, reading(seen)) as kafka:
            at = datetime(2026, 1, 1, tzinfo=UTC)
            await kafka.publisher.publish(TOPIC, Event("1", "t", "/test", "1:1", at, "1:1", b"1"))
            await seen.wait(1)
            handled_at = time.monotonic()
            (subscriber,) = kafka.broker.subscribers
            assert len(getattr(subscriber, "tasks")) == 1  # noqa: B009  (its type has none)
    said = [line for line in logs if line["event"].startswith("consume loop crashed")]
    assert [(line["log_level"], line["topic"], line["attempt"]) for line in said] == [
        ("error", TOPIC, 1),
        ("error", TOPIC, 2),
    ]
    assert alarms() == before + 2
    assert crashed_at[1] - crashed_at[0] > 0.2
    assert handled_at - crashed_at[1] > 0.4
    assert seen.values() == [b"1"]
