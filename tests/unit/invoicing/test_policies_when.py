"""Whether and when: each row of the policy with its default and its settings."""

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from invoicing.decide import Decision, Hold, Issue, Skip, Wait, decide
from invoicing.order import parse_order
from invoicing.portions import Portion
from invoicing.reasons import Reason
from invoicing.release import NOTHING, Release
from support.haravan_orders import Json, delivered, line, order, raw_order, rules

_TODAY = dt.date(2026, 3, 20)
_NOW = Release(issue=True, by="ketoan")
_TWO_LINES = [line(100_000, 3), line(50_000, 1, id=12)]
_SHIPPING = [{"title": "Giao", "price": 20_000}]
_PAID_LATE = [{"id": 5, "kind": "Capture", "amount": 108_000, "created_at": "2026-03-15T00:00:00Z"}]
_OLD = "2025-12-01T00:00:00Z"


def _parcel(number: int, units: Mapping[int, object] | None = None, *, arrived: bool = True, **fields: Any) -> Json:
    status: Json = {} if arrived else {"carrier_status_code": "delivering", "delivered_date": None}
    lines = [{"id": line_id, "quantity": count} for line_id, count in (units or {}).items()]
    return delivered(id=number, line_items=lines, **status, **fields)


def _decide(
    lines: list[Json] | None = None,
    *,
    setting: Mapping[str, Any] | None = None,
    release: Release = NOTHING,
    covered: Mapping[int, int] | None = None,
    **changes: Any,
) -> Decision:
    carried = None if covered is None else {line_id: Decimal(count) for line_id, count in covered.items()}
    made = order(lines, **changes)
    decision = decide(made, rules(**(setting or {})), today=_TODAY, release=release, covered=carried)
    told = decision.explain()
    assert "?" not in told.vi + told.en
    return decision


def _said(decision: Decision) -> tuple[type, str]:
    return type(decision), decision.reason.value


def _portion(decision: Decision) -> Portion:
    assert isinstance(decision, Issue), decision
    assert decision.portion is not None
    return decision.portion


def _units(**by_line: int) -> dict[int, Decimal]:
    return {int(name.removeprefix("line")): Decimal(count) for name, count in by_line.items()}


def _partly(*parcels: Json, **changes: Any) -> Json:
    return {"fulfillments": list(parcels), "fulfillment_status": "partial", **changes}


_ROW_START = (
    ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", (Issue, "triggered")),
    ("2025-12-31T17:00:00Z", "2026-02-01T00:00:00Z", (Issue, "triggered")),
    ("2025-12-31T16:59:59Z", "2026-02-01T00:00:00Z", (Hold, "before-start")),
    ("2025-12-01T00:00:00Z", "2025-12-31T17:00:00Z", (Hold, "before-start")),
    ("2025-12-01T00:00:00Z", "2025-12-31T16:59:59Z", (Skip, "both-before-start")),
    ("2025-12-01T00:00:00Z", None, (Hold, "before-start")),  # Haravan does not say when: today
)


@pytest.mark.parametrize(("created", "paid", "expected"), _ROW_START)
def test_start(created: str, paid: str | None, expected: tuple[type, str]) -> None:
    """Created before and triggered on or after the start date is held; both before is skipped; days are Vietnam's."""
    payment = [{**_PAID_LATE[0], "created_at": paid}]
    decision = _decide(setting={"trigger": "paid"}, created_at=created, transactions=payment)
    assert _said(decision) == expected


def test_start_without_a_date() -> None:
    """Nothing is issued automatically; a person's word issues."""
    assert _said(_decide(setting={"start_date": None})) == (Wait, "no-start-date")
    assert _said(_decide(setting={"start_date": None}, release=_NOW)) == (Issue, "released")


def test_start_of_a_part() -> None:
    """A part that is due is held like a whole order, and not forgotten."""
    changes = _partly(_parcel(1, {11: 1}), created_at=_OLD)
    assert _said(_decide(_TWO_LINES, **changes)) == (Hold, "before-start")
    accepted = Release(accepts=frozenset({Reason.BEFORE_START}))
    assert _portion(_decide(_TWO_LINES, release=accepted, **changes)).now == _units(line11=1)


