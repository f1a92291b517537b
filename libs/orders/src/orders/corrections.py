"""A correction of an issued invoice: planned on its order's document, before its command is sent. Pure."""

from dataclasses import dataclass
from datetime import datetime

from contracts.commands import AdjustInvoice, IssueInvoice, OriginalInvoice, PublishInvoice, ReplaceInvoice
from invoicing.agreements import Agreement
from invoicing.content import Content
from invoicing.correction_limits import beyond_what_was_sold, without_agreement
from invoicing.corrections import (
    Correction,
    CorrectionCause,
    CorrectionHold,
    CorrectionKind,
    Earlier,
    Original,
    correction,
    forbidden,
)
from invoicing.reasons import Reason
from invoicing.spelling import as_said
from invoicing.words import STANDARD, WordOptions
from meinvoice.models import InvoiceData

from orders.model import InvoiceState, OrderRecord, PlannedInvoice, Snapshot

_COMMANDS: dict[str, type[PublishInvoice]] = {
    CorrectionKind.ADJUST.value: AdjustInvoice,
    CorrectionKind.REPLACE.value: ReplaceInvoice,
}


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants corrected. `invoice` says it in the vendor's words, `note` why; `at` is aware.

    `agreement_needed` says that the shop corrects no error of a company's invoice without one.
    """

    ref_id: str
    kind: CorrectionKind
    invoice: InvoiceData
    note: str
    cause: CorrectionCause
    shop_version: int
    at: datetime
    words: WordOptions = STANDARD
    agreement: Agreement | None = None
    agreement_needed: bool = True
    sources: tuple[str, ...] = ()
    """What each line was made of, as in `Content.sources`."""
    event: str | None = None
    """What happened to the order that calls for it; None where a person wrote it."""
    draft: bool = False
    """Whether it waits for a person's approval."""
    snapshot: Snapshot | None = None
    """The state of the order it follows from; None: that of the invoice it corrects."""


@dataclass(frozen=True, slots=True)
class CorrectionPlan:
    """The order's document with the correction on it, and the command that goes out once it is stored.

    `known` says that the same was asked for before: there is nothing to store, the command may go out again.
    """

    record: OrderRecord
    command: AdjustInvoice | ReplaceInvoice
    content: Content
    known: bool


def read_command(planned: PlannedInvoice) -> PublishInvoice:
    """The command of a planned invoice, as it was stored."""
    return _COMMANDS.get(planned.kind, IssueInvoice).model_validate_json(planned.command)


def plan_correction(record: OrderRecord, request: Request) -> CorrectionPlan | CorrectionHold:
    """Put a correction on the order's document, or say why it may not be.

    Raises:
        LookupError: the order has no invoice with this RefID.
    """
    planned = record.invoice_of(request.ref_id)
    if planned is None:
        raise LookupError(f"order {record.order_name} has no invoice {request.ref_id}")
    facts = planned.invoice
    if facts is None or facts.state is not InvoiceState.ISSUED:
        return CorrectionHold(Reason.NOT_ISSUED_YET)
    original = original_of(record, planned)
    made = correction(
        original,
        request.kind,
        request.invoice,
        note=request.note,
        cause=request.cause,
        words=request.words,
        agreement=request.agreement,
        sources=request.sources,
    )
    if isinstance(made, CorrectionHold):
        return made
    before = record.invoice_of(str(made.ref_id))
    if before is not None and before.stands and _says_the_same(before, made):
        return _again(record, before)
    if hold := _hold(record, planned, original, made, request):
        return hold
    return _planned(record, planned, original, made, request)


def _hold(
    record: OrderRecord, planned: PlannedInvoice, original: Original, made: Correction, request: Request
) -> CorrectionHold | None:
    if hold := forbidden(original, request.kind, request.cause, _earlier(record, request.ref_id)):
        return hold
    sold, new = content_of(planned).invoice, made.content.invoice
    earlier = [content_of(each).invoice for each in record.corrections_of(request.ref_id) if each.stands]
    if hold := beyond_what_was_sold(sold, earlier, new, request.kind, request.cause):
        return hold
    if request.agreement is not None or not request.agreement_needed:
        return None
    return without_agreement(sold, new, request.cause)


