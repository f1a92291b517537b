"""Reading the dead letters and publishing one again, without joining any group."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError
from contracts.base import Message
from contracts.dead_letters import DeadLetter
from contracts.envelope import Event, UnreadableEventError
from contracts.topics import Topic
from faststream.kafka.security import parse_security
from runtime.kafka.security import security_of
from runtime.settings import KafkaSettings, read_settings

from console.session import CommandError

_TIMEOUT_MS = 5_000
_POLL_MS = 1_000


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter and where it stands."""

    partition: int
    offset: int
    content: DeadLetter

    @property
    def id(self) -> str:
        """What names it: `partition:offset`."""
        return f"{self.partition}:{self.offset}"


class DeadLetterBox:
    """The topic `dead-letters`."""

    def __init__(self, settings: KafkaSettings) -> None:
        """Use this Kafka."""
        self._settings = settings
        self._topic = f"{settings.topic_prefix}{Topic.DEAD_LETTERS}"

    async def letters(self) -> list[Letter]:
        """Read all letters from the beginning to what is there now, newest first."""
        async with self._consumer() as consumer:
            ends = await consumer.end_offsets(consumer.assignment())
            found = [letter async for letter in _read(consumer, ends)]
        return sorted(found, key=lambda letter: (letter.content.at, letter.offset), reverse=True)

    async def letter(self, letter_id: str) -> Letter:
        """Read one letter.

        Raises:
            CommandError: when there is none of this id.
        """
        found = next((letter for letter in await self.letters() if letter.id == letter_id), None)
        if found is None:
            raise CommandError("no-letter", letter=letter_id)
        return found

    async def retry(self, letter: Letter) -> str:
        """Publish the original bytes to the original topic; return the topic's name.

        Raises:
            CommandError: when the letter did not come from a topic of ours.
        """
        content = letter.content
        if content.origin not in set(Topic):
            raise CommandError("not-retryable", origin=content.origin)
        async with _producer(self._settings) as producer:
            headers = [(name, value.encode()) for name, value in content.headers.items()]
            topic = f"{self._settings.topic_prefix}{content.origin}"
            await _send(producer, self._settings, topic, content.body, content.key, headers)
        return content.origin

    @asynccontextmanager
    async def _consumer(self) -> AsyncIterator[Any]:
        # Without a group every partition is ours, and nothing is committed.
        consumer = AIOKafkaConsumer(
            self._topic, **client_options(self._settings), enable_auto_commit=False, auto_offset_reset="earliest"
        )
        try:
            await _started(consumer, self._settings)
        except UnknownTopicOrPartitionError as error:
            raise CommandError("no-topic", code=2, topic=self._topic) from error
        try:
            yield consumer
        finally:
            await consumer.stop()


async def publish_events(topic: Topic, events: Sequence[Event]) -> None:
    """Publish events in this order and wait until Kafka has them.

    Raises:
        CommandError: when Kafka does not answer or does not take one.
        InvalidSettingsError: when `KAFKA_BOOTSTRAP_SERVERS` is missing.
    """
    async with publishing(topic) as publish:
        await publish(events)


@asynccontextmanager
async def publishing(topic: Topic) -> AsyncIterator[Callable[[Sequence[Event]], Awaitable[None]]]:
    """Connect first, then publish: for a caller who writes something that nobody must see while Kafka is away.

    Raises:
        CommandError: when Kafka does not answer or does not take one.
        InvalidSettingsError: when `KAFKA_BOOTSTRAP_SERVERS` is missing.
    """
    settings = read_settings(KafkaSettings)
    name = f"{settings.topic_prefix}{topic}"
    async with _producer(settings) as producer:

        async def publish(events: Sequence[Event]) -> None:
            for event in events:
                headers = [(header, value.encode()) for header, value in event.headers().items()]
                await _send(producer, settings, name, event.data, event.key, headers)

        yield publish


