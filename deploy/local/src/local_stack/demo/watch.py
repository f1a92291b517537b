"""Looks at what the system knows of the sample orders, without disturbing it, and compares it with what must be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from bson import Decimal128
from motor.motor_asyncio import AsyncIOMotorDatabase
from orders.model import document_id
from orders.store import COLLECTION

from local_stack.demo.model import Ending, Expectation, SampleOrder

_ISSUED = "issued"
_OUTCOMES = {Ending.HELD: "held", Ending.WAITING: "waiting", Ending.SKIPPED: "skipped"}
_FIELDS = (
    *("newest.updated_at", "decision.outcome", "decision.reason", "attention.code"),
    *("invoices.ref_id", "invoices.lane", "invoices.invoice", "invoices.write_back"),
)


@dataclass(frozen=True, slots=True)
class SeenInvoice:
    """An invoice as the system knows it; `at` is when its newest state came about."""

    ref_id: str
    lane: str
    state: str | None
    at: datetime | None
    series: str | None
    number: str | None
    lookup_code: str | None
    total: Decimal | None
    code: str | None
    written_back: bool


@dataclass(frozen=True, slots=True)
class SeenOrder:
    """An order as the system knows it."""

    updated_at: datetime
    outcome: str | None
    reason: str | None
    attention: str | None
    invoices: tuple[SeenInvoice, ...]

    @property
    def issued(self) -> SeenInvoice | None:
        """Its invoice, if it has one that is issued."""
        return next((each for each in self.invoices if each.state == _ISSUED), None)


Seen = Mapping[str, SeenOrder]
"""By `key_of` the order."""


def key_of(order: SampleOrder) -> str:
    """The key of an order, which is its document's."""
    return document_id(order.shop, order.order_id)


async def look(database: AsyncIOMotorDatabase[dict[str, Any]], orders: Iterable[SampleOrder]) -> Seen:
    """What the system knows of these orders now; those that it does not know are left out."""
    query = {"_id": {"$in": [key_of(order) for order in orders]}}
    cursor = database[COLLECTION].find(query, dict.fromkeys(_FIELDS, 1))
    return {document["_id"]: _seen(document) async for document in cursor}


def difference(order: SampleOrder, seen: SeenOrder | None) -> str | None:
    """What is not (or not yet) as it must be; None when all is."""
    expected = order.expected
    if expected.ending is Ending.UNKNOWN:
        return None if seen is None else f"a test delivery became an order ({seen.outcome}, {seen.reason})"
    if seen is None:
        return "the system does not know it: its webhook has not come through"
    if seen.updated_at < _milliseconds(order.final.updated_at):
        return f"its newest state has not come through ({seen.updated_at:%H:%M:%S} is the newest that is known)"
    return (
        _invoice_difference(expected, seen) if expected.ending is Ending.ISSUED else _other_difference(expected, seen)
    )


def _milliseconds(moment: datetime) -> datetime:
    """MongoDB keeps no more than milliseconds."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _other_difference(expected: Expectation, seen: SeenOrder) -> str | None:
    if seen.invoices:
        return f"it has an invoice in {seen.invoices[0].lane}, but must be {expected.ending} ({expected.reason})"
    if (seen.outcome, seen.reason) == (_OUTCOMES[expected.ending], expected.reason):
        return None
    return f"it is {seen.outcome} ({seen.reason}), not {expected.ending} ({expected.reason})"


def _invoice_difference(expected: Expectation, seen: SeenOrder) -> str | None:
    if not seen.invoices:
        return f"it is {seen.outcome} ({seen.reason}), not issued"
    invoice = seen.invoices[0]
    complaints = {
        f"it has {len(seen.invoices)} invoices": len(seen.invoices) > 1,
        f"its invoice is in {invoice.lane}, not {expected.lane}": invoice.lane != expected.lane,
        f"its invoice is {invoice.state or 'on its way'} {invoice.code or ''}".rstrip(): invoice.state != _ISSUED,
        f"its invoice is over {invoice.total} đ, not {expected.total} đ": invoice.total != expected.total,
        "its invoice does not stand on the order in Haravan": not invoice.written_back,
        f"it asks for attention ({seen.attention})": seen.attention is not None,
    }
    return next((text for text, applies in complaints.items() if applies), None)


def _seen(document: Mapping[str, Any]) -> SeenOrder:
    decision, attention = document.get("decision") or {}, document.get("attention") or {}
    return SeenOrder(
        updated_at=document["newest"]["updated_at"],
        outcome=decision.get("outcome"),
        reason=decision.get("reason"),
        attention=attention.get("code"),
        invoices=tuple(_seen_invoice(each) for each in document.get("invoices", ())),
    )


def _seen_invoice(planned: Mapping[str, Any]) -> SeenInvoice:
    facts, written = planned.get("invoice") or {}, planned.get("write_back") or {}
    total = facts.get("total_amount")
    return SeenInvoice(
        ref_id=planned["ref_id"],
        lane=planned["lane"],
        state=facts.get("state"),
        at=facts.get("at"),
        series=facts.get("series"),
        number=facts.get("number"),
        lookup_code=facts.get("lookup_code"),
        total=total.to_decimal() if isinstance(total, Decimal128) else total,
        code=facts.get("code"),
        written_back=bool(written.get("succeeded")),
    )
