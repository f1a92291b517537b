"""Corrections that a changed order calls for, put on its document as the shop's policy says. Pure."""

from collections.abc import Sequence

from contracts.commands import CorrectInvoice
from invoicing.corrections import CorrectionCause, CorrectionHold, CorrectionKind
from invoicing.due_corrections import Basis, Covered, Due, Flag, Past, called_for
from invoicing.edited import as_sold
from invoicing.order import Order, parse_order
from invoicing.reasons import Finding

from orders.arrival import Arrival
from orders.attention import attention
from orders.basis import merged, read
from orders.context import Context
from orders.corrections import Request, content_of, original_of, plan_correction, read_command
from orders.model import Attention, OrderRecord, PlannedInvoice


def corrected(record: OrderRecord, arrival: Arrival, context: Context, sales: Sequence[PlannedInvoice]) -> OrderRecord:
    """The document with the next correction that the new state calls for, as a draft or on its way, or with a note."""
    chains = [_current(record, sale) for sale in sales]
    invoiced = _invoiced(sales[-1], chains[-1])
    covered = [_covered(record, sale, current) for sale, current in zip(sales, chains, strict=True)]
    basis = Basis(
        rules=context.rules_of(sales[0].shop_version),
        catalogue=merged(read(sales[0].catalogue), context.catalogue, invoiced),
        release=context.release,
        known=context.buyer,
    )
    for found in called_for(arrival.order, invoiced, covered, then=basis, now=context.shop.rules):
        if isinstance(found, Flag):
            return _without_drafts(record).model_copy(update={"attention": _told(found, arrival)})
        if (made := _due(record, found, arrival, context, chains[found.index])) is not None:
            return made
    return _without_drafts(record).model_copy(update={"attention": None})


def _invoiced(sale: PlannedInvoice, current: PlannedInvoice) -> Order:
    """The state that the invoice says; what came back before its replacement is on that, as it was on the sale."""
    first = parse_order(sale.snapshot.body)
    return first if current is sale else as_sold(first, parse_order(current.snapshot.body))


def _due(
    record: OrderRecord, found: Due, arrival: Arrival, context: Context, current: PlannedInvoice
) -> OrderRecord | None:
    """The document with this correction; None where a person dismissed the very same."""
    if found.mode == "flag":
        told = attention(f"correction-{found.event.value}", arrival.now)
        return _without_drafts(record).model_copy(update={"attention": told})
    draft = found.mode == "draft" or found.needs_agreement
    request = Request(
        ref_id=current.ref_id,
        kind=found.kind,
        invoice=found.invoice,
        note=found.note,
        cause=found.cause,
        shop_version=context.version,
        at=arrival.now,
        words=context.rules_of(current.shop_version).words,
        agreement_needed=False,  # a draft asks for it when it is approved
        sources=found.sources,
        event=found.event.value,
        draft=draft,
        snapshot=arrival.snapshot,
    )
    plan = plan_correction(_without_drafts(record), request)
    if isinstance(plan, CorrectionHold):
        return _without_drafts(record).model_copy(update={"attention": _told(plan, arrival)})
    before = record.invoice_of(plan.command.ref_id)
    if before is not None and before.draft and draft and read_command(before).content == plan.command.content:
        return None if before.dismissed else record
    note = attention("correction-draft", arrival.now) if draft else None
    return plan.record.model_copy(update={"attention": note})


def _told(found: Finding, arrival: Arrival) -> Attention:
    text = found.explain()
    return Attention(code=found.reason.value, message_vi=text.vi, message_en=text.en, at=arrival.now)


def _without_drafts(record: OrderRecord) -> OrderRecord:
    """Drafts of corrections that an earlier state called for: what is called for now is made anew.

    What a person dismissed is remembered, or the next event of the order would bring it again.
    """
    kept = tuple(
        each for each in record.invoices if not (each.corrects and each.draft and each.event) or each.dismissed
    )
    return record.model_copy(update={"invoices": kept})


def _current(record: OrderRecord, sale: PlannedInvoice) -> PlannedInvoice:
    """The invoice that stands for a sale: itself, or the last issued replacement of it."""
    for each in record.corrections_of(sale.ref_id):
        if each.kind == CorrectionKind.REPLACE.value and each.is_issued:
            return _current(record, each)
    return sale


def _covered(record: OrderRecord, sale: PlannedInvoice, current: PlannedInvoice) -> Covered:
    past = [each for each in record.corrections_of(current.ref_id) if each.stands]
    return Covered(
        original=original_of(record, current),
        content=content_of(current),
        portion=sale.portion.portion if sale.portion else None,
        corrections=tuple(_past(each) for each in past),
    )


def _past(planned: PlannedInvoice) -> Past:
    command = read_command(planned)
    if not isinstance(command, CorrectInvoice):
        raise TypeError(f"{planned.ref_id} is no correction")
    return Past(
        kind=CorrectionKind(planned.kind),
        cause=CorrectionCause(command.cause),
        event=planned.event,
        content=content_of(planned),
        issued=planned.is_issued,
    )
