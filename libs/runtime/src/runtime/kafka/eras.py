"""The order of a key's records for ever, although topics get more partitions and are made anew. Pure.

Offsets say nothing across partitions, and a key moves to another partition when their number grows. So the times
between two changes of a topic, its eras, are remembered, with the offsets at which each began. A record's generation
is that of the era in which its key came to its partition: it depends on the record's own place alone, never on when
it is read, and a key that stays where it was keeps its generation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import compress, pairwise

from aiokafka.partitioner import murmur2

_POSITIVE = 0x7FFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Era:
    """A time in which a topic had one number of partitions.

    `generation` rises from era to era. `starts`: where the era begins in partitions that were there before it; in the
    others it begins at 0.
    """

    generation: int
    topic_id: str
    partitions: int
    starts: Mapping[int, int] = field(default_factory=dict)

    def has(self, key: bytes, partition: int) -> bool:
        """Whether a writer that knew this era put the key there (Kafka's default partitioner, murmur2)."""
        return bool((murmur2(key) & _POSITIVE) % self.partitions == partition)

    def started_by(self, partition: int, offset: int) -> bool:
        """Whether this place in the topic belongs to the era or a later one."""
        return self.starts.get(partition, 0) <= offset


@dataclass(frozen=True, slots=True)
class Place:
    """A record's generation, and up to which offsets other partitions must have been handled before it."""

    generation: int
    after: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """The eras of a topic, oldest first, never empty. A topic that was deleted and made anew has another `topic_id`."""

    eras: tuple[Era, ...]

    @property
    def last(self) -> Era:
        """The era now."""
        return self.eras[-1]

    @property
    def _present(self) -> tuple[Era, ...]:
        """The eras since the topic was made: of what was before, no record is left."""
        return tuple(era for era in self.eras if era.topic_id == self.last.topic_id)

    def place(self, key: bytes | None, partition: int, offset: int) -> Place | None:
        """Where a record stands; None when no era so far puts its key there: the topic may have grown since.

        A key can come back to a partition only when the number grows by other than whole multiples: then the offset
        tells which time it is.
        """
        present = self._present
        holds = [key is not None and era.has(key, partition) for era in present]
        came = [now and not before for before, now in pairwise((False, *holds))]
        arrivals = list(compress(present, came))
        if not arrivals:
            return None
        begun = [era for era in arrivals if era.started_by(partition, offset)]
        era = (begun or arrivals[:1])[-1]
        if era is present[0] or not begun:
            return Place(era.generation)
        return Place(era.generation, {other: end for other, end in era.starts.items() if other != partition and end})

    def by_offset(self, partition: int, offset: int) -> Place:
        """Where a record stands whose key is not where Kafka's default partitioner puts it."""
        eras = [era for era in self._present if partition < era.partitions and era.started_by(partition, offset)]
        return Place((eras or self._present)[-1].generation)

    def grown(self, partitions: int, ends: Mapping[int, int]) -> "History":
        """The topic has more partitions; `ends` are the ends of those that it had."""
        generation = max(self.last.generation + 1, partitions)
        era = Era(generation=generation, topic_id=self.last.topic_id, partitions=partitions, starts=dict(ends))
        return History((*self.eras, era))

    def made_anew(self, topic_id: str, partitions: int) -> "History":
        """The topic was deleted and made anew: offsets begin again, and so must a generation above all others."""
        generation = max(self.last.generation + 1, partitions)
        return History((*self.eras, Era(generation=generation, topic_id=topic_id, partitions=partitions)))


def first(topic_id: str, partitions: int) -> History:
    """The history of a topic of which nothing was remembered."""
    return History((Era(generation=partitions, topic_id=topic_id, partitions=partitions),))
