"""Goods that no rate was chosen for, and the open orders that sell them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.decisions import Outcome
from invoicing.catalogue import Item
from invoicing.order import UnreadableOrder, parse_order
from invoicing.rates import folded
from invoicing.uncovered import MissingRate, without_rate
from orders.store import OrderFilter, OrderStore
from runtime.clock import SystemClock
from shops.store import StoredShop

from console.backend import Backend, backend
from console.output import Column
from console.session import Session
from console.syncing import chosen_shop

_OPEN = (Outcome.HELD, Outcome.WAITING)
_MOST_ORDERS = 10_000
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Lacking:
    """An item of a shop, how it lacks a rate, and the names of open orders with it."""

    shop: str
    item: Item
    how: MissingRate
    orders: Sequence[str]


async def show_missing(session: Session, shop: str | None, day: date | None) -> int:
    """List them, those that hold orders first; gives the exit code."""
    day = day or SystemClock().vietnam_today()
    async with backend() as stores:
        shops = [await chosen_shop(stores, shop)] if shop else [each async for each in stores.shops.list()]
        found = [each for chosen in shops for each in await _lacking(stores, chosen, day)]
    found.sort(key=lambda each: (not each.how.holds, -len(each.orders), each.shop, each.item.sku))
    if session.out.as_json:
        session.out.json([_json(session, each) for each in found])
    else:
        _print(session, found)
    return int(any(each.how.holds for each in found))


async def _lacking(stores: Backend, chosen: StoredShop, day: date) -> list[Lacking]:
    shop = chosen.shop
    items = [
        (item, how)
        async for item in stores.catalogue.all(shop.shop)
        if not item.deleted and (how := without_rate(item, shop.rules, day)) is not None
    ]
    if not items:
        return []
    by_variant, by_sku = await _sold(stores.orders, shop.shop)
    return [
        Lacking(shop.shop, item, how, _names(by_variant.get(item.variant_id or 0), by_sku.get(folded(item.sku))))
        for item, how in items
    ]


def _names(*found: Mapping[str, None] | None) -> list[str]:
    return sorted({name for names in found for name in names or ()})


async def _sold(orders: OrderStore, shop: str) -> tuple[dict[int, dict[str, None]], dict[str, dict[str, None]]]:
    """Names of open orders by variant and by SKU."""
    by_variant: dict[int, dict[str, None]] = {}
    by_sku: dict[str, dict[str, None]] = {}
    for outcome in _OPEN:
        open_ones = OrderFilter(shop=shop, outcome=outcome, as_it_stands=True)
        async for record in orders.find(open_ones, limit=_MOST_ORDERS):
            try:
                lines = parse_order(record.newest.body).lines
            except UnreadableOrder:
                continue  # it is held for that
            for line in lines:
                if line.variant_id:
                    by_variant.setdefault(line.variant_id, {})[record.order_name] = None
                if key := folded(line.sku):
                    by_sku.setdefault(key, {})[record.order_name] = None
    return by_variant, by_sku


def _print(session: Session, found: Sequence[Lacking]) -> None:
    columns = [
        Column(session.word("shop"), whole=True),
        Column("SKU", whole=True),
        Column(session.word("name")),
        Column(session.word("what")),
        Column(session.word("open-orders")),
    ]
    rows = [
        [each.shop, each.item.sku or "-", each.item.name, session.word(f"lacks-{each.how.value}"), _shown(each.orders)]
        for each in found
    ]
    session.out.table(columns, rows)
    if found:
        session.out.text(session.word("missing-remedy"))


def _shown(orders: Sequence[str]) -> str:
    more = len(orders) - _SHOWN
    return ", ".join(orders[:_SHOWN]) + (f" (+{more})" if more > 0 else "")


def _json(session: Session, each: Lacking) -> dict[str, Any]:
    return {
        "shop": each.shop,
        "sku": each.item.sku,
        "name": each.item.name,
        "variant_id": each.item.variant_id,
        "how": each.how,
        "holds": each.how.holds,
        "message": session.word(f"lacks-{each.how.value}"),
        "open_orders": list(each.orders),
    }
