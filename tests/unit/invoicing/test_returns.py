"""Orders that were partly returned before an invoice was issued."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invoicing.amounts import amounts_of
from invoicing.decide import Hold, Issue, Skip, decide
from invoicing.reasons import Stopped
from support.haravan_orders import line, order, rules

_TODAY = dt.date(2026, 3, 20)
_SHIPPING = [{"title": "Giao", "price": 20_000}]


def _back(*quantities: tuple[int, object], money: int = 0) -> dict[str, Any]:
    goods = [{"line_item_id": line_id, "quantity": quantity} for line_id, quantity in quantities]
    paid = [{"id": 77, "kind": "refund", "amount": -money, "status": "Thành công"}] if money else []
    refunds = [{"id": 1, "refund_line_items": goods or None, "transactions": []}]
    return {"refunds": [*refunds, {"id": 2, "refund_line_items": None, "transactions": paid}], "transactions": paid}


@pytest.mark.parametrize(
    ("changes", "expected"),
    (
        (_back((11, 1)), (Issue, "triggered")),
        (_back((11, 1), money=50_000), (Issue, "triggered")),
        (_back((11, 1), money=70_000), (Issue, "triggered")),
        (_back((11, 1), money=60_000), (Hold, "refund-unclear")),
        (_back((11, 1), money=90_000), (Hold, "refund-unclear")),
        (_back((11, 3)), (Hold, "returned-more-than-sold")),
        (_back((99, 1)), (Hold, "returned-more-than-sold")),
        (_back((11, 2)), (Hold, "only-shipping-kept")),
        (_back((11, 2), money=100_000), (Hold, "only-shipping-kept")),
        (_back((11, 2), money=120_000), (Skip, "nothing-kept")),
        (_back(money=10_000), (Hold, "money-only-refund")),
        ({"financial_status": "partially_refunded"}, (Hold, "money-only-refund")),
    ),
)
def test_what_was_kept_is_invoiced(changes: dict[str, Any], expected: tuple[type, str]) -> None:
    """Goods that came back are left out, nothing kept is skipped, anything unclear is held."""
    made = order([line(50_000, 2)], shipping_lines=_SHIPPING, **changes)
    decision = decide(made, rules(), today=_TODAY)
    assert (type(decision), decision.reason.value) == expected


def test_whole_order_returned_without_shipping() -> None:
    """Nothing was kept: nothing is issued."""
    decision = decide(order([line(50_000, 2)], **_back((11, 2))), rules(), today=_TODAY)
    assert (type(decision), decision.reason.value) == (Skip, "nothing-kept")


def test_a_gift_alone_is_held() -> None:
    """When only the gift was kept, a person decides."""
    made = order([line(50_000), line(0, id=12)], **_back((11, 1)))
    assert decide(made, rules(), today=_TODAY).reason.value == "only-gifts-kept"


def test_removed_units_take_their_share_of_the_discount() -> None:
    """One of three units came back: two thirds of price and discount stay, to the đồng."""
    made = order([line(50_000, 3)], total_discounts=10_000, **_back((11, 1)))
    (goods,) = amounts_of(made, rules()).goods
    assert (goods.quantity, goods.gross, goods.paid) == (Decimal(2), 100_000, 93_333)


def test_shipping_follows_money_that_covers_it() -> None:
    """Transport is kept until the money refunded reaches the goods and all of it."""
    kept = amounts_of(order([line(50_000, 2)], shipping_lines=_SHIPPING, **_back((11, 1))), rules())
    gone = amounts_of(order([line(50_000, 2)], shipping_lines=_SHIPPING, **_back((11, 1), money=70_000)), rules())
    assert (kept.total, gone.total) == (70_000, 50_000)


def test_a_refund_repeated_among_transactions_counts_once() -> None:
    """Haravan lists a refund's money twice; failed attempts do not count."""
    changes = _back((11, 1), money=50_000)
    failed = {"id": 78, "kind": "refund", "amount": -20_000, "status": "failure"}
    changes["transactions"] = [*changes["transactions"], failed]
    made = order([line(50_000, 2)], shipping_lines=_SHIPPING, **changes)
    assert amounts_of(made, rules()).total == 70_000


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 20), st.integers(0, 20)), min_size=1, max_size=6),
    st.integers(0, 10**6),
)
def test_kept_amounts_are_never_negative(lines: list[tuple[int, int, int]], discount: int) -> None:
    """Whatever came back, list price ≥ price ≥ paid ≥ 0 on what is left, and it is never more than before."""
    goods = [line(price, quantity, id=number) for number, (price, quantity, _) in enumerate(lines, start=1)]
    total = sum(price * quantity for price, quantity, _ in lines)
    back = [(number, min(r, q)) for number, (_, q, r) in enumerate(lines, start=1) if r]
    made = order(goods, total_discounts=min(discount, total), **(_back(*back) if back else {}))
    try:
        kept = amounts_of(made, rules())
    except Stopped:
        assert all(r >= q for _, q, r in lines)
        return
    assert all(each.listed >= each.gross >= each.paid >= 0 for each in kept.goods)
    assert kept.total <= made.total_price
