"""Which of two states of an order is the newer one, and what changed that matters to an invoice."""

from datetime import datetime

from contracts.haravan import RawResource, Via
from invoicing.order import Order

from orders.model import OrderRecord, Snapshot

ASKED_FOR = frozenset({Via.REREAD, Via.RETRY, Via.BACKFILL})
"""States that somebody asked for: judged even if they say nothing new."""


def snapshot_of(resource: RawResource, order: Order) -> Snapshot:
    """The state as it is kept. An order without `updated_at` is as old as its creation, or as its arrival."""
    moment: datetime = order.updated_at or order.created_at or resource.received_at
    return Snapshot(
        body=resource.body.decode(),
        updated_at=moment,
        received_at=resource.received_at,
        via=resource.via,
        event_id=resource.event_id,
    )


def is_newer(snapshot: Snapshot, record: OrderRecord) -> bool:
    """Whether a state replaces the stored one.

    Haravan delivers out of order, so `updated_at` decides. Of two states of one moment the one read by API wins: a
    webhook may be partial.
    """
    stored = record.newest
    if snapshot.updated_at != stored.updated_at:
        return snapshot.updated_at > stored.updated_at
    return snapshot.via in ASKED_FOR or (stored.via not in ASKED_FOR and snapshot.body != stored.body)


def differs(before: Order, after: Order) -> bool:
    """Whether two states would make different invoices. Our own write-back (tags, note attributes) is no difference."""
    return _essence(before) != _essence(after)


def _essence(order: Order) -> tuple[object, ...]:
    lines = [(line.id, line.name, line.quantity, line.price, line.price_original) for line in order.lines]
    shipping = [(line.title, line.price) for line in order.shipping_lines]
    refunds = sorted(refund.id for refund in order.refunds)
    return order.cancelled, order.total_price, order.total_discounts, lines, shipping, refunds
