"""From what is stored of an order and what came in to what is stored next. Pure; the caller writes and publishes."""

from datetime import datetime

from contracts.decisions import Outcome
from contracts.haravan import RawResource, RereadFailed, Via
from invoicing.reasons import Finding, Reason

from orders.arrival import Arrival
from orders.attention import attention
from orders.context import Context
from orders.following import followed
from orders.judging import judge
from orders.model import OrderRecord, Snapshot, StoredDecision
from orders.planning import decided, with_finding
from orders.sales import sales_of, standing_sales
from orders.state import ASKED_FOR, is_newer

__all__ = ["Arrival", "deleted_record", "next_record"]


def next_record(record: OrderRecord | None, arrival: Arrival, context: Context) -> OrderRecord | None:
    """What an arrival makes of an order; None when it says nothing new."""
    if record is not None and not _is_news(arrival, record):
        return None
    base = record or _first(arrival)
    base = base.model_copy(update={"newest": arrival.snapshot, "order_name": arrival.order.name, "deleted": False})
    sales = standing_sales(base)
    if not sales:
        return _judged(base, arrival, context)
    if _is_partial(arrival):
        return base.model_copy(update={"reread_cause": arrival.snapshot.event_id})
    return followed(base, arrival, context, sales)


def _is_news(arrival: Arrival, record: OrderRecord) -> bool:
    """A webhook that a deletion overtook is none: only a state read by API shows that the order is still there."""
    if record.deleted:
        return arrival.snapshot.via in ASKED_FOR
    return is_newer(arrival.snapshot, record)


def _is_partial(arrival: Arrival) -> bool:
    """Whether the state is too poor to be compared with what was invoiced, and was not read by API yet."""
    asked = arrival.resource.via is Via.REREAD
    return not asked and not arrival.order.cancelled and arrival.order.partial_reason() is not None


def _judged(record: OrderRecord, arrival: Arrival, context: Context) -> OrderRecord:
    judgement = judge(
        arrival.order,
        context,
        reread=arrival.resource.via is Via.REREAD,
    )
    return decided(record.model_copy(update={"coverage": None}), judgement, arrival, context)


def deleted_record(record: OrderRecord, now: datetime) -> OrderRecord:
    """What the deletion of an order in Haravan makes of it."""
    if standing_sales(record):
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
    drafts = {planned.ref_id for planned in sales_of(record) if planned.draft}
    kept = tuple(planned for planned in record.invoices if planned.ref_id not in drafts)
    return record.with_decision(decision).model_copy(update={"deleted": True, "invoices": kept})


def unseen_record(resource: RawResource, order_id: int) -> OrderRecord:
    """An order of which nothing but its deletion was heard: its creation may come yet, and is then old news."""
    snapshot = Snapshot(
        body=resource.body.decode(errors="replace"),
        updated_at=resource.received_at,
        received_at=resource.received_at,
        via=resource.via,
        event_id=resource.event_id,
    )
    return OrderRecord(
        shop=resource.shop, org_id=resource.org_id, order_id=order_id, order_name=str(order_id), newest=snapshot
    )


def unread_record(record: OrderRecord, failed: RereadFailed, now: datetime) -> OrderRecord | None:
    """What it makes of an order that it could not be read again; None when nothing waited for that."""
    record = record.model_copy(update={"reread_cause": None})  # asked again, it would be refused again
    waits = record.decision is not None and record.decision.reason == Reason.REREAD.value
    if waits and not standing_sales(record):
        finding = Finding(Reason.REREAD_FAILED, {"why": failed.reason})
        return with_finding(record, Outcome.HELD, finding, now)
    if record.attention is not None or record.deleted:
        return None
    return record.model_copy(update={"attention": attention("reread-failed", now)})


def _first(arrival: Arrival) -> OrderRecord:
    resource = arrival.resource
    return OrderRecord(
        shop=resource.shop,
        org_id=resource.org_id,
        order_id=arrival.order.id,
        order_name=arrival.order.name,
        newest=arrival.snapshot,
    )
