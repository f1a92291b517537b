"""What a handler gets and what it may answer."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from contracts.envelope import Event


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it lies in Kafka, undecoded.

    `topic` is the name in `contracts.topics`, without a test's prefix. `generation` is the topic's partition count as
    known when the record was handed over: together with `offset` it orders the records of one key.
    """

    topic: str
    partition: int
    offset: int
    key: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    value: bytes
    generation: int

    def event(self) -> Event:
        """Read the record as an event.

        Raises:
            UnreadableEventError: when it is none; the answer to that is a `DeadLetter`.
        """
        return Event.from_record(self.key, self.headers, self.value)

    def header(self, name: str) -> str | None:
        """A header as text, None when absent; bytes that are not UTF-8 are replaced."""
        found = (value for key, value in self.headers if key.lower() == name)
        return next((value.decode(errors="replace") for value in found), None)


@dataclass(frozen=True, slots=True)
class Ack:
    """Done: the offset may be committed."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Can never be processed: publish it to `dead-letters` with the reason, then commit.

    `reason` is a code in upper case, `detail` a sentence without personal data or secrets.
    """

    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RetryInPlace:
    """Cannot be processed now: the partition pauses at this record and comes back to it, nothing is committed.

    `reason` is logged. `after` overrides the growing back-off. Other partitions go on.
    """

    reason: str
    after: timedelta | None = None


Outcome: TypeAlias = Ack | DeadLetter | RetryInPlace
RecordHandler: TypeAlias = Callable[[Record], Awaitable[Outcome]]
BatchHandler: TypeAlias = Callable[[Sequence[Record]], Awaitable[Outcome | Sequence[Outcome]]]
"""Gets records of one partition in order; answers one outcome for all or one for each, in the same order.

After the first `RetryInPlace` the rest of the batch is handed over again.
"""
