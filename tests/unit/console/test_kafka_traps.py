"""The command line never hangs on a Kafka that goes away while it publishes."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from console import kafka
from console.session import CommandError
from contracts.dead_letters import DeadLetter
from contracts.envelope import Event
from contracts.topics import Topic
from runtime.settings import KafkaSettings


class Away:
    """A producer that has connected and then never hears of its Kafka again."""

    def __init__(self, **_: Any) -> None:
        """Take any options."""

    async def start(self) -> None:
        """Connect."""

    async def stop(self) -> None:
        """Flush, for ever."""
        await asyncio.Event().wait()

    async def send_and_wait(self, *_: Any, **__: Any) -> None:
        """Try again, for ever."""
        await asyncio.Event().wait()


async def test_a_record_without_content_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trap: a record with a key and no value is a tombstone, which deletes; a dead letter may be as empty."""
    monkeypatch.setattr(kafka, "AIOKafkaProducer", Away)
    content = DeadLetter(Topic.HARAVAN_ORDERS, "unreadable", "-", datetime(2026, 1, 1, tzinfo=UTC), "1:1", b"", {})
    monkeypatch.setattr(kafka, "_TIMEOUT_MS", 20)
    async with asyncio.timeout(5):
        with pytest.raises(CommandError) as refused:
            await kafka.DeadLetterBox(KafkaSettings(bootstrap_servers="k:1")).retry(kafka.Letter(0, 0, content))
    assert refused.value.key == "no-value"


async def test_publishing_to_a_kafka_that_is_away_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trap: an idempotent producer has no end to its retries; whoever publishes needs an end of his own."""
    settings = KafkaSettings(bootstrap_servers="k:1", publish_timeout=timedelta(milliseconds=20))
    monkeypatch.setattr(kafka, "AIOKafkaProducer", Away)
    monkeypatch.setattr(kafka, "_TIMEOUT_MS", 20)
    monkeypatch.setattr(kafka, "read_settings", lambda _: settings)
    event = Event("1", "t", "/test", "1", datetime(2026, 1, 1, tzinfo=UTC), "1:1", b"{}")
    async with asyncio.timeout(5):
        with pytest.raises(CommandError):
            await kafka.publish_events(Topic.INVOICING_COMMANDS, [event])
