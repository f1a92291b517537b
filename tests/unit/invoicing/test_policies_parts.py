"""Part deliveries: the row of the policy with its settings."""

import pytest
from invoicing.decide import Hold, Issue, Skip, Wait
from invoicing.portions import Portion
from invoicing.reasons import Reason
from invoicing.release import Release
from support.decisions import decision_on, parcel, partly, portion_of, said, units
from support.haravan_orders import Json, line

_NOW = Release(issue=True, by="ketoan")
_TWO_LINES = [line(100_000, 3), line(50_000, 1, id=12)]
_SHIPPING = [{"title": "Giao", "price": 20_000}]
_PAID_LATE = [{"id": 5, "kind": "Capture", "amount": 108_000, "created_at": "2026-03-15T00:00:00Z"}]
_OLD = "2025-12-01T00:00:00Z"


def test_part_delivery() -> None:
    """What is delivered and not yet invoiced goes on one invoice; transport is on the first, the last one is known."""
    first = partly(parcel(1, {11: 1}), parcel(2, {11: 1, 12: 1}, arrived=False), shipping_lines=_SHIPPING)
    decision = decision_on(_TWO_LINES, **first)
    assert decision.reason is Reason.PART_TRIGGERED
    assert portion_of(decision) == Portion(before={}, now=units(line11=1), shipping=True, last=False)

    second = partly(parcel(1, {11: 1}), parcel(2, {11: 1, 12: 1}), shipping_lines=_SHIPPING)
    portion = portion_of(decision_on(_TWO_LINES, covered={11: 1}, **second))
    assert portion == Portion(before=units(line11=1), now=units(line11=1, line12=1), shipping=False, last=False)

    third = {**second, "fulfillment_status": "fulfilled"}
    third["fulfillments"] = [*third["fulfillments"], parcel(3, {11: 1})]
    portion = portion_of(decision_on(_TWO_LINES, covered={11: 2, 12: 1}, **third))
    assert (portion.now, portion.last) == (units(line11=1), True)
    assert said(decision_on(_TWO_LINES, covered={11: 3, 12: 1}, **third)) == (Skip, "all-parts-invoiced")


def test_part_delivery_parts_that_arrive_together() -> None:
    """Two parcels between two judgements make one part."""
    changes = partly(parcel(1, {11: 1}), parcel(2, {11: 1}), parcel(3, {12: 1}, arrived=False))
    assert portion_of(decision_on(_TWO_LINES, **changes)).now == units(line11=2)


def test_part_delivery_of_everything_is_the_whole_order() -> None:
    """An order without an invoice whose goods all arrived needs no parts."""
    parcels = [parcel(1, {11: 3}), parcel(2, {12: 1})]
    decision = decision_on(_TWO_LINES, fulfillments=parcels)
    assert isinstance(decision, Issue)
    assert (decision.portion, decision.reason) == (None, Reason.TRIGGERED)


def test_part_delivery_nothing_new() -> None:
    """Between two parcels the rest waits."""
    changes = partly(parcel(1, {11: 1}))
    assert said(decision_on(_TWO_LINES, covered={11: 1}, **changes)) == (Wait, "part-not-delivered")


def test_part_delivery_by_trigger_fulfilled() -> None:
    """With the trigger fulfilled a parcel counts when it left; a cancelled one does not."""
    changes = partly(parcel(1, {11: 2}, arrived=False), parcel(2, {12: 1}, arrived=False, status="cancelled"))
    assert portion_of(decision_on(_TWO_LINES, setting={"trigger": "fulfilled"}, **changes)).now == units(line11=2)


def test_part_delivery_without_carrier_data() -> None:
    """Each fulfilment that no carrier reports on counts by itself when it left."""
    by_hand = {"id": 1, "status": "success", "line_items": [{"line_item_id": 12, "quantity": 1}]}
    assert portion_of(decision_on(_TWO_LINES, **partly(by_hand))).now == units(line12=1)


def test_part_delivery_that_goes_back() -> None:
    """A parcel on its way back delivers nothing."""
    changes = partly(parcel(1, {11: 1}), parcel(2, {12: 1}, carrier_status_code="return"))
    assert portion_of(decision_on(_TWO_LINES, **changes)).now == units(line11=1)