@pytest.mark.parametrize(
    ("trigger", "changes", "expected"),
    (
        (None, {"fulfillments": [_parcel(1, {11: 1})]}, (Issue, "triggered")),
        (None, {"fulfillments": [_parcel(1, {11: 1}, arrived=False)]}, (Wait, "not-delivered")),
        (None, {"fulfillments": [{"id": 1, "status": "success"}]}, (Issue, "triggered")),
        (None, {"fulfillments": []}, (Issue, "triggered")),
        ("created", {"fulfillment_status": None, "financial_status": "pending"}, (Issue, "triggered")),
        ("paid", {"financial_status": "pending"}, (Wait, "not-paid")),
        ("paid", {"fulfillment_status": None}, (Issue, "triggered")),
        ("fulfilled", {"fulfillments": [_parcel(1, {11: 1}, arrived=False)]}, (Issue, "triggered")),
        ("fulfilled", {"fulfillment_status": "notfulfilled"}, (Wait, "not-fulfilled")),
        ("manual", {}, (Wait, "manual")),
    ),
)
def test_trigger(trigger: str | None, changes: Json, expected: tuple[type, str]) -> None:
    """Delivered by default, where sent counts as delivered without a carrier; or what the shop chose."""
    setting = {} if trigger is None else {"trigger": trigger}
    assert _said(_decide(setting=setting, **changes)) == expected


def test_trigger_per_channel() -> None:
    """A channel may have a trigger of its own."""
    setting = {"trigger_by_channel": {" POS ": "paid"}}
    changes: Json = {"fulfillment_status": "notfulfilled"}
    assert _said(_decide(setting=setting, source_name="pos", **changes)) == (Issue, "triggered")
    assert _said(_decide(setting=setting, source_name="web", **changes)) == (Wait, "not-delivered")


@pytest.mark.parametrize(
    ("spelling", "expected"),
    (
        ("partially_paid", (Wait, "not-paid")),
        ("partiallypaid", (Wait, "not-paid")),
        ("Partially-Paid", (Wait, "not-paid")),
        ("PAID", (Issue, "triggered")),
        ("Voided", (Wait, "not-paid")),
    ),
)
def test_statuses_are_normalised(spelling: str, expected: tuple[type, str]) -> None:
    """Haravan writes a status in several ways."""
    assert _said(_decide(setting={"trigger": "paid"}, financial_status=spelling)) == expected


def test_confirmation() -> None:
    """Unconfirmed stops nothing, unless the shop wants to wait; a part waits, too."""
    changes: Json = {"confirmed_status": "unconfirmed"}
    assert _said(_decide(**changes)) == (Issue, "triggered")
    wait = {"unconfirmed": "wait"}
    assert _said(_decide(setting=wait, **changes)) == (Wait, "not-confirmed")
    part = _partly(_parcel(1, {11: 1}), **changes)
    assert _said(_decide(_TWO_LINES, setting=wait, **part)) == (Wait, "not-confirmed")
    assert _said(_decide(setting=wait, release=_NOW, **changes)) == (Issue, "released")


def test_part_delivery() -> None:
    """What is delivered and not yet invoiced goes on one invoice; transport is on the first, the last one is known."""
    first = _partly(_parcel(1, {11: 1}), _parcel(2, {11: 1, 12: 1}, arrived=False), shipping_lines=_SHIPPING)
    decision = _decide(_TWO_LINES, **first)
    assert decision.reason is Reason.PART_TRIGGERED
    assert _portion(decision) == Portion(before={}, now=_units(line11=1), shipping=True, last=False)

    second = _partly(_parcel(1, {11: 1}), _parcel(2, {11: 1, 12: 1}), shipping_lines=_SHIPPING)
    portion = _portion(_decide(_TWO_LINES, covered={11: 1}, **second))
    assert portion == Portion(before=_units(line11=1), now=_units(line11=1, line12=1), shipping=False, last=False)

    third = {**second, "fulfillment_status": "fulfilled"}
    third["fulfillments"] = [*third["fulfillments"], _parcel(3, {11: 1})]
    portion = _portion(_decide(_TWO_LINES, covered={11: 2, 12: 1}, **third))
    assert (portion.now, portion.last) == (_units(line11=1), True)
    assert _said(_decide(_TWO_LINES, covered={11: 3, 12: 1}, **third)) == (Skip, "all-parts-invoiced")


