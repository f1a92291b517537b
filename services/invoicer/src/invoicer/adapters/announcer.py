"""Announces what the lane engine records, on `invoicing.results`."""

import asyncio
from collections.abc import Sequence

from contracts.base import Message
from contracts.results import InvoiceIssued, InvoiceRejected, InvoiceResult
from contracts.topics import Topic
from lanes.model import Intent, LaneChange, LaneState
from lanes.ports import Announcer
from runtime import metrics
from runtime.clock import Clock
from runtime.kafka.publishing import Publisher
from runtime.logs import bound, get_logger
from runtime.tracing import span
from typing_extensions import override

from invoicer.domain.results import lane_changed, result_of

SOURCE = "/services/invoicer"
_log = get_logger(__name__)


class KafkaAnnouncer(Announcer):
    """Returns when Kafka has acknowledged; the engine's sweep repeats what was not."""

    def __init__(self, publisher: Publisher, clock: Clock) -> None:
        """Announce through this publisher."""
        self._publisher = publisher
        self._clock = clock

    @override
    async def announce(self, intents: Sequence[Intent]) -> None:
        # Side by side: one after the other, thirty acknowledgements could take longer than the lane's next request.
        # Each has a RefID of its own, so that their order means nothing; a RefID's versions never go side by side.
        done = await asyncio.gather(*map(self._announce, intents), return_exceptions=True)
        failures = [each for each in done if isinstance(each, BaseException)]
        if failures:
            raise failures[0]

    async def _announce(self, intent: Intent) -> None:
        result = result_of(intent)
        with (
            span("announce invoice", parent=intent.command.traceparent),
            bound(shop=result.shop, order=result.order_id, ref_id=result.ref_id, lane=result.lane),
        ):
            await self._send(result)
            _report(result, intent)

    async def _send(self, message: Message) -> None:
        event = message.to_event(source=SOURCE, time=self._clock.utc_now())
        await self._publisher.publish(Topic.INVOICING_RESULTS, event)

    @override
    async def announce_lane(self, change: LaneChange) -> None:
        message = lane_changed(change)
        await self._send(message)
        metrics.gauge("hoadon_lane_blocked", float(change.state is LaneState.BLOCKED), lane=change.key)
        _log.warning("lane changed", lane=change.key, state=change.state.value, code=message.code)


def _report(result: InvoiceResult, intent: Intent) -> None:
    match result:
        case InvoiceIssued():
            metrics.count("hoadon_invoices_total", lane=result.lane, outcome="issued")
            _log.info("invoice issued", series=result.series, number=result.number, attempts=intent.attempts)
        case InvoiceRejected():
            metrics.count("hoadon_invoices_total", lane=result.lane, outcome="rejected")
            _log.warning("invoice rejected", code=result.code, provisional=result.provisional)
        case _:
            _log.info("invoice pending", state=intent.state.value)
