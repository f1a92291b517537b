"""What an order's document says about sending the stored command of one of its invoices again. Pure."""

from datetime import datetime
from enum import StrEnum

from orders.model import InvoiceState, OrderRecord, PlannedInvoice


class NoRetry(StrEnum):
    """Why the stored command of an invoice must not be sent again, whatever its lane would make of it."""

    NOT_PLANNED = "not-planned"
    """The order's document does not know the invoice: there is no command to send."""
    ISSUED = "issued"
    """Its number stands on the order: nothing about it may be planned anew."""
    JUDGED_AGAIN = "judged-again"
    """A later decision on the order stands in the place of the one that planned this invoice."""
    ORDER_CHANGED = "order-changed"
    """The order changed, or was cancelled or deleted, after this was planned: a person has to look at it."""
    CORRECTED_OTHERWISE = "corrected-otherwise"
    """Of a correction: another correction of the same invoice is on its way or was issued."""


def retry_hindrance(record: OrderRecord, ref_id: str) -> NoRetry | None:
    """Why the command of this invoice must not be sent again; None when it may."""
    planned = record.invoice_of(ref_id)
    if planned is None:
        return NoRetry.NOT_PLANNED
    if _issued(planned):
        return NoRetry.ISSUED
    if planned.corrects is not None:
        return NoRetry.CORRECTED_OTHERWISE if _corrected_otherwise(record, planned) else None
    if record.decision is not None and record.decision.sequence > planned.sequence:
        return NoRetry.JUDGED_AGAIN
    return NoRetry.ORDER_CHANGED if record.attention is not None or record.deleted else None


def _issued(planned: PlannedInvoice) -> bool:
    return planned.invoice is not None and planned.invoice.state is InvoiceState.ISSUED


def _corrected_otherwise(record: OrderRecord, planned: PlannedInvoice) -> bool:
    others = (each for each in record.corrections_of(planned.corrects or "") if each.ref_id != planned.ref_id)
    return any(each.stands for each in others)


def retried(record: OrderRecord, ref_id: str, at: datetime) -> OrderRecord:
    """The document to store before the command is sent again.

    The plan stands until its own result comes, so that a change of the order meanwhile is noticed as for any invoice on
    its way. The decision counts as not announced until the command is in Kafka: what a crash leaves behind is sent by
    the next event of the order.

    Raises:
        LookupError: the order has no invoice with this RefID.
        ValueError: it is issued: its lane would answer nothing, and number and lookup code would be gone for good.
    """
    planned = record.invoice_of(ref_id)
    if planned is None:
        raise LookupError(f"order {record.order_name} has no invoice {ref_id}")
    if _issued(planned):
        raise ValueError(f"invoice {ref_id} of order {record.order_name} is issued")
    invoices = tuple(_planned_anew(each, at) if each.ref_id == ref_id else each for each in record.invoices)
    decision = record.decision.model_copy(update={"published": False}) if record.decision else None
    return record.model_copy(update={"invoices": invoices, "decision": decision})


def _planned_anew(planned: PlannedInvoice, at: datetime) -> PlannedInvoice:
    facts = planned.invoice.planned_anew(at) if planned.invoice is not None else None
    return planned.model_copy(update={"invoice": facts})
