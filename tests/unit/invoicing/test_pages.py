"""Orders that are too long for one invoice: held, or split into several that are each complete."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invoicing.catalogue import Catalogue
from invoicing.convert import Converted, ConvertHold, Page, pages_of
from invoicing.order import Order
from invoicing.sums import not_tying
from meinvoice.models import ItemType
from support.haravan_orders import CONVERTED_ON, convert_order, converted, goods, held, line, order, rules

_SPLIT = rules(too_many_lines="split")


def _long(count: int, **fields: object) -> Order:
    return order([line(1_000 + n, id=n) for n in range(1, count + 1)], **fields)


def _pages(made: Order, pages: int, **given: object) -> list[Converted]:
    return [converted(made, page=Page(number, pages), **given) for number in range(1, pages + 1)]  # type: ignore[arg-type]


@pytest.mark.parametrize(("lines", "pages"), ((1, 1), (199, 1), (200, 2), (398, 2), (399, 3)))
def test_how_many_pages(lines: int, pages: int) -> None:
    """Each page takes 199 lines."""
    assert pages_of(lines) == pages


def test_a_hold_tells_how_many_lines_there_are() -> None:
    """Whoever splits asks for the pages that the lines of the hold need; without a page nothing is split."""
    result = convert_order(_long(398, shipping_lines=[{"price": 20_000}]), _SPLIT)
    assert isinstance(result, ConvertHold)
    assert (result.reason, result.facts) == ("too-many-lines", {"lines": "399", "limit": "200"})


def test_pages_are_complete_invoices_in_the_order_of_the_lines() -> None:
    """Full pages first, each numbered from 1, with its own totals, rates and sources; transport comes last."""
    made = _long(250, total_discounts=10_007, shipping_lines=[{"price": 20_000}])
    first, second = _pages(made, 2)
    assert (first.line_count, second.line_count) == (199, 52)
    assert (first.pages, second.pages) == (2, 2)
    assert (first.content.sources[0], second.content.sources[0]) == ("line:1", "line:200")
    assert second.content.sources[-1] == "shipping:0"
    assert [each.line for each in second.rates] == list(range(1, 53))
    assert second.flags[0] == "default-rate:SKU-200"
    for each in (first, second):
        assert not_tying(each.invoice, with_vat=True) == ()
        numbers = [(line.LineNumber, line.SortOrder) for line in each.invoice.OriginalInvoiceDetail]
        assert numbers == [(number, number) for number in range(1, each.line_count + 1)]
    assert first.total + second.total == made.total_price


def test_pages_that_do_not_fit_the_order_are_held() -> None:
    """The number of pages was fixed with the first one; a changed catalogue must not lose or repeat lines."""
    assert held(_long(10), page=Page(1, 2)) == "pages-changed"
    assert held(_long(450), page=Page(1, 2)) == "pages-changed"
    assert converted(_long(10), page=Page(1, 1)).pages == 1
    for number in (0, 3):
        with pytest.raises(ValueError, match="no page"):
            Page(number, 2)


def test_a_last_page_of_notes_takes_goods_along() -> None:
    """An invoice of nothing but notes would say nothing."""
    combo = Catalogue((goods("SET", parts={"A": 1}),))
    lines = [line(1_000, id=1, sku="SET"), *(line(1_000, id=n) for n in range(2, 200)), line(0, id=500, sku="A")]
    first, second = _pages(order(lines), 2, catalogue=combo)
    assert (first.line_count, second.line_count) == (198, 2)
    assert second.content.sources == ("line:199", "note")


def test_rates_of_all_pages_are_judged_together() -> None:
    """A page must not be issued when another will be held: one rate a template is one for the whole order."""
    by_sku = rules(rates=[{"level": "sku", "values": ["SKU-1"], "rate": "5%"}, {"level": "default", "rate": "8%"}])
    assert held(_long(250), by_sku, page=Page(2, 2), several_rates=False) == "mixed-rates"


def test_the_sales_note_stands_on_each_page_that_has_such_goods() -> None:
    """Room is kept for it on every page, and the hold counts it on every page."""
    noted = rules(rates=[{"level": "sku", "values": ["SKU-1", "SKU-199"], "rate": "8%", "sales_note": "Giảm thuế."}])
    result = convert_order(_long(199), noted, series="2C26TBB")
    assert isinstance(result, ConvertHold)
    assert result.facts["lines"] == "201"
    first, second = _pages(_long(199), pages_of(201), of_rules=noted, series="2C26TBB")
    assert (first.line_count, second.line_count) == (199, 2)
    assert second.content.sources == ("line:199", "note")
    assert converted(_long(198), noted, series="2C26TBB").line_count == 199


@settings(deadline=None, max_examples=15)
@given(st.integers(200, 620), st.integers(0, 10**6), st.integers(0, 50_000), st.sets(st.integers(1, 600), max_size=40))
def test_all_pages_add_up_to_the_order(count: int, discount: int, shipping: int, gifts: set[int]) -> None:
    """To the đồng, each line once, in order, and every page ties in itself and can be sent."""
    lines = [line(0 if n in gifts else 777 + 13 * n, id=n) for n in range(1, count + 1)]
    total = sum(Decimal(str(each["price"])) for each in lines) + shipping
    made = order(lines, total_discounts=min(discount, total), shipping_lines=[{"price": shipping}])
    first = convert_order(made, _SPLIT)
    assert isinstance(first, ConvertHold)
    pages = _pages(made, pages_of(int(first.facts["lines"])))
    assert sum(each.total for each in pages) == made.total_price
    expected = [f"line:{n}" for n in range(1, count + 1)] + (["shipping:0"] if shipping else [])
    assert [source for each in pages for source in each.content.sources] == expected
    for each in pages:
        assert 0 < each.line_count < 200
        assert not_tying(each.invoice, with_vat=True) == ()
        dated = each.invoice.model_copy(update={"InvDate": CONVERTED_ON, "InvSeries": "1C26TAA"})
        assert dated.check_sendable() == ()
        assert any(line.ItemType is not ItemType.NOTE for line in each.invoice.OriginalInvoiceDetail)