def test_part_delivery_parts_that_arrive_together() -> None:
    """Two parcels between two judgements make one part."""
    changes = _partly(_parcel(1, {11: 1}), _parcel(2, {11: 1}), _parcel(3, {12: 1}, arrived=False))
    assert _portion(_decide(_TWO_LINES, **changes)).now == _units(line11=2)


def test_part_delivery_of_everything_is_the_whole_order() -> None:
    """An order without an invoice whose goods all arrived needs no parts."""
    parcels = [_parcel(1, {11: 3}), _parcel(2, {12: 1})]
    decision = _decide(_TWO_LINES, fulfillments=parcels)
    assert isinstance(decision, Issue)
    assert (decision.portion, decision.reason) == (None, Reason.TRIGGERED)


def test_part_delivery_nothing_new() -> None:
    """Between two parcels the rest waits."""
    changes = _partly(_parcel(1, {11: 1}))
    assert _said(_decide(_TWO_LINES, covered={11: 1}, **changes)) == (Wait, "part-not-delivered")


def test_part_delivery_by_trigger_fulfilled() -> None:
    """With the trigger fulfilled a parcel counts when it left; a cancelled one does not."""
    changes = _partly(_parcel(1, {11: 2}, arrived=False), _parcel(2, {12: 1}, arrived=False, status="cancelled"))
    assert _portion(_decide(_TWO_LINES, setting={"trigger": "fulfilled"}, **changes)).now == _units(line11=2)


def test_part_delivery_without_carrier_data() -> None:
    """Each fulfilment that no carrier reports on counts by itself when it left."""
    by_hand = {"id": 1, "status": "success", "line_items": [{"line_item_id": 12, "quantity": 1}]}
    assert _portion(_decide(_TWO_LINES, **_partly(by_hand))).now == _units(line12=1)


def test_part_delivery_that_goes_back() -> None:
    """A parcel on its way back delivers nothing."""
    changes = _partly(_parcel(1, {11: 1}), _parcel(2, {12: 1}, carrier_status_code="return"))
    assert _portion(_decide(_TWO_LINES, **changes)).now == _units(line11=1)


@pytest.mark.parametrize("units", ({}, {99: 1}, {11: 0}, {11: -1}))
def test_part_delivery_with_unknown_contents(units: dict[int, int]) -> None:
    """Without the units of a part nothing is guessed: held, unless a person lets the whole order go."""
    changes = _partly(_parcel(1, units))
    assert _said(_decide(_TWO_LINES, **changes)) == (Hold, "part-delivered")
    accepted = Release(accepts=frozenset({Reason.PART_DELIVERED}))
    decision = _decide(_TWO_LINES, release=accepted, **changes)
    assert isinstance(decision, Issue)
    assert decision.portion is None


def test_part_delivery_units_that_come_back() -> None:
    """They are first those without an invoice; only what exceeds these is for corrections."""
    back = {"refunds": [{"id": 1, "refund_line_items": [{"line_item_id": 11, "quantity": 1}], "transactions": []}]}
    two = _partly(_parcel(1, {11: 2}), **back, financial_status="partially_refunded")
    portion = _portion(_decide(_TWO_LINES, **two))
    assert (portion.now, portion.last) == (_units(line11=2), False)  # the third unit is the one that came back
    rest = {**two, "fulfillment_status": "fulfilled", "fulfillments": [_parcel(1, {11: 2}), _parcel(2, {11: 1, 12: 1})]}
    portion = _portion(_decide(_TWO_LINES, covered={11: 2}, **rest))
    assert (portion.now, portion.last) == (_units(line12=1), True)
    assert _portion(_decide(_TWO_LINES, covered={11: 3}, **rest)).now == _units(line12=1)


