"""Orders' lives played through: every invoice that follows, and that what follows adds up."""

import json
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from contracts.decisions import Outcome
from contracts.haravan import Via
from invoicing.catalogue import EMPTY, Catalogue
from invoicing.order import Order
from invoicing.reasons import Reason
from invoicing.release import NOTHING, Release
from orders.context import Context
from orders.model import Coverage, InvoiceFacts, InvoiceState
from orders.story import Story
from shops.models import Shop
from support.haravan_orders import company, delivered, line, raw_order
from support.shops import example_shop

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
CREATED = "2026-11-20T01:00:00Z"


class World:
    """One shop whose rules a test changes, and the story of one order."""

    def __init__(self, *, release: Release = NOTHING, catalogue: Catalogue = EMPTY, **rules: Any) -> None:
        made = example_shop()
        changed = made.rules.model_validate({**made.rules.model_dump(), **rules})
        self.shop: Shop = made.model_copy(update={"rules": changed})
        self.release, self.catalogue = release, catalogue
        self._numbers: Counter[str] = Counter()
        self.story = Story(self.shop.shop, 1, self._context, self._number)

    def _context(self, _: Order, today: date) -> Context:
        return Context(shop=self.shop, version=1, today=today, catalogue=self.catalogue, release=self.release)

    def _number(self, lane: str) -> str:
        self._numbers[lane] += 1
        return f"{self._numbers[lane]:08d}"

    def tell(self, minute: int, lines: list[dict[str, Any]] | None = None, **fields: Any) -> None:
        via = fields.pop("via", Via.WEBHOOK)
        at = f"2026-11-20T02:{minute:02}:00Z"
        body = raw_order(lines, **{"created_at": CREATED, "updated_at": at, **fields})
        self.story.tell(json.dumps(body, default=str), "orders/updated", NOW, TODAY, via=via)

    @property
    def totals(self) -> list[tuple[str, int]]:
        return [(document.kind, int(document.total)) for document in self.story.documents]

    @property
    def outcome(self) -> tuple[Outcome, str]:
        record = self.story.record
        assert record is not None
        assert record.decision is not None
        return record.decision.outcome, record.decision.reason

    @property
    def attention(self) -> str | None:
        record = self.story.record
        assert record is not None
        return record.attention.code if record.attention else None


def parcel(number: int, *units: tuple[int, int], **fields: Any) -> dict[str, Any]:
    """A parcel that arrived with so many units of lines."""
    carried = [{"id": line_id, "quantity": count} for line_id, count in units]
    return delivered("2026-11-20T02:00:00Z", id=number, line_items=carried, **fields)


TWO = [line(100_000, 3, id=11), line(50_000, 2, id=12)]
SHIPPED = {"total_discounts": 10_001, "shipping_lines": [{"title": "Giao hàng", "price": 30_000}]}


def test_parts_add_up_to_the_order() -> None:
    """Each delivered part has its invoice, the first with transport; together they are what the buyer pays."""
    world = World()
    world.tell(1, TWO, **SHIPPED, fulfillment_status="partial", fulfillments=[parcel(1, (11, 1))])
    world.tell(2, TWO, **SHIPPED, fulfillment_status="partial", fulfillments=[parcel(1, (11, 1)), parcel(2, (12, 1))])
    everything = [parcel(1, (11, 1)), parcel(2, (12, 1)), parcel(3, (11, 2), (12, 1))]
    world.tell(3, TWO, **SHIPPED, fulfillments=everything)
    assert [kind for kind, _ in world.totals] == ["sale", "sale", "sale"]
    assert sum(total for _, total in world.totals) == 400_000 - 10_001 + 30_000
    assert len({document.ref_id for document in world.story.documents}) == 3
    assert world.story.record is not None
    assert world.story.record.coverage is Coverage.PARTS


def test_a_part_that_is_told_twice_is_invoiced_once() -> None:
    """Repeats and our own write-back name no new part."""
    world = World()
    for minute in (1, 1, 2):
        world.tell(minute, TWO, fulfillment_status="partial", fulfillments=[parcel(1, (11, 1))], tags=f"t{minute}")
    assert world.totals == [("sale", 100_000)]


