"""Whether and when: each row of the policy with its default and its settings."""

import json
from collections.abc import Mapping

import pytest
from invoicing.decide import Hold, Issue, Skip, Wait, decide
from invoicing.order import parse_order
from invoicing.reasons import Reason
from invoicing.release import NOTHING, Release
from support.decisions import TODAY, decision_on, parcel, partly, portion_of, said, units
from support.haravan_orders import Json, line, raw_order, rules

_NOW = Release(issue=True, by="ketoan")
_TWO_LINES = [line(100_000, 3), line(50_000, 1, id=12)]
_SHIPPING = [{"title": "Giao", "price": 20_000}]
_PAID_LATE = [{"id": 5, "kind": "Capture", "amount": 108_000, "created_at": "2026-03-15T00:00:00Z"}]
_OLD = "2025-12-01T00:00:00Z"


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
    decision = decision_on(setting={"trigger": "paid"}, created_at=created, transactions=payment)
    assert said(decision) == expected


def test_start_without_a_date() -> None:
    """Nothing is issued automatically; a person's word issues."""
    assert said(decision_on(setting={"start_date": None})) == (Wait, "no-start-date")
    assert said(decision_on(setting={"start_date": None}, release=_NOW)) == (Issue, "released")


def test_start_of_a_part() -> None:
    """A part that is due is held like a whole order, and not forgotten."""
    changes = partly(parcel(1, {11: 1}), created_at=_OLD)
    assert said(decision_on(_TWO_LINES, **changes)) == (Hold, "before-start")
    accepted = Release(accepts=frozenset({Reason.BEFORE_START}))
    assert portion_of(decision_on(_TWO_LINES, release=accepted, **changes)).now == units(line11=1)


@pytest.mark.parametrize(
    ("trigger", "changes", "expected"),
    (
        (None, {"fulfillments": [parcel(1, {11: 1})]}, (Issue, "triggered")),
        (None, {"fulfillments": [parcel(1, {11: 1}, arrived=False)]}, (Wait, "not-delivered")),
        (None, {"fulfillments": [{"id": 1, "status": "success"}]}, (Issue, "triggered")),
        (None, {"fulfillments": []}, (Issue, "triggered")),
        ("created", {"fulfillment_status": None, "financial_status": "pending"}, (Issue, "triggered")),
        ("paid", {"financial_status": "pending"}, (Wait, "not-paid")),
        ("paid", {"fulfillment_status": None}, (Issue, "triggered")),
        ("fulfilled", {"fulfillments": [parcel(1, {11: 1}, arrived=False)]}, (Issue, "triggered")),
        ("fulfilled", {"fulfillment_status": "notfulfilled"}, (Wait, "not-fulfilled")),
        ("manual", {}, (Wait, "manual")),
    ),
)
def test_trigger(trigger: str | None, changes: Json, expected: tuple[type, str]) -> None:
    """Delivered by default, where sent counts as delivered without a carrier; or what the shop chose."""
    setting = {} if trigger is None else {"trigger": trigger}
    assert said(decision_on(setting=setting, **changes)) == expected


def test_trigger_per_channel() -> None:
    """A channel may have a trigger of its own."""
    setting = {"trigger_by_channel": {" POS ": "paid"}}
    changes: Json = {"fulfillment_status": "notfulfilled"}
    assert said(decision_on(setting=setting, source_name="pos", **changes)) == (Issue, "triggered")
    assert said(decision_on(setting=setting, source_name="web", **changes)) == (Wait, "not-delivered")


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
    assert said(decision_on(setting={"trigger": "paid"}, financial_status=spelling)) == expected


def test_confirmation() -> None:
    """Unconfirmed stops nothing, unless the shop wants to wait; a part waits, too."""
    changes: Json = {"confirmed_status": "unconfirmed"}
    assert said(decision_on(**changes)) == (Issue, "triggered")
    wait = {"unconfirmed": "wait"}
    assert said(decision_on(setting=wait, **changes)) == (Wait, "not-confirmed")
    part = partly(parcel(1, {11: 1}), **changes)
    assert said(decision_on(_TWO_LINES, setting=wait, **part)) == (Wait, "not-confirmed")
    assert said(decision_on(setting=wait, release=_NOW, **changes)) == (Issue, "released")


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
    assert said(decision_on(**changes)) == expected
    if expected[0] is Skip:
        assert said(decision_on(release=_NOW, **changes)) == expected


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
    decision = decision_on(_TWO_LINES, shipping_lines=_SHIPPING, refunds=_refund(units, money))
    assert said(decision) == expected


