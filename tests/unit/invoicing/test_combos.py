"""Combos, kept as one line or expanded into their parts."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invoicing.catalogue import Catalogue
from invoicing.portions import Portion
from invoicing.reasons import Reason
from meinvoice.models import ItemType
from support.haravan_orders import DEFAULT_RATE, accepting, converted, goods, held, line, order, rules, whole_dong

_SET = goods("SET", parts={"ao": 2, "SACH": 1})
_SHIRT = goods("AO", name="Áo thun", unit="Chiếc", price=100_000, variant_id=7)
_BOOK = goods("SACH", name="Sách", price=50_000)
_CATALOGUE = Catalogue((_SET, _SHIRT, _BOOK))
_LINES = (line(216_000, id=1, sku="SET", name="Bộ quà"), line(0, 2, id=2, sku="ao"), line(0, 1, id=3, sku="SACH"))
_EXPAND = rules(combos="expand")


def _shown(made: Any, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(getattr(each, name) for name in names) for each in made.invoice.OriginalInvoiceDetail]


def test_kept_a_combo_is_its_priced_line_and_its_parts_are_notes() -> None:
    """Notes have a place but no number among the goods, no amounts, and are in no total."""
    made = converted(order(_LINES), catalogue=_CATALOGUE)
    assert _shown(made, "ItemType", "LineNumber", "SortOrder", "ItemName") == [
        (ItemType.GOODS, 1, 1, "Bộ quà"),
        (ItemType.NOTE, 2, None, "Áo thun (x2)"),
        (ItemType.NOTE, 3, None, "Áo thun"),
    ]
    assert made.content.sources == ("line:1", "note", "note")
    assert made.line_count == 3
    note = made.invoice.OriginalInvoiceDetail[1]
    assert (note.Quantity, note.AmountOC, note.VATRateName, note.ItemCode) == (None, None, None, None)
    assert whole_dong(made.invoice.TotalAmountWithoutVATOC, made.invoice.TotalVATAmountOC) == (200_000, 16_000)


def test_what_is_more_than_the_combo_has_was_given_away() -> None:
    """A line of 0 đồng is a note only while it is a part; other goods, and further units, are gifts."""
    lines = [_LINES[0], line(0, 3, id=2, sku="AO"), line(0, 1, id=3, sku="sach"), line(0, 1, id=4, sku="SACH")]
    made = converted(order([*lines, line(0, id=5, sku="MU")]), catalogue=_CATALOGUE)
    assert [kind for (kind,) in _shown(made, "ItemType")] == [1, 2, 4, 2, 2]


def test_parts_that_are_paid_for_stay_goods() -> None:
    """Only lines at 0 đồng become notes."""
    made = converted(order([_LINES[0], line(108_000, id=2, sku="AO")]), catalogue=_CATALOGUE)
    assert made.content.sources == ("line:1", "line:2")


def test_expanded_a_combo_is_the_lines_of_its_parts() -> None:
    """The price goes by catalogue price times quantity; each part has its own name, unit and rate."""
    by_sku = rules(combos="expand", rates=[{"level": "sku", "values": ["SACH"], "rate": "5%"}, DEFAULT_RATE])
    made = converted(order(_LINES), by_sku, catalogue=_CATALOGUE)
    # 216,000 over 200,000 and 50,000: 172,800 and 43,200.
    assert _shown(made, "ItemCode", "ItemName", "UnitName", "VATRateName") == [
        ("ao", "Áo thun", "Chiếc", "8%"),
        ("SACH", "Sách", "Cái", "5%"),
    ]
    details = made.invoice.OriginalInvoiceDetail
    assert whole_dong(*(each.AmountWithoutVATOC for each in details)) == (160_000, 41_143)
    assert whole_dong(*(each.VATAmountOC for each in details)) == (12_800, 2_057)
    assert whole_dong(details[0].Quantity) == (2,)
    assert made.content.sources == ("combo:1:ao", "combo:1:SACH")


def test_expanded_parts_show_the_discounts() -> None:
    """A line discount follows the prices; the order's discount is shared as over any goods."""
    combo = line(90_000, id=1, sku="SET", price_original=100_000, total_discount=10_000)
    kct = rules(combos="expand", rates=[{"level": "default", "rate": "KCT"}])
    details = converted(order([combo], total_discounts=9_001), kct, catalogue=_CATALOGUE).invoice.OriginalInvoiceDetail
    # Listed 80,000 and 20,000; after its own discount 72,000 and 18,000; 9,001 falls 7,200.8 and 1,800.2.
    assert whole_dong(*(each.AmountOC for each in details)) == (80_000, 20_000)
    assert whole_dong(*(each.DiscountAmountOC for each in details)) == (8_000 + 7_201, 2_000 + 1_800)


def test_ties_go_to_the_larger_part_and_then_to_the_earlier() -> None:
    """The đồng that is left over falls as with discounts."""
    kct = rules(combos="expand", rates=[{"level": "default", "rate": "KCT"}])
    halves = Catalogue(
        (goods("SET", parts={"A": 1, "B": 1}), goods("A", name="A", price=1), goods("B", name="B", price=1))
    )
    details = converted(order([line(101, sku="SET")]), kct, catalogue=halves).invoice.OriginalInvoiceDetail
    assert whole_dong(*(each.AmountOC for each in details)) == (51, 50)