def test_units_that_come_back_between_parts_are_never_invoiced() -> None:
    """What has no invoice yet is taken first; only what is beyond it corrects the last part."""
    world = World()
    first = parcel(1, (11, 1))
    world.tell(1, TWO, fulfillment_status="partial", fulfillments=[first])
    refund = {"id": 5, "refund_line_items": [{"line_item_id": 11, "quantity": 2}], "transactions": []}
    world.tell(2, TWO, fulfillments=[first, parcel(2, (11, 2), (12, 2))], refunds=[refund])
    assert world.totals == [("sale", 100_000), ("sale", 100_000)]
    more = {"id": 6, "refund_line_items": [{"line_item_id": 11, "quantity": 1}], "transactions": []}
    world.tell(3, TWO, fulfillments=[first, parcel(2, (11, 2), (12, 2))], refunds=[refund, more])
    assert world.totals[2:] == [("adjust", -100_000)]


def test_every_part_of_a_cancelled_order_is_taken_back() -> None:
    """Latest first, and nothing is left."""
    world = World()
    parts = [parcel(1, (11, 1)), parcel(2, (11, 2), (12, 2))]
    world.tell(1, TWO, **SHIPPED, fulfillment_status="partial", fulfillments=parts[:1])
    world.tell(2, TWO, **SHIPPED, fulfillments=parts)
    world.tell(3, TWO, **SHIPPED, fulfillments=parts, cancelled_status="cancelled")
    assert [kind for kind, _ in world.totals] == ["sale", "sale", "adjust", "adjust"]
    assert sum(total for _, total in world.totals) == 0
    corrected = [document.corrects for document in world.story.documents[2:]]
    assert corrected == [document.ref_id for document in reversed(world.story.documents[:2])]


def test_an_order_that_is_edited_after_its_first_part_is_held() -> None:
    """What is left cannot be told for certain; a person may go on by the edited order."""
    edited = [line(100_000, 3, id=11), line(60_000, 2, id=12)]
    parts = [parcel(1, (11, 1)), parcel(2, (11, 2), (12, 2))]
    world = World()
    world.tell(1, TWO, fulfillment_status="partial", fulfillments=parts[:1])
    world.tell(2, edited, fulfillments=parts)
    assert world.totals == [("sale", 100_000)]
    assert world.outcome == (Outcome.HELD, Reason.EDITED_AFTER_PART.value)
    world.release = Release(accepts=frozenset({Reason.EDITED_AFTER_PART}))
    world.tell(3, edited, fulfillments=parts)
    assert world.totals == [("sale", 100_000), ("sale", 320_000)]


def test_a_cancellation_before_the_last_part_needs_no_second_word() -> None:
    """The part is taken back, the rest is never invoiced."""
    world = World()
    world.tell(1, TWO, fulfillment_status="partial", fulfillments=[parcel(1, (11, 1))])
    world.tell(2, TWO, fulfillment_status="partial", fulfillments=[parcel(1, (11, 1))], cancelled_status="cancelled")
    assert world.totals == [("sale", 100_000), ("adjust", -100_000)]


def test_a_long_order_is_split_into_pages_that_add_up() -> None:
    """MeInvoice takes fewer than 200 lines; each page is an invoice of its own, named in its kind."""
    lines = [line(10_000 + number, id=number) for number in range(1, 451)]
    world = World(too_many_lines="split")
    world.tell(1, lines, total_discounts=1_234, fulfillments=[delivered("2026-11-20T02:00:00Z")])
    kinds = [kind for kind, _ in world.totals]
    assert kinds == ["sale-1-of-3", "sale-2-of-3", "sale-3-of-3"]
    assert sum(total for _, total in world.totals) == sum(10_000 + number for number in range(1, 451)) - 1_234
    held = World()
    held.tell(1, lines, fulfillments=[delivered("2026-11-20T02:00:00Z")])
    assert held.outcome == (Outcome.HELD, Reason.TOO_MANY_LINES.value)


