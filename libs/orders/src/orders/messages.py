"""What Kafka may not have yet of an order's document: sent as it is stored, never made anew. Repeats harm nobody."""

from contracts.base import Message
from contracts.commands import PublishInvoice, WithdrawInvoice
from contracts.decisions import OrderDecided
from contracts.haravan import RereadRequested, Via

from orders.attention import is_withdrawing
from orders.corrections import read_command
from orders.model import OrderRecord, StoredDecision
from orders.sales import sales_of, standing_sales


def pending(record: OrderRecord) -> tuple[Message, ...]:
    """The decision with its commands, withdrawals, and the question for a whole state."""
    return (*_decision(record), *_withdrawals(record), *_reread(record))


def _decision(record: OrderRecord) -> tuple[Message, ...]:
    decision = record.decision
    if decision is None or decision.published:
        return ()
    sent = [planned for planned in sales_of(record) if not planned.draft and not planned.is_issued]
    commands = [read_command(planned) for planned in sent if planned.sequence == decision.sequence]
    corrections = [
        read_command(planned)
        for planned in record.invoices
        if planned.corrects is not None and not planned.draft and planned.unheard_of
    ]
    return (_announcement(record, decision, commands[0] if commands else None), *commands, *corrections)


def _withdrawals(record: OrderRecord) -> tuple[Message, ...]:
    if record.attention is None or not is_withdrawing(record):
        return ()
    return tuple(
        WithdrawInvoice(
            ref_id=planned.ref_id,
            sequence=planned.sequence,
            lane=planned.lane,
            shop=record.shop,
            order_id=record.order_id,
            reason=record.attention.message_vi,
            decided_at=record.attention.at,
        )
        for planned in standing_sales(record)
        if not planned.is_issued
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


def _announcement(record: OrderRecord, decision: StoredDecision, command: PublishInvoice | None) -> OrderDecided:
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