@pytest.mark.parametrize(
    ("setting", "expected"),
    ((None, (Issue, "triggered")), ("skip", (Skip, "zero-total-skipped")), ("hold", (Hold, "zero-total"))),
)
def test_zero_total(setting: str | None, expected: tuple[type, str]) -> None:
    """Issued by default, skipped or held by setting; a person may let it go either way."""
    chosen = {} if setting is None else {"zero_total": setting}
    assert said(decision_on(setting=chosen, total_discounts=108_000)) == expected
    accepted = Release(accepts=frozenset({Reason.ZERO_TOTAL}))
    assert isinstance(decision_on(setting=chosen, release=accepted, total_discounts=108_000), Issue)


def test_zero_total_without_lines() -> None:
    """An order without lines is held."""
    assert said(decision_on([])) == (Hold, "no-lines")


def test_test_deliveries() -> None:
    """A test payment is never invoiced, whoever asks (the header is for ingest: it records and stops there)."""
    test = [{**_PAID_LATE[0], "test": True}]
    assert said(decide(transactions=test)) == (Skip, "test-order")
    assert said(decide(transactions=test, release=_NOW)) == (Skip, "test-order")


def test_body_wrapped_in_data() -> None:
    """It is judged like any other."""
    whole = json.loads(json.dumps(raw_order(), default=str))
    wrapped = [parse_order(each) for each in ({"data": whole}, {"data": {"order": whole}}, whole)]
    decisions = [decide(each, rules(), today=TODAY) for each in wrapped]
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
        first = decide(made, rules(), today=TODAY, release=release)
        assert (said(first), first.facts["partial"]) == ((Wait, "reread"), partial)
        second = decide(made, rules(), today=TODAY, release=release, reread=True)
        assert (type(second), second.reason.value.replace("released", "triggered")) == after


@pytest.mark.parametrize(
    ("currency", "expected"),
    (("USD", (Hold, "foreign-currency")), (None, (Issue, "triggered")), ("vnd", (Issue, "triggered"))),
)
def test_foreign_currency(currency: str | None, expected: tuple[type, str]) -> None:
    """Held; null means VND."""
    assert said(decision_on(currency=currency)) == expected


def test_total_tax() -> None:
    """Held where prices include VAT."""
    taxed: Json = {"total_tax": 8_000, "total_price": 116_000}
    assert said(decision_on(**taxed)) == (Hold, "order-tax")
    assert said(decision_on(setting={"prices": "exclude_vat"}, **taxed)) == (Issue, "triggered")


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
    assert said(decision_on(setting=setting, **changes)) == (Hold, reason.value)
    other = Release(accepts=frozenset({Reason.UNKNOWN_SKU}))
    assert said(decision_on(setting=setting, release=other, **changes)) == (Hold, reason.value)
    accepted = Release(accepts=frozenset({reason}))
    assert said(decision_on(setting=setting, release=accepted, **changes)) == (Issue, "triggered")


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
    before = decision_on(setting=setting, **changes)
    assert not isinstance(before, Issue) or before.draft
    decision = decision_on(setting=setting, release=_NOW, **changes)
    assert isinstance(decision, Issue)
    assert (decision.reason, decision.draft, decision.portion) == (Reason.RELEASED, False, None)


def test_release_does_not_mend_figures() -> None:
    """What cannot become a certain invoice stays held."""
    everything = Release(issue=True, accepts=frozenset(Reason))
    assert said(decision_on([line(-1_000), line(5_000, id=12)], release=everything)) == (Hold, "negative-price")


def test_release_of_the_rest() -> None:
    """Issued now, what no invoice carries yet is one last part."""
    changes = partly(parcel(1, {11: 1}))
    portion = portion_of(decision_on(_TWO_LINES, covered={11: 1}, release=_NOW, **changes))
    assert (portion.now, portion.last) == (units(line11=2, line12=1), True)


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
        decision = decision_on(setting={"drafts": drafts, "when": when})
        assert isinstance(decision, Issue)
        assert (decision.draft, "draft" in decision.facts) == (draft, draft)


def test_dry_run() -> None:
    """Everything is judged and explained, nothing is issued: the decision says what it stands for."""
    decision = decision_on(setting={"dry_run": True})
    assert isinstance(decision, Hold)
    assert (decision.reason, decision.facts["would"]) == (Reason.DRY_RUN, "issue")
    assert decision.would is not None
    assert decision.would.reason is Reason.TRIGGERED
    assert "xuất hóa đơn" in decision.explain().vi
    draft = decision_on(setting={"dry_run": True, "drafts": {"mode": "all"}}, release=NOTHING)
    assert draft.facts["would"] == "make a draft"
    assert said(decision_on(setting={"dry_run": True}, release=_NOW)) == (Hold, "dry-run")
    assert said(decision_on(setting={"dry_run": True}, fulfillment_status=None)) == (Wait, "not-delivered")