def test_pages_come_back_whole_when_the_order_is_cancelled() -> None:
    """Each page is adjusted by its own adjustment."""
    lines = [line(10_000, id=number) for number in range(1, 251)]
    fields: dict[str, Any] = {"fulfillments": [delivered("2026-11-20T02:00:00Z")]}
    world = World(too_many_lines="split")
    world.tell(1, lines, **fields)
    world.tell(2, lines, **fields, cancelled_status="cancelled")
    assert sum(total for _, total in world.totals) == 0
    assert [kind for kind, _ in world.totals[2:]] == ["adjust", "adjust"]


def test_a_shop_may_look_first() -> None:
    """Drafts above an amount; a small order goes out by itself. Approving gives the decision a name."""
    small, large = (World(drafts={"mode": "above", "above": 500_000}) for _ in range(2))
    fields: dict[str, Any] = {"fulfillments": [delivered("2026-11-20T02:00:00Z")]}
    small.tell(1, [line(500_000)], **fields)
    large.tell(1, [line(500_001)], **fields)
    assert [document.draft for document in small.story.documents] == [False]
    assert [document.draft for document in large.story.documents] == [True]
    assert large.outcome == (Outcome.PLANNED, "approved")


@pytest.mark.parametrize(("mode", "kinds"), (("automatic", ["sale", "adjust"]), ("draft", ["sale", "adjust"])))
def test_a_return_is_adjusted_by_the_shops_policy(mode: str, kinds: list[str]) -> None:
    """By itself or after approval; the sum is what was kept."""
    world = World(corrections={"returns": mode})
    fields: dict[str, Any] = {"fulfillments": [delivered("2026-11-20T02:00:00Z")]}
    refund = {"id": 5, "refund_line_items": [{"line_item_id": 11, "quantity": 1}], "transactions": []}
    world.tell(1, TWO, **fields)
    world.tell(2, TWO, **fields, refunds=[refund])
    assert [kind for kind, _ in world.totals] == kinds
    assert [document.draft for document in world.story.documents] == [False, mode == "draft"]
    assert sum(total for _, total in world.totals) == 300_000
    assert world.attention is None


@pytest.mark.parametrize(("mode", "code"), (("flag", "correction-return"), ("none", None)))
def test_a_shop_that_corrects_by_hand_is_told_or_left_alone(mode: str, code: str | None) -> None:
    """Nothing is made; what is flagged stays visible."""
    world = World(corrections={"returns": mode})
    fields: dict[str, Any] = {"fulfillments": [delivered("2026-11-20T02:00:00Z")]}
    refund = {"id": 5, "refund_line_items": [{"line_item_id": 11, "quantity": 1}], "transactions": []}
    world.tell(1, TWO, **fields)
    world.tell(2, TWO, **fields, refunds=[refund])
    assert world.totals == [("sale", 400_000)]
    assert world.attention == code


def test_the_error_of_a_companys_invoice_stays_a_draft_until_the_agreement() -> None:
    """Circular 91/2026 Art. 10.1.b: also where the shop corrects edits by itself."""
    fields: dict[str, Any] = {"fulfillments": [delivered("2026-11-20T02:00:00Z")], "note_attributes": company()}
    world = World(corrections={"edits": "automatic"})
    world.tell(1, TWO, **fields)
    world.tell(2, [line(100_000, 2, id=11), line(50_000, 2, id=12)], **fields)
    assert [(document.kind, document.draft) for document in world.story.documents] == [
        ("sale", False),
        ("adjust", True),
    ]


def test_any_order_of_deliveries_ends_with_the_same_invoice() -> None:
    """Paid before create, repeats and old news: the newest state decides."""
    states: list[dict[str, Any]] = [
        {"minute": 1, "fulfillment_status": None, "financial_status": "pending"},
        {"minute": 2, "fulfillment_status": None},
        {"minute": 3, "fulfillments": [delivered("2026-11-20T02:00:00Z")]},
        {"minute": 3, "fulfillments": [delivered("2026-11-20T02:00:00Z")]},
    ]
    bodies = set()
    for order in permutations(states):
        world = World()
        for state in order:
            world.tell(state["minute"], TWO, **{name: value for name, value in state.items() if name != "minute"})
        bodies.add(tuple(document.body for document in world.story.documents))
    assert len(bodies) == 1
    assert [len(each) for each in bodies] == [1]


