"""Calls a handler so that nothing it raises is lost and nothing loops hot."""

import time
from collections.abc import Sequence

from opentelemetry.trace import SpanKind

from runtime import metrics
from runtime.clock import Clock
from runtime.kafka.publishing import KafkaUnavailableError
from runtime.kafka.records import BatchHandler, DeadLetter, Outcome, Record, RetryInPlace
from runtime.logs import bound, get_logger
from runtime.mongo import is_transient
from runtime.resources import reason_of
from runtime.tracing import TRACEPARENT, span

_log = get_logger(__name__)
UNEXPECTED = "UNEXPECTED_ERROR"


class HandlerRunner:
    """One subscription's handler with its spans, durations, attempts and progress."""

    def __init__(self, topic: str, group: str, handler: BatchHandler, clock: Clock, attempts: int) -> None:
        """Take the handler; `attempts` bounds how often an unexpected failure is tried again."""
        self._topic = topic
        self._group = group
        self._handler = handler
        self._clock = clock
        self._limit = attempts
        self._failures: dict[int, tuple[int, int]] = {}
        self._busy: dict[int, float] = {}

    def stuck(self, after_seconds: float) -> str | None:
        """A reason when a call has been running longer than that."""
        now = self._clock.monotonic()
        late = [partition for partition, since in self._busy.items() if now - since > after_seconds]
        return f"{self._topic}: partition {late[0]} makes no progress" if late else None

    async def run(self, records: Sequence[Record]) -> Sequence[Outcome]:
        """Handle the records of one partition; one outcome for each, never an exception."""
        partition = records[0].partition
        self._busy[partition] = self._clock.monotonic()
        try:
            return await self._attempt(records)
        finally:
            del self._busy[partition]

    async def _attempt(self, records: Sequence[Record]) -> Sequence[Outcome]:
        try:
            answer = await self._call(records)
        except Exception as error:  # noqa: BLE001  (a service never dies of one record; what it was is logged below)
            if is_transient(error) or isinstance(error, KafkaUnavailableError):
                return [RetryInPlace(reason_of(error))] * len(records)
            return await self._singly(records) if len(records) > 1 else [self._failed(records[0], error)]
        self._failures.pop(records[0].partition, None)
        return answer

    async def _call(self, records: Sequence[Record]) -> Sequence[Outcome]:
        first, started = records[0], time.perf_counter()
        parents = [record.header(TRACEPARENT) for record in records]
        alone = len(records) == 1
        with (
            bound(topic=self._topic, partition=first.partition, offset=first.offset),
            span(
                f"process {self._topic}",
                kind=SpanKind.CONSUMER,
                parent=parents[0] if alone else None,
                links=() if alone else parents,
                attributes={
                    "messaging.system": "kafka",
                    "messaging.destination.name": self._topic,
                    "messaging.consumer.group.name": self._group,
                    "messaging.kafka.offset": first.offset,
                    "messaging.batch.message_count": len(records),
                },
            ),
        ):
            try:
                answer = await self._handler(records)
            finally:
                elapsed = time.perf_counter() - started
                metrics.observe("hoadon_kafka_handle_seconds", elapsed, topic=self._topic, group=self._group)
        outcomes = answer if isinstance(answer, Sequence) else [answer] * len(records)
        if len(outcomes) != len(records):
            raise RuntimeError(f"{self._group} answered {len(outcomes)} outcomes for {len(records)} records")
        return outcomes

    async def _singly(self, records: Sequence[Record]) -> Sequence[Outcome]:
        """Record by record after a failure of the whole, so that only the bad one is held back."""
        outcomes: list[Outcome] = []
        for record in records:
            outcomes.extend(await self._attempt([record]))
            if isinstance(outcomes[-1], RetryInPlace):
                break
        return outcomes + [RetryInPlace("an earlier record waits")] * (len(records) - len(outcomes))

    def _failed(self, record: Record, error: Exception) -> Outcome:
        offset, failures = self._failures.get(record.partition, (-1, 0))
        failures = failures + 1 if offset == record.offset else 1
        self._failures[record.partition] = (record.offset, failures)
        _log.error(
            "handler failed",
            topic=self._topic,
            partition=record.partition,
            offset=record.offset,
            attempt=failures,
            exc_info=error,
        )
        if failures < self._limit:
            return RetryInPlace(f"{type(error).__name__}, attempt {failures} of {self._limit}")
        del self._failures[record.partition]
        return DeadLetter(UNEXPECTED, f"{type(error).__name__} {failures} times in a row")
