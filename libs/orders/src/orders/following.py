"""What a new state asks of an order that is invoiced: further parts, corrections, or a person's eyes. Pure."""

from collections.abc import Sequence

from contracts.decisions import Outcome
from contracts.haravan import Via
from invoicing.edited import is_edited
from invoicing.order import parse_order
from invoicing.reasons import Finding, Reason

from orders.arrival import Arrival
from orders.attention import REOPENED, VOID, attention, attention_for, is_withdrawing
from orders.context import Context
from orders.correcting import corrected
from orders.judging import held, judge
from orders.model import Attention, Coverage, OrderRecord, PlannedInvoice
from orders.planning import decided, with_finding
from orders.sales import lacks_pages, settled

_MAKING = frozenset({Outcome.PLANNED, Outcome.DRAFT})


def followed(record: OrderRecord, arrival: Arrival, context: Context, sales: Sequence[PlannedInvoice]) -> OrderRecord:
    """The document after a state of an order that `sales` cover."""
    under_way = [planned for planned in sales if not planned.is_issued]
    if _edited_after_part(record, arrival, context, sales):
        return decided(record, held(Finding(Reason.EDITED_AFTER_PART)), arrival, context)
    if under_way:
        note = _note(record, under_way[-1], arrival, context)
        record = record.model_copy(update={"attention": note})
    else:
        record = corrected(record, arrival, context, sales)
    if arrival.order.cancelled:
        return _waits_no_more(record, arrival)
    return _completed(record, arrival, context, sales) if record.attention is None else record


def _waits_no_more(record: OrderRecord, arrival: Arrival) -> OrderRecord:
    """A cancelled order whose first parts are invoiced: nothing more is waited for."""
    decision = record.decision
    if decision is None or decision.outcome not in {Outcome.WAITING, Outcome.HELD}:
        return record
    return with_finding(record, Outcome.SKIPPED, Finding(Reason.CANCELLED), arrival.now)


def _edited_after_part(
    record: OrderRecord, arrival: Arrival, context: Context, sales: Sequence[PlannedInvoice]
) -> bool:
    """Whether an order that is invoiced in parts was edited: what is left of it cannot be told for certain."""
    if record.coverage is not Coverage.PARTS or context.release.passes(Reason.EDITED_AFTER_PART):
        return False
    return is_edited(parse_order(sales[0].snapshot.body), arrival.order)


def _note(record: OrderRecord, planned: PlannedInvoice, arrival: Arrival, context: Context) -> Attention | None:
    """What a person has to know while an invoice is on its way: its content goes out as it was frozen."""
    invoiced = parse_order(planned.snapshot.body)
    note = attention_for(invoiced, arrival.order, context.shop.rules.buyer, arrival.now)
    if is_withdrawing(record) and (note is None or note.code not in VOID):
        # Whether the withdrawal came in time is not known yet; its result has the order judged again.
        return attention(REOPENED, arrival.now)
    return note


def _completed(record: OrderRecord, arrival: Arrival, context: Context, sales: Sequence[PlannedInvoice]) -> OrderRecord:
    """A further part of an order that is invoiced in parts, or a page that was refused."""
    if record.coverage is not Coverage.PARTS and not lacks_pages(record, sales):
        return record
    judgement = judge(
        arrival.order,
        context,
        reread=arrival.resource.via is Via.REREAD,
        standing=settled(record, sales, context.shop),
    )
    nothing_new = judgement.outcome is Outcome.SKIPPED or (judgement.outcome in _MAKING and not judgement.plans)
    return record if nothing_new else decided(record, judgement, arrival, context)