@asynccontextmanager
async def publishing_messages(source: str) -> AsyncIterator[Callable[[Sequence[Message]], Awaitable[None]]]:
    """As `publishing`, each message to the topic it belongs to; `source` says who tells it.

    Raises:
        CommandError: when Kafka does not answer or does not take one.
        InvalidSettingsError: when `KAFKA_BOOTSTRAP_SERVERS` is missing.
    """
    settings = read_settings(KafkaSettings)
    async with _producer(settings) as producer:

        async def publish(messages: Sequence[Message]) -> None:
            for message in messages:
                event = message.to_event(source=source, time=datetime.now(UTC))
                headers = [(header, value.encode()) for header, value in event.headers().items()]
                name = f"{settings.topic_prefix}{message.topic}"
                await _send(producer, settings, name, event.data, event.key, headers)

        yield publish


@asynccontextmanager
async def _producer(settings: KafkaSettings) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(**client_options(settings), acks="all", enable_idempotence=True)
    await _started(producer, settings)
    try:
        yield producer
    finally:
        with suppress(TimeoutError):  # what is not acknowledged was said; a Kafka that is away is not waited for
            async with asyncio.timeout(_TIMEOUT_MS / 1000):
                await producer.stop()


async def _send(  # noqa: PLR0917  (what a record consists of)
    producer: AIOKafkaProducer,
    settings: KafkaSettings,
    topic: str,
    value: bytes,
    key: str,
    headers: list[tuple[str, bytes]],
) -> None:
    """Send and wait, but not for ever: an idempotent producer tries again without an end of its own."""
    if not value:  # a tombstone: it would delete, not tell
        raise CommandError("no-value", topic=topic)
    try:
        async with asyncio.timeout(settings.publish_timeout.total_seconds()):
            await producer.send_and_wait(topic, value, key=key.encode(), headers=headers)
    except (KafkaError, TimeoutError) as error:
        raise unreachable(settings, error) from error


async def _started(client: Any, settings: KafkaSettings) -> None:
    try:
        await client.start()
    except UnknownTopicOrPartitionError:
        await client.stop()
        raise
    except (KafkaError, OSError) as error:
        await client.stop()
        raise unreachable(settings, error) from error


def client_options(settings: KafkaSettings) -> dict[str, Any]:
    """Return how aiokafka reaches Kafka."""
    return {
        "bootstrap_servers": settings.bootstrap_servers.split(","),
        "request_timeout_ms": _TIMEOUT_MS,
        **parse_security(security_of(settings)),
    }


def unreachable(settings: KafkaSettings, error: Exception) -> CommandError:
    """Make the failure that names the brokers."""
    return CommandError("kafka-unreachable", code=2, where=settings.bootstrap_servers, reason=type(error).__name__)


def dead_letter_box() -> DeadLetterBox:
    """Return the letters of the environment's Kafka.

    Raises:
        InvalidSettingsError: when `KAFKA_BOOTSTRAP_SERVERS` is missing.
    """
    return DeadLetterBox(read_settings(KafkaSettings))


async def ping() -> None:
    """Ask Kafka for a sign of life.

    Raises:
        CommandError: when it does not answer within seconds.
        InvalidSettingsError: when `KAFKA_BOOTSTRAP_SERVERS` is missing.
    """
    settings = read_settings(KafkaSettings)
    admin = AIOKafkaAdminClient(**client_options(settings))
    try:
        async with asyncio.timeout(_TIMEOUT_MS / 1000):
            await admin.start()
    except (KafkaError, OSError, TimeoutError) as error:
        raise unreachable(settings, error) from error
    finally:
        await admin.close()


async def _read(consumer: Any, ends: dict[TopicPartition, int]) -> AsyncIterator[Letter]:
    while any([await consumer.position(partition) < end for partition, end in ends.items()]):
        batches = await consumer.getmany(timeout_ms=_POLL_MS)
        for records in batches.values():
            for record in records:
                yield Letter(record.partition, record.offset, _letter_of(record))


def _letter_of(record: ConsumerRecord) -> DeadLetter:
    """Read a letter; what is none is shown too, with its own bytes."""
    try:
        return DeadLetter.from_event(Event.from_record(record.key, record.headers, record.value))
    except UnreadableEventError as error:
        return _not_a_letter(record, str(error))


def _not_a_letter(record: ConsumerRecord, why: str) -> DeadLetter:
    return DeadLetter(
        origin="-",
        reason="not-a-letter",
        detail=why,
        at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
        key=(record.key or b"").decode(errors="replace"),
        body=record.value or b"",
        headers={name: value.decode(errors="replace") for name, value in record.headers},
    )