def test_part_delivery_and_money_that_goes_back_later() -> None:
    """Money that went back after the first part's invoice is for corrections: the rest is invoiced."""
    money = [{"id": 1, "refund_line_items": None, "transactions": [{"id": 7, "kind": "refund", "amount": -30_000}]}]
    changes = _partly(_parcel(1, {11: 1}), _parcel(2, {12: 1}), refunds=money, financial_status="partially_refunded")
    assert _said(_decide(_TWO_LINES, **changes)) == (Hold, "money-only-refund")
    assert _portion(_decide(_TWO_LINES, covered={11: 1}, **changes)).now == _units(line12=1)


def test_part_delivery_shipping_that_was_given_back() -> None:
    """Money that covers goods and transport takes transport off the first part, too."""
    back = [
        {
            "id": 1,
            "refund_line_items": [{"line_item_id": 11, "quantity": 1}],
            "transactions": [{"id": 7, "kind": "refund", "amount": -120_000}],
        }
    ]
    changes = _partly(_parcel(1, {11: 1}), refunds=back, shipping_lines=_SHIPPING)
    assert not _portion(_decide(_TWO_LINES, **changes)).shipping


def test_part_delivery_may_wait() -> None:
    """By setting nothing is invoiced until everything is delivered; what is frozen as parts goes on as parts."""
    wait = {"part_delivery": "wait"}
    changes = _partly(_parcel(1, {11: 1}), _parcel(2, {11: 2, 12: 1}, arrived=False))
    assert _said(_decide(_TWO_LINES, setting=wait, **changes)) == (Wait, "part-not-delivered")
    done: Json = {"fulfillments": [_parcel(1, {11: 1}), _parcel(2, {11: 2, 12: 1})]}
    assert _portion(_decide(_TWO_LINES, setting=wait, covered={11: 1}, **done)).now == _units(line11=2, line12=1)


def test_part_delivery_and_a_later_start_date() -> None:
    """Once a part is invoiced the rest follows, whatever start date or rule comes later."""
    changes = _partly(_parcel(1, {11: 1}), _parcel(2, {12: 1}), created_at=_OLD)
    assert _portion(_decide(_TWO_LINES, covered={11: 1}, **changes)).now == _units(line12=1)
    skip = {"when": [{"name": "không xuất", "then": "skip"}]}
    assert _said(_decide(_TWO_LINES, setting=skip, covered={11: 1}, **changes)) == (Hold, "rule-held")


@pytest.mark.parametrize(
    ("changes", "expected"),
    (
        ({"cancelled_status": "cancelled"}, (Skip, "cancelled")),
        ({"cancelled_status": "Cancelled", "cancelled_at": "2026-03-15T00:00:00Z"}, (Skip, "cancelled")),
        ({"cancelled_status": None, "cancelled_at": "2026-03-15T00:00:00Z"}, (Skip, "cancelled")),
        ({"cancelled_at": "0001-01-01T00:00:00"}, (Issue, "triggered")),
        ({"cancelled_status": "uncancelled", "cancelled_at": None}, (Issue, "triggered")),
        ({"cancelled_at": "2026-03-15T00:00:00Z"}, (Hold, "cancel-unclear")),
    ),
)
def test_cancelled_before_issue(changes: Json, expected: tuple[type, str]) -> None:
    """Nothing while it is cancelled, re-opened it is judged anew; no word of a person issues a cancelled order."""
    assert _said(_decide(**changes)) == expected
    if expected[0] is Skip:
        assert _said(_decide(release=_NOW, **changes)) == expected


def _refund(units: Mapping[int, int], money: int = 0) -> list[Json]:
    goods = [{"line_item_id": line_id, "quantity": count} for line_id, count in units.items()]
    paid = [{"id": 77, "kind": "refund", "amount": -money}] if money else []
    return [{"id": 1, "refund_line_items": goods, "transactions": paid}]


