"""Corrections on an order's document: several at once, what a person dismissed, and a catalogue that grew since."""

import json
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from contracts.haravan import RawResource, Via
from invoicing.catalogue import EMPTY, Catalogue, Item
from invoicing.order import parse_order
from orders.approving import dismissed
from orders.arrival import Arrival
from orders.context import Context
from orders.model import OrderRecord
from orders.progress import next_record
from orders.state import snapshot_of
from orders.story import Story
from support.corrected_orders import refund
from support.haravan_orders import Json, delivered, line, raw_order
from support.shops import example_shop

NOW, TODAY = datetime(2026, 11, 21, 3, 0, tzinfo=UTC), date(2026, 11, 21)
SHIRTS = line(100_000, 3, id=11)
HATS = line(50_000, 2, id=12)
BACK = {"refunds": [refund(5, {11: 1})]}


class Told:
    """One order of a shop whose corrections a test sets, told state by state; invoices are issued at once."""

    def __init__(self, catalogue: Catalogue = EMPTY, **rules: Any) -> None:
        made = example_shop()
        chosen = made.rules.model_validate({**made.rules.model_dump(), **rules})
        self._shop, self.catalogue = made.model_copy(update={"rules": chosen}), catalogue
        numbers = count(1)
        self.story = Story(self._shop.shop, 1, lambda _, __: self._context, lambda _: f"{next(numbers):08d}")

    @property
    def _context(self) -> Context:
        return Context(shop=self._shop, version=1, today=TODAY, catalogue=self.catalogue)

    def tell(self, minute: int, *lines: Json, **fields: Any) -> None:
        self.story.tell(self._body(minute, lines, fields), "orders/updated", NOW, TODAY)

    def next(self, minute: int, *lines: Json, **fields: Any) -> OrderRecord:
        """The document after a state, with nothing sent or approved."""
        body = self._body(minute, lines, fields)
        order = parse_order(body)
        resource = RawResource("demo", 1, "orders/updated", str(order.id), "", Via.WEBHOOK, NOW, body.encode())
        record = next_record(
            self.story.record, Arrival(resource, order, snapshot_of(resource, order), NOW), self._context
        )
        assert record is not None
        return record

    def _body(self, minute: int, lines: tuple[Json, ...], fields: Json) -> str:
        at = {"created_at": "2026-11-20T01:00:00Z", "updated_at": f"2026-11-20T02:{minute:02}:00Z"}
        parcels = [delivered("2026-11-20T02:00:00Z")]
        return json.dumps(raw_order(list(lines), **at, fulfillments=parcels, **fields), default=str)

    @property
    def told(self) -> list[tuple[str, str | None, int]]:
        return [(each.kind, each.event, int(each.total)) for each in self.story.documents]


def _drafts(record: OrderRecord) -> list[str | None]:
    return [each.event for each in record.invoices if each.draft and not each.dismissed]


def test_what_came_back_before_a_replacement_is_taken_off_it() -> None:
    """The replacement says the whole sale; goods that had come back by then adjust it, and only once."""
    order = Told()
    order.tell(1, SHIRTS, HATS)
    for minute in (2, 3):
        order.tell(minute, {**SHIRTS, "name": "Áo thun cổ tròn"}, HATS, **BACK, tags=f"t{minute}")
    assert order.told == [("sale", None, 400_000), ("replace", "edit", 400_000), ("adjust", "return", -100_000)]


def test_a_dismissed_draft_keeps_nothing_else_from_being_made() -> None:
    """A person wants no document for the edit; goods that come back have theirs, and the edit's does not come again."""
    order = Told()
    order.tell(1, SHIRTS)
    edited = order.next(2, SHIRTS, HATS)
    assert _drafts(edited) == ["edit"]
    names = [each.ref_id for each in edited.invoices if each.draft]
    order.story.record = dismissed(edited, names, "lan", NOW)
    assert _drafts(order.next(3, SHIRTS, HATS, tags="vip")) == []
    assert _drafts(order.next(3, SHIRTS, HATS, **BACK)) == ["return"]
    assert _drafts(order.next(3, SHIRTS, {**HATS, "quantity": 3})) == ["edit"]
    order.story.record = order.next(3, SHIRTS, HATS, **BACK)
    assert _drafts(order.next(4, SHIRTS, HATS, **BACK, tags="vip")) == ["return"]


def test_a_rule_on_returns_goes_before_the_setting() -> None:
    """The setting does nothing about returns; a rule of the shop's list issues those of one channel."""
    rule = {"name": "Trả hàng web", "kind": ["return"], "channel": ["web"], "then": "issue"}
    order = Told(corrections={"returns": "none"}, when=[rule])
    order.tell(1, SHIRTS)
    order.tell(2, SHIRTS, **BACK)
    assert order.told[1:] == [("adjust", "return", -100_000)]


def test_a_dry_run_sends_no_correction() -> None:
    """It shows what would be done, of edits, too."""
    order = Told(corrections={"edits": "automatic", "returns": "automatic"})
    order.tell(1, SHIRTS)
    for change, code in (({"refunds": BACK["refunds"]}, "correction-return"), ({}, "correction-edit")):
        dry = Told(dry_run=True, corrections={"edits": "automatic", "returns": "automatic"})
        dry.story.record = order.story.record
        record = dry.next(2, *((SHIRTS,) if change else (SHIRTS, HATS)), **change)
        assert record.attention is not None
        assert record.attention.code == code
        assert len(record.invoices) == 1


def test_what_the_catalogue_learns_later_renames_no_old_line() -> None:
    """Goods it did not know when they were invoiced keep their name; those added since have the catalogue's."""
    order = Told()
    order.tell(1, SHIRTS)
    order.catalogue = Catalogue(
        (Item(sku="SKU-11", invoice_name="Áo sơ mi"), Item(sku="SKU-12", invoice_name="Mũ len"))
    )
    order.tell(2, {**SHIRTS, "quantity": 4}, HATS)
    assert order.told[1:] == [("adjust", "edit", 200_000)]
    body = json.loads(order.story.documents[1].body or "{}")
    assert [each["ItemName"] for each in body["OriginalInvoiceDetail"]] == ["Áo thun", "Mũ len"]
