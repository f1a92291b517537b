"""Have orders read again from Haravan and judged by the rules of now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from contracts.haravan import RereadRequested
from contracts.topics import Topic
from orders.model import OrderRecord

from console.backend import backend
from console.kafka import publish_events
from console.orders_view import Asked, find_order, reason_of, state_of
from console.output import Column
from console.session import CommandError, Session

SOURCE = "/services/console"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which orders to read again: these by name (in `shop`, if given), and all that match one of `asked`."""

    names: Sequence[str]
    shop: str | None
    asked: Sequence[Asked]


async def recheck(session: Session, wanted: Wanted, *, limit: int, dry_run: bool) -> None:
    """Ask for the orders wanted, at most `limit` of each state; `dry_run` only lists them.

    Raises:
        CommandError: when nothing is wanted, or an order is not known.
    """
    if not wanted.names and not wanted.asked:
        raise CommandError("recheck-what", code=2)
    async with backend() as stores:
        found = [await find_order(stores.orders, name, wanted.shop) for name in wanted.names]
        for asked in wanted.asked:
            found += [order async for order in stores.orders.find(asked.filter(), limit=limit)]
    if not dry_run:
        now = datetime.now(UTC)
        requests = [_request(order, now).to_event(source=SOURCE, time=now) for order in found]
        await publish_events(Topic.HARAVAN_REREADS, requests)
    _show(session, found, dry_run=dry_run)


def _request(order: OrderRecord, now: datetime) -> RereadRequested:
    return RereadRequested(
        shop=order.shop,
        org_id=order.org_id,
        resource_id=str(order.order_id),
        reason="recheck",
        # Asking again later is another cause: it must not be dropped as a repeat.
        cause=f"recheck:{order.shop}:{order.order_id}:{now.isoformat()}",
    )


def _show(session: Session, orders: Sequence[OrderRecord], *, dry_run: bool) -> None:
    if session.out.as_json:
        session.out.json([{"shop": one.shop, "order_id": one.order_id, "order_name": one.order_name} for one in orders])
        return
    columns = [
        Column(session.word("order"), whole=True),
        Column(session.word("state"), whole=True),
        Column(session.word("reason")),
    ]
    rows = [
        [f"{one.order_name}\n{one.shop}", session.word(f"state-{state_of(one)}"), reason_of(one, session)]
        for one in orders
    ]
    session.out.table(columns, rows)
    session.out.text(session.word("recheck-would" if dry_run else "recheck-asked", count=len(orders)))
