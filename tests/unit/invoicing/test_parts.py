"""Orders that are invoiced in parts: each part like any invoice, all of them together the order."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invoicing.amounts import Amounts, amounts_of
from invoicing.order import Order
from invoicing.portions import Portion
from invoicing.reasons import Reason
from invoicing.rules import Rules
from meinvoice.models import InvoiceData, ItemType
from support.haravan_orders import accepting, converted, delivered, held, line, order, rules, whole_dong

_NONE = Decimal(0)


def _portion(
    now: Mapping[int, object], before: Mapping[int, object] | None = None, *, shipping: bool = False, last: bool = False
) -> Portion:
    units, carried = ({key: Decimal(str(n)) for key, n in (some or {}).items()} for some in (now, before))
    return Portion(before=carried, now=units, shipping=shipping, last=last)


def test_price_and_discount_of_the_units_to_date_less_what_came_before() -> None:
    """10,000 off three units of 100,000: 3,333, then 6,667 to date, then all of it."""
    made = order([line(100_000, 3)], total_discounts=10_000)
    parts = [converted(made, portion=_portion({11: 1}, {11: n})).invoice for n in range(3)]
    assert whole_dong(*(each.TotalAmountOC for each in parts)) == (96_667, 96_666, 96_667)
    # net of the discounted gross at 8 %: 89,506.48, 89,505.56, 89,506.48.
    assert whole_dong(*(each.TotalAmountWithoutVATOC for each in parts)) == (89_506, 89_506, 89_506)
    assert whole_dong(*(each.TotalVATAmountOC for each in parts)) == (7_161, 7_160, 7_161)


def test_the_order_discount_is_shared_over_the_whole_order_once() -> None:
    """A part takes the share of its lines, whatever is in the other parts; transport goes with the first."""
    made = order(
        [line(100_000, id=1), line(300_000, id=2)],
        total_discounts=40_000,
        shipping_lines=[{"title": "Giao", "price": 20_000}],
    )
    first = converted(made, portion=_portion({2: 1}, shipping=True))
    second = converted(made, portion=_portion({1: 1}, {2: 1}, last=True))
    assert (first.total, second.total) == (270_000 + 20_000, 90_000)
    assert (first.content.sources, second.content.sources) == (("line:2", "shipping:0"), ("line:1",))


def test_what_came_back_is_not_taken_off_twice() -> None:
    """With a part, returned units are the caller's: the refund's own records change nothing."""
    back = [{"id": 1, "refund_line_items": [{"line_item_id": 11, "quantity": 1}], "transactions": []}]
    made = order([line(54_000, 3)], refunds=back)
    assert converted(made, portion=_portion({11: 2})).total == 108_000
    assert converted(made).total == 108_000


@pytest.mark.parametrize(
    ("now", "before", "reason"),
    (
        ({11: 4}, {}, "part-beyond-order"),
        ({11: 2}, {11: 2}, "part-beyond-order"),
        ({99: 1}, {}, "part-beyond-order"),
        ({11: -1}, {11: 2}, "part-beyond-order"),
        ({11: "0.00001"}, {}, "quantity-digits"),
        ({}, {}, "no-lines"),
    ),
)
def test_parts_that_the_order_does_not_have_are_held(now: dict[int, Any], before: dict[int, Any], reason: str) -> None:
    """Units beyond the order, or of no line of it, are not invoiced."""
    assert held(order([line(54_000, 3)]), portion=_portion(now, before)) == reason


def test_lines_without_an_id_of_their_own_cannot_be_told_apart() -> None:
    """Two lines of one id: which of them was delivered is not guessed."""
    assert held(order([line(1_000, id=5), line(2_000, id=5)]), portion=_portion({5: 1})) == "part-beyond-order"


_WINDOWS = [{"rate": "8%", "valid_to": "2026-12-31"}, {"rate": "10%", "valid_from": "2027-01-01"}]
_DATED = rules(rates=[{"level": "default", **each} for each in _WINDOWS], shipping={"rates": _WINDOWS})
_JANUARY = dt.date(2027, 1, 5)


def _parcel(number: int, at: str, *lines: tuple[int, int]) -> dict[str, Any]:
    content = [{"id": line_id, "quantity": units} for line_id, units in lines]
    return delivered(at, id=number, line_items=content)


def test_each_part_is_judged_by_its_own_deliveries() -> None:
    """Goods that another part had in December do not hold those delivered in January."""
    made = order(
        [line(54_000, 2, id=1), line(54_000, id=2)],
        fulfillments=[
            _parcel(2, "2027-01-02T02:00:00Z", (1, 1), (2, 1)),
            _parcel(1, "2026-12-30T02:00:00Z", (1, 1)),
        ],
        shipping_lines=[{"title": "Giao", "price": 20_000}],
    )
    second = _portion({1: 1, 2: 1}, {1: 1})
    assert {fact.rate for fact in converted(made, _DATED, portion=second, on=_JANUARY).rates} == {"10%"}
    first = _portion({1: 1}, shipping=True)
    assert held(made, _DATED, portion=first, on=_JANUARY) == "rate-changed-since-delivery"
    accepted = accepting(Reason.RATE_CHANGED_SINCE_DELIVERY)
    assert converted(made, _DATED, portion=first, release=accepted, on=_JANUARY).rates[0].rate == "10%"
    only_second = order([line(54_000, id=2)], fulfillments=[_parcel(1, "2026-12-30T02:00:00Z", (3, 1))])
    assert converted(only_second, _DATED, on=_JANUARY).rates[0].rate == "10%"


_LINES = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 3_000_000), st.decimals("0", "99999", places=4)),
        st.integers(0, 50_000),
        st.one_of(st.integers(1, 12), st.decimals("0.0001", "9.9999", places=4)),
        st.sampled_from(("8%", "10%", "5%", "KCT")),
    ),
    min_size=1,
    max_size=5,
)


def _rounded_order(lines: list[tuple[Any, int, Any, str]], discount: int) -> tuple[Order, Rules]:
    """An order whose total is that of its rounded lines, as Haravan's is."""
    wares = [
        line(price, units, id=n, price_original=Decimal(price) + cut, total_discount=cut)
        for n, (price, cut, units, _) in enumerate(lines, start=1)
    ]
    total = sum(
        int((Decimal(price) * Decimal(units)).quantize(1, rounding="ROUND_HALF_UP")) for price, _, units, _ in lines
    )
    made = order(wares, total_discounts=min(discount, total), total_price=total - min(discount, total))
    by_sku = [{"level": "sku", "values": [f"SKU-{n}"], "rate": each[3]} for n, each in enumerate(lines, start=1)]
    return made, rules(rates=by_sku)


