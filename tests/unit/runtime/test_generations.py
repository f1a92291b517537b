"""When a subscription's records get their places: growth, brokers that lag, what is handled first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError
from aiokafka.partitioner import DefaultPartitioner
from runtime.kafka.description import TopicDescription
from runtime.kafka.era_store import EraStore
from runtime.kafka.eras import History, first
from runtime.kafka.generations import Generations
from runtime.kafka.records import RetryInPlace
from support.clocks import ManualClock
from typing_extensions import override

TOPIC = "invoicing.commands"
SETTLE = timedelta(seconds=42)


def partition(key: bytes, count: int) -> int:
    every = list(range(count))
    return int(DefaultPartitioner()(key, every, every))


def key_at(*partitions: tuple[int, int]) -> bytes:
    keys = (str(number).encode() for number in range(100_000))
    return next(key for key in keys if all(partition(key, count) == at for count, at in partitions))


MOVES = key_at((6, 3), (12, 9))


@dataclass
class Memory(EraStore):
    history: History | None = None

    @override
    async def load(self, topic: str) -> History | None:
        return self.history

    @override
    async def save(self, topic: str, before: History | None, after: History) -> bool:
        if before != self.history:
            return False
        self.history = after
        return True


@dataclass
class Record:
    """As much of a record as its place depends on."""

    partition: int
    offset: int
    key: bytes = MOVES
    topic: str = TOPIC


@dataclass
class World:
    """A topic as brokers tell of it, and a consumer of it."""

    told: TopicDescription = field(default_factory=lambda: TopicDescription("made-1", 6))
    store: Memory = field(default_factory=Memory)
    clock: ManualClock = field(default_factory=ManualClock)
    ends: dict[int, int] = field(default_factory=dict)
    begins: dict[int, int] = field(default_factory=dict)
    commits: dict[int, int] = field(default_factory=dict)
    away: bool = False

    def __post_init__(self) -> None:
        self.generations = Generations(TOPIC, self.store, self._describe, self.clock, SETTLE)

    async def _describe(self) -> TopicDescription:
        if self.away:
            raise KafkaConnectionError("no broker")
        return self.told

    def partitions_for_topic(self, _: str) -> set[int]:
        return set(range(self.told.partitions))

    async def committed(self, at: TopicPartition) -> int | None:
        return self.commits.get(at.partition)

    async def beginning_offsets(self, of: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        return {each: self.begins.get(each.partition, 0) for each in of}

    async def end_offsets(self, of: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        return {each: self.ends.get(each.partition, 0) for each in of}

    async def place(self, *records: Record) -> tuple[list[int | None], RetryInPlace | None]:
        batch: list[Any] = list(records)
        placed = await self.generations.place(self, batch)
        return list(placed.generations), placed.waits

    async def grow(self) -> None:
        """Twelve partitions, remembered."""
        self.told = TopicDescription("made-1", 12)
        await self.place(Record(9, 0))
        self.clock.move(seconds=SETTLE.total_seconds())
        await self.place(Record(9, 0))


async def test_a_growth_is_remembered_only_when_every_writer_must_have_noticed() -> None:
    """Until then what moved waits; what the old partition still gets goes on and stays below."""
    world = World(ends={3: 5}, commits={3: 5})
    assert await world.place(Record(3, 0)) == ([6], None)
    world.told = TopicDescription("made-1", 12)
    generations, waits = await world.place(Record(9, 0))
    assert (generations, waits is not None) == ([], True)
    assert await world.place(Record(3, 4)) == ([6], None)
    world.clock.move(seconds=SETTLE.total_seconds() - 1)
    assert (await world.place(Record(9, 0)))[0] == []
    world.clock.move(seconds=1)
    assert await world.place(Record(9, 0)) == ([12], None)
    assert world.store.history == first("made-1", 6).grown(12, {**dict.fromkeys(range(6), 0), 3: 5})


async def test_what_moved_waits_for_the_old_partitions_and_then_never_again() -> None:
    """Records before it in its batch are handed over; what is behind it is not."""
    world = World(ends={3: 5}, commits={3: 4})
    await world.place(Record(3, 0))
    await world.grow()
    stays = key_at((6, 3), (12, 3))
    generations, waits = await world.place(Record(9, 0))
    assert (generations, waits is not None and "partition 3" in waits.reason) == ([], True)
    assert await world.place(Record(3, 5, stays)) == ([6], None)
    world.commits[3] = 5
    assert await world.place(Record(9, 0), Record(9, 1)) == ([12, 12], None)
    world.commits.clear()
    assert await world.place(Record(9, 2)) == ([12], None)


async def test_what_retention_has_taken_holds_up_nobody() -> None:
    """A group whose commit has expired, and a partition whose records have too."""
    world = World(ends={3: 5}, begins={3: 5})
    await world.place(Record(3, 0))
    await world.grow()
    assert await world.place(Record(9, 0)) == ([12], None)


async def test_a_broker_that_lags_behind_changes_nothing() -> None:
    """It still tells of the topic that was, with the id that is known, or of fewer partitions."""
    world = World()
    await world.place(Record(3, 7))
    world.told = TopicDescription("made-2", 6)
    assert await world.place(Record(3, 0)) == ([7], None)
    remembered = world.store.history
    world.told = TopicDescription("made-1", 12)
    world.generations.forget()
    await world.place(Record(3, 1))
    assert world.store.history == remembered


async def test_no_place_without_a_broker() -> None:
    """What cannot be known is not guessed: the record waits."""
    world = World(away=True)
    generations, waits = await world.place(Record(3, 0))
    assert (generations, waits is not None and "not known" in waits.reason) == ([], True)
    world.away = False
    assert await world.place(Record(3, 0)) == ([6], None)


async def test_a_key_that_another_partitioner_placed_goes_by_its_offset() -> None:
    """Nothing is held up for ever by a foreign writer."""
    assert await World().place(Record(0, 0)) == ([6], None)


async def test_another_process_may_have_remembered_first() -> None:
    """Its memory counts."""
    world = World(ends={3: 5}, commits={3: 5})
    await world.place(Record(3, 0))
    assert world.store.history is not None
    world.told = TopicDescription("made-1", 12)
    world.store.history = world.store.history.grown(12, {3: 5})
    assert await world.place(Record(9, 0)) == ([12], None)
