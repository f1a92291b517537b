"""Results and statuses come back onto the order's document."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from contracts.base import Message
from contracts.haravan import RereadRequested
from contracts.results import InvoiceIssued, InvoicePending, InvoiceRejected, InvoiceResult
from contracts.status import InvoiceStatusChanged, OrderWrittenBack
from orders.attention import REOPENED, VOID, is_withdrawing
from orders.model import InvoiceFacts, InvoiceState, OrderRecord, PlannedInvoice, TaxStatus, WriteBack

from invoicer.application.ports import SOURCE, Events

_HELD, _WITHDRAWN = "held", "withdrawn"
"""States of intents, as pending results name them."""


class OrderResults(Protocol):
    """Where the newest word on an invoice is kept; each write tells whether it was news."""

    async def get(self, shop: str, order_id: int) -> OrderRecord | None:
        """One order."""
        ...

    async def record_invoice(self, shop: str, order_id: int, ref_id: str, facts: InvoiceFacts) -> bool:
        """Keep a result."""
        ...

    async def record_tax_status(self, shop: str, order_id: int, ref_id: str, status: TaxStatus) -> bool:
        """Keep a verdict."""
        ...

    async def record_write_back(self, shop: str, order_id: int, ref_id: str, write_back: WriteBack) -> bool:
        """Keep the word on a write-back."""
        ...

    async def clear_attention(self, shop: str, order_id: int, code: str) -> None:
        """Take a note off the order that has become void."""
        ...


@dataclass(frozen=True, slots=True)
class ProjectResults:
    """Keeps what results say; repeats and old news change nothing. `now` is aware."""

    orders: OrderResults
    events: Events
    now: Callable[[], datetime]

    async def __call__(self, message: Message) -> None:
        """Record one message; what says nothing about an order is passed over."""
        match message:
            case InvoiceResult():
                await self._result(message)
            case InvoiceStatusChanged():
                status = TaxStatus(
                    sequence=message.sequence,
                    verdict=message.verdict,
                    authority_code=message.authority_code,
                    at=message.at,
                )
                await self.orders.record_tax_status(message.shop, message.order_id, message.ref_id, status)
            case OrderWrittenBack():
                write_back = WriteBack(
                    sequence=message.sequence,
                    succeeded=message.succeeded,
                    message_vi=message.message_vi,
                    message_en=message.message_en,
                    at=message.at,
                )
                await self.orders.record_write_back(message.shop, message.order_id, message.ref_id, write_back)
            case _:
                return

    async def _result(self, result: InvoiceResult) -> None:
        facts = facts_of(result)
        await self.orders.record_invoice(result.shop, result.order_id, result.ref_id, facts)
        if facts.state is InvoiceState.PENDING and facts.code not in {_HELD, _WITHDRAWN}:
            return
        record = await self.orders.get(result.shop, result.order_id)
        if record is not None and (correction := _correction(record, result.ref_id)) is not None:
            # What came in while it was under way may call for another one.
            if correction.event is not None and facts.state is InvoiceState.ISSUED and not record.deleted:
                await self._read_again(result, record)
            return
        if facts.code == _WITHDRAWN:
            for code in VOID:
                await self.orders.clear_attention(result.shop, result.order_id, code)
        if record is not None and _asks_for_judgement(record, result.ref_id):
            await self._read_again(result, record)

    async def _read_again(self, result: InvoiceResult, record: OrderRecord) -> None:
        request = RereadRequested(
            shop=record.shop,
            org_id=record.org_id,
            resource_id=str(record.order_id),
            reason=facts_of(result).code or REOPENED,
            cause=f"{result.ref_id}:{result.version}",
        )
        await self.events.publish([(request.topic, request.to_event(source=SOURCE, time=self.now()))])


def _correction(record: OrderRecord, ref_id: str) -> PlannedInvoice | None:
    planned = record.invoice_of(ref_id)
    return planned if planned is not None and planned.corrects is not None else None


def _asks_for_judgement(record: OrderRecord, ref_id: str) -> bool:
    """Whether the order, as it is now, is to be judged again.

    What was taken back or is held by its lane (a rate expired before it was sent) is made anew if the order still asks
    for it; an invoice that was refused or issued while it was being taken back is looked at once more.
    """
    planned = record.invoice_of(ref_id)
    facts = planned.invoice if planned else None
    if facts is None or record.deleted:
        return False
    match facts.state:
        case InvoiceState.PENDING:
            return facts.code in {_HELD, _WITHDRAWN}
        case InvoiceState.REJECTED:
            return is_withdrawing(record)
        case InvoiceState.ISSUED:
            # Something happened while it was under way: now it is known what it asks for.
            return record.attention is not None


def facts_of(result: InvoiceResult) -> InvoiceFacts:
    """What the order keeps of a result."""
    match result:
        case InvoiceIssued():
            return InvoiceFacts(
                version=result.version,
                state=InvoiceState.ISSUED,
                at=result.at,
                series=result.series,
                number=result.number,
                invoice_date=result.invoice_date,
                lookup_code=result.lookup_code,
                authority_code=result.authority_code,
                total_amount=result.total_amount,
            )
        case InvoiceRejected():
            return InvoiceFacts(
                version=result.version,
                # An older request may still succeed: not refused for good yet.
                state=InvoiceState.PENDING if result.provisional else InvoiceState.REJECTED,
                at=result.at,
                code=result.code,
                message_vi=result.message_vi,
                message_en=result.message_en,
            )
        case InvoicePending():
            return InvoiceFacts(
                version=result.version,
                state=InvoiceState.PENDING,
                at=result.at,
                code=result.state,
                message_vi=result.message_vi,
                message_en=result.message_en,
            )
        case _:
            raise TypeError(f"{type(result).__name__} is no result of an invoice")