def _cut(made: Order, data: st.DataObject) -> list[Portion]:
    """The order cut into parts at random."""
    left = {each.id: each.quantity for each in made.lines}
    before: dict[int, Decimal] = {}
    parts: list[Portion] = []
    while any(left.values()):
        now = {}
        for line_id, units in left.items():
            whole = units == int(units)
            most = int(units if whole else units * 10_000)
            step = Decimal(data.draw(st.integers(0, most))) / (1 if whole else 10_000)
            if step:
                now[line_id] = step
        if not now or len(parts) > 4:
            now = {line_id: units for line_id, units in left.items() if units}
        parts.append(Portion(before=dict(before), now=now, shipping=not parts, last=now == left))
        for line_id, units in now.items():
            left[line_id] -= units
            before[line_id] = before.get(line_id, _NONE) + units
    return parts


def _check_never_negative(amounts: Amounts, invoice: InvoiceData) -> None:
    assert all(each.listed >= each.gross >= each.paid >= 0 for each in amounts.goods)
    for each in invoice.OriginalInvoiceDetail:
        figures = (each.AmountOC, each.DiscountAmountOC, each.AmountWithoutVATOC, each.VATAmountOC)
        assert min(whole_dong(*figures)) >= 0
        assert each.ItemType is ItemType.GOODS or whole_dong(*figures) == (0, 0, 0, 0)


@settings(deadline=None, max_examples=200)
@given(_LINES, st.integers(0, 10**7), st.data())
def test_all_parts_add_up_to_the_order(
    lines: list[tuple[Any, int, Any, str]], discount: int, data: st.DataObject
) -> None:
    """However the deliveries fall: to the đồng, every unit once, and no line or discount below nothing."""
    made, of_rules = _rounded_order(lines, discount)
    parts = _cut(made, data)
    amounts = [amounts_of(made, of_rules, portion=part) for part in parts]
    assert sum(each.total for each in amounts) == made.total_price
    invoices = [converted(made, of_rules, portion=part) for part in parts]
    for some, part in zip(amounts, invoices, strict=True):
        _check_never_negative(some, part.invoice)
    assert sum(each.total for each in invoices) == made.total_price
    for whole in amounts_of(made, of_rules).goods:
        carried = [each for some in amounts for each in some.goods if each.line.id == whole.line.id]
        assert sum((each.quantity for each in carried), _NONE) == whole.quantity
        assert sum(each.listed for each in carried) == whole.listed
        assert sum(each.paid for each in carried) == whole.paid
