"""What an order's change calls for, row by row of the policies on corrections; figures are in the golden files."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from invoicing.content import Content
from invoicing.correction_rules import CorrectionRules
from invoicing.due_corrections import Due, Event, Flag
from invoicing.order import Order
from invoicing.portions import Portion
from invoicing.reasons import Reason
from invoicing.rules import Rules
from support.corrected_orders import Life, Made, Outcome, refund
from support.haravan_orders import Json, company, line, order, rules

_SHIRTS, _HATS = line(108_000, 3, id=11), line(54_000, 2, id=12)
_SHIPPING: Json = {"shipping_lines": [{"title": "Giao", "code": "G", "price": 27_000}]}
_CANCELLED: Json = {"cancelled_status": "cancelled"}
_CHANGES: Mapping[str, tuple[list[Json], Json]] = {
    "returns": ([_SHIRTS, _HATS], {"refunds": [refund(1, {11: 1})]}),
    "cancellations": ([_SHIRTS, _HATS], _CANCELLED),
    "edits": ([_SHIRTS, {**_HATS, "quantity": 3}], {}),
    "buyer_changes": ([_SHIRTS, _HATS], {"note_attributes": company()}),
}


def _portion(now: Mapping[int, int], before: Mapping[int, int] | None = None, *, shipping: bool = False) -> Portion:
    units, carried = ({key: Decimal(n) for key, n in some.items()} for some in (now, before or {}))
    return Portion(before=carried, now=units, shipping=shipping, last=False)


def _told(outcomes: list[Outcome]) -> list[str]:
    return [each.due.event.value if isinstance(each, Made) else each.reason.value for each in outcomes]


def _totals(outcomes: list[Outcome]) -> list[tuple[int, int]]:
    made = [each for each in outcomes if isinstance(each, Made)]
    return [(each.due.index, int(each.correction.content.invoice.TotalAmountOC)) for each in made]


@pytest.mark.parametrize("kind", _CHANGES)
@pytest.mark.parametrize("mode", ("none", "flag", "draft", "automatic"))
def test_each_kind_has_its_own_mode(kind: str, mode: str) -> None:
    """The setting of one kind says what becomes of that kind; the default is a draft."""
    life = Life(order=order([_SHIRTS, _HATS]), rules=rules(), now=rules(corrections={kind: mode}))
    lines, fields = _CHANGES[kind]
    asked = [each for each in life.asks(order(lines, **fields)) if isinstance(each, Due)]
    assert [each.mode for each in asked] == ([] if mode == "none" else [mode])
    assert getattr(CorrectionRules(), kind) == "draft"


@pytest.mark.parametrize(
    ("kind", "setting", "needs"),
    (
        ("edits", "required", True),
        ("edits", "not-needed", False),
        ("buyer_changes", "required", True),
        ("returns", "required", False),
        ("cancellations", "required", False),
    ),
)
def test_only_errors_of_a_company_wait_for_its_agreement(kind: str, setting: str, needs: bool) -> None:
    """Circular 91/2026 Art. 10.1.b; returned goods are no error."""
    of_rules = rules(corrections={"agreement": setting})
    buyer = company() if kind != "buyer_changes" else company(bill_order_tax_code="0100109106")
    life = Life(order=order([_SHIRTS, _HATS], note_attributes=buyer), rules=of_rules)
    lines, fields = _CHANGES[kind]
    (asked,) = life.asks(order(lines, **{"note_attributes": buyer, **fields}))
    assert isinstance(asked, Due)
    assert asked.needs_agreement is needs


def test_nothing_is_called_for_while_a_correction_is_under_way() -> None:
    """Whoever waits asks again once it is issued."""
    life = Life(order=order([_SHIRTS]), rules=rules())
    life.after(order([_SHIRTS], refunds=[refund(1, {11: 1})]))
    state = order([_SHIRTS], refunds=[refund(1, {11: 2})])
    (covered,) = life.covered
    (past,) = covered.corrections
    life.covered = [replace(covered, corrections=(replace(past, issued=False),))]
    assert life.asks(state) == ()
    life.covered = [covered]
    assert _totals(life.after(state)) == [(0, -108_000)]


def test_what_a_person_wrote_by_hand_is_not_reckoned_with() -> None:
    """Lines that do not say what they were made of: any change is shown, but another buyer needs no lines."""
    life = Life(order=order([_SHIRTS, _HATS]), rules=rules())
    (covered,) = life.covered
    content = Content.model_validate({**dict(covered.content), "sources": ()})
    life.covered = [replace(covered, content=content)]
    for kind in ("returns", "cancellations", "edits"):
        lines, fields = _CHANGES[kind]
        assert _told(life.after(order(lines, **fields))) == ["corrected-by-hand"]
    assert life.asks(order([_SHIRTS, _HATS], tags="vip")) == ()
    assert _told(life.after(order([_SHIRTS, _HATS], note_attributes=company()))) == ["buyer"]


# Parts and pages


def _in_parts(*, shipped: int = 5, **fields: Any) -> tuple[Life, Any]:
    """Five shirts, two and then `shipped` - 2 of them invoiced."""
    shirts = [line(108_000, 5, id=11)]
    portions = [_portion({11: 2}, shipping=True), _portion({11: shipped - 2}, {11: 2})]
    life = Life(order=order(shirts, **_SHIPPING, **fields), rules=rules(), portions=portions)
    return life, lambda **more: order(shirts, **{**_SHIPPING, **fields, **more})


def test_units_come_back_from_the_latest_part_first() -> None:
    """Four of five: three of the second part, then one of the first."""
    life, state = _in_parts()
    assert _totals(life.after(state(refunds=[refund(1, {11: 1})]))) == [(1, -108_000)]
    more = [refund(1, {11: 1}), refund(2, {11: 3})]
    assert _totals(life.after(state(refunds=more))) == [(1, -216_000), (0, -108_000)]


def test_units_without_an_invoice_come_back_before_any_other() -> None:
    """Of five, four are invoiced: the first that comes back corrects nothing, the second the latest part."""
    life, state = _in_parts(shipped=4)
    assert life.after(state(refunds=[refund(1, {11: 1})])) == []
    assert _totals(life.after(state(refunds=[refund(1, {11: 2})]))) == [(1, -108_000)]


def test_money_for_units_without_an_invoice_pays_for_no_transport() -> None:
    """216.000 + 26.999 for two units, one of them never invoiced, do not reach transport; one đồng more does."""
    life, state = _in_parts(shipped=4)
    made = life.after(state(refunds=[refund(1, {11: 2}, 242_999)]))
    assert _totals(made) == [(1, -108_000)]
    assert _told(made) == ["return", "money-without-goods"]
    assert _totals(life.after(state(refunds=[refund(1, {11: 2}, 243_000)]))) == [(0, -27_000)]


def test_a_cancelled_order_takes_the_latest_part_back_first() -> None:
    """Transport, which is on the first part, comes last."""
    life, state = _in_parts()
    assert _totals(life.after(state(**_CANCELLED))) == [(1, -324_000), (0, -243_000)]


def test_another_buyer_replaces_every_part() -> None:
    """Each with its own lines, one after another; asked again, nothing is left."""
    life, state = _in_parts()
    changed = state(note_attributes=company())
    made = life.after(changed)
    assert _totals(made) == [(0, 243_000), (1, 324_000)]
    assert life.after(changed) == []


def test_a_page_is_corrected_by_itself_and_an_edited_split_order_is_shown() -> None:
    """250 lines on two pages: one that comes back is on the second."""
    lines = [line(10_800, id=number) for number in range(1, 251)]
    life = Life(order=order(lines), rules=rules(too_many_lines="split"), pages=2)
    assert _totals(life.after(order(lines, refunds=[refund(1, {250: 1})]))) == [(1, -10_800)]
    assert _told(life.after(order(lines[:-1]))) == ["split-order-edited"]


# Edits of what came back before


@pytest.mark.parametrize(("price", "edit"), ((86_400, -43_200), (129_600, 43_200)))
def test_an_edit_after_a_return_changes_only_what_was_kept(price: int, edit: int) -> None:
    """One of three shirts came back at the old price: two are left at the new one, whether it fell or rose."""
    back = {"refunds": [refund(1, {11: 1})]}
    life = Life(order=order([_SHIRTS, _HATS]), rules=rules())
    state = order([line(price, 3, id=11), _HATS], **back)
    assert _totals(life.after(order([_SHIRTS, _HATS], **back))) == [(0, -108_000)]
    made = life.after(state)
    assert (_told(made), _totals(made)) == (["edit"], [(0, edit)])
    assert life.after(state) == []


def test_a_line_whose_count_and_discount_change_in_opposite_ways_is_said_anew() -> None:
    """One shirt less and no discount any more: not -1 shirt that costs more, but the old line out, the new one in."""
    less: Json = {
        "total_discounts": 300_000,
        "discount_codes": [{"code": "A", "amount": 300_000, "type": "fixedamount"}],
    }
    life = Life(order=order([_SHIRTS], **less), rules=rules())
    (made,) = life.after(order([line(108_000, 2, id=11)]))
    assert isinstance(made, Made)
    lines = made.correction.content.invoice.OriginalInvoiceDetail
    figures: list[tuple[object, object]] = [(each.Quantity, each.DiscountAmountOC) for each in lines]
    assert figures == [(-3, -277_778), (2, 0)]
    assert _totals([made]) == [(0, 192_000)]


def test_an_edit_that_is_taken_back_is_adjusted_again() -> None:
    """The order says what was invoiced again, but its invoice was adjusted since."""
    life = Life(order=order([_SHIRTS, _HATS]), rules=rules())
    assert _totals(life.after(order([_SHIRTS]))) == [(0, -108_000)]
    assert _totals(life.after(order([_SHIRTS, _HATS]))) == [(0, 108_000)]
    assert life.after(order([_SHIRTS, _HATS])) == []


def test_an_edit_of_many_lines_takes_as_many_adjustments_as_they_need() -> None:
    """150 lines out and 150 in, where meInvoice takes fewer than 200: each line whole, and all together the edit."""
    life = Life(order=order([line(10_800, 2, id=number) for number in range(1, 151)]), rules=rules())
    made = life.after(order([line(21_600, 3, id=number) for number in range(1, 151)]))
    assert [len(each.due.sources) for each in made if isinstance(each, Made)] == [198, 102]
    assert sum(total for _, total in _totals(made)) == 150 * (64_800 - 21_600)


def test_an_edit_of_what_came_back_whole_changes_nothing() -> None:
    """Neither its price, nor transport that is taken out of the order after it was taken back."""
    back = {"refunds": [refund(1, {11: 1}, 135_000)]}
    life = Life(order=order([_SHIRTS], **_SHIPPING), rules=rules())
    assert _totals(life.after(order([_SHIRTS], **_SHIPPING, **back))) == [(0, -135_000)]
    assert life.after(order([_SHIRTS], **back)) == []
    life = Life(order=order([_SHIRTS, _HATS]), rules=rules())
    back = {"refunds": [refund(1, {12: 2})]}
    assert _totals(life.after(order([_SHIRTS, _HATS], **back))) == [(0, -108_000)]
    assert life.after(order([_SHIRTS, line(50_000, 2, id=12)], **back)) == []


def test_money_that_lowered_a_line_moves_to_what_an_edit_leaves() -> None:
    """100.000 were shared by shirts and hats; without the hats all of it is the shirts'."""
    life = Life(order=order([_SHIRTS, _HATS]), rules=rules(corrections={"money_only": "adjust"}))
    back = {"refunds": [refund(1, money=100_000)]}
    assert _totals(life.after(order([_SHIRTS, _HATS], **back))) == [(0, -100_000)]
    assert _totals(life.after(order([_SHIRTS], **back))) == [(0, -108_000)]
    (cancelled,) = life.after(order([_SHIRTS], **back, **_CANCELLED))
    assert isinstance(cancelled, Made)
    assert (_totals([cancelled]), set(cancelled.due.sources)) == ([(0, -224_000)], {"line:11"})


