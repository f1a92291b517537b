"""Publishes events: always with a key, always acknowledged by Kafka, never longer than allowed."""

import asyncio
import time
from collections.abc import Mapping
from datetime import timedelta

from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError
from contracts.envelope import Event
from contracts.topics import Topic
from faststream.exceptions import IncorrectState
from faststream.kafka import KafkaBroker
from opentelemetry.trace import SpanKind

from runtime import metrics
from runtime.settings import KafkaSettings
from runtime.tracing import TRACEPARENT, span, traceparent


class KafkaUnavailableError(Exception):
    """Kafka did not acknowledge in time, or is not connected.

    The record may still arrive later: whoever publishes again must use the same event id.
    """

    def __init__(self, topic: str, reason: str) -> None:
        """Name the topic and what went wrong."""
        super().__init__(f"{topic}: {reason}")
        self.topic = topic
        self.reason = reason


class RecordRefusedError(ValueError):
    """The record can never be published: it has no key or no value, or it is too large."""


class Publisher:
    """The only way to write to Kafka."""

    def __init__(self, broker: KafkaBroker, settings: KafkaSettings) -> None:
        """Publish through a broker that `Kafka` connects."""
        self._broker = broker
        self._prefix = settings.topic_prefix
        self._timeout = settings.publish_timeout

    async def publish(self, topic: str, event: Event, timeout: timedelta | None = None) -> None:  # noqa: ASYNC109  (part of the contract)
        """Publish an event and wait for the acknowledgement of all in-sync replicas.

        Raises:
            KafkaUnavailableError: not acknowledged within `timeout` (by default the setting's).
            RecordRefusedError: the event has no key or no data, or is too large.
        """
        await self.publish_raw(topic, event.key, event.data, event.headers(), timeout)

    async def publish_raw(
        self,
        topic: str,
        key: str,
        value: bytes,
        headers: Mapping[str, str],
        timeout: timedelta | None = None,  # noqa: ASYNC109  (part of the contract)
    ) -> None:
        """Publish bytes; otherwise as `publish`.

        The record carries the context of the present span, so that whoever consumes it goes on under it; without a
        span, the `traceparent` among `headers` is gone on from.
        """
        if not key:
            raise RecordRefusedError(f"{topic}: a record without a key would land in any partition and lose its order")
        if _deletes(topic, value):
            raise RecordRefusedError(
                f"{topic}: a record without a value would be read as a tombstone: it deletes, and tells nothing"
            )
        started = time.perf_counter()
        inside = traceparent() is not None
        with span(
            f"publish {topic}",
            kind=SpanKind.PRODUCER,
            parent=None if inside else headers.get(TRACEPARENT),
            attributes={"messaging.system": "kafka", "messaging.destination.name": topic},
        ):
            carried = {**headers, TRACEPARENT: traceparent() or ""}
            outcome = "failed"
            try:
                await self._send(topic, key, value, carried, timeout or self._timeout)
                outcome = "acknowledged"
            finally:
                metrics.count("hoadon_kafka_published_total", topic=topic, outcome=outcome)
        metrics.observe("hoadon_kafka_publish_seconds", time.perf_counter() - started, topic=topic)

    async def _send(self, topic: str, key: str, value: bytes, headers: dict[str, str], deadline: timedelta) -> None:
        try:
            async with asyncio.timeout(deadline.total_seconds()):
                await self._broker.publish(value, f"{self._prefix}{topic}", key=key.encode(), headers=headers)
        except (MessageSizeTooLargeError, RecordListTooLargeError) as error:
            raise RecordRefusedError(f"{topic}: {len(value)} bytes are more than a record may hold") from error
        except TimeoutError as error:
            raise KafkaUnavailableError(topic, f"no acknowledgement within {deadline.total_seconds():g} s") from error
        except (KafkaError, IncorrectState, OSError) as error:
            raise KafkaUnavailableError(topic, type(error).__name__) from error


def _deletes(topic: str, value: bytes | None) -> bool:
    """Whether readers take the record for a deletion; a dead letter is as empty as what it keeps."""
    return value is None or (not value and topic != Topic.DEAD_LETTERS)
