"""What the project decided on amounts where documents leave a choice: one test a row.

Rows with tests of their own: discounts, rates, gifts and limits in test_convert.py and test_catalogue_lines.py, combos
in test_combos.py, gift cards in test_gift_cards.py, pages in test_pages.py, sales notes in test_sales_notes.py.
"""

from decimal import Decimal
from typing import Any

import pytest
from invoicing.amounts import amounts_of
from meinvoice.models import ItemType
from support.haravan_orders import DEFAULT_RATE, converted, held, line, order, rules, whole_dong

_NET = rules(prices="exclude_vat")
_KCT = rules(rates=[{"level": "default", "rate": "KCT"}])


def test_ties_with_the_total_of_the_order() -> None:
    """One đồng off is held, and so is a total of fractions."""
    assert converted(order([line(108_000)], total_price=108_000)).total == 108_000
    assert held(order([line(108_000)], total_price=108_001)) == "does-not-tie"
    assert held(order([line("108000.5")], total_price="108000.5")) == "total-not-whole"
    assert held(order([line(100_000)], total_discounts="0.5", total_price=100_000)) == "does-not-tie"


def test_prices_that_exclude_vat() -> None:
    """VAT is round half up(net x rate) on top; a stated tax must be ours, also of what came back since."""
    invoice = converted(order([line(106, id=1), line(94, id=2)]), _NET).invoice
    # 8 % of 106 is 8.48, of 94 is 7.52.
    assert whole_dong(*(each.VATAmountOC for each in invoice.OriginalInvoiceDetail)) == (8, 8)
    assert whole_dong(invoice.TotalAmountWithoutVATOC, invoice.TotalAmountOC) == (200, 216)
    taxed: dict[str, Any] = {"total_tax": 16, "total_price": 216}
    assert converted(order([line(106, id=1), line(94, id=2)], **taxed), _NET).total == 216
    back = [{"id": 1, "refund_line_items": [{"line_item_id": 2, "quantity": 1}], "transactions": []}]
    assert converted(order([line(106, id=1), line(94, id=2)], refunds=back, **taxed), _NET).total == 114
    wrong = {"total_tax": 15, "total_price": 215}
    assert held(order([line(106, id=1), line(94, id=2)], refunds=back, **wrong), _NET) == "tax-mismatch"


def test_tax_of_the_order_where_prices_include_vat() -> None:
    """It cannot be there, so it is held."""
    assert held(order([line(108_000)], total_tax=8_000, total_price=116_000)) == "order-tax"


def test_line_gross_not_whole_dong() -> None:
    """Rounded half up where the rounded lines make the total exactly, else held."""
    lines = [line("0.5", id=1), line("1.4", id=2), line("33333.3333", 3, id=3)]
    goods = amounts_of(order(lines, total_price=100_002), rules()).goods
    assert [each.paid for each in goods] == [1, 1, 100_000]
    assert held(order(lines, total_price=100_001)) == "does-not-tie"


@pytest.mark.parametrize(("quantity", "digits"), (("1.5000", "1"), ("0.0001", "4"), ("12", "0")))
def test_decimal_quantities(quantity: str, digits: str) -> None:
    """Up to four digits are kept, and told."""
    invoice = converted(order([line(20_000, quantity)])).invoice
    assert invoice.OptionUserDefined is not None
    assert invoice.OptionUserDefined.QuantityDecimalDigits == digits
    assert invoice.OriginalInvoiceDetail[0].Quantity == Decimal(quantity)


def test_more_digits_of_a_quantity_are_held() -> None:
    """A fifth digit is not dropped in silence."""
    assert held(order([line(200_000, "1.00005")])) == "quantity-digits"


def test_quantity_0() -> None:
    """The line is dropped; an order of such lines alone has no lines."""
    assert converted(order([line(108_000, id=1), line(50_000, 0, id=2)])).content.sources == ("line:1",)
    assert held(order([line(50_000, 0)])) == "no-lines"