# What only a person can see to


def _flagged(states: list[Order], before: Order | None = None, of_rules: Rules | None = None) -> list[str]:
    life = Life(order=before or order([_SHIRTS, _HATS]), rules=of_rules or rules())
    return _told([each for state in states for each in life.after(state)])


def test_an_edit_below_what_came_back_may_say_the_return_twice() -> None:
    """The return is adjusted; the edit, which takes the same units out of the order, is shown."""
    back = {"refunds": [refund(1, {12: 2})]}
    assert _flagged([order([_SHIRTS], **back)]) == ["return", "returned-more-than-sold"]


def test_units_with_more_decimals_than_are_printed_are_shown() -> None:
    """As before an invoice; four are taken back."""
    assert _flagged([order([_SHIRTS], refunds=[refund(1, {11: "0.33333"})])], order([_SHIRTS])) == ["quantity-digits"]
    assert _flagged([order([_SHIRTS], refunds=[refund(1, {11: "0.3333"})])], order([_SHIRTS])) == ["return"]


def test_an_edit_that_cannot_be_converted_is_shown_with_its_own_reason() -> None:
    """Other events are seen to all the same."""
    half = [{**_SHIRTS, "price": Decimal(-1)}, _HATS]
    assert _flagged([order(half, refunds=[refund(1, {12: 1})])]) == ["return", "negative-price"]


