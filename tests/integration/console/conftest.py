"""A database with shops, orders and invoices in it, and commands that look at it."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import simplejson
from contracts.decisions import Outcome
from contracts.haravan import Via
from lanes.model import Body, Command, Intent, IntentState, Position
from lanes.mongo.store import MongoLaneStore
from meinvoice.exchanges import Exchange
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from orders.model import InvoiceFacts, InvoiceState, OrderRecord, PlannedInvoice, Snapshot, StoredDecision, WriteBack
from orders.store import OrderStore
from runtime.exchanges import ExchangeLog, Subject
from runtime.secrets import generate_key
from runtime.settings import ExchangeSettings
from support.console import Hoadon
from support.stuck_invoices import fill_with_stuck_invoices
from support.told_exchange import LONG

MOMENT = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
LANE = "sandbox:0101243150:1C__TAA"
ACCOUNT = "sandbox:0101243150"
ISSUED = "0b0a3c1d-6f0c-5b0e-9c57-0f5d2f8e4a11"
STAGED = "1b0a3c1d-6f0c-5b0e-9c57-0f5d2f8e4a12"
BODY = Path(__file__).parents[2] / "data" / "sandbox" / "invoice.json"


@pytest.fixture
async def database(mongo_url: str, mongo_database: str) -> AsyncIterator[AsyncIOMotorDatabase[dict[str, Any]]]:
    """Give the database that the commands look at."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongo_url, tz_aware=True, w="majority")
    yield client[mongo_database]
    client.close()


@pytest.fixture
def hoadon(tmp_path: Path, mongo_url: str, mongo_database: str) -> Hoadon:
    """Run commands on that database; the locale is Vietnamese unless said otherwise."""
    variables = {
        "MONGO_URL": mongo_url,
        "MONGO_DATABASE": mongo_database,
        "HOADON_SECRET_KEYS": generate_key(),
        "COLUMNS": "120",
    }
    return Hoadon(tmp_path, variables)


def order(order_id: int, outcome: Outcome, reason: str, *invoices: PlannedInvoice) -> OrderRecord:
    """Make an order with a decision."""
    snapshot = Snapshot(
        body='{"customer": "Nguyễn Văn Kín"}', updated_at=MOMENT, received_at=MOMENT, via=Via.WEBHOOK, event_id="e"
    )
    decision = StoredDecision(
        sequence=1,
        outcome=outcome,
        reason=reason,
        message_vi=f"Lý do {reason} bằng tiếng Việt.",
        message_en=f"Reason {reason} in English.",
        facts={"trigger": "delivered"},
        shop_version=1,
        order_updated_at=MOMENT,
        event_id="e",
        decided_at=MOMENT,
    )
    return OrderRecord(
        shop="demo",
        org_id=7,
        order_id=order_id,
        order_name=f"#{order_id}",
        newest=snapshot,
        decision=decision,
        invoices=invoices,
    )


def planned(ref_id: str) -> PlannedInvoice:
    """Make an issued invoice of an order."""
    facts = InvoiceFacts(
        version=3,
        state=InvoiceState.ISSUED,
        at=MOMENT,
        series="1C26TAA",
        number="00000042",
        invoice_date=date(2026, 11, 21),
        lookup_code="ABC123DEF456",
        total_amount=Decimal(5500000),
    )
    snapshot = Snapshot(body="{}", updated_at=MOMENT, received_at=MOMENT, via=Via.WEBHOOK, event_id="e")
    written = WriteBack(sequence=1, succeeded=True, at=MOMENT)
    return PlannedInvoice(
        ref_id=ref_id,
        kind="sale",
        lane=LANE,
        account=ACCOUNT,
        command="{}",
        sequence=1,
        snapshot=snapshot,
        invoice=facts,
        write_back=written,
    )


def intent(ref_id: str, order_id: int, state: IntentState, offset: int) -> Intent:
    """Make an invoice in its lane; one that is issued has been sent."""
    body = BODY.read_text(encoding="utf-8")
    content = simplejson.dumps({"series": "1C__TAA", "sign_type": 2, "invoice": simplejson.loads(body)})
    labels = {"shop": "demo", "org": "7", "order": str(order_id), "order_name": f"#{order_id}", "kind": "sale"}
    command = Command(ref_id=ref_id, lane=LANE, account=ACCOUNT, content=content, weight=2, labels=labels)
    sent = state is IntentState.ISSUED
    return Intent(
        command=command,
        position=Position(1, offset),
        seen={LANE: Position(1, offset)},
        state=state,
        bodies=(Body(body, date(2026, 11, 21), 2, "request-1"),) if sent else (),
        attempts=int(sent),
        result={"InvSeries": "1C26TAA", "InvNo": "00000042", "TransactionID": "ABC123DEF456"} if sent else {},
        version=3 if sent else 1,
        staged_at=MOMENT,
        sent_at=MOMENT if sent else None,
        issued_at=MOMENT if sent else None,
        changed_at=MOMENT,
    )


@pytest.fixture
async def filled(database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
    """Fill the database: one issued, one waiting in its lane, one held, one skipped."""
    orders, lanes = OrderStore(database), MongoLaneStore(database)
    exchanges = ExchangeLog(database, ExchangeSettings(keep=LONG))
    await orders.ensure_indexes()
    await lanes.ensure_indexes()
    await exchanges.ensure_indexes()
    await orders.save(order(1001, Outcome.PLANNED, "triggered", planned(ISSUED)))
    await orders.save(order(1002, Outcome.HELD, "does-not-tie"))
    await orders.save(order(1003, Outcome.SKIPPED, "cancelled"))
    await lanes.stage([intent(ISSUED, 1001, IntentState.ISSUED, 1), intent(STAGED, 1004, IntentState.STAGED, 2)])
    await lanes.wake({LANE: frozenset({ACCOUNT})})
    exchange = Exchange("POST", "/invoice", "{}", 200, "{}", None, MOMENT, 0.25, 1)
    await exchanges.record(exchange, "meinvoice", Subject(shop="demo", orders=("1001",), ref_ids=(ISSUED,), lane=LANE))


@pytest.fixture
async def stuck(filled: None, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
    """Fill the database with an invoice for everything that can happen to one."""
    await fill_with_stuck_invoices(database)


@pytest.fixture
def commands(hoadon: Hoadon, kafka_bootstrap_servers: str, topic_prefix: str) -> str:
    """Give the name of the topic that the command writes to."""
    hoadon.environment.update(KAFKA_BOOTSTRAP_SERVERS=kafka_bootstrap_servers, KAFKA_TOPIC_PREFIX=topic_prefix)
    return f"{topic_prefix}invoicing.commands"
