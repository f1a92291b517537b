"""One subscription: explicit commits, retries in place, dead letters, and a rebalance that waits for the work in hand.

Why not FastStream's own acknowledgement: `ack()` commits the position of every partition, skipped records included; an
exception under `MANUAL` skips the record; `nack` loops without a pause. Here the offset after the last finished record
is committed and nothing else, and a record that must wait pauses its partition while the consumer goes on polling, so
that it stays in its group however long the wait is.
"""

import asyncio
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from faststream.kafka import KafkaBroker
from faststream.kafka.message import FAKE_CONSUMER, KafkaMessage
from faststream.middlewares import AckPolicy
from typing_extensions import override

from runtime import metrics
from runtime.backoff import Backoff
from runtime.clock import Clock
from runtime.kafka.consume_loop import ConsumeLoop
from runtime.kafka.generations import Generations, Placed
from runtime.kafka.handling import HandlerRunner
from runtime.kafka.letters import DeadLetters
from runtime.kafka.progress import Progress
from runtime.kafka.publishing import KafkaUnavailableError, Publisher
from runtime.kafka.records import Ack, BatchHandler, DeadLetter, Outcome, Record, RecordHandler, RetryInPlace
from runtime.logs import get_logger
from runtime.mongo import is_transient
from runtime.settings import KafkaSettings

_log = get_logger(__name__)
_COMMIT_SECONDS = 10.0
_MARGIN_SECONDS = 5.0
_POLL_MILLISECONDS = 100


def one_by_one(handler: RecordHandler) -> BatchHandler:
    """Let a handler of single records serve a subscription whose batches have one record."""

    async def handle(records: Sequence[Record]) -> Outcome:
        return await handler(records[0])

    return handle


