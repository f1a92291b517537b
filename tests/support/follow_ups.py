"""Issued invoices, vendors and orders for tests of the status poller."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from contracts.results import InvoiceIssued
from meinvoice.answers import StatusAnswer, Statuses
from meinvoice.models import InvoiceStatus
from runtime.clock import SystemClock
from runtime.exchanges import Subject
from shops.models import Account, Shop
from status_poller.application.ports import StatusEvent
from typing_extensions import override

START = datetime(2026, 10, 2, 3, 0, tzinfo=UTC)


def issued(**changed: Any) -> InvoiceIssued:
    """An issued invoice of the shop of `deploy/examples/one-company.yaml`."""
    facts: dict[str, Any] = {
        "ref_id": str(uuid4()),
        "version": 1,
        "lane": "sandbox:0101243150:1C__TAA",
        "environment": "sandbox",
        "tax_code": "0101243150",
        "shop": "cua-hang-mau",
        "org_id": 1000114691,
        "order_id": 1849587434,
        "order_name": "#100522",
        "kind": "sale",
        "at": START,
        "series": "1C26TAA",
        "number": "00000067",
        "invoice_date": "2026-10-02",
        "lookup_code": "ABC123XYZ",
        "invoice_with_code": True,
        "calculating_machine": False,
        "total_amount": "5500000",
    }
    return InvoiceIssued.model_validate(facts | changed)


class ManualClock(SystemClock):
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        """Start at `now`."""
        self.now = now

    @override
    def utc_now(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> datetime:
        """Let time pass."""
        self.now += by
        return self.now


@dataclass
class OneShop:
    """Knows one shop, or none."""

    shop: Shop | None

    async def get(self, shop_id: str) -> Shop | None:
        """The shop when it is asked for."""
        return self.shop if self.shop is not None and self.shop.shop == shop_id else None


@dataclass
class FakeVendor:
    """Answers from rows by (RefID, invoiceWithCode), or with `failure`; keeps what it was asked."""

    rows: dict[tuple[str, bool], InvoiceStatus] = field(default_factory=dict)
    failure: StatusAnswer | Exception | None = None
    asked: list[tuple[tuple[str, ...], bool]] = field(default_factory=list)
    about: list[Subject] = field(default_factory=list)

    async def ask(
        self,
        account: Account,
        ref_ids: Sequence[str],
        *,
        invoice_with_code: bool,
        calculating_machine: bool,
    ) -> StatusAnswer:
        """As meInvoice: unknown ids are left out."""
        self.asked.append((tuple(ref_ids), invoice_with_code))
        self.about.append(Subject.bound())
        if isinstance(self.failure, Exception):
            raise self.failure
        if self.failure is not None:
            return self.failure
        found = (self.rows.get((ref_id, invoice_with_code)) for ref_id in ref_ids)
        return Statuses(tuple(row for row in found if row is not None))

    def tells(self, ref_id: str, *, with_code: bool = True, **fields: Any) -> None:
        """Answer with a row from now on."""
        told = {"RefID": ref_id.upper(), "SendTaxStatus": 0, "EInvoiceStatus": 1} | fields
        self.rows[ref_id, with_code] = InvoiceStatus.model_validate(told)


@dataclass
class FakeOrders:
    """Haravan's side of one shop; `failure` is raised by every call while it is set."""

    orders: dict[int, dict[str, Any]] = field(default_factory=dict)
    failure: Exception | None = None
    writes: list[str] = field(default_factory=list)
    reads: int = 0

    def of(self, _: Shop) -> "FakeOrders":
        """The same for every shop."""
        return self

    async def order(self, order_id: int) -> Mapping[str, Any]:
        """One order."""
        self.reads += 1
        self._fail()
        return self.orders[order_id]

    async def put_note_attributes(self, order_id: int, attributes: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """Replace the list."""
        self._fail()
        self.writes.append("attributes")
        self.orders[order_id]["note_attributes"] = [dict(pair) for pair in attributes]
        return self.orders[order_id]

    async def add_tags(self, order_id: int, tags: Sequence[str]) -> str:
        """Add tags."""
        self._fail()
        self.writes.append("tags")
        current = self.orders[order_id].get("tags")
        self.orders[order_id]["tags"] = ",".join([*filter(None, [current]), *tags])
        return str(self.orders[order_id]["tags"])

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure

    def attributes(self, order_id: int) -> dict[str, Any]:
        """The order's pairs."""
        return {pair["name"]: pair["value"] for pair in self.orders[order_id].get("note_attributes") or ()}


@dataclass
class Announced:
    """Keeps what was announced, or fails."""

    events: list[StatusEvent] = field(default_factory=list)
    failure: Exception | None = None

    async def announce(self, message: StatusEvent, traceparent: str | None) -> None:
        """Take an event."""
        if self.failure is not None:
            raise self.failure
        self.events.append(message)
