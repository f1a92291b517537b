"""Reads `invoicing.results`."""

import asyncio
from dataclasses import dataclass

from contracts.envelope import UnreadableEventError
from contracts.results import InvoiceIssued
from runtime.kafka import Ack, DeadLetter, Outcome, Record
from runtime.logs import bound, get_logger
from runtime.tracing import traceparent

from status_poller.application.ports import Clock, FollowUps
from status_poller.application.take_in import take_in
from status_poller.domain.schedule import PollSchedule

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ResultsHandler:
    """Takes in what was issued; other results are somebody else's. `news` wakes the writer."""

    follow_ups: FollowUps
    schedule: PollSchedule
    clock: Clock
    news: asyncio.Event

    async def __call__(self, record: Record) -> Outcome:
        """Handle one record; what cannot be read goes to `dead-letters`."""
        try:
            envelope = record.event()
            if envelope.type != InvoiceIssued.event_type:
                return Ack()
            issued = InvoiceIssued.from_event(envelope)
        except UnreadableEventError as error:
            return DeadLetter("UNREADABLE_EVENT", str(error))
        with bound(shop=issued.shop, order=issued.order_id, ref_id=issued.ref_id, lane=issued.lane):
            await self._take_in(issued)
        return Ack()

    async def _take_in(self, issued: InvoiceIssued) -> None:
        known = not await take_in(
            issued,
            follow_ups=self.follow_ups,
            schedule=self.schedule,
            clock=self.clock,
            traceparent=traceparent(),
        )
        _log.info("invoice followed already" if known else "invoice followed", version=issued.version)
        self.news.set()