def content_of(planned: PlannedInvoice) -> Content:
    """What the invoice says, as it was frozen."""
    return Content.from_json(read_command(planned).content)


def original_of(record: OrderRecord, planned: PlannedInvoice) -> Original:
    """The issued invoice as a correction names it.

    Raises:
        ValueError: it is not issued, or its result lacks what a correction must name.
    """
    facts = planned.invoice
    if not (facts and facts.series and facts.number and facts.invoice_date and facts.lookup_code):
        raise ValueError(f"invoice {planned.ref_id} is issued without series, number, date or lookup code")
    return Original(
        environment=planned.account.partition(":")[0],
        shop=record.shop,
        order_id=record.order_id,
        lookup_code=facts.lookup_code,
        series=facts.series,
        number=facts.number,
        date=facts.invoice_date,
        kind=planned.kind,
        sign_type=content_of(planned).sign_type,
    )


def _earlier(record: OrderRecord, ref_id: str) -> list[Earlier]:
    return [
        Earlier(
            ref_id=each.ref_id,
            kind=CorrectionKind(each.kind),
            issued=each.invoice is not None and each.invoice.state is InvoiceState.ISSUED,
        )
        for each in record.corrections_of(ref_id)
        if each.stands
    ]


def _says_the_same(before: PlannedInvoice, made: Correction) -> bool:
    """An adjustment is named by what it says: only its spelling and its agreement may differ, and the first stands."""
    if before.kind == CorrectionKind.ADJUST.value:
        return True
    first, now = content_of(before).invoice, made.content.invoice
    return (as_said(first), first.InvoiceNote) == (as_said(now), now.InvoiceNote)


def _again(record: OrderRecord, before: PlannedInvoice) -> CorrectionPlan:
    command = read_command(before)
    if not isinstance(command, AdjustInvoice | ReplaceInvoice):
        raise TypeError(f"{before.ref_id} is no correction")
    return CorrectionPlan(record, command, Content.from_json(command.content), known=True)


def _planned(
    record: OrderRecord, planned: PlannedInvoice, original: Original, made: Correction, request: Request
) -> CorrectionPlan:
    command = _command(record, planned, original, made, request)
    before = record.invoice_of(command.ref_id)
    stored = PlannedInvoice(
        ref_id=str(made.ref_id),
        kind=request.kind.value,
        lane=planned.lane,
        account=planned.account,
        command=command.model_dump_json(),
        sequence=command.sequence,
        snapshot=request.snapshot or planned.snapshot,
        shop_version=request.shop_version,
        catalogue=planned.catalogue,
        draft=request.draft,
        event=request.event,
        corrects=planned.ref_id,
        agreement=request.agreement,
        invoice=before.invoice.planned_anew(request.at) if before and before.invoice else None,
    )
    others = tuple(each for each in record.invoices if each.ref_id != stored.ref_id)
    # As for a retry: what a crash keeps from Kafka is sent by the next event of the order.
    after = record.model_copy(update={"invoices": (*others, stored)})
    return CorrectionPlan(after if request.draft else to_be_sent(after), command, made.content, known=False)


def to_be_sent(record: OrderRecord) -> OrderRecord:
    """The document with a command on it that Kafka does not have yet."""
    decision = record.decision.model_copy(update={"published": False}) if record.decision else None
    return record.model_copy(update={"decision": decision})


def _command(
    record: OrderRecord, planned: PlannedInvoice, original: Original, made: Correction, request: Request
) -> AdjustInvoice | ReplaceInvoice:
    kind = AdjustInvoice if request.kind is CorrectionKind.ADJUST else ReplaceInvoice
    return kind(
        ref_id=str(made.ref_id),
        sequence=planned.sequence,
        lane=planned.lane,
        account=planned.account,
        shop=record.shop,
        org_id=record.org_id,
        order_id=record.order_id,
        order_name=record.order_name,
        content=made.content.to_json(),
        line_count=made.line_count,
        shop_version=request.shop_version,
        decided_at=request.at,
        cause=request.cause.value,
        original=OriginalInvoice(
            ref_id=planned.ref_id, lookup_code=original.lookup_code, series=original.series, number=original.number
        ),
    )