def test_parts_without_a_price_hold_the_order() -> None:
    """A price that is lacking, or unknown, is not guessed; a combo that was given away needs none."""
    for lacking in (goods("SACH", name="Sách"), goods("KHAC", name="Khác")):
        assert held(order(_LINES), _EXPAND, catalogue=Catalogue((_SET, _SHIRT, lacking))) == "combo-price"
    free = Catalogue((_SET, goods("AO", name="Áo", price=0), goods("SACH", name="Sách", price=0)))
    assert held(order(_LINES), _EXPAND, catalogue=free) == "combo-price"
    gift = converted(order([line(0, id=1, sku="SET"), line(108_000, id=9)]), _EXPAND, catalogue=free)
    assert [kind for (kind,) in _shown(gift, "ItemType")] == [2, 2, 1]


def test_a_part_without_a_name_takes_that_of_its_line() -> None:
    """The order's own line of 0 đồng names a part that the catalogue does not name; else the order is held."""
    nameless = Catalogue((_SET, _SHIRT, goods("SACH", price=50_000)))
    assert _shown(converted(order(_LINES), _EXPAND, catalogue=nameless), "ItemName")[1] == ("Áo thun",)
    assert held(order(_LINES[:1]), _EXPAND, catalogue=nameless) == "no-item-name"


def test_a_part_named_twice_is_one_line() -> None:
    """Each SKU of a combo is one line, so that each line has one source."""
    twice = goods("SET", parts={"AO": 1, "ao ": 2})
    made = converted(order([_LINES[0]]), _EXPAND, catalogue=Catalogue((twice, _SHIRT)))
    assert made.content.sources == ("combo:1:AO",)
    assert _shown(made, "Quantity") == [(Decimal(3),)]


@pytest.mark.parametrize(
    ("rates", "reason"),
    (
        ([{"level": "sku", "values": ["SACH"], "rate": "5%"}, DEFAULT_RATE], "combo-rates"),
        ([{"level": "sku", "values": ["SACH", "AO"], "rate": "5%"}, DEFAULT_RATE], "combo-rates"),
        ([{"level": "sku", "values": ["SACH", "AO", "SET"], "rate": "5%"}, DEFAULT_RATE], None),
        ([{"level": "sku", "values": ["SET"], "rate": "5%"}, {**DEFAULT_RATE, "rate": "5%"}], None),
    ),
)
def test_one_line_has_one_rate(rates: list[dict[str, Any]], reason: str | None) -> None:
    """A combo of several rates, or one that only the default covers while its parts have another, needs expanding."""
    made = order(_LINES)
    if reason is None:
        assert converted(made, rules(rates=rates), catalogue=_CATALOGUE).rates[0].rate == "5%"
        return
    assert held(made, rules(rates=rates), catalogue=_CATALOGUE) == reason
    assert converted(made, rules(rates=rates), catalogue=_CATALOGUE, release=accepting(Reason.COMBO_RATES)).pages == 1
    assert converted(made, rules(rates=rates, combos="expand"), catalogue=_CATALOGUE).line_count == 2
    assert converted(made, rules(rates=rates), catalogue=_CATALOGUE, series="2C26TBB").line_count == 3


def test_a_part_delivery_of_notes_alone_is_held() -> None:
    """The priced line went with another parcel: there is nothing to invoice here."""
    portion = Portion(before={1: Decimal(1)}, now={2: Decimal(2)}, shipping=False, last=False)
    for of_rules in (rules(), _EXPAND):
        assert held(order(_LINES), of_rules, catalogue=_CATALOGUE, portion=portion) == "only-notes"


def test_parts_that_are_left_over_are_no_goods_kept() -> None:
    """When the combo came back, its lines of 0 đồng do not make an invoice."""
    back = [{"id": 1, "refund_line_items": [{"line_item_id": 1, "quantity": 1}], "transactions": []}]
    assert held(order(_LINES, refunds=back), catalogue=_CATALOGUE) == "nothing-kept"


@settings(deadline=None, max_examples=150)
@given(
    st.integers(0, 10**6),
    st.integers(0, 10**5),
    st.integers(1, 20),
    st.integers(0, 10**7),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 5)), min_size=1, max_size=5),
)
def test_expanding_changes_no_total(
    price: int, off: int, quantity: int, discount: int, parts: list[tuple[int, int]]
) -> None:
    """However a combo is split, its parts add up to it, and none is negative or discounted below nothing."""
    names = [f"P{number}" for number in range(len(parts))]
    combo = goods("SET", parts={name: units for name, (_, units) in zip(names, parts, strict=True)})
    items = [goods(name, name=name, price=cost) for name, (cost, _) in zip(names, parts, strict=True)]
    bought = line(price, quantity, sku="SET", price_original=price + off, total_discount=off)
    made = order([bought], total_discounts=min(discount, price * quantity))
    if price and not any(cost for cost, _ in parts):
        assert held(made, _EXPAND, catalogue=Catalogue((combo, *items))) == "combo-price"
        return
    result = converted(made, _EXPAND, catalogue=Catalogue((combo, *items)))
    assert result.total == made.total_price
    for each in result.invoice.OriginalInvoiceDetail:
        assert min(whole_dong(each.AmountOC, each.DiscountAmountOC, each.AmountWithoutVATOC, each.VATAmountOC)) >= 0
