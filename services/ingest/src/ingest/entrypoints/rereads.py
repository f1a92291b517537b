"""What shall be read by API, from `haravan.rereads`: one resource again, or all of a kind."""

from contracts.envelope import Event, UnreadableEventError
from contracts.haravan import RereadRequested, SyncRequested
from contracts.topics import Topic
from runtime import metrics
from runtime.clock import Clock
from runtime.kafka import Ack, DeadLetter, Outcome, Record, RetryInPlace
from runtime.telemetry import bound, get_logger

from ingest.application.reread import Done, GivenUp, Later, Reason, Reread
from ingest.application.sync import Sync, Synced

GROUP = "ingest.rereads"
TOPIC = Topic.HARAVAN_REREADS
EXHAUSTED = "REREAD_FAILED"
"""Code of what was put aside because Haravan did not answer; for a part of a sync, too."""
_log = get_logger(__name__)


class RereadHandler:
    """A record handler; what cannot be read after some attempts is put aside, so that no shop holds up others."""

    def __init__(self, reread: Reread, sync: Sync, clock: Clock, attempts: int) -> None:
        """Try at most `attempts` times while Haravan does not answer."""
        self._reread = reread
        self._sync = sync
        self._clock = clock
        self._most = attempts
        self._failures: dict[int, tuple[int, int]] = {}

    async def __call__(self, record: Record) -> Outcome:
        """Answer one request."""
        try:
            request = _request(record.event())
        except UnreadableEventError as error:
            return DeadLetter("UNREADABLE_EVENT", str(error))
        if isinstance(request, SyncRequested):
            return await self._all(record, request)
        return await self._one(record, request)

    async def _one(self, record: Record, request: RereadRequested) -> Outcome:
        with bound(shop=request.shop, order=request.resource_id):
            result = await self._reread(request, self._clock.utc_now())
            outcome = await self._told(request, self._outcome(record, result))
            label = type(outcome).__name__
            metrics.count("hoadon_rereads_total", shop=request.shop, outcome=label)
            _log.info("reread", reason=request.reason, outcome=label, result=_why(result))
        return outcome

    async def _told(self, request: RereadRequested, outcome: Outcome) -> Outcome:
        """What is given up is told the order itself, too: it would else wait for ever."""
        if not isinstance(outcome, DeadLetter) or outcome.reason == Reason.UNSUPPORTED_RESOURCE:
            return outcome
        told = await self._reread.tell(request, outcome.reason, self._clock.utc_now())
        return outcome if told else RetryInPlace("Kafka does not acknowledge that the order cannot be read")

    async def _all(self, record: Record, request: SyncRequested) -> Outcome:
        with bound(shop=request.shop):
            result = await self._sync(request, self._clock.utc_now())
            outcome = self._outcome(record, result)
            label = type(outcome).__name__
            metrics.count("hoadon_syncs_total", shop=request.shop, resource=request.resource, outcome=label)
            if isinstance(result, Synced):
                what = "sync goes on" if result.left else "sync done"
                _log.info(what, resource=request.resource, published=result.published, so_far=result.so_far)
                if result.too_large:
                    _log.error("larger than a record may be", resource=request.resource, ids=list(result.too_large))
            else:
                _log.warning("sync waits or ends", resource=request.resource, outcome=label, result=_why(result))
        return outcome

    def _outcome(self, record: Record, result: Done | Synced | GivenUp | Later) -> Outcome:
        match result:
            case Done() | Synced():
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


def _request(event: Event) -> RereadRequested | SyncRequested:
    kind = SyncRequested if event.type == SyncRequested.event_type else RereadRequested
    return kind.from_event(event)


def _why(result: Done | GivenUp | Later) -> str:
    return "published" if isinstance(result, Done) else str(result.reason)
