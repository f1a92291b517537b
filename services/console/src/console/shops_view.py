"""Applying, exporting and listing shops."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from runtime.clock import SystemClock
from shops.document_checks import inspect
from shops.models import Shop
from shops.problems import InvalidShopError
from shops.store import ApplyResult, ShopStore, StoredShop
from shops.yaml_io import read_shop, shop_id_in, write_shop

from console.backend import backend
from console.findings_view import finding_json, print_findings
from console.output import Column, moment
from console.session import CommandError, Session
from console.who import who


def read_file(file: Path) -> str:
    """Return the text of a file, or of standard input for `-`.

    Raises:
        CommandError: when it cannot be read.
    """
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError("file-unreadable", code=2, file=file, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise CommandError("file-unreadable", code=2, file=file, reason="UTF-8") from error


def shop_in(file: Path, stored: Shop | None = None, text: str | None = None) -> Shop:
    """Read a shop file.

    Raises:
        InvalidShopError: with everything that is wrong with it, each named by file and line.
    """
    with naming(file):
        return read_shop(read_file(file) if text is None else text, environment=os.environ, stored=stored)


async def shop_of(store: ShopStore, file: Path) -> tuple[Shop, int | None]:
    """Read a shop file against what is stored of the shop; with it comes the version that was seen.

    The version is 0 when nothing is stored, None when what is stored no longer fits the model: the file mends it.

    Raises:
        InvalidShopError: as `shop_in`.
    """
    text = read_file(file)
    with naming(file):
        stored, version = await _seen(store, shop_id_in(text))
    return shop_in(file, stored, text), version


@contextmanager
def naming(file: Path) -> Iterator[None]:
    try:
        yield
    except InvalidShopError as error:
        named = [
            replace(problem, where=f"{file}: {problem.where}" if problem.where else str(file))
            for problem in error.problems
        ]
        raise InvalidShopError(named) from error


async def _seen(store: ShopStore, shop_id: str) -> tuple[Shop | None, int | None]:
    try:
        stored = await store.get(shop_id)
    except InvalidShopError:
        return None, None
    return (stored.shop, stored.version) if stored else (None, 0)


async def apply_files(session: Session, files: Sequence[Path], *, dry_run: bool) -> int:
    """Apply shop files, all of them read before the first is stored."""
    async with backend() as stores:
        await stores.shops.ensure_indexes()
        read = [await shop_of(stores.shops, file) for file in files]
        answers = []
        for shop, seen in read:
            result = await (stores.shops.preview(shop) if dry_run else stores.shops.apply(shop, seen, who()))
            answers.append(_tell_applied(session, shop, result, new=seen == 0, dry_run=dry_run))
    if session.out.as_json:
        session.out.json(answers)
    return 0


def _tell_applied(session: Session, shop: Shop, result: ApplyResult, *, new: bool, dry_run: bool) -> dict[str, Any]:
    findings = [found for found in inspect(shop, SystemClock().vietnam_today()) if found.remedy.vi]
    if not session.out.as_json:
        key = ("new-shop" if new else "new-version") if result.changed else "unchanged"
        prefix = session.word("would") if dry_run else ""
        session.out.text(prefix + session.word(key, shop=shop.shop, version=result.version))
        for change in () if new else result.changed:
            session.out.text(f"  {change}")
        print_findings(session, findings)
    return {
        "shop": shop.shop,
        "version": result.version,
        "dry_run": dry_run,
        "changed": [asdict(change) for change in result.changed],
        "findings": [finding_json(found) for found in findings],
    }


async def export_shop(session: Session, shop_id: str, version: int | None) -> None:
    """Print a shop as YAML."""
    async with backend() as stores:
        stored = await stores.shops.get(shop_id)
        if stored is None:
            raise CommandError("no-shop", shop=shop_id)
        shop = stored.shop if version is None else await stores.shops.version(shop_id, version)
    if shop is None:
        raise CommandError("no-version", shop=shop_id, version=version)
    session.out.text(write_shop(shop))


async def rotate_secrets(session: Session) -> None:
    """Encrypt everything with the first key."""
    async with backend() as stores:
        documents = await stores.shops.rotate_secrets()
        documents += await stores.buyers.rewrite() + await stores.customers.rewrite()
        tokens = await stores.tokens.rotate()
    if session.out.as_json:
        session.out.json({"documents": documents, "tokens": tokens})
        return
    session.out.text(session.word("secrets-rotated", documents=documents, tokens=tokens))


async def show_shops(session: Session) -> None:
    """List the shops."""
    async with backend() as stores:
        shops = [stored async for stored in stores.shops.list()]
    if session.out.as_json:
        session.out.json([_shop_json(stored) for stored in shops])
        return
    columns = [
        Column(session.word("shop"), whole=True),
        Column(session.word("name")),
        Column(session.word("org"), whole=True),
        Column(session.word("accounts"), whole=True),
        Column(session.word("version"), right=True),
        Column(session.word("updated"), whole=True),
    ]
    session.out.table(columns, [_shop_row(stored) for stored in shops])


def _shop_json(stored: StoredShop) -> dict[str, Any]:
    shop = stored.shop
    return {
        "shop": shop.shop,
        "name": shop.name,
        "org_id": shop.haravan.org_id,
        "lanes": list(shop.lanes()),
        "start_date": shop.rules.start_date,
        "version": stored.version,
        "updated_at": stored.updated_at,
        "updated_by": stored.updated_by,
    }


def _shop_row(stored: StoredShop) -> list[str]:
    shop = stored.shop
    return [
        shop.shop,
        shop.name,
        str(shop.haravan.org_id),
        "\n".join(shop.lanes()),
        str(stored.version),
        moment(stored.updated_at),
    ]