def test_a_status_without_a_record_of_the_money_is_shown() -> None:
    """Haravan says that money went back, and no record says how much."""
    assert _flagged([order([_SHIRTS, _HATS], financial_status="partially_refunded")]) == ["refunded-without-record"]


def test_gifts_alone_make_no_document() -> None:
    """Neither added, nor taken out, nor cancelled with nothing else on the invoice."""
    gift = line(0, id=13)
    assert _flagged([order([_SHIRTS, _HATS, gift])]) == ["gifts-returned"]
    assert _flagged([order([_SHIRTS, _HATS])], order([_SHIRTS, _HATS, gift])) == ["gifts-returned"]
    assert _flagged([order([gift], **_CANCELLED)], order([gift])) == ["gifts-returned"]


def test_a_buyer_who_cannot_be_printed_is_shown() -> None:
    """A code that is not valid replaces nothing."""
    bad = order([_SHIRTS, _HATS], note_attributes=company(bill_order_tax_code="0101243151"))
    assert _flagged([bad]) == ["buyer-tax-code-bad"]


def test_goods_for_nothing_come_back_with_the_transport_that_was_paid() -> None:
    """100 % off: the goods' document says units and discount, and the 27.000 that went back are transport's."""
    free: Json = {
        **_SHIPPING,
        "total_discounts": 324_000,
        "discount_codes": [{"code": "A", "amount": 324_000, "type": "fixedamount"}],
    }
    life = Life(order=order([_SHIRTS], **free), rules=rules())
    assert _totals(life.after(order([_SHIRTS], **free, refunds=[refund(1, {11: 3}, 27_000)]))) == [(0, -27_000)]