@pytest.mark.parametrize("units", ({}, {99: 1}, {11: 0}, {11: -1}))
def test_part_delivery_with_unknown_contents(units: dict[int, int]) -> None:
    """Without the units of a part nothing is guessed: held, unless a person lets the whole order go."""
    changes = partly(parcel(1, units))
    assert said(decision_on(_TWO_LINES, **changes)) == (Hold, "part-delivered")
    accepted = Release(accepts=frozenset({Reason.PART_DELIVERED}))
    decision = decision_on(_TWO_LINES, release=accepted, **changes)
    assert isinstance(decision, Issue)
    assert decision.portion is None


def test_part_delivery_units_that_come_back() -> None:
    """They are first those without an invoice; only what exceeds these is for corrections."""
    back = {"refunds": [{"id": 1, "refund_line_items": [{"line_item_id": 11, "quantity": 1}], "transactions": []}]}
    two = partly(parcel(1, {11: 2}), **back, financial_status="partially_refunded")
    portion = portion_of(decision_on(_TWO_LINES, **two))
    assert (portion.now, portion.last) == (units(line11=2), False)  # the third unit is the one that came back
    rest = {**two, "fulfillment_status": "fulfilled", "fulfillments": [parcel(1, {11: 2}), parcel(2, {11: 1, 12: 1})]}
    portion = portion_of(decision_on(_TWO_LINES, covered={11: 2}, **rest))
    assert (portion.now, portion.last) == (units(line12=1), True)
    assert portion_of(decision_on(_TWO_LINES, covered={11: 3}, **rest)).now == units(line12=1)


def test_part_delivery_and_money_that_goes_back_later() -> None:
    """Money that went back after the first part's invoice is for corrections: the rest is invoiced."""
    money = [{"id": 1, "refund_line_items": None, "transactions": [{"id": 7, "kind": "refund", "amount": -30_000}]}]
    changes = partly(parcel(1, {11: 1}), parcel(2, {12: 1}), refunds=money, financial_status="partially_refunded")
    assert said(decision_on(_TWO_LINES, **changes)) == (Hold, "money-only-refund")
    assert portion_of(decision_on(_TWO_LINES, covered={11: 1}, **changes)).now == units(line12=1)


def test_part_delivery_shipping_that_was_given_back() -> None:
    """Money that covers goods and transport takes transport off the first part, too."""
    back = [
        {
            "id": 1,
            "refund_line_items": [{"line_item_id": 11, "quantity": 1}],
            "transactions": [{"id": 7, "kind": "refund", "amount": -120_000}],
        }
    ]
    changes = partly(parcel(1, {11: 1}), refunds=back, shipping_lines=_SHIPPING)
    assert not portion_of(decision_on(_TWO_LINES, **changes)).shipping


def test_part_delivery_may_wait() -> None:
    """By setting nothing is invoiced until everything is delivered; what is frozen as parts goes on as parts."""
    wait = {"part_delivery": "wait"}
    changes = partly(parcel(1, {11: 1}), parcel(2, {11: 2, 12: 1}, arrived=False))
    assert said(decision_on(_TWO_LINES, setting=wait, **changes)) == (Wait, "part-not-delivered")
    done: Json = {"fulfillments": [parcel(1, {11: 1}), parcel(2, {11: 2, 12: 1})]}
    assert portion_of(decision_on(_TWO_LINES, setting=wait, covered={11: 1}, **done)).now == units(line11=2, line12=1)


def test_part_delivery_and_a_later_start_date() -> None:
    """Once a part is invoiced the rest follows, whatever start date or rule comes later."""
    changes = partly(parcel(1, {11: 1}), parcel(2, {12: 1}), created_at=_OLD)
    assert portion_of(decision_on(_TWO_LINES, covered={11: 1}, **changes)).now == units(line12=1)
    skip = {"when": [{"name": "không xuất", "then": "skip"}]}
    assert said(decision_on(_TWO_LINES, setting=skip, covered={11: 1}, **changes)) == (Hold, "rule-held")
