"""A person's word on drafts: approve them, so that their commands go out in order, or dismiss them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.commands import CorrectInvoice, IssueInvoice, PublishInvoice
from contracts.decisions import Outcome
from invoicing.agreements import Agreement
from invoicing.corrections import CorrectionCause, CorrectionHold, CorrectionKind
from invoicing.reasons import Finding, Reason

from orders.corrections import CorrectionPlan, Request, content_of, plan_correction, read_command, to_be_sent
from orders.model import Approval, OrderRecord, PlannedInvoice

APPROVED = "approved"
"""Reason of the decision that follows from an approval."""


@dataclass(frozen=True, slots=True)
class Approved:
    """The document to store, and the commands that go out once it is stored."""

    record: OrderRecord
    commands: tuple[PublishInvoice, ...]


def drafts_of(record: OrderRecord) -> tuple[PlannedInvoice, ...]:
    """What waits for a person's approval, dismissed or not."""
    return tuple(planned for planned in record.invoices if planned.draft)


def approve_sale(record: OrderRecord, by: str, at: datetime) -> Approved | Finding:
    """Let the drafts of an order's sale go out, all of them: they are one sale.

    A decision says who approved it; its commands carry its sequence.
    """
    drafts = [planned for planned in drafts_of(record) if planned.corrects is None]
    decision = record.decision
    if not drafts or decision is None:
        return Finding(Reason.NOTHING_TO_APPROVE)
    sequence = decision.sequence + 1
    after = decision.model_copy(
        update={
            "sequence": sequence,
            "outcome": Outcome.PLANNED,
            "reason": APPROVED,
            "message_vi": "Đã duyệt, hóa đơn được chuyển đi phát hành.",
            "message_en": "Approved; the invoice is on its way.",
            "facts": {**decision.facts, "approved_by": by},
            "decided_at": at,
            "published": False,
        }
    )
    sent = {planned.ref_id: _approved_sale(planned, sequence, by, at) for planned in drafts}
    invoices = tuple(sent.get(planned.ref_id, planned) for planned in record.invoices)
    approved = record.with_decision(after).model_copy(update={"invoices": invoices})
    return Approved(approved, tuple(read_command(planned) for planned in sent.values()))


def _approved_sale(planned: PlannedInvoice, sequence: int, by: str, at: datetime) -> PlannedInvoice:
    command = IssueInvoice.model_validate_json(planned.command)
    sent = command.model_copy(update={"sequence": sequence, "decided_at": at})
    return planned.model_copy(
        update={
            "draft": False,
            "dismissed": None,
            "approval": Approval(by=by, at=at),
            "sequence": sequence,
            "command": sent.model_dump_json(),
        }
    )


def approve_correction(
    record: OrderRecord, ref_id: str, by: str, at: datetime, *, agreement: Agreement | None, agreement_needed: bool
) -> Approved | Finding:
    """Let the draft of a correction go out; the agreement about an error is printed on it.

    Raises:
        LookupError: the order has no invoice with this RefID.
    """
    draft = record.invoice_of(ref_id)
    if draft is None:
        raise LookupError(f"order {record.order_name} has no invoice {ref_id}")
    if not draft.draft or draft.corrects is None:
        return Finding(Reason.NOTHING_TO_APPROVE)
    plan = plan_correction(_without(record, (draft,)), _request(draft, at, agreement, needed=agreement_needed))
    if isinstance(plan, CorrectionHold):
        return plan
    return _sent(plan, by, at)


def _request(draft: PlannedInvoice, at: datetime, agreement: Agreement | None, *, needed: bool) -> Request:
    command, content = read_command(draft), content_of(draft)
    if not isinstance(command, CorrectInvoice) or draft.corrects is None:
        raise TypeError(f"{draft.ref_id} is no correction")
    return Request(
        ref_id=draft.corrects,
        kind=CorrectionKind(draft.kind),
        invoice=content.invoice,
        note=content.invoice.InvoiceNote or "",
        cause=CorrectionCause(command.cause),
        shop_version=command.shop_version,
        at=at,
        agreement=agreement,
        agreement_needed=needed,
        sources=content.sources,
        event=draft.event,
        snapshot=draft.snapshot,
    )


def _sent(plan: CorrectionPlan, by: str, at: datetime) -> Approved:
    name = plan.command.ref_id
    approval = Approval(by=by, at=at)
    invoices = tuple(
        each.model_copy(update={"approval": approval}) if each.ref_id == name else each for each in plan.record.invoices
    )
    record = plan.record.model_copy(update={"invoices": invoices, "attention": None})
    return Approved(to_be_sent(record), (plan.command,))


def dismissed(record: OrderRecord, ref_ids: Sequence[str], by: str, at: datetime) -> OrderRecord:
    """Keep drafts from going out as they are; what a later state of the order calls for is a new draft."""
    word = Approval(by=by, at=at)
    invoices = tuple(
        each.model_copy(update={"dismissed": word}) if each.draft and each.ref_id in ref_ids else each
        for each in record.invoices
    )
    return record.model_copy(update={"invoices": invoices, "attention": None})


def _without(record: OrderRecord, drafts: Sequence[PlannedInvoice]) -> OrderRecord:
    names = {planned.ref_id for planned in drafts}
    return record.model_copy(update={"invoices": tuple(each for each in record.invoices if each.ref_id not in names)})
