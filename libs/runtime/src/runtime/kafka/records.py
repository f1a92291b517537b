"""What a handler gets and what it may answer."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from contracts.envelope import Event


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it lies in Kafka, undecoded.

    `topic` is the name in `contracts.topics`, without a test's prefix. `generation`: see `place`; None when the
    subscription was not asked for it.
    """

    topic: str
    partition: int
    offset: int
    key: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    value: bytes
    generation: int | None = None

    def place(self) -> tuple[int, int]:
        """Generation and offset, which order the records of one key for ever (see `runtime.kafka.eras`).

        Raises:
            TypeError: when the subscription is not `ordered`: offsets alone would lie once the topic has grown.
        """
        if self.generation is None:
            raise TypeError(f"{self.topic} is read without generations: subscribe with ordered=True")
        return self.generation, self.offset

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
