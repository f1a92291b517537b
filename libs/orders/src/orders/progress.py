"""From what is stored of an order and what came in to what is stored next. Pure; the caller writes and publishes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from contracts.base import Message
from contracts.commands import IssueInvoice, WithdrawInvoice
from contracts.decisions import OrderDecided, Outcome
from contracts.haravan import RawResource, RereadRequested, Via
from invoicing.order import Order, parse_order
from shops.store import StoredShop

from orders.attention import REOPENED, VOID, attention, attention_for, is_withdrawing
from orders.corrections import read_command
from orders.judging import Judgement, Plan, judge
from orders.model import Attention, InvoiceState, OrderRecord, PlannedInvoice, Snapshot, StoredDecision
from orders.state import ASKED_FOR, is_newer

_WITHDRAWN = "withdrawn"
_REVOCABLE = frozenset({"held", _WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Arrival:
    """One state of an order as it came in, read and with the moment of judging (`now` aware, `today` in Vietnam)."""

    resource: RawResource
    order: Order
    snapshot: Snapshot
    now: datetime
    today: date


def next_record(record: OrderRecord | None, arrival: Arrival, shop: StoredShop) -> OrderRecord | None:
    """What an arrival makes of an order; None when it says nothing new."""
    if record is not None and not _is_news(arrival, record):
        return None
    base = record or _first(arrival)
    base = base.model_copy(update={"newest": arrival.snapshot, "order_name": arrival.order.name, "deleted": False})
    planned = standing(base)
    if planned is None:
        return _judged(base, arrival, shop)
    if _is_partial(arrival):
        return base.model_copy(update={"reread_cause": arrival.snapshot.event_id})
    return base.model_copy(update={"attention": _note(base, planned, arrival, shop)})


def _is_news(arrival: Arrival, record: OrderRecord) -> bool:
    """A webhook that a deletion overtook is none: only a state read by API shows that the order is still there."""
    if record.deleted and arrival.snapshot.via not in ASKED_FOR:
        return False
    return is_newer(arrival.snapshot, record)


def _is_partial(arrival: Arrival) -> bool:
    """Whether the state is too poor to be compared with what was invoiced, and was not read by API yet."""
    asked = arrival.resource.via is Via.REREAD
    return not asked and not arrival.order.cancelled and arrival.order.partial_reason() is not None


def _note(record: OrderRecord, planned: PlannedInvoice, arrival: Arrival, shop: StoredShop) -> Attention | None:
    invoiced = parse_order(planned.snapshot.body)
    note = attention_for(invoiced, arrival.order, shop.shop.rules.buyer, arrival.now)
    issued = planned.invoice is not None and planned.invoice.state is InvoiceState.ISSUED
    if is_withdrawing(record) and not issued and (note is None or note.code not in VOID):
        # Whether the withdrawal came in time is not known yet; its result has the order judged again.
        return attention(REOPENED, arrival.now)
    return note


def deleted_record(record: OrderRecord, now: datetime) -> OrderRecord:
    """What the deletion of an order in Haravan makes of it."""
    if standing(record) is not None:
        return record.model_copy(update={"attention": attention("deleted-after-planned", now), "deleted": True})
    decision = StoredDecision(
        sequence=record.decision.sequence + 1 if record.decision else 1,
        outcome=Outcome.SKIPPED,
        reason="deleted",
        message_vi="Đơn đã bị xóa trên Haravan: không lập hóa đơn.",
        message_en="The order was deleted in Haravan: nothing is issued.",
        shop_version=record.decision.shop_version if record.decision else 0,
        order_updated_at=record.newest.updated_at,
        event_id=record.newest.event_id,
        decided_at=now,
    )
    return record.model_copy(update={"decision": decision, "deleted": True})


def _first(arrival: Arrival) -> OrderRecord:
    resource = arrival.resource
    return OrderRecord(
        shop=resource.shop,
        org_id=resource.org_id,
        order_id=arrival.order.id,
        order_name=arrival.order.name,
        newest=arrival.snapshot,
    )


def standing(record: OrderRecord) -> PlannedInvoice | None:
    """The invoice that covers the order, unless it was refused for good or taken back: then it is judged anew.

    While it is being taken back only that counts: an older refusal must not have it planned before the withdrawal.
    """
    planned = record.invoices[0] if record.invoices else None
    if planned is None or planned.invoice is None:
        return planned
    facts = planned.invoice
    pending_code = facts.code if facts.state is InvoiceState.PENDING else None
    if is_withdrawing(record):
        return None if pending_code == _WITHDRAWN else planned
    return None if facts.state is InvoiceState.REJECTED or pending_code in _REVOCABLE else planned


def _judged(record: OrderRecord, arrival: Arrival, shop: StoredShop) -> OrderRecord:
    reread = arrival.resource.via is Via.REREAD
    judgement = judge(arrival.order, shop.shop, today=arrival.today, reread=reread)
    if judgement.reread:
        record = record.model_copy(update={"reread_cause": arrival.snapshot.event_id})
    if _says_the_same(record, judgement):
        return record.model_copy(update={"attention": None})
    return _decided(record, judgement, arrival, shop.version)


def _says_the_same(record: OrderRecord, judgement: Judgement) -> bool:
    """Whether the stored decision stands: then nothing is announced. A plan is the same only with the same content."""
    stored = record.decision
    if stored is None or (stored.outcome, stored.reason) != (judgement.outcome, judgement.reason):
        return False
    if judgement.plan is None:
        return _without_time(stored.facts) == _without_time(judgement.facts)
    planned = record.invoice_of(judgement.plan.ref_id)
    if planned is None or (planned.invoice is not None and planned.invoice.code == _WITHDRAWN):
        return False
    return (planned.lane, _command(planned).content) == (judgement.plan.lane, judgement.plan.content)


def _without_time(facts: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in facts.items() if name != "updated_at"}


def _decided(record: OrderRecord, judgement: Judgement, arrival: Arrival, shop_version: int) -> OrderRecord:
    decision = StoredDecision(
        sequence=record.decision.sequence + 1 if record.decision else 1,
        outcome=judgement.outcome,
        reason=judgement.reason,
        message_vi=judgement.message_vi,
        message_en=judgement.message_en,
        facts=judgement.facts,
        shop_version=shop_version,
        order_updated_at=arrival.snapshot.updated_at,
        event_id=arrival.snapshot.event_id,
        decided_at=arrival.now,
    )
    record = record.model_copy(update={"decision": decision, "attention": None})
    if judgement.plan is None:
        return record
    sale = _planned(record, decision, judgement.plan, arrival.snapshot)
    corrections = tuple(planned for planned in record.invoices if planned.corrects is not None)
    return record.model_copy(update={"invoices": (sale, *corrections)})


def _planned(record: OrderRecord, decision: StoredDecision, plan: Plan, snapshot: Snapshot) -> PlannedInvoice:
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
        snapshot=snapshot,
        invoice=before.invoice.planned_anew(decision.decided_at) if before and before.invoice else None,
    )


def pending(record: OrderRecord) -> tuple[Message, ...]:
    """What Kafka may not have yet: sent as it is stored, never made anew. Repeats harm nobody."""
    return (*_decision(record), *_withdrawal(record), *_reread(record))


def _decision(record: OrderRecord) -> tuple[Message, ...]:
    decision = record.decision
    if decision is None or decision.published:
        return ()
    sales = [planned for planned in record.invoices if planned.corrects is None]
    commands = [_command(planned) for planned in sales if planned.sequence == decision.sequence]
    corrections = [read_command(each) for each in record.invoices if each.corrects is not None and each.unheard_of]
    return (_announcement(record, decision, commands[0] if commands else None), *commands, *corrections)


def _withdrawal(record: OrderRecord) -> tuple[Message, ...]:
    planned = standing(record)
    if planned is None or record.attention is None or not is_withdrawing(record):
        return ()
    if planned.invoice is not None and planned.invoice.state is InvoiceState.ISSUED:
        return ()
    return (
        WithdrawInvoice(
            ref_id=planned.ref_id,
            sequence=planned.sequence,
            lane=planned.lane,
            shop=record.shop,
            order_id=record.order_id,
            reason=record.attention.message_vi,
            decided_at=record.attention.at,
        ),
    )


def _reread(record: OrderRecord) -> tuple[Message, ...]:
    """A partial state is asked for once more, until another one has come."""
    asked_for = record.reread_cause == record.newest.event_id and record.newest.via is not Via.REREAD
    if record.decision is None or not asked_for:
        return ()
    return (
        RereadRequested(
            shop=record.shop,
            org_id=record.org_id,
            resource_id=str(record.order_id),
            reason=record.decision.facts.get("partial", "partial"),
            cause=record.reread_cause,
        ),
    )


def _command(planned: PlannedInvoice) -> IssueInvoice:
    return IssueInvoice.model_validate_json(planned.command)


def _announcement(record: OrderRecord, decision: StoredDecision, command: IssueInvoice | None) -> OrderDecided:
    return OrderDecided(
        shop=record.shop,
        org_id=record.org_id,
        order_id=record.order_id,
        order_name=record.order_name,
        sequence=decision.sequence,
        outcome=decision.outcome,
        reason=decision.reason,
        message_vi=decision.message_vi,
        message_en=decision.message_en,
        ref_id=command.ref_id if command else None,
        lane=command.lane if command else None,
        shop_version=decision.shop_version,
        order_updated_at=decision.order_updated_at,
        decided_at=decision.decided_at,
    )
