"""Notices a consumer that is locked up: it has partitions and something to read, and fetches nothing.

aiokafka is known to stop fetching for good after errors of its group, while it looks well in every other respect. Only
a new process helps then, so whoever asks about liveness must hear of it.
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from runtime import metrics
from runtime.clock import Clock
from runtime.logs import get_logger

_log = get_logger(__name__)
_LOOKS = 10
_ASK_SECONDS = 10.0
_POSITION_SECONDS = 1.0


def look_every(patience: timedelta) -> float:
    """How many seconds lie between two looks at a consumer."""
    return patience.total_seconds() / _LOOKS


class Progress:
    """What one subscription's consumer fetches, and for how long it could have and did not.

    Time counts only while nothing is handled, so neither a slow handler nor one that waits for a database is taken for
    a consumer that is locked up, and no partition whose turn has not come yet. It begins anew for a partition that is
    paused, read to its end or given out again, and for all while Kafka does not answer.
    """

    def __init__(self, topic: str, group: str, clock: Clock, patience: timedelta) -> None:
        """Be patient for so long; somebody must `look` every `look_every(patience)` seconds."""
        self._topic = topic
        self._group = group
        self._clock = clock
        self._patience = patience
        self._handling_since: float | None = None
        self._handled_seconds = 0.0
        self._looked_at: float | None = None
        self._fetched: set[TopicPartition] = set()
        self._waiting_since: dict[TopicPartition, float] = {}
        self._locked_up: set[TopicPartition] = set()

    @contextmanager
    def handling(self, partitions: Iterable[TopicPartition]) -> Iterator[None]:
        """Records of these partitions were fetched and are handled; one block at a time."""
        self._handling_since = started = self._clock.monotonic()
        for partition in partitions:
            self._fetched.add(partition)
            self._waiting_since[partition] = self._idle_seconds()
            self._locked_up.discard(partition)
        try:
            yield
        finally:
            self._handled_seconds += self._clock.monotonic() - started
            self._handling_since = None

    def forget(self) -> None:
        """Partitions were given out anew: what was seen before says nothing about now."""
        self._waiting_since.clear()
        self._locked_up.clear()

    def stuck(self) -> str | None:
        """A reason when the last look found the consumer locked up."""
        if not self._locked_up:
            return None
        return f"{self._topic}: partition {_numbers(self._locked_up)[0]} has records to read and none is fetched"

    async def look(self, consumer: AIOKafkaConsumer) -> None:
        """Look which partitions have something to read; Kafka is asked only about those that nothing came from."""
        self._notice_a_gap()
        fetched, self._fetched = self._fetched, set()
        behind = await _behind(consumer, consumer.assignment() - consumer.paused() - fetched)
        idle = self._idle_seconds()
        self._waiting_since = {each: self._waiting_since.get(each, idle) for each in fetched | self._fetched | behind}
        patience = self._patience.total_seconds()
        self._judge({each for each in behind if idle - self._waiting_since[each] >= patience})

    def _notice_a_gap(self) -> None:
        # Clocks go on while a machine is suspended, and what piled up meanwhile is not the consumer's fault.
        now, before = self._clock.monotonic(), self._looked_at
        if before is not None and now - before > self._patience.total_seconds() / 2:
            self.forget()
        self._looked_at = now

    def _idle_seconds(self) -> float:
        """A clock that stands still while something is handled."""
        now = self._clock.monotonic() if self._handling_since is None else self._handling_since
        return now - self._handled_seconds

    def _judge(self, locked_up: set[TopicPartition]) -> None:
        if locked_up and not self._locked_up:
            metrics.count("hoadon_alarms_total", kind="consumer-locked-up")
            _log.error(
                "consumer is locked up: it has records to read and fetches none",
                topic=self._topic,
                group=self._group,
                partitions=_numbers(locked_up),
                after_seconds=self._patience.total_seconds(),
            )
        self._locked_up = locked_up


def _numbers(partitions: Iterable[TopicPartition]) -> list[int]:
    return sorted(each.partition for each in partitions)


async def _behind(consumer: AIOKafkaConsumer, partitions: set[TopicPartition]) -> set[TopicPartition]:
    """Those with records after the consumer's position; none when Kafka does not tell."""
    if not partitions:
        return set()
    try:
        async with asyncio.timeout(_ASK_SECONDS):
            ends = await consumer.end_offsets(partitions)
            positions = await asyncio.gather(*(_position(consumer, each) for each in ends))
    except (KafkaError, TimeoutError, OSError):
        return set()  # Kafka is away, or the partitions are: that is readiness's to say
    return {each for each, position in zip(ends, positions, strict=True) if position < ends[each]}


async def _position(consumer: AIOKafkaConsumer, partition: TopicPartition) -> int:
    """Where the consumer reads next; the partition's beginning for one that has not found out where."""
    try:
        async with asyncio.timeout(_POSITION_SECONDS):
            return int(await consumer.position(partition))
    except TimeoutError:
        return int((await consumer.beginning_offsets([partition]))[partition])