@pytest.mark.parametrize(
    ("units", "money", "expected"),
    (
        ({11: 1}, 0, (Issue, "triggered")),
        ({11: 1}, 100_000, (Issue, "triggered")),
        ({11: 3, 12: 1}, 0, (Hold, "only-shipping-kept")),
        ({11: 3, 12: 1}, 370_000, (Skip, "nothing-kept")),
        ({}, 30_000, (Hold, "money-only-refund")),
    ),
)
def test_first_seen_partly_refunded(units: dict[int, int], money: int, expected: tuple[type, str]) -> None:
    """What was kept is invoiced, nothing if nothing was; money only, or only the shipping kept, is held."""
    decision = _decide(_TWO_LINES, shipping_lines=_SHIPPING, refunds=_refund(units, money))
    assert _said(decision) == expected


@pytest.mark.parametrize(
    ("setting", "expected"),
    ((None, (Issue, "triggered")), ("skip", (Skip, "zero-total-skipped")), ("hold", (Hold, "zero-total"))),
)
def test_zero_total(setting: str | None, expected: tuple[type, str]) -> None:
    """Issued by default, skipped or held by setting; a person may let it go either way."""
    chosen = {} if setting is None else {"zero_total": setting}
    assert _said(_decide(setting=chosen, total_discounts=108_000)) == expected
    accepted = Release(accepts=frozenset({Reason.ZERO_TOTAL}))
    assert isinstance(_decide(setting=chosen, release=accepted, total_discounts=108_000), Issue)


def test_zero_total_without_lines() -> None:
    """An order without lines is held."""
    assert _said(_decide([])) == (Hold, "no-lines")


def test_test_deliveries() -> None:
    """A test payment is never invoiced, whoever asks (the header is for ingest: it records and stops there)."""
    test = [{**_PAID_LATE[0], "test": True}]
    assert _said(_decide(transactions=test)) == (Skip, "test-order")
    assert _said(_decide(transactions=test, release=_NOW)) == (Skip, "test-order")


def test_body_wrapped_in_data() -> None:
    """It is judged like any other."""
    whole = json.loads(json.dumps(raw_order(), default=str))
    wrapped = [parse_order(each) for each in ({"data": whole}, {"data": {"order": whole}}, whole)]
    decisions = [decide(each, rules(), today=_TODAY) for each in wrapped]
    assert decisions[0] == decisions[1] == decisions[2]


@pytest.mark.parametrize(
    ("changes", "partial", "after"),
    (
        ({"line_items": None}, "line_items", (Hold, "partial-payload")),
        ({"total_price": 1}, "totals", (Hold, "does-not-tie")),
        ({"send_webhooks": False}, "send-webhooks", (Issue, "triggered")),
        ({"fulfillments": None}, "fulfillments", (Issue, "triggered")),
    ),
)
def test_partial_payload(changes: Json, partial: str, after: tuple[type, str]) -> None:
    """Read again once, whoever asks for the invoice; null lines and totals are held when that did not help."""
    made = parse_order({**raw_order(), **changes})
    for release in (NOTHING, _NOW):
        first = decide(made, rules(), today=_TODAY, release=release)
        assert (_said(first), first.facts["partial"]) == ((Wait, "reread"), partial)
        second = decide(made, rules(), today=_TODAY, release=release, reread=True)
        assert (type(second), second.reason.value.replace("released", "triggered")) == after


@pytest.mark.parametrize(
    ("currency", "expected"),
    (("USD", (Hold, "foreign-currency")), (None, (Issue, "triggered")), ("vnd", (Issue, "triggered"))),
)
def test_foreign_currency(currency: str | None, expected: tuple[type, str]) -> None:
    """Held; null means VND."""
    assert _said(_decide(currency=currency)) == expected


def test_total_tax() -> None:
    """Held where prices include VAT."""
    taxed: Json = {"total_tax": 8_000, "total_price": 116_000}
    assert _said(_decide(**taxed)) == (Hold, "order-tax")
    assert _said(_decide(setting={"prices": "exclude_vat"}, **taxed)) == (Issue, "triggered")