@pytest.mark.parametrize(
    ("made", "reason"),
    (
        (order([line(108_000, id=1), line(-8_000, id=2)]), "negative-price"),
        (order([line(108_000)], shipping_lines=[{"price": -8_000}]), "negative-price"),
        (order([line(108_000)], total_discounts=-8_000), "negative-price"),
        (order([line(108_000, id=1), line(8_000, -1, id=2)]), "negative-quantity"),
        (order([line(10**15)]), "amount-too-large"),
    ),
)
def test_negative_price(made: Any, reason: str) -> None:
    """Amounts that no sale has are held."""
    assert held(made) == reason


def test_order_discount_beyond_goods_and_shipping() -> None:
    """What exceeds the goods reaches shipping; beyond that it is held."""
    assert converted(order([line(100)], total_discounts=120, shipping_lines=[{"price": 20}])).total == 0
    beyond = order([line(100)], total_discounts=121, shipping_lines=[{"price": 20}], total_price=0)
    assert held(beyond) == "does-not-tie"
    assert held(order([line(100)], total_discounts=121, shipping_lines=[{"price": 20}])) == "negative-price"


def test_ties_of_the_order_discount() -> None:
    """The đồng that is left goes to the larger line, and between equals to the earlier."""
    details = converted(order([line(50, id=1), line(50, id=2)], total_discounts=1), _KCT).invoice.OriginalInvoiceDetail
    assert whole_dong(*(each.DiscountAmountOC for each in details)) == (1, 0)
    # 2 over 30 and 10: 1.5 and 0.5.
    details = converted(order([line(10, id=1), line(30, id=2)], total_discounts=2), _KCT).invoice.OriginalInvoiceDetail
    assert whole_dong(*(each.DiscountAmountOC for each in details)) == (0, 2)


def test_shipping_lines() -> None:
    """One line each, by the setting's name, code and rate; one priced 0 is dropped, its place keeps its number."""
    of_rules = rules(shipping={"name": "Cước giao", "code": "SHIP", "rates": "10%"})
    prices = [{"title": "A", "price": 11_000}, {"title": "B", "price": 0}, {"title": "C", "price": 22_000}]
    made = converted(order(shipping_lines=prices), of_rules)
    shipping = made.invoice.OriginalInvoiceDetail[1:]
    assert {(each.ItemName, each.ItemCode, each.VATRateName, each.UnitName) for each in shipping} == {
        ("Cước giao", "SHIP", "10%", None)
    }
    assert whole_dong(*(each.AmountWithoutVATOC for each in shipping)) == (10_000, 20_000)
    assert made.content.sources == ("line:11", "shipping:0", "shipping:2")


def test_gifts_do_not_count_when_a_template_allows_one_rate() -> None:
    """A gift of another rate is no second rate; nor is a note."""
    by_sku = rules(rates=[{"level": "sku", "values": ["SKU-2"], "rate": "10%"}, DEFAULT_RATE])
    made = order([line(108_000, id=1), line(0, id=2)])
    assert converted(made, by_sku, several_rates=False).invoice.OriginalInvoiceDetail[1].ItemType is ItemType.PROMOTION
    paid = order([line(108_000, id=1), line(1, id=2)])
    assert held(paid, by_sku, several_rates=False) == "mixed-rates"


@pytest.mark.parametrize(
    ("rate", "net", "vat"),
    (("KCT", 103_500, 0), ("KKKNT", 103_500, 0), ("0%", 103_500, 0), ("KHAC:3.5%", 100_000, 3_500)),
)
def test_rates_of_other_kinds(rate: str, net: int, vat: int) -> None:
    """Not taxable, not declared, and any other percentage."""
    invoice = converted(order([line(103_500)]), rules(rates=[{"level": "default", "rate": rate}])).invoice
    (info,) = invoice.TaxRateInfo or ()
    assert (info.VATRateName, *whole_dong(info.AmountWithoutVATOC, info.VATAmountOC)) == (rate, net, vat)
