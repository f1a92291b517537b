"""The shop's own facts of its goods, by CSV."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from catalogue.cells import BadFileError, Delimiter
from catalogue.changes import Change
from catalogue.components import write_components
from catalogue.entries import Entry
from catalogue.product_rows import read_products, write_products
from invoicing.rates import DatedRate, folded

from console.backend import backend
from console.catalogue_files import read_bytes, refused, stored, tell, write_out
from console.session import Session
from console.syncing import chosen_shop


async def export_products(session: Session, shop: str | None, delimiter: Delimiter, to: Path | None) -> None:
    """Write all SKUs of a shop with what it says of them; goods without a SKU have none that a row could name."""
    async with backend() as stores:
        name = (await chosen_shop(stores, shop)).shop.shop
        entries = await stores.entries.all(name)
        items = [item async for item in stores.catalogue.all(name) if item.sku]
    live = {item.sku: item.name for item in items if item.variant_id is not None and not item.deleted}
    write_out(session, write_products(live, entries.values(), delimiter), to)


async def import_products(session: Session, file: Path, shop: str | None, *, dry_run: bool) -> int:
    """Store a file, all or nothing; gives the exit code."""
    content = read_bytes(file)
    try:
        rows = read_products(content)
        async with backend() as stores:
            name = (await chosen_shop(stores, shop)).shop.shop
            edited = await stored(stores.entries, name, rows.changes, dry_run=dry_run)
            known = {folded(item.sku) async for item in stores.catalogue.all(name) if item.variant_id is not None}
    except BadFileError as error:
        return refused(session, file, error)
    unknown = [sku for sku in rows.skus if folded(sku) not in known]
    if session.out.as_json:
        changes = [_json(change) for change in edited.changes]
        told = {"shop": name, "revision": edited.revision, "dry_run": dry_run, "stored": not dry_run}
        session.out.json({**told, "changes": changes, "unknown_skus": unknown})
    else:
        tell(session, edited, _lines, shop=name, dry_run=dry_run, unknown=unknown)
    return 0


def _facts(entry: Entry | None) -> dict[str, str]:
    if entry is None:
        return {"invoice_name": "", "unit": "", "rates": "", "components": ""}
    return {
        "invoice_name": entry.invoice_name,
        "unit": entry.unit,
        "rates": ", ".join(map(rate_text, entry.rates)),
        "components": write_components(entry.components),
    }


def rate_text(rate: DatedRate) -> str:
    """A rate with its dates, `8% …2026-12-31`."""
    if rate.valid_from is None and rate.valid_to is None:
        return rate.rate
    return f"{rate.rate} {rate.valid_from or ''}…{rate.valid_to or ''}"


def _changed(change: Change[Entry]) -> list[tuple[str, str, str]]:
    before, after = _facts(change.before), _facts(change.after)
    return [(name, before[name], after[name]) for name in before if before[name] != after[name]]


def _sku(change: Change[Entry]) -> str:
    kept = change.after or change.before
    return kept.sku if kept else change.key


def _lines(change: Change[Entry]) -> Sequence[str]:
    return [f"{_sku(change)} {name}: {before or '-'} → {after or '-'}" for name, before, after in _changed(change)]


def _json(change: Change[Entry]) -> dict[str, Any]:
    fields = [{"field": name, "before": before, "after": after} for name, before, after in _changed(change)]
    return {"sku": _sku(change), "fields": fields}
