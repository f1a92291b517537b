"""Whether an order is invoiced."""

import datetime as dt
from typing import Any

import pytest
from invoicing.decide import Hold, Issue, Reason, Skip, Wait, decide
from invoicing.reason_texts import TEXTS
from support.haravan_orders import delivered, line, order, rules

_TODAY = dt.date(2026, 3, 20)
_CAPTURE = {"id": 5, "kind": "Capture", "amount": 108_000, "created_at": "2026-03-15T00:00:00Z"}
_ON_THE_WAY = delivered(None, carrier_status_code="delivering")


def _decide(changes: dict[str, Any] | None = None, reread: bool = False, **of_rules: Any) -> tuple[type, str]:
    decision = decide(order(**(changes or {})), rules(**of_rules), today=_TODAY, reread=reread)
    assert decision.explain().vi
    assert "?" not in decision.explain().en
    return type(decision), decision.reason.value


@pytest.mark.parametrize(
    ("trigger", "changes", "expected"),
    (
        ("created", {"financial_status": "pending", "fulfillment_status": None}, (Issue, "triggered")),
        ("paid", {}, (Issue, "triggered")),
        ("paid", {"financial_status": "partially_paid"}, (Wait, "not-paid")),
        ("paid", {"financial_status": "pending"}, (Wait, "not-paid")),
        ("fulfilled", {}, (Issue, "triggered")),
        ("fulfilled", {"fulfillment_status": "notfulfilled"}, (Wait, "not-fulfilled")),
        ("fulfilled", {"fulfillment_status": "partial", "fulfillments": [_ON_THE_WAY]}, (Hold, "part-delivered")),
        ("delivered", {}, (Issue, "triggered")),
        ("delivered", {"fulfillment_status": None}, (Wait, "not-delivered")),
        ("delivered", {"fulfillments": [delivered()]}, (Issue, "triggered")),
        ("delivered", {"fulfillments": [_ON_THE_WAY]}, (Wait, "not-delivered")),
        ("delivered", {"fulfillments": [delivered(), _ON_THE_WAY]}, (Hold, "part-delivered")),
        ("delivered", {"fulfillments": [delivered()], "fulfillment_status": "partial"}, (Hold, "part-delivered")),
        ("delivered", {"fulfillments": [delivered(carrier_status_code="return")]}, (Wait, "not-delivered")),
        ("delivered", {"fulfillments": [delivered(status="cancelled")]}, (Wait, "not-delivered")),
        ("delivered", {"fulfillments": [{"id": 1, "status": "success"}]}, (Issue, "triggered")),
        ("delivered", {"fulfillments": [delivered(), delivered(status="cancelled")]}, (Issue, "triggered")),
        ("manual", {}, (Wait, "manual")),
    ),
)
def test_triggers(trigger: str, changes: dict[str, Any], expected: tuple[type, str]) -> None:
    """Each trigger is met, waited for, or met for a part only."""
    assert _decide(changes, trigger=trigger) == expected


def test_older_order_that_is_not_due_waits() -> None:
    """An order from before the start waits for its trigger like any other."""
    assert _decide({"created_at": "2025-12-01T00:00:00Z", "fulfillment_status": ""}) == (Wait, "not-delivered")


@pytest.mark.parametrize(
    ("changes", "expected"),
    (
        ({"cancelled_status": "cancelled"}, (Skip, "cancelled")),
        ({"cancelled_status": None, "cancelled_at": "2026-03-15T00:00:00Z"}, (Skip, "cancelled")),
        ({"cancelled_at": "2026-03-15T00:00:00Z"}, (Hold, "cancel-unclear")),
        ({"transactions": [{**_CAPTURE, "test": True}]}, (Skip, "test-order")),
        ({"financial_status": "voided"}, (Hold, "payment-voided")),
        ({"currency": "USD"}, (Hold, "foreign-currency")),
        ({"currency": None}, (Issue, "triggered")),
        ({"total_tax": 8_000, "total_price": 116_000}, (Hold, "order-tax")),
        ({"lines": []}, (Hold, "no-lines")),
        ({"lines": [line(1_000, 0)]}, (Hold, "no-lines")),
        ({"lines": [line(1_000, gift_card=True)]}, (Hold, "gift-card")),
        ({"lines": [line(-1_000), line(5_000, id=12)]}, (Hold, "negative-price")),
        ({"lines": [line(5_000, -1), line(9_000, id=12)]}, (Hold, "negative-quantity")),
        ({"lines": [line(10_000, "0.12345")], "total_price": "1234.5"}, (Hold, "total-not-whole")),
        ({"lines": [line(100_000, "0.12345")]}, (Hold, "quantity-digits")),
        ({"lines": [line("0.5"), line("0.5", id=12)], "total_price": 1}, (Hold, "does-not-tie")),
        ({"lines": [line(1)], "total_discounts": 2, "total_price": -1}, (Hold, "negative-price")),
        ({"lines": [line("1e16")]}, (Hold, "amount-too-large")),
    ),
)
def test_orders_that_need_a_person_or_nobody(changes: dict[str, Any], expected: tuple[type, str]) -> None:
    """What cannot become a certain invoice ends with its own reason."""
    changes = dict(changes)
    made = order(changes.pop("lines", None), **changes)
    decision = decide(made, rules(), today=_TODAY)
    assert (type(decision), decision.reason.value) == expected
    assert "?" not in decision.explain().vi + decision.explain().en


def test_facts_are_kept() -> None:
    """A decision says what it was based on."""
    facts = decide(order(), rules(), today=_TODAY).facts
    assert facts["trigger"] == "delivered"
    assert facts["created_on"] == "2026-03-14"


def test_every_reason_is_explained() -> None:
    """No reason lacks its words in either language, and no words lack a reason."""
    assert set(TEXTS) == {reason.value for reason in Reason}
    assert all(vi.strip() and en.strip() for vi, en in TEXTS.values())
