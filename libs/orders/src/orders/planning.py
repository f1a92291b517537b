"""A judgement put on the order's document: the decision, and the invoices that follow from it. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from contracts.commands import IssueInvoice
from contracts.decisions import Outcome
from invoicing.reasons import Finding

from orders.arrival import Arrival
from orders.basis import written
from orders.context import Context
from orders.corrections import read_command
from orders.judging import Judgement, Plan
from orders.model import Coverage, CoveredPortion, OrderRecord, PlannedInvoice, StoredDecision
from orders.sales import sales_of

_WITHDRAWN = "withdrawn"


def decided(record: OrderRecord, judgement: Judgement, arrival: Arrival, context: Context) -> OrderRecord:
    """Store a judgement, unless the stored decision says the same: then nothing is announced."""
    if judgement.reread:
        record = record.model_copy(update={"reread_cause": arrival.snapshot.event_id})
    if _says_the_same(record, judgement):
        return record.model_copy(update={"attention": None})
    decision = StoredDecision(
        sequence=record.decision.sequence + 1 if record.decision else 1,
        outcome=judgement.outcome,
        reason=judgement.reason,
        message_vi=judgement.message_vi,
        message_en=judgement.message_en,
        facts=judgement.facts,
        shop_version=context.version,
        order_updated_at=arrival.snapshot.updated_at,
        event_id=arrival.snapshot.event_id,
        decided_at=arrival.now,
    )
    record = record.with_decision(decision).model_copy(update={"attention": None})
    made = [_planned(record, decision, plan, arrival, context) for plan in judgement.plans]
    return _with(record, made)


def with_finding(record: OrderRecord, outcome: Outcome, finding: Finding, at: datetime) -> OrderRecord:
    """Store a decision that no new state of the order brought about."""
    text = finding.explain()
    decision = StoredDecision(
        sequence=record.decision.sequence + 1 if record.decision else 1,
        outcome=outcome,
        reason=finding.reason.value,
        message_vi=text.vi,
        message_en=text.en,
        facts=finding.facts,
        shop_version=record.decision.shop_version if record.decision else 0,
        order_updated_at=record.newest.updated_at,
        event_id=record.newest.event_id,
        decided_at=at,
    )
    return record.with_decision(decision)


def _with(record: OrderRecord, made: Sequence[PlannedInvoice]) -> OrderRecord:
    """The new invoices in the place of drafts and of what they plan anew; whatever else was sent stays."""
    names = {planned.ref_id for planned in made}
    kept = [planned for planned in sales_of(record) if not planned.draft and planned.ref_id not in names]
    corrections = [planned for planned in record.invoices if planned.corrects is not None]
    coverage = _coverage(made) if made else record.coverage
    return record.model_copy(update={"invoices": (*kept, *made, *corrections), "coverage": coverage})


def _coverage(made: Sequence[PlannedInvoice]) -> Coverage:
    if made[0].portion is not None:
        return Coverage.PARTS
    return Coverage.WHOLE if "-of-" not in made[0].kind else Coverage.PAGES


def _says_the_same(record: OrderRecord, judgement: Judgement) -> bool:
    """Whether the stored decision stands. A plan is the same only with the same content."""
    stored = record.decision
    if stored is None or (stored.outcome, stored.reason) != (judgement.outcome, judgement.reason):
        return False
    if not judgement.plans:
        drafts = any(planned.draft for planned in sales_of(record))
        return not drafts and _without_time(stored.facts) == _without_time(judgement.facts)
    draft = judgement.outcome is Outcome.DRAFT
    drafts_before = {planned.ref_id for planned in sales_of(record) if planned.draft}
    if drafts_before != ({plan.ref_id for plan in judgement.plans} if draft else set()):
        return False
    return all(_is_planned(record, plan, draft=draft) for plan in judgement.plans)


def _is_planned(record: OrderRecord, plan: Plan, *, draft: bool) -> bool:
    planned = record.invoice_of(plan.ref_id)
    if planned is None or planned.draft != draft:
        return False
    if planned.invoice is not None and planned.invoice.code == _WITHDRAWN:
        return False
    return (planned.lane, read_command(planned).content) == (plan.lane, plan.content)


def _without_time(facts: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in facts.items() if name != "updated_at"}


def _planned(
    record: OrderRecord, decision: StoredDecision, plan: Plan, arrival: Arrival, context: Context
) -> PlannedInvoice:
    before = record.invoice_of(plan.ref_id)
    command = IssueInvoice(
        ref_id=plan.ref_id,
        sequence=decision.sequence,
        lane=plan.lane,
        account=plan.account,
        shop=record.shop,
        org_id=record.org_id,
        order_id=record.order_id,
        order_name=record.order_name,
        kind=plan.kind,
        content=plan.content,
        line_count=plan.line_count,
        shop_version=decision.shop_version,
        decided_at=decision.decided_at,
    )
    return PlannedInvoice(
        ref_id=plan.ref_id,
        kind=plan.kind,
        lane=plan.lane,
        account=plan.account,
        command=command.model_dump_json(),
        sequence=decision.sequence,
        snapshot=arrival.snapshot,
        shop_version=context.version,
        catalogue=written(context.catalogue),
        portion=CoveredPortion.of(plan.portion) if plan.portion else None,
        draft=decision.outcome is Outcome.DRAFT,
        invoice=before.invoice.planned_anew(decision.decided_at) if before and before.invoice else None,
    )
