"""Results and statuses come back onto the order's document."""

from dataclasses import dataclass
from typing import Protocol

from contracts.base import Message
from contracts.results import InvoiceIssued, InvoicePending, InvoiceRejected, InvoiceResult
from contracts.status import InvoiceStatusChanged, OrderWrittenBack
from orders.model import InvoiceFacts, InvoiceState, TaxStatus, WriteBack

from invoicer.domain.attention import VOID


class OrderResults(Protocol):
    """Where the newest word on an invoice is kept; each write tells whether it was news."""

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
    """Keeps what results say; repeats and old news change nothing."""

    orders: OrderResults

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
        if facts.code == "withdrawn":
            for code in VOID:
                await self.orders.clear_attention(result.shop, result.order_id, code)


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
