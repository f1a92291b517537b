"""States of one order as they come in, and its document after them."""

import json
from datetime import UTC, date, datetime
from typing import Any

from contracts.decisions import Outcome
from contracts.haravan import RawResource, Via
from invoicing.order import parse_order
from orders.context import Context
from orders.model import InvoiceFacts, InvoiceState, OrderRecord
from orders.progress import Arrival, next_record
from orders.state import snapshot_of
from shops.models import Shop
from support.haravan_orders import delivered, raw_order
from support.shops import example_shop

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
CREATED = "2026-11-20T01:00:00Z"


def shop(version: int = 1) -> Context:
    made: Shop = example_shop()
    return Context(shop=made, version=version, today=TODAY)


def arrival(minute: int, *, via: Via = Via.WEBHOOK, topic: str = "orders/updated", **fields: Any) -> Arrival:
    body = raw_order(**{"created_at": CREATED, "updated_at": f"2026-11-20T02:{minute:02}:00Z", **fields})
    raw = json.dumps(body, default=str).encode()
    order = parse_order(raw)
    resource = RawResource("cua-hang-mau", 1000114691, topic, str(order.id), body["updated_at"], via, NOW, raw)
    return Arrival(resource, order, snapshot_of(resource, order), NOW)


def waiting(minute: int, **fields: Any) -> Arrival:
    return arrival(minute, **{"fulfillment_status": None, **fields})


def due(minute: int, **fields: Any) -> Arrival:
    return arrival(minute, **{"fulfillments": [delivered("2026-11-20T02:00:00Z")], **fields})


def after(*arrivals: Arrival) -> OrderRecord:
    """The order's document after these arrivals, all of them published."""
    record: OrderRecord | None = None
    for each in arrivals:
        record = next_record(record, each, shop()) or record
        assert record is not None
        record = published(record)
    assert record is not None
    return record


def published(record: OrderRecord) -> OrderRecord:
    assert record.decision is not None
    return record.model_copy(update={"decision": record.decision.model_copy(update={"published": True})})


def with_result(record: OrderRecord, state: InvoiceState, code: str | None = None, version: int = 1) -> OrderRecord:
    issued = {"series": "1C26TAA", "number": "00000001", "invoice_date": TODAY, "lookup_code": "T1"}
    told: dict[str, Any] = issued if state is InvoiceState.ISSUED else {}
    facts = InvoiceFacts(version=version, state=state, at=NOW, code=code, **told)
    return record.model_copy(update={"invoices": (record.invoices[0].model_copy(update={"invoice": facts}),)})


def outcome(record: OrderRecord) -> tuple[Outcome, str]:
    assert record.decision is not None
    return record.decision.outcome, record.decision.reason


def attention_code(record: OrderRecord | None) -> str | None:
    assert record is not None
    return record.attention.code if record.attention else None
