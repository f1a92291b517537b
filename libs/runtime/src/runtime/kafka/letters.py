"""Puts records aside that can never be processed."""

from dataclasses import replace

from contracts.dead_letters import DeadLetter as Letter
from contracts.topics import Topic

from runtime import metrics
from runtime.clock import Clock
from runtime.kafka.publishing import Publisher, RecordRefusedError
from runtime.kafka.records import DeadLetter, Record
from runtime.logs import get_logger

_log = get_logger(__name__)


_KEPT_BYTES = 64 * 1024


def _cut(letter: Letter, record: Record) -> Letter:
    where = f"partition {record.partition}, offset {record.offset}"
    detail = (
        f"{letter.detail[:1000]} (cut: all {len(record.value)} bytes and the headers are in {record.topic}, {where})"
    )
    return replace(letter, body=record.value[:_KEPT_BYTES], headers={}, key=letter.key[:1000], detail=detail)


class DeadLetters:
    """Publishes to `dead-letters` with the reason and the original bytes."""

    def __init__(self, publisher: Publisher, service: str, clock: Clock) -> None:
        """Write in the name of `service`."""
        self._publisher = publisher
        self._source = f"/services/{service}"
        self._clock = clock

    async def bury(self, record: Record, outcome: DeadLetter) -> None:
        """Publish one record and wait for the acknowledgement.

        Raises:
            KafkaUnavailableError: when it is not acknowledged; the record must then not be committed.
        """
        letter = Letter(
            origin=record.topic,
            reason=outcome.reason,
            detail=outcome.detail,
            at=self._clock.utc_now(),
            key=(record.key or b"").decode(errors="replace"),
            body=record.value,
            headers={name: value.decode(errors="replace") for name, value in record.headers},
            shop=record.header("ce_shop") or "-",
        )
        try:
            await self._publisher.publish(Topic.DEAD_LETTERS, letter.to_event(source=self._source))
        except RecordRefusedError:
            # With what a letter adds, a record just below the limit is too large: its beginning and its place remain.
            await self._publisher.publish(Topic.DEAD_LETTERS, _cut(letter, record).to_event(source=self._source))
        metrics.count("hoadon_dead_letters_total", origin=record.topic, reason=outcome.reason)
        _log.warning(
            "dead letter",
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            reason=outcome.reason,
            detail=outcome.detail,
        )
