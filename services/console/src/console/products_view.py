"""The shop's goods with the rate each would have."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from catalogue.components import write_components
from catalogue.store import CatalogueReader
from invoicing.catalogue import Item
from invoicing.rates import folded
from invoicing.rules import Rules
from invoicing.uncovered import MissingRate, rates_on, without_rate
from runtime.clock import SystemClock

from console.backend import backend
from console.output import Column
from console.session import Session
from console.syncing import chosen_shop


@dataclass(frozen=True, slots=True)
class Asked:
    """Which goods to list, for invoices of which day (Vietnam; None: today)."""

    search: str
    deleted: bool
    day: date | None
    limit: int


@dataclass(frozen=True, slots=True)
class Listed:
    """An item, its rate and level on the day, and how it lacks one of its own."""

    item: Item
    rate: str
    level: str
    lacks: MissingRate | None


async def show_products(session: Session, shop: str | None, asked: Asked) -> None:
    """List goods of a shop."""
    day = asked.day or SystemClock().vietnam_today()
    async with backend() as stores:
        chosen = await chosen_shop(stores, shop)
        name, rules = chosen.shop.shop, chosen.shop.rules
        found = [listed(item, rules, day) async for item in wanted(stores.catalogue, name, asked)]
    shown = found[: asked.limit]
    if session.out.as_json:
        session.out.json([_json(session, each) for each in shown])
        return
    columns = [
        Column("SKU", whole=True),
        Column(session.word("name")),
        Column(session.word("invoice-name")),
        Column(session.word("unit"), whole=True),
        Column(session.word("rate"), whole=True),
        Column(session.word("rate-from"), whole=True),
        Column(session.word("parts")),
        Column(session.word("what")),
    ]
    session.out.table(columns, [_row(session, each) for each in shown])
    lacking = sum(each.lacks is not None for each in found)
    session.out.text(session.word("products-count", shown=len(shown), count=len(found), lacking=lacking))


async def wanted(catalogue: CatalogueReader, shop: str, asked: Asked) -> AsyncIterator[Item]:
    """The items of a shop that are asked for."""
    text = folded(asked.search)
    async for item in catalogue.all(shop):
        words = (item.sku, item.barcode, item.name, item.invoice_name)
        if (asked.deleted or not item.deleted) and any(text in folded(word) for word in words):
            yield item


def listed(item: Item, rules: Rules, day: date) -> Listed:
    """An item with its rate on a day."""
    level, rates = rates_on(item, rules, day)
    return Listed(item, " / ".join(rates), level or "", without_rate(item, rules, day))


def notes(session: Session, one: Listed) -> str:
    """What is to be said of an item."""
    keys = [f"lacks-{one.lacks.value}"] if one.lacks else []
    keys += ["no-longer-in-haravan"] if one.item.deleted else []
    keys += ["not-in-haravan"] if one.item.variant_id is None else []
    return "; ".join(session.word(key) for key in keys)


def _row(session: Session, one: Listed) -> list[str]:
    item = one.item
    texts = [item.sku or "-", item.name, item.invoice_name, item.unit, one.rate, one.level]
    return [*texts, write_components(item.components), notes(session, one)]


def _json(session: Session, one: Listed) -> dict[str, Any]:
    item = one.item
    return {
        "sku": item.sku,
        "barcode": item.barcode,
        "product_id": item.product_id,
        "variant_id": item.variant_id,
        "name": item.name,
        "product_type": item.product_type,
        "vendor": item.vendor,
        "tags": list(item.tags),
        "price": item.price,
        "invoice_name": item.invoice_name,
        "unit": item.unit,
        "rates": [rate.model_dump(mode="json") for rate in item.rates],
        "components": [{"sku": part.sku, "quantity": part.quantity} for part in item.components],
        "deleted": item.deleted,
        "rate": one.rate,
        "rate_from": one.level,
        "without_rate": one.lacks,
        "message": notes(session, one),
    }
