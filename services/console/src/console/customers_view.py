"""The book of buyers: listed, and by CSV. What is shown here is personal data, and goes nowhere else."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from catalogue.buyer_rows import read_buyers, write_buyers
from catalogue.cells import BadFileError, Delimiter
from catalogue.changes import Change
from invoicing.known_buyers import KnownBuyer

from console.backend import Backend, backend
from console.catalogue_files import read_bytes, refused, stored, tell, write_out
from console.output import Column
from console.session import Session
from console.syncing import chosen_shop

_FIELDS = ("name", "tax_code", "address", "emails", "always_company")


async def show_customers(session: Session, shop: str | None, *, everybody: bool, limit: int) -> None:
    """List buyers, with `everybody` all customers."""
    async with backend() as stores:
        name = (await chosen_shop(stores, shop)).shop.shop
        book = list((await stores.buyers.all(name)).values())
        names = await _names(stores, name, book, everybody=everybody)
    entries = {buyer.customer_id for buyer in book}
    buyers = [*book, *(KnownBuyer(customer_id=each) for each in names if each not in entries)]
    buyers.sort(key=lambda each: (each.customer_id is None, each.customer_id or 0, each.tax_code))
    shown = buyers[:limit]
    if session.out.as_json:
        session.out.json([_json(each, names) for each in shown])
        return
    columns = [
        Column(session.word("id"), whole=True),
        Column(session.word("customer")),
        Column(session.word("company")),
        Column(session.word("buyer-tax-code"), whole=True),
        Column(session.word("buyer-address")),
        Column("E-mail"),
        Column(session.word("always-company"), whole=True),
    ]
    session.out.table(columns, [_row(session, each, names) for each in shown])
    session.out.text(session.word("customers-count", shown=len(shown), count=len(buyers)))


async def _names(stores: Backend, shop: str, book: Sequence[KnownBuyer], *, everybody: bool) -> dict[int, str]:
    if everybody:
        return {customer.id: customer.name async for customer in stores.customers.all(shop)}
    found = await stores.customers.find(shop, [each.customer_id for each in book if each.customer_id is not None])
    return {number: customer.name for number, customer in found.items()}


async def export_customers(
    session: Session, shop: str | None, delimiter: Delimiter, to: Path | None, *, everybody: bool
) -> None:
    """Write the book, with `everybody` all customers."""
    async with backend() as stores:
        name = (await chosen_shop(stores, shop)).shop.shop
        book = list((await stores.buyers.all(name)).values())
        names = await _names(stores, name, book, everybody=everybody)
    write_out(session, write_buyers(names, book, delimiter), to)


async def import_customers(session: Session, file: Path, shop: str | None, *, dry_run: bool) -> int:
    """Store a file, all or nothing; gives the exit code. Which fields change is told, not what they hold."""
    content = read_bytes(file)
    try:
        rows = read_buyers(content)
        async with backend() as stores:
            name = (await chosen_shop(stores, shop)).shop.shop
            edited = await stored(stores.buyers, name, rows.changes, dry_run=dry_run)
            known = await stores.customers.find(name, rows.customer_ids)
    except BadFileError as error:
        return refused(session, file, error)
    unknown = sorted(rows.customer_ids - known.keys())
    if session.out.as_json:
        changes = [{"customer_id": _customer(each), "fields": _changed(each)} for each in edited.changes]
        told = {"shop": name, "revision": edited.revision, "dry_run": dry_run, "stored": not dry_run}
        session.out.json({**told, "changes": changes, "unknown_customers": unknown})
    else:
        tell(session, edited, _lines, shop=name, dry_run=dry_run, unknown=[str(each) for each in unknown])
    return 0


def _customer(change: Change[KnownBuyer]) -> int | None:
    kept = change.after or change.before
    return kept.customer_id if kept else None


def _changed(change: Change[KnownBuyer]) -> list[str]:
    before, after = change.before or KnownBuyer(), change.after or KnownBuyer()
    return [name for name in _FIELDS if getattr(before, name) != getattr(after, name)]


def _lines(change: Change[KnownBuyer]) -> Sequence[str]:
    customer = _customer(change)
    return [f"{'-' if customer is None else customer}: {', '.join(_changed(change))}"]


def _row(session: Session, buyer: KnownBuyer, names: Mapping[int, str]) -> list[str]:
    return [
        "" if buyer.customer_id is None else str(buyer.customer_id),
        names.get(buyer.customer_id or 0, ""),
        buyer.name,
        buyer.tax_code,
        buyer.address,
        ", ".join(buyer.emails),
        session.word("yes") if buyer.always_company else "",
    ]


def _json(buyer: KnownBuyer, names: Mapping[int, str]) -> dict[str, Any]:
    fields = {name: getattr(buyer, name) for name in _FIELDS}
    return {"customer_id": buyer.customer_id, "customer": names.get(buyer.customer_id or 0), **fields}