@pytest.mark.parametrize(
    "flag",
    (
        Flag(Reason.CORRECTED_BY_HAND),
        Flag(Reason.REOPENED_AFTER_CORRECTION),
        Flag(Reason.MONEY_WITHOUT_GOODS, {"money": "50000"}),
        Flag(Reason.GIFTS_RETURNED),
        Flag(Reason.SPLIT_ORDER_EDITED),
        Flag(Reason.REPLACEMENT_AFTER_ADJUSTMENT, {"number": "00000042"}),
        Flag(Reason.ONLY_FORM_04, {"fields": "BuyerLegalName"}),
        Flag(Reason.RETURNED_MORE_THAN_SOLD, {"line": "SKU-11"}),
    ),
    ids=lambda flag: flag.reason.value,
)
def test_what_is_shown_is_whole_in_both_languages(flag: Flag) -> None:
    """Every fact has its place, and no place is left open."""
    told = flag.explain()
    for text in (told.vi, told.en):
        assert all(fact in text for fact in flag.facts.values())
        assert not re.search(r"\?|[{}]", text)


def test_every_event_prints_its_reason() -> None:
    """In the invoice's language, with the order and the count of its corrections: the same state, the same document."""
    for kind, event in zip(_CHANGES, (Event.RETURN, Event.CANCELLATION, Event.EDIT, Event.BUYER), strict=True):
        life = Life(order=order([_SHIRTS, _HATS]), rules=rules())
        lines, fields = _CHANGES[kind]
        first, again = (life.asks(order(lines, **fields)) for _ in range(2))
        assert first == again
        assert isinstance(first[0], Due)
        assert (first[0].event, "#KH1" in first[0].note) == (event, True)
