"""Ingest and the invoicer as whole processes: what Haravan has, and tells later, ends in the shop's catalogue."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from catalogue.buyers import BuyerBook
from catalogue.customers import CustomerStore
from catalogue.store import CatalogueReader
from invoicing.catalogue import Item
from runtime.mongo import Database
from runtime.secrets import SecretBox, generate_key
from sandbox.haravan.app import make_app, make_haravan
from shops.store import ShopStore
from support.console import Hoadon
from support.processes import ServiceProcess
from support.sandboxes import serving
from support.shops import example_with

SHOP, ORG = "cua-hang-mau", 1000114691


@dataclass
class World:
    """Both services, Haravan's stand-in and the command line, on one database."""

    haravan: httpx.AsyncClient
    hoadon: Hoadon
    database: Database
    box: SecretBox
    ingest: ServiceProcess
    invoicer: ServiceProcess

    async def control(self, method: str, path: str, body: object = None) -> None:
        answer = await self.haravan.request(method, f"/_sandbox/shops/{ORG}{path}", json=body)
        assert answer.status_code < 300, answer.text

    async def items(self) -> dict[str, Item]:
        return {item.sku: item async for item in CatalogueReader(self.database).all(SHOP)}


async def becomes_true(look: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await look():  # noqa: ASYNC110  (another process writes: there is no event to wait for)
            await asyncio.sleep(0.1)


@pytest.fixture
async def world(  # noqa: PLR0917  (fixtures)
    tmp_path: Path,
    kafka_bootstrap_servers: str,
    topic_prefix: str,
    mongo_url: str,
    mongo_database: str,
    database: Database,
) -> AsyncIterator[World]:
    key, parts = generate_key(), make_haravan(tmp_path)
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka_bootstrap_servers,
        "KAFKA_TOPIC_PREFIX": topic_prefix,
        "MONGO_URL": mongo_url,
        "MONGO_DATABASE": mongo_database,
        "HOADON_SECRET_KEYS": key,
        "INVOICER_ROLES": '["decide"]',
    }
    async with serving(make_app(parts)) as url, httpx.AsyncClient(base_url=url, timeout=10) as http:
        shop = example_with("one-company", {f"  org_id: {ORG}": f"  base_url: {url}\n  org_id: {ORG}"})
        store = ShopStore(database, SecretBox([key]))
        await store.ensure_indexes()
        await store.apply(shop, None, "test")
        processes = [ServiceProcess(name, environment) for name in ("ingest", "invoicer")]
        try:
            for process in processes:
                await asyncio.to_thread(process.wait_until_ready)
            token = shop.haravan.access_token.get_secret_value()
            secret = shop.haravan.webhook_secrets[0].get_secret_value()
            hook = {"url": f"{processes[0].url}/webhooks/haravan/{SHOP}", "secret": secret}
            made = World(http, Hoadon(tmp_path, environment), database, SecretBox([key]), *processes)
            await made.control("PUT", "", {"access_token": token, "webhooks": [hook]})
            yield made
            for process in processes:
                assert await asyncio.to_thread(process.stop) == 0
                assert not [each for each in process.logs() if "exception" in each]
        finally:
            for process in processes:
                process.end()
    parts.basics.database.close()


def product(number: int, **fields: object) -> dict[str, object]:
    variant = {"id": number * 10, "sku": f"SKU-{number}", "price": 180000.5}
    return {"id": number, "title": f"Hàng {number}", "product_type": "Áo", "variants": [variant], **fields}


async def test_a_full_sync_then_webhooks(world: World) -> None:
    """More than one part of pages; then a change, a deletion, a new product; the accountant's own stay."""
    await world.control("PUT", "/products", {"products": [product(number) for number in range(1, 231)]})
    assert (await world.hoadon("products", "sync")).code == 0
    csv = "sku,unit,rate\nSKU-1,cái,5%\nSKU-2,cái,5%\n"
    assert (await world.hoadon("products", "import", "-", standard_input=csv)).code == 0

    async def all_there() -> bool:
        return len(await world.items()) == 230

    await becomes_true(all_there)
    await world.control("PATCH", "/products/1?notify=products/update", {"product_type": "Sách"})
    await world.control("DELETE", "/products/2?notify=products/deleted")
    await world.control("PUT", "/products/900?notify=products/create", product(900))

    async def told() -> bool:
        items = await world.items()
        return items["SKU-1"].product_type == "Sách" and items["SKU-2"].deleted and "SKU-900" in items

    await becomes_true(told)
    first = (await world.items())["SKU-1"]
    assert (first.unit, [each.rate for each in first.rates], first.price) == ("cái", ["5%"], Decimal("180000.5"))
    text = await asyncio.to_thread(lambda: world.invoicer.get("/metrics").text)
    assert f'hoadon_products_without_rate_total{{how="default-only",shop="{SHOP}"}}' in text
    assert any(each["event"] == "sync done" and each["so_far"] == 230 for each in world.ingest.logs())
    assert any("SKU-900" in each.get("some", ()) for each in world.invoicer.logs())


async def test_customers_are_kept_and_told_to_nobody(world: World) -> None:
    """By sync and by webhook; neither log has a word of who they are."""
    people = [{"id": number, "first_name": "Kín", "email": f"k{number}@vidu.vn"} for number in (1, 2)]
    await world.control("PUT", "/customers", {"customers": people})
    assert (await world.hoadon("customers", "sync")).code == 0
    await world.control("PUT", "/customers/3?notify=customers/create", {"first_name": "Kín Ba"})
    store = CustomerStore(world.database, world.box)

    async def known(*numbers: int) -> bool:
        return {each.id async for each in store.all(SHOP)} == set(numbers)

    await becomes_true(lambda: known(1, 2, 3))
    await world.control("DELETE", "/customers/2?notify=customers/delete")
    await becomes_true(lambda: known(1, 3))
    assert [each.name async for each in store.all(SHOP)] == ["Kín", "Kín Ba"]
    assert await BuyerBook(world.database, world.box).all(SHOP) == {}
    assert "Kín" not in world.ingest.text() + world.invoicer.text()