@pytest.mark.parametrize(
    ("reason", "changes", "setting"),
    (
        (Reason.BEFORE_START, {"created_at": _OLD}, {}),
        (Reason.CANCEL_UNCLEAR, {"cancelled_at": "2026-03-15T00:00:00Z"}, {}),
        (Reason.PAYMENT_VOIDED, {"financial_status": "voided"}, {}),
        (Reason.ZERO_TOTAL, {"total_discounts": 108_000}, {"zero_total": "hold"}),
        (Reason.RULE_HELD, {}, {"when": [{"name": "xem lại", "then": "hold"}]}),
    ),
)
def test_release_of_a_held_order(reason: Reason, changes: Json, setting: Json) -> None:
    """Held until a person takes this very reason upon himself; another one does not help."""
    assert _said(_decide(setting=setting, **changes)) == (Hold, reason.value)
    other = Release(accepts=frozenset({Reason.UNKNOWN_SKU}))
    assert _said(_decide(setting=setting, release=other, **changes)) == (Hold, reason.value)
    accepted = Release(accepts=frozenset({reason}))
    assert _said(_decide(setting=setting, release=accepted, **changes)) == (Issue, "triggered")


@pytest.mark.parametrize(
    ("changes", "setting"),
    (
        ({"fulfillment_status": None}, {}),
        ({}, {"trigger": "manual"}),
        ({"created_at": _OLD}, {}),
        ({"confirmed_status": "unconfirmed"}, {"unconfirmed": "wait"}),
        ({}, {"drafts": {"mode": "all"}}),
        ({}, {"when": [{"name": "bỏ qua", "then": "skip"}]}),
        ({}, {"when": [{"name": "giữ", "then": "hold"}]}),
        ({}, {"when": [{"name": "tay", "then": "manual"}]}),
    ),
)
def test_release_issues_now(changes: Json, setting: Json) -> None:
    """One click goes before trigger, start date, confirmation, drafts and the rule list."""
    before = _decide(setting=setting, **changes)
    assert not isinstance(before, Issue) or before.draft
    decision = _decide(setting=setting, release=_NOW, **changes)
    assert isinstance(decision, Issue)
    assert (decision.reason, decision.draft, decision.portion) == (Reason.RELEASED, False, None)


def test_release_does_not_mend_figures() -> None:
    """What cannot become a certain invoice stays held."""
    everything = Release(issue=True, accepts=frozenset(Reason))
    assert _said(_decide([line(-1_000), line(5_000, id=12)], release=everything)) == (Hold, "negative-price")


def test_release_of_the_rest() -> None:
    """Issued now, what no invoice carries yet is one last part."""
    changes = _partly(_parcel(1, {11: 1}))
    portion = _portion(_decide(_TWO_LINES, covered={11: 1}, release=_NOW, **changes))
    assert (portion.now, portion.last) == (_units(line11=2, line12=1), True)


@pytest.mark.parametrize(
    ("drafts", "draft"),
    (
        ({}, False),
        ({"mode": "all"}, True),
        ({"mode": "above", "above": 107_999}, True),
        ({"mode": "above", "above": 108_000}, False),
    ),
)
def test_drafts(drafts: Json, draft: bool) -> None:
    """None by default, all, or above an amount; also where a rule issues."""
    for when in ([], [{"name": "tất cả", "then": "issue"}]):
        decision = _decide(setting={"drafts": drafts, "when": when})
        assert isinstance(decision, Issue)
        assert (decision.draft, "draft" in decision.facts) == (draft, draft)


def test_dry_run() -> None:
    """Everything is judged and explained, nothing is issued: the decision says what it stands for."""
    decision = _decide(setting={"dry_run": True})
    assert isinstance(decision, Hold)
    assert (decision.reason, decision.facts["would"]) == (Reason.DRY_RUN, "issue")
    assert decision.would is not None
    assert decision.would.reason is Reason.TRIGGERED
    assert "xuất hóa đơn" in decision.explain().vi
    draft = _decide(setting={"dry_run": True, "drafts": {"mode": "all"}}, release=NOTHING)
    assert draft.facts["would"] == "make a draft"
    assert _said(_decide(setting={"dry_run": True}, release=_NOW)) == (Hold, "dry-run")
    assert _said(_decide(setting={"dry_run": True}, fulfillment_status=None)) == (Wait, "not-delivered")
