"""What an order is known to be from its events alone, when nobody can be asked."""

from typing import Any

import pytest
from invoicing.order import UnreadableOrder
from orders.retelling import Retelling, order_id_of
from support.haravan_orders import raw_order

REFUND: dict[str, Any] = {
    "id": 77,
    "order_id": 1701234567,
    "created_at": "2026-03-20T01:00:00Z",
    "refund_line_items": [{"line_item_id": 11, "quantity": 1}],
    "transactions": [],
}


def test_a_refund_record_joins_the_order_that_came_before() -> None:
    """`refunds/create` says what came back, not what the order is: both together are what the API would answer."""
    told = Retelling()
    assert told.answer("orders/create", raw_order()) is not None
    answer = told.answer("refunds/create", REFUND)
    assert answer is not None
    assert answer.put_together
    assert [each["id"] for each in answer.body["refunds"]] == [77]
    assert answer.body["updated_at"] == REFUND["created_at"]


def test_a_refund_that_comes_first_waits_for_its_order() -> None:
    """Haravan promises no order of delivery."""
    told = Retelling()
    assert told.answer("refunds/create", REFUND) is None
    answer = told.answer("orders/create", raw_order())
    assert answer is not None
    assert [each["id"] for each in answer.body["refunds"]] == [77]


@pytest.mark.parametrize("wrapper", ("data", "refund"))
def test_a_wrapped_refund_is_unwrapped(wrapper: str) -> None:
    """As an order is."""
    told = Retelling()
    told.answer("orders/create", raw_order())
    answer = told.answer("refunds/create", {wrapper: REFUND})
    assert answer is not None
    assert [each["id"] for each in answer.body["refunds"]] == [77]
    assert order_id_of("refunds/create", {wrapper: REFUND}) == "1701234567"


def test_a_refund_that_cannot_be_read_leaves_the_order_readable() -> None:
    """Before its order is known and after: only the record is refused, with or without the order it belongs to."""
    told = Retelling()
    bad = {**REFUND, "refund_line_items": [{"line_item_id": 11, "quantity": "hai"}]}
    with pytest.raises(UnreadableOrder, match="quantity"):
        told.answer("refunds/create", bad)
    told.answer("orders/create", raw_order())
    with pytest.raises(UnreadableOrder, match="id"):
        told.answer("refunds/create", {**REFUND, "order_id": None})
    answer = told.answer("orders/updated", raw_order(updated_at="2026-03-21T00:00:00Z"))
    assert answer is not None
    assert answer.body["refunds"] == []


def test_the_same_refund_is_one_refund() -> None:
    """It is repeated as a record of its own and inside the order."""
    told = Retelling()
    told.answer("refunds/create", REFUND)
    told.answer("refunds/create", REFUND)
    answer = told.answer("orders/updated", raw_order(refunds=[REFUND]))
    assert answer is not None
    assert len(answer.body["refunds"]) == 1


def test_a_state_between_the_order_and_a_record_is_heard() -> None:
    """The record is joined with what was known; an edit that was delivered late is news all the same."""
    told = Retelling()
    told.answer("orders/create", raw_order())
    told.answer("refunds/create", REFUND)
    answer = told.answer("orders/updated", raw_order(total_discounts=1_000, updated_at="2026-03-19T00:00:00Z"))
    assert answer is not None
    assert answer.put_together
    assert (answer.body["total_discounts"], len(answer.body["refunds"])) == (1_000, 1)
    assert answer.body["updated_at"] == REFUND["created_at"]


def test_a_partial_state_is_filled_from_what_was_known() -> None:
    """Null lines are not an order without lines."""
    told = Retelling()
    told.answer("orders/create", raw_order())
    answer = told.answer(
        "orders/cancelled",
        {"id": 1701234567, "cancelled_status": "cancelled", "updated_at": "2026-03-15T00:00:00Z", "line_items": None},
    )
    assert answer is not None
    assert len(answer.body["line_items"]) == 1
    assert answer.body["cancelled_status"] == "cancelled"


def test_a_whole_state_is_taken_as_it_is() -> None:
    """What is null in a whole state is null: a re-opened order has no cancellation date."""
    told = Retelling()
    told.answer("orders/cancelled", raw_order(cancelled_at="2026-03-14T05:00:00Z", cancelled_status="cancelled"))
    answer = told.answer("orders/updated", raw_order(cancelled_at=None, updated_at="2026-03-15T00:00:00Z"))
    assert answer is not None
    assert answer.body["cancelled_at"] is None
    assert not answer.put_together


@pytest.mark.parametrize(
    ("topic", "body", "number"),
    (
        ("orders/create", {"id": 5, "line_items": []}, "5"),
        ("orders/create", {"data": {"order": {"id": 5, "line_items": []}}}, "5"),
        ("refunds/create", {"id": 9, "order_id": 5}, "5"),
        ("orders/create", {}, ""),
    ),
)
def test_which_order_an_event_is_about(topic: str, body: dict[str, Any], number: str) -> None:
    """A refund's own id is not the order's."""
    assert order_id_of(topic, body) == number


def test_what_is_no_order_is_said_so() -> None:
    """A customer's body has an id, too."""
    with pytest.raises(UnreadableOrder):
        Retelling().answer("orders/create", {"id": "khách"})
