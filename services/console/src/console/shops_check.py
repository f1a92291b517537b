"""`hoadon config check`."""

import os
from collections.abc import Sequence
from pathlib import Path

from meinvoice.transport import new_http_client
from runtime.clock import SystemClock
from runtime.logs import bound
from shops.checks import check
from shops.clients import VendorClients
from shops.document_checks import inspect
from shops.findings import Finding, Severity
from shops.models import Shop
from shops.yaml_io import read_rules_of_shop

from console.backend import Backend, backend
from console.findings_view import finding_json, print_findings
from console.session import CommandError, Session
from console.shops_view import naming, read_file, shop_of


async def check_shops(session: Session, shop_id: str | None, file: Path | None, *, offline: bool) -> int:
    """Check one shop, one file or all shops; 1 when there are errors."""
    results = _look_at_file(file) if file and offline else await _check(shop_id, file, offline=offline)
    if session.out.as_json:
        session.out.json(
            [{"shop": shop.shop, "findings": [finding_json(one) for one in found]} for shop, found in results]
        )
    else:
        for shop, found in results:
            _tell(session, shop, found)
    return int(any(one.severity is Severity.ERROR for _, found in results for one in found))


def _look_at_file(file: Path) -> list[tuple[Shop, list[Finding]]]:
    """Look at a file without asking anybody, MongoDB included; secrets that are not at hand are not missed."""
    with naming(file):
        shop = read_rules_of_shop(read_file(file), environment=os.environ)
    return [(shop, list(inspect(shop, SystemClock().vietnam_today())))]


async def _check(shop_id: str | None, file: Path | None, *, offline: bool) -> list[tuple[Shop, list[Finding]]]:
    async with backend() as stores:
        shops = await _shops(stores, shop_id, file)
        return [(shop, await _findings(stores, shop, offline=offline)) for shop in shops]


async def _shops(stores: Backend, shop_id: str | None, file: Path | None) -> list[Shop]:
    if file is not None:
        return [(await shop_of(stores.shops, file))[0]]
    if shop_id is None:
        return [stored.shop async for stored in stores.shops.list()]
    stored = await stores.shops.get(shop_id)
    if stored is None:
        raise CommandError("no-shop", shop=shop_id)
    return [stored.shop]


async def _findings(stores: Backend, shop: Shop, *, offline: bool) -> list[Finding]:
    today = SystemClock().vietnam_today()
    product_types = await stores.catalogue.product_types(shop.shop)
    if offline:
        return list(inspect(shop, today, product_types))
    log = stores.exchanges
    async with new_http_client() as http:
        clients = VendorClients(
            http, stores.tokens, observe_haravan=log.observe_haravan, observe_meinvoice=log.observe_meinvoice
        )
        with bound(shop=shop.shop):
            return await check(shop, clients, today, product_types)


def _tell(session: Session, shop: Shop, findings: Sequence[Finding]) -> None:
    counts = {kind: sum(one.severity is kind for one in findings) for kind in Severity}
    summary = session.word("findings-summary", errors=counts[Severity.ERROR], warnings=counts[Severity.WARNING])
    session.out.text(f"{shop.shop} ({shop.name}): {summary}")
    print_findings(session, findings)
