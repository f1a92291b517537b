"""Requests to read a resource again, from `haravan.rereads`."""

from contracts.envelope import UnreadableEventError
from contracts.haravan import RereadRequested
from contracts.topics import Topic
from runtime import metrics
from runtime.clock import Clock
from runtime.kafka import Ack, DeadLetter, Outcome, Record, RetryInPlace
from runtime.telemetry import bound, get_logger

from ingest.application.reread import Done, GivenUp, Later, Reread

GROUP = "ingest.rereads"
TOPIC = Topic.HARAVAN_REREADS
EXHAUSTED = "REREAD_FAILED"
_log = get_logger(__name__)


class RereadHandler:
    """A record handler; what cannot be read after some attempts is put aside, so that no shop holds up others."""

    def __init__(self, reread: Reread, clock: Clock, attempts: int) -> None:
        """Try at most `attempts` times while Haravan does not answer."""
        self._reread = reread
        self._clock = clock
        self._most = attempts
        self._failures: dict[int, tuple[int, int]] = {}

    async def __call__(self, record: Record) -> Outcome:
        """Answer one request."""
        try:
            event = record.event()
            request = RereadRequested.from_event(event)
        except UnreadableEventError as error:
            return DeadLetter("UNREADABLE_EVENT", str(error))
        with bound(shop=request.shop, order=request.resource_id):
            result = await self._reread(request, self._clock.utc_now())
            outcome = self._outcome(record, result)
            label = type(outcome).__name__
            metrics.count("hoadon_rereads_total", shop=request.shop, outcome=label)
            _log.info("reread", reason=request.reason, outcome=label, result=_why(result))
        return outcome

    def _outcome(self, record: Record, result: Done | GivenUp | Later) -> Outcome:
        match result:
            case Done():
                return Ack()
            case GivenUp(reason, detail):
                return DeadLetter(reason, detail)
            case Later(reason, after, counts):
                if counts and self._failed(record) >= self._most:
                    return DeadLetter(EXHAUSTED, f"{self._most} attempts: {reason}")
                return RetryInPlace(reason, after)

    def _failed(self, record: Record) -> int:
        offset, failures = self._failures.get(record.partition, (-1, 0))
        failures = failures + 1 if offset == record.offset else 1
        self._failures[record.partition] = (record.offset, failures)
        return failures


def _why(result: Done | GivenUp | Later) -> str:
    return "published" if isinstance(result, Done) else str(result.reason)