class Subscription(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """A consumer of one topic in one group."""

    def __init__(
        self,
        *,
        settings: KafkaSettings,
        service: str,
        topic: str,
        group: str,
        handler: BatchHandler,
        publisher: Publisher,
        clock: Clock,
        backoff: Backoff,
        generations: Generations | None = None,
    ) -> None:
        """Prepare the subscription; `register` ties it to a broker. `generations`: its records get their places."""
        self._settings = settings
        self._topic = topic
        self._group = group
        self._clock = clock
        self._backoff = backoff
        self._runner = HandlerRunner(topic, group, handler, clock, settings.unexpected_attempts)
        self._progress = Progress(topic, group, clock, settings.locked_up_after)
        self._letters = DeadLetters(publisher, service, clock)
        self._lock = asyncio.Lock()
        self._parked: dict[TopicPartition, tuple[int, int]] = {}
        self._generations = generations
        self._subscriber: Any = None

    @property
    def full_topic(self) -> str:
        """The topic's name in Kafka."""
        return f"{self._settings.topic_prefix}{self._topic}"

    def stuck(self, after_seconds: float) -> str | None:
        """A reason when a call of the handler has been running longer than that, or nothing is fetched any more."""
        return self._runner.stuck(after_seconds) or self._progress.stuck()

    def started(self) -> None:
        """The broker has started: from now on its consume loop is watched."""
        ConsumeLoop(self._topic, self._group, self._subscriber, self._clock, self._backoff).watch()

    async def look(self) -> None:
        """Look whether the consumer makes progress; see `runtime.kafka.progress` for how often."""
        if self._subscriber.consumer is not None:
            await self._progress.look(self._subscriber.consumer)

    def register(self, broker: KafkaBroker, batch: int) -> None:
        """Create the FastStream subscriber; a `batch` of 1 fetches record by record."""
        seconds = self._settings.rebalance_timeout.total_seconds()
        self._subscriber = broker.subscriber(
            self.full_topic,
            group_id=f"{self._settings.topic_prefix}{self._group}",
            batch=batch > 1,
            max_records=batch if batch > 1 else None,
            batch_timeout_ms=_POLL_MILLISECONDS,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",  # the default would skip what came before the first start
            rebalance_timeout_ms=int(seconds * 1000),  # the default drops a member that waits for its handler
            session_timeout_ms=int(self._settings.session_timeout.total_seconds() * 1000),
            heartbeat_interval_ms=int(self._settings.session_timeout.total_seconds() * 300),
            max_partition_fetch_bytes=self._settings.max_message_bytes,
            listener=self,
            parser=_parse,
            decoder=_keep,
        )
        self._subscriber(self._receive)

    async def _receive(self, message: KafkaMessage) -> None:
        raw = message.raw_message
        records = raw if isinstance(raw, tuple) else (raw,)
        batches = [list(batch) for _, batch in groupby(records, key=lambda record: record.partition)]
        fetched = [TopicPartition(batch[0].topic, batch[0].partition) for batch in batches]
        async with self._lock:
            consumer: AIOKafkaConsumer = self._subscriber.consumer
            with self._progress.handling(fetched):
                await asyncio.gather(*(self._process(consumer, batch) for batch in batches))

    async def _process(self, consumer: AIOKafkaConsumer, batch: "Sequence[ConsumerRecord[Any, Any]]") -> None:
        partition = TopicPartition(batch[0].topic, batch[0].partition)
        if partition not in consumer.assignment():
            return  # taken away between fetching and now: whoever has it will get these records
        placed = await self._placed(consumer, batch)
        ready = zip(batch, placed.generations, strict=False)  # one that waits holds up what comes after it
        records = [_record(self._topic, raw, generation) for raw, generation in ready]
        done = 0
        if records:
            outcomes = await self._runner.run(records)
            done = await self._settle(consumer, partition, records, outcomes)
        if placed.waits is not None and done == len(records):
            self._park(consumer, partition, batch[done].offset, placed.waits)
        if done and not await self._commit(consumer, partition, records[done - 1].offset + 1):
            self._park(consumer, partition, records[0].offset, RetryInPlace("not committed: handled once more"))

    async def _placed(self, consumer: AIOKafkaConsumer, batch: "Sequence[ConsumerRecord[Any, Any]]") -> Placed:
        if self._generations is None:
            return Placed([None] * len(batch))
        try:
            return await self._generations.place(consumer, batch)
        except Exception as error:  # noqa: BLE001  (a record that has no place yet waits, whatever the reason)
            if not is_transient(error):
                _log.error("records cannot be placed", topic=self._topic, exc_info=error)
            return Placed([], RetryInPlace(f"the topic's eras are not known: {type(error).__name__}"))

    async def _settle(
        self,
        consumer: AIOKafkaConsumer,
        partition: TopicPartition,
        records: Sequence[Record],
        outcomes: Sequence[Outcome],
    ) -> int:
        """Act on the outcomes in order; how many records are finished."""
        for done, (record, outcome) in enumerate(zip(records, outcomes, strict=True)):
            waits = await self._apply(record, outcome)
            if waits is not None:
                self._park(consumer, partition, record.offset, waits)
                return done
            self._parked.pop(partition, None)
        return len(records)

    async def _apply(self, record: Record, outcome: Outcome) -> RetryInPlace | None:
        """Finish one record; what to wait for when it cannot be finished now."""
        match outcome:
            case Ack():
                self._count("done")
                return None
            case DeadLetter():
                try:
                    await self._letters.bury(record, outcome)
                except KafkaUnavailableError as error:
                    return RetryInPlace(f"dead letter not acknowledged: {error}")
                self._count("dead_letter")
                return None
            case RetryInPlace():
                self._count("retry")
                return outcome

    def _count(self, outcome: str) -> None:
        metrics.count("hoadon_kafka_records_total", topic=self._topic, group=self._group, outcome=outcome)

    def _park(self, consumer: AIOKafkaConsumer, partition: TopicPartition, offset: int, why: RetryInPlace) -> None:
        parked_at, attempts = self._parked.get(partition, (-1, 0))
        attempts = attempts + 1 if parked_at == offset else 1
        self._parked[partition] = (offset, attempts)
        delay = why.after.total_seconds() if why.after is not None else self._backoff.seconds(attempts)
        _log.warning(
            "record waits",
            topic=self._topic,
            partition=partition.partition,
            offset=offset,
            reason=why.reason,
            attempt=attempts,
            retry_in=round(delay, 1),
        )
        try:
            consumer.seek(partition, offset)
            consumer.pause(partition)
        except IllegalStateError:
            return  # taken away meanwhile: whoever has it will get the record
        asyncio.get_running_loop().call_later(delay, _resume, consumer, partition)

    async def _commit(self, consumer: AIOKafkaConsumer, partition: TopicPartition, offset: int) -> bool:
        """Whether nothing is left to do about it."""
        try:
            async with asyncio.timeout(_COMMIT_SECONDS):
                await consumer.commit({partition: offset})
        except (IllegalStateError, CommitFailedError):
            _log.info("commit refused, the partition was taken away", topic=self._topic, partition=partition.partition)
        except (KafkaError, TimeoutError) as error:
            # The next record's commit would cover it, but there may be none for long, and others wait for it (`eras`).
            _log.warning("commit failed", topic=self._topic, partition=partition.partition, reason=type(error).__name__)
            return False
        return True

    @override
    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Let the work in hand finish and commit before the partitions go, as long as the rebalance may wait."""
        seconds = max(self._settings.rebalance_timeout.total_seconds() - _MARGIN_SECONDS, 1.0)
        try:
            async with asyncio.timeout(seconds), self._lock:
                self._parked.clear()
        except TimeoutError:
            _log.warning("rebalance does not wait any longer for the handler", topic=self._topic, waited=seconds)

    @override
    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Say what this process now reads."""
        self._progress.forget()
        if self._generations is not None:
            self._generations.forget()
        _log.info("assigned", topic=self._topic, partitions=sorted(tp.partition for tp in assigned))


def _resume(consumer: AIOKafkaConsumer, partition: TopicPartition) -> None:
    if partition in consumer.assignment():
        consumer.resume(partition)


def _record(topic: str, raw: "ConsumerRecord[Any, Any]", generation: int | None) -> Record:
    return Record(
        topic=topic,
        partition=raw.partition,
        offset=raw.offset,
        key=raw.key,
        headers=tuple(raw.headers),
        value=raw.value or b"",
        generation=generation,
    )


async def _parse(message: Any) -> KafkaMessage:
    # FastStream's own parser decodes headers as UTF-8 and would drop a record whose headers are not.
    return KafkaMessage(raw_message=message, body=b"", consumer=FAKE_CONSUMER)


async def _keep(message: KafkaMessage) -> KafkaMessage:
    # Its decoder reads JSON before the handler runs; ours hands the whole message over.
    return message
