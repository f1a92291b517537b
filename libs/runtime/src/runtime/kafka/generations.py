"""Gives records of an ordered topic their generation, and holds back those whose predecessors are not handled yet."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from runtime.clock import Clock
from runtime.kafka.description import TopicDescription
from runtime.kafka.era_store import EraStore
from runtime.kafka.eras import History, Place, first
from runtime.kafka.records import RetryInPlace
from runtime.logs import get_logger

_log = get_logger(__name__)
_AGAIN = timedelta(seconds=1)
_ASK_SECONDS = 10.0

Describe = Callable[[], Awaitable[TopicDescription]]


@dataclass(frozen=True, slots=True)
class Placed:
    """The generations of the records that may be handled now, and what the next one waits for."""

    generations: Sequence[int | None]
    waits: RetryInPlace | None = None


@dataclass(slots=True)
class _Growth:
    """More partitions than remembered, first seen at `since`."""

    partitions: int
    since: float


@dataclass(slots=True)
class Generations:
    """One subscription's view of its topic's eras.

    When the topic has grown, the new era is remembered only after `settle`: until then a writer may not have noticed
    and still put keys where they were. Records of keys that have moved wait until then, and until the group has
    handled what the partitions held before. Everything else goes on.
    """

    topic: str
    store: EraStore
    describe: Describe
    clock: Clock
    settle: timedelta
    _history: History | None = None
    _growth: _Growth | None = None
    _looked_at: float | None = None
    _open: set[int] = field(default_factory=set)
    _seen: dict[int, int] = field(default_factory=dict)
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def forget(self) -> None:
        """Partitions were given out anew, so the topic is worth another look."""
        self._looked_at = None
        self._seen.clear()

    async def place(self, consumer: AIOKafkaConsumer, batch: "Sequence[ConsumerRecord[Any, Any]]") -> Placed:
        """Place the records of one partition.

        Raises:
            PyMongoError: when the eras cannot be read or stored.
        """
        generations: list[int | None] = []
        try:
            async with asyncio.timeout(_ASK_SECONDS), self._asking:
                for record in batch:
                    place = await self._one(consumer, record)
                    if isinstance(place, RetryInPlace):
                        return Placed(generations, place)
                    generations.append(place.generation)
        except (KafkaError, TimeoutError) as error:
            return Placed(generations, RetryInPlace(f"the topic's partitions are not known: {type(error).__name__}"))
        return Placed(generations)

    async def _one(self, consumer: AIOKafkaConsumer, record: "ConsumerRecord[Any, Any]") -> Place | RetryInPlace:
        again = record.offset < self._seen.get(record.partition, 0)  # offsets begin again in a topic that was made anew
        history = await self._known(consumer, look=again)
        self._seen[record.partition] = record.offset
        place = history.place(record.key, record.partition, record.offset)
        if place is None:
            history = await self._known(consumer, look=True)
            place = history.place(record.key, record.partition, record.offset)
        if place is None:
            if self._growth is not None or record.partition >= history.last.partitions:
                return RetryInPlace("the topic has more partitions: waits until every writer has noticed", _AGAIN)
            return history.by_offset(record.partition, record.offset)
        return await self._after_its_predecessors(consumer, record, place)

    async def _after_its_predecessors(
        self, consumer: AIOKafkaConsumer, record: "ConsumerRecord[Any, Any]", place: Place
    ) -> Place | RetryInPlace:
        if not place.after or place.generation in self._open:
            return place
        for partition, end in place.after.items():
            at = TopicPartition(record.topic, partition)
            if (await consumer.committed(at) or 0) < end and (await consumer.beginning_offsets([at]))[at] < end:
                return RetryInPlace(f"partition {partition} is handled first, up to offset {end}", _AGAIN)
        self._open.add(place.generation)
        return place

    async def _known(self, consumer: AIOKafkaConsumer, *, look: bool) -> History:
        """The topic's history, looked at again when there may be news."""
        history, now = self._history, self.clock.monotonic()
        remembered = len(consumer.partitions_for_topic(self.topic) or ())
        news = look or self._growth is not None or history is None or remembered > history.last.partitions
        rested = self._looked_at is None or now - self._looked_at >= _AGAIN.total_seconds() or look
        if history is not None and self._looked_at is not None and not (news and rested):
            return history
        self._history = await self._refreshed(consumer, now)
        self._looked_at = now
        return self._history

    async def _refreshed(self, consumer: AIOKafkaConsumer, now: float) -> History:
        while True:
            stored, topic = await self.store.load(self.topic), await self.describe()
            if stored is None:
                news = first(topic.topic_id, topic.partitions)
            elif (news := await self._news(consumer, stored, topic, now)) is stored:
                return stored
            if await self.store.save(self.topic, stored, news):
                _log.info("topic era begins", topic=self.topic, generation=news.last.generation, eras=len(news.eras))
                return news

    async def _news(self, consumer: AIOKafkaConsumer, stored: History, topic: TopicDescription, now: float) -> History:
        if topic.topic_id != stored.last.topic_id:
            return self._made_anew(stored, topic)
        if topic.partitions <= stored.last.partitions:
            self._growth = None
            return stored
        if self._growth is None or self._growth.partitions != topic.partitions:
            self._growth = _Growth(topic.partitions, now)
            _log.warning("topic has more partitions", topic=self.topic, partitions=topic.partitions)
        if now - self._growth.since < self.settle.total_seconds():
            return stored
        self._growth = None
        old = [TopicPartition(self.topic, partition) for partition in range(stored.last.partitions)]
        ends = await consumer.end_offsets(old)
        return stored.grown(topic.partitions, {each.partition: end for each, end in ends.items()})

    def _made_anew(self, stored: History, topic: TopicDescription) -> History:
        # A broker that lags behind may still tell of the topic that was: its id is known, and nothing follows from it.
        if any(era.topic_id == topic.topic_id for era in stored.eras):
            return stored
        _log.warning("topic was made anew", topic=self.topic, partitions=topic.partitions)
        self._growth = None
        return stored.made_anew(topic.topic_id, topic.partitions)
