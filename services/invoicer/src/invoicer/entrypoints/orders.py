"""Orders from `haravan.orders`: parse the envelope, judge, translate the outcome."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.envelope import Event, UnreadableEventError
from contracts.haravan import RawResource, RereadFailed
from contracts.topics import Topic
from runtime.kafka import Ack, DeadLetter, Outcome, Record, RetryInPlace
from runtime.telemetry import bound
from runtime.tracing import TRACEPARENT, span

from invoicer.application.decide_order import ContendedError, DecideOrder, UndecidableError

TOPIC = Topic.HARAVAN_ORDERS
GROUP = "invoicer.decide"


@dataclass(frozen=True, slots=True)
class OrdersHandler:
    """A batch handler: records of one partition one after the other, each in its own trace."""

    decide: DecideOrder

    async def __call__(self, records: Sequence[Record]) -> Sequence[Outcome]:
        """Judge the records in order; after the first that must wait the rest come again."""
        outcomes: list[Outcome] = []
        for record in records:
            outcomes.append(await self._one(record))
            if isinstance(outcomes[-1], RetryInPlace):
                break
        return outcomes + [RetryInPlace("an earlier record waits")] * (len(records) - len(outcomes))

    async def _one(self, record: Record) -> Outcome:
        try:
            told = _read(record.event())
        except UnreadableEventError as error:
            return DeadLetter("UNREADABLE_EVENT", str(error))
        with (
            span("decide order", parent=record.header(TRACEPARENT)),
            bound(shop=told.shop, order=told.resource_id),
        ):
            try:
                await (self.decide.unreadable(told) if isinstance(told, RereadFailed) else self.decide(told))
            except UndecidableError as error:
                return DeadLetter(error.reason, str(error))
            except ContendedError as error:
                return RetryInPlace(str(error))
        return Ack()


def _read(event: Event) -> RawResource | RereadFailed:
    if event.type == RereadFailed.event_type:
        return RereadFailed.from_event(event)
    return RawResource.from_event(event)
