"""The whole process against real Kafka and MongoDB and both stand-ins: from the issued event to the order."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from contracts.results import InvoiceIssued
from contracts.status import STATUSES, InvoiceStatusChanged, OrderWrittenBack
from contracts.topics import Topic
from meinvoice.answers import Answered, Issued
from meinvoice.client import MeInvoiceClient, log_in
from meinvoice.models import InvoiceData
from meinvoice.tokens import Credentials, FixedToken
from meinvoice.transport import Transport, new_http_client
from motor.motor_asyncio import AsyncIOMotorClient
from pydantic import SecretStr
from runtime.kafka import Kafka
from runtime.mongo import Document
from runtime.secrets import SecretBox, generate_key
from runtime.settings import KafkaSettings
from sandbox.haravan.app import make_app as haravan_app
from sandbox.haravan.app import make_haravan
from sandbox.meinvoice.app import make_app as meinvoice_app
from sandbox.meinvoice.app import make_meinvoice
from shops.models import Shop
from shops.store import ShopStore
from support.follow_ups import issued
from support.processes import ServiceProcess, eventually
from support.sandboxes import ACCOUNT, TAX_CODE, invoice, order, serving
from support.shops import example_shop
from support.topics import read_events

ORG = 1000114691
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@dataclass
class World:
    """Stand-ins, broker and database of one test."""

    haravan: str
    meinvoice: str
    kafka: KafkaSettings
    environment: dict[str, str]
    http: httpx.AsyncClient

    async def issue(self, **changed: Any) -> Issued:
        """Publish one invoice for real, through the client, and return what the vendor said."""
        body = InvoiceData.model_validate(invoice(**changed))
        async with new_http_client() as http:
            transport = Transport(http, f"{self.meinvoice}/api/integration")
            login = Credentials(SecretStr("app"), TAX_CODE, "ke-toan", SecretStr("mat-khau"))
            tokens = FixedToken(await log_in(transport, login))
            client = MeInvoiceClient(transport, tax_code=TAX_CODE, tokens=tokens)
            answer = await client.publish(2, [body.to_json()], deadline_seconds=20)
        assert isinstance(answer, Answered)
        found = answer.results[str(body.RefID)]
        assert isinstance(found, Issued), found
        return found

    async def announce(self, event: InvoiceIssued) -> None:
        """Publish the result as the invoicer does."""
        kafka = Kafka(self.kafka, service="test")
        await kafka.open()
        parent = f"00-{TRACE}-00f067aa0ba902b7-01"
        await kafka.publisher.publish(
            event.topic, event.to_event(source="/test", time=datetime.now(UTC), traceparent=parent)
        )
        await kafka.close()

    async def order(self, order_id: int) -> dict[str, Any]:
        """The order as Haravan has it."""
        answer = await self.http.get(f"{self.haravan}/_sandbox/shops/{ORG}/orders/{order_id}")
        found: dict[str, Any] = answer.raise_for_status().json()
        return dict(found.get("order", found))


@pytest.fixture
async def world(
    kafka_bootstrap_servers: str, mongo_url: str, mongo_database: str, topic_prefix: str, tmp_path: Path
) -> AsyncIterator[World]:
    """Both stand-ins with one shop and its company, and the shop applied."""
    key = generate_key()
    async with (
        serving(haravan_app(make_haravan(tmp_path / "haravan"))) as haravan,
        serving(meinvoice_app(make_meinvoice(tmp_path / "meinvoice"))) as meinvoice,
        httpx.AsyncClient() as http,
    ):
        (await http.put(f"{haravan}/_sandbox/shops/{ORG}", json={"access_token": "tok"})).raise_for_status()
        (await http.put(f"{meinvoice}/_sandbox/accounts/{TAX_CODE}", json=ACCOUNT)).raise_for_status()
        await apply_shop(mongo_url, mongo_database, key, shop_at(haravan, meinvoice))
        yield World(
            haravan,
            meinvoice,
            KafkaSettings(bootstrap_servers=kafka_bootstrap_servers, topic_prefix=topic_prefix),
            {
                "KAFKA_BOOTSTRAP_SERVERS": kafka_bootstrap_servers,
                "KAFKA_TOPIC_PREFIX": topic_prefix,
                "MONGO_URL": mongo_url,
                "MONGO_DATABASE": mongo_database,
                "HOADON_SECRET_KEYS": key,
                "STATUS_POLLER_FIRST_POLLS": "[0.2, 0.2, 0.5, 0.5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]",
                "STATUS_POLLER_INTERVAL": "0.1",
            },
            http,
        )


def shop_at(haravan: str, meinvoice: str) -> Shop:
    """The example shop, connected to the stand-ins."""
    shop = example_shop()
    account = shop.accounts[0].model_copy(
        update={
            "base_url": f"{meinvoice}/api/integration",
            "app_id": SecretStr("app"),
            "username": "ke-toan",
            "password": SecretStr("mat-khau"),
        }
    )
    connection = shop.haravan.model_copy(update={"base_url": haravan, "access_token": SecretStr("tok")})
    return shop.model_copy(update={"haravan": connection, "accounts": (account,)})


async def apply_shop(mongo_url: str, database: str, key: str, shop: Shop) -> None:
    """Store the shop as `hoadon config apply` would."""
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(mongo_url, tz_aware=True)
    store = ShopStore(client[database], SecretBox([key]))
    await store.ensure_indexes()
    await store.apply(shop, None, "test")
    client.close()


async def test_from_issued_to_written_and_accepted(world: World) -> None:
    """The order gets codes and tag; the verdict follows; one trace goes through; no secret is logged."""
    order_id = 1849587434
    await world.http.put(f"{world.haravan}/_sandbox/shops/{ORG}/orders/{order_id}", json=order(id=order_id))
    ref_id = str(uuid4())
    day = today()
    found = await world.issue(RefID=ref_id, InvSeries=f"1C{day[2:4]}TAA", InvDate=day)
    process = ServiceProcess("status_poller", world.environment)
    try:
        await asyncio.to_thread(process.wait_until_ready)
        await world.announce(event_of(found, ref_id, order_id))
        attributes = await written(world, order_id, "Mã cơ quan thuế")
        assert attributes["Mã tra cứu hóa đơn"] == found.transaction_id
        assert attributes["Số hóa đơn"] == found.inv_no
        assert "da-xuat-hoa-don" in (await world.order(order_id))["tags"]
        name = f"{world.kafka.topic_prefix}{Topic.INVOICING_STATUS}"
        events = await asyncio.to_thread(
            read_events, world.kafka.bootstrap_servers, name, lambda events: len(events) >= 2
        )
        kinds = {kind.event_type: kind for kind in STATUSES}
        read = [kinds[event.type].from_event(event) for event in events]
        assert any(isinstance(event, OrderWrittenBack) and event.succeeded for event in read)
        assert any(isinstance(event, InvoiceStatusChanged) for event in read)
        assert all(TRACE in (event.traceparent or "") for event in events)
        assert await asyncio.to_thread(process.stop) == 0
        lines = process.logs()
        assert not [line for line in lines if "exception" in line]
        assert any(line.get("trace_id") == TRACE and line.get("ref_id") == ref_id for line in lines)
        assert "mat-khau" not in process.text()
    finally:
        process.end()


async def test_waits_for_haravan_and_survives_a_kill(world: World) -> None:
    """An order that is not there yet, and a process killed meanwhile, lose nothing."""
    order_id = 77
    process = ServiceProcess("status_poller", world.environment)
    try:
        await asyncio.to_thread(process.wait_until_ready)
        await world.announce(issued(order_id=order_id))
        await asyncio.to_thread(eventually, lambda: "order not written back" in process.text())
    finally:
        process.end()
    await world.http.put(f"{world.haravan}/_sandbox/shops/{ORG}/orders/{order_id}", json=order(id=order_id))
    process = ServiceProcess("status_poller", world.environment)
    try:
        attributes = await written(world, order_id, "Số hóa đơn")
        assert attributes["Số hóa đơn"] == "00000067"
        assert await asyncio.to_thread(process.stop) == 0
    finally:
        process.end()


def today() -> str:
    """Today's date in Vietnam is never before that of UTC."""
    return datetime.now(UTC).date().isoformat()


def event_of(found: Issued, ref_id: str, order_id: int) -> InvoiceIssued:
    """The result event of an invoice."""
    return issued(
        ref_id=ref_id,
        order_id=order_id,
        number=found.inv_no,
        series=found.inv_series,
        lookup_code=found.transaction_id,
        invoice_date=found.inv_date or date.min,
        at=datetime.now(UTC),
    )


async def written(world: World, order_id: int, name: str) -> dict[str, Any]:
    """The order's pairs once one of that name is there."""
    async with asyncio.timeout(40):
        while True:
            pairs = (await world.order(order_id)).get("note_attributes") or ()
            found = {pair["name"]: pair["value"] for pair in pairs}
            if name in found:
                return found
            await asyncio.sleep(0.1)