def test_one_click_goes_before_the_trigger() -> None:
    """At the counter the invoice is wanted now; a second click changes nothing."""
    world = World(release=Release(issue=True, by="quầy"), trigger="manual")
    for minute in (1, 2):
        world.tell(minute, TWO, fulfillment_status=None, via=Via.REREAD)
    assert world.totals == [("sale", 400_000)]
    assert world.story.record is not None
    assert world.story.record.decision is not None
    assert world.story.record.decision.facts["released_by"] == "quầy"


def test_a_changed_catalogue_corrects_no_old_invoice() -> None:
    """An edit is compared with the names, units and rates of the time the invoice was made."""
    from invoicing.catalogue import Item  # noqa: PLC0415  (only here)

    fields: dict[str, Any] = {"fulfillments": [delivered("2026-11-20T02:00:00Z")]}
    world = World(catalogue=Catalogue((Item(sku="SKU-11", invoice_name="Áo sơ mi", unit="Chiếc"),)))
    world.tell(1, TWO, **fields)
    world.catalogue = Catalogue((Item(sku="SKU-11", invoice_name="Áo sơ mi nam", unit="Cái"),))
    world.tell(2, [line(100_000, 4, id=11), line(50_000, 2, id=12)], **fields)
    assert world.totals == [("sale", 400_000), ("adjust", 100_000)]
    body = json.loads(world.story.documents[1].body or "{}", parse_float=Decimal)
    (changed,) = body["OriginalInvoiceDetail"]
    assert (changed["ItemName"], changed["UnitName"], changed["Quantity"]) == ("Áo sơ mi", "Chiếc", 1)


def test_a_refused_first_part_takes_its_transport_along_when_it_is_made_anew() -> None:
    """The vendor refused it for good while the second part was issued: its units and the transport are still owed."""
    world = World()
    parts = [parcel(1, (11, 1)), parcel(2, (11, 2), (12, 2))]
    world.tell(1, TWO, **SHIPPED, fulfillment_status="partial", fulfillments=parts[:1])
    world.tell(2, TWO, **SHIPPED, fulfillments=parts)
    record = world.story.record
    assert record is not None
    refused = record.invoices[0].model_copy(
        update={"invoice": InvoiceFacts(version=9, state=InvoiceState.REJECTED, at=NOW, code="InvalidTaxCode")}
    )
    world.story.record = record.model_copy(update={"invoices": (refused, *record.invoices[1:])})
    world.tell(3, TWO, **SHIPPED, fulfillments=parts, via=Via.REREAD)
    first, second, anew = (total for _, total in world.totals)
    assert anew + second == 400_000 - 10_001 + 30_000
    assert abs(anew - first) <= 1


def test_a_cancelled_order_waits_for_no_further_part() -> None:
    """Its decision says so, and the correction of its first part is not forgotten."""
    world = World()
    first = {"fulfillment_status": "partial", "fulfillments": [parcel(1, (11, 1))]}
    world.tell(1, TWO, **first)
    world.tell(2, TWO, **first, tags="chờ phần sau")
    assert world.outcome[0] is Outcome.WAITING
    world.tell(3, TWO, **first, cancelled_status="cancelled")
    assert world.outcome == (Outcome.SKIPPED, Reason.CANCELLED.value)
    assert sum(total for _, total in world.totals) == 0


def test_buyers_data_that_are_gone_replace_nothing() -> None:
    """A state without any note attribute is no answer: an unticked box leaves its fields behind."""
    fields: dict[str, Any] = {"fulfillments": [delivered("2026-11-20T02:00:00Z")]}
    world = World(corrections={"buyer_changes": "automatic", "agreement": "not-needed"})
    world.tell(1, TWO, **fields, note_attributes=company())
    world.tell(2, TWO, **fields, note_attributes=None)
    assert world.totals == [("sale", 400_000)]
    assert world.attention == Reason.BUYER_DATA_GONE.value


def test_facts_of_a_long_order_stay_short() -> None:
    """A decision is one record of Kafka."""
    lines = [line(10_000, id=number) for number in range(1, 1_500)]
    world = World(too_many_lines="split")
    world.tell(1, lines, fulfillments=[delivered("2026-11-20T02:00:00Z")])
    assert world.story.record is not None
    assert world.story.record.decision is not None
    assert len(str(world.story.record.decision.facts)) < 15_000
