"""From order to invoice, row by row of what the project decided."""

import datetime as dt
from typing import Any

import pytest
from invoicing.convert import Converted, ConvertHold
from invoicing.order import Order
from invoicing.rules import Rules
from meinvoice.models import ItemType
from support.haravan_orders import (
    CONVERTED_ON,
    company,
    convert_order,
    converted,
    delivered,
    held,
    line,
    order,
    rules,
    whole_dong,
)


@pytest.mark.parametrize(("gross", "net", "vat"), ((108_000, 100_000, 8_000), (1_006, 931, 75), (1, 1, 0)))
def test_net_and_vat_of_a_gross_price(gross: int, net: int, vat: int) -> None:
    """Net is rounded half up and VAT is what is left, also where no exact pair exists."""
    invoice = converted(order([line(gross)])).invoice
    totals = whole_dong(invoice.TotalAmountWithoutVATOC, invoice.TotalVATAmountOC, invoice.TotalAmountOC)
    assert totals == (net, vat, gross)


@pytest.mark.parametrize(
    ("fields", "setting", "shown"),
    (
        ({"price_original": 200_000, "total_discount": 20_000}, "show", (540_000, 60_000)),
        ({"price_original": 200_000, "total_discount": 60_000}, "show", (540_000, 60_000)),
        ({"price_original": 200_000, "total_discount": 0}, "show", (540_000, 0)),
        ({"price_original": 200_000, "total_discount": 20_000}, "fold", (540_000, 0)),
        ({"price_original": 100_000, "total_discount": 0}, "show", (540_000, 0)),
    ),
)
def test_line_discount(fields: dict[str, Any], setting: str, shown: tuple[int, int]) -> None:
    """A discount that explains the price, per unit or per line, is shown beside the list price."""
    of_rules = rules(rates=[{"level": "default", "rate": "KCT"}], line_discount=setting)
    invoice = converted(order([line(180_000, 3, **fields)]), of_rules).invoice
    assert whole_dong(invoice.TotalAmountOC, invoice.TotalDiscountAmountOC) == shown


def _discounts(made: Order) -> list[int]:
    of_rules = rules(rates=[{"level": "default", "rate": "KCT"}], shipping={"rates": "KCT"})
    details = converted(made, of_rules).invoice.OriginalInvoiceDetail
    return list(whole_dong(*(each.DiscountAmountOC for each in details)))


def _codes(**amounts: int) -> list[dict[str, Any]]:
    return [{"code": kind, "amount": amount, "type": kind} for kind, amount in amounts.items()]


@pytest.mark.parametrize(
    ("discount", "codes", "shipping", "expected"),
    (
        (100, [], [500], [33, 67, 0]),
        (300, [], [500], [100, 200, 0]),
        (400, [], [500], [100, 200, 100]),
        (400, [], [300, 200], [100, 200, 60, 40]),
        (500, _codes(shipping=500), [500], [0, 0, 500]),
        (500, _codes(shipping=900), [500], [0, 0, 500]),
        (530, _codes(shipping=500, fixed_amount=30), [500], [10, 20, 500]),
        (30, _codes(fixed_amount=30), [0], [10, 20]),
        (30, _codes(shipping=0, percentage=10), [500], [10, 20, 0]),
    ),
)
def test_order_discount(discount: int, codes: list[Any], shipping: list[int], expected: list[int]) -> None:
    """The order discount is shared over goods; shipping codes and what exceeds the goods go to shipping."""
    shipping_lines = [{"title": "Giao", "price": price} for price in shipping]
    goods = [line(100, id=1), line(100, 2, id=2)]
    made = order(goods, total_discounts=discount, discount_codes=codes, shipping_lines=shipping_lines)
    assert _discounts(made) == expected


@pytest.mark.parametrize(
    ("discount", "codes"), ((40, _codes(shipping=30, fixed_amount=20)), (600, _codes(shipping=600)))
)
def test_shipping_codes_that_do_not_fit_areheld(discount: int, codes: list[Any]) -> None:
    """Codes that contradict the discount, or exceed the shipping they are for, are not guessed at."""
    made = order([line(1_000)], total_discounts=discount, discount_codes=codes, shipping_lines=[{"price": 500}])
    assert held(made) == "discount-unclear"


def test_free_shipping_lines() -> None:
    """Shipping priced 0 is dropped; shipping that a code takes to 0 stays with its discount visible."""
    free = order(shipping_lines=[{"title": "Giao", "price": 0}])
    waived = order(
        shipping_lines=[{"title": "Giao", "price": 20_000}],
        total_discounts=20_000,
        discount_codes=_codes(shipping=20_000),
    )
    assert converted(free).line_count == 1
    last = converted(waived).invoice.OriginalInvoiceDetail[-1]
    assert last.ItemName == "Phí vận chuyển"
    assert whole_dong(last.AmountWithoutVATOC, last.DiscountAmountOC) == (0, 18_519)


@pytest.mark.parametrize("gift", (line(0, 2, id=2), line(0, 2, id=2, price_original=50_000, total_discount=50_000)))
def test_gifts(gift: dict[str, Any]) -> None:
    """Goods at 0 đồng, also by their own discount, are promotion lines of zeros outside the rate table."""
    by_sku = {"level": "sku", "values": ["SKU-2"], "rate": "10%"}
    of_rules = rules(rates=[by_sku, {"level": "default", "rate": "8%"}])
    invoice = converted(order([line(108_000, id=1), gift]), of_rules, several_rates=False).invoice
    detail = invoice.OriginalInvoiceDetail[1]
    amounts = (detail.AmountOC, detail.DiscountAmountOC, detail.AmountWithoutVATOC, detail.VATAmountOC)
    assert (detail.ItemType, detail.VATRateName) == (ItemType.PROMOTION, "10%")
    assert whole_dong(detail.UnitPrice, *amounts) == (0, 0, 0, 0, 0)
    assert [each.VATRateName for each in invoice.TaxRateInfo or ()] == ["8%"]


def test_only_gifts() -> None:
    """An order of nothing but gifts is an invoice of zeros that still has its rate table."""
    invoice = converted(order([line(0, id=1)])).invoice
    assert invoice.TotalAmountOC == 0
    assert invoice.TotalAmountInWords == "Không đồng."
    assert [each.VATRateName for each in invoice.TaxRateInfo or ()] == ["8%"]


_DEFAULT = {"level": "default", "rate": "8%"}
_ENDED = {"rate": "5%", "valid_to": "2026-01-01"}


@pytest.mark.parametrize(
    ("of_rules", "reason"),
    (
        (rules(rates=[]), "no-rate"),
        (rules(rates=[{"level": "default", **_ENDED}]), "rate-not-valid"),
        (rules(shipping={}), "no-shipping-rate"),
        (rules(unknown_sku="hold"), "unknown-sku"),
        (
            rules(
                rates=[
                    {"level": "sku", "values": ["sku-11"], "rate": "5%", "valid_to": "2026-01-01"},
                    {"level": "default", "rate": "8%"},
                ]
            ),
            "rate-not-valid",
        ),
    ),
)
def test_rates_that_are_not_there(of_rules: Rules, reason: str) -> None:
    """Without one certain rate nothing is issued; an expired special rate never falls back to the default."""
    assert held(order(shipping_lines=[{"title": "Giao", "price": 20_000}]), of_rules) == reason


@pytest.mark.parametrize(
    ("level", "value", "field"),
    (
        ("sku", "a-1", "sku"),
        ("barcode", "893", "barcode"),
        ("product_type", "Áo", "type"),
        ("vendor", "Nhãn", "vendor"),
    ),
)
def test_rate_levels(level: str, value: str, field: str) -> None:
    """A rate is found by the first level that has one, compared trimmed and without case."""
    by_level = {"level": level, "values": [f" {value.upper()} "], "rate": "5%"}
    invoice = converted(
        order([line(105, **{"sku": None, field: value})]), rules(rates=[by_level, {"level": "default", "rate": "8%"}])
    ).invoice
    assert invoice.TotalVATAmountOC == 5


def test_goods_delivered_under_another_rate_areheld() -> None:
    """Delivered at 8 %, invoiced at 10 %: an accountant decides."""
    windows = [
        {"level": "default", "rate": "8%", "valid_to": "2026-12-31"},
        {"level": "default", "rate": "10%", "valid_from": "2027-01-01"},
    ]
    made = order(fulfillments=[delivered("2026-12-31T16:59:00Z")])
    assert held(made, rules(rates=windows), on=dt.date(2027, 1, 2)) == "rate-changed-since-delivery"
    later = order(fulfillments=[delivered("2026-12-31T17:00:00Z")])
    assert converted(later, rules(rates=windows), on=dt.date(2027, 1, 2)).rates[0].rate == "10%"


def test_mixed_rates_need_a_template_that_takes_them() -> None:
    """Two rates on a template for one are held."""
    made = order(shipping_lines=[{"title": "Giao", "price": 20_000}])
    of_rules = rules(shipping={"rates": "10%"})
    assert held(made, of_rules, several_rates=False) == "mixed-rates"
    assert converted(made, of_rules).line_count == 2


@pytest.mark.parametrize(
    ("goods", "shipping", "fits"), ((199, 0, True), (198, 1, True), (199, 1, False), (200, 0, False))
)
def test_line_limit(goods: int, shipping: int, fits: bool) -> None:
    """Fewer than 200 lines, shipping included."""
    made = order(
        [line(1_000, id=n) for n in range(1, goods + 1)], shipping_lines=[{"title": "Giao", "price": 20_000}] * shipping
    )
    result = convert_order(made)
    assert isinstance(result, Converted) == fits
    assert fits or (isinstance(result, ConvertHold) and result.reason == "too-many-lines")


def test_tax_of_the_order_must_be_ours_where_prices_exclude_it() -> None:
    """The shop's own tax is accepted only when it is the VAT computed."""
    net = rules(prices="exclude_vat")
    assert converted(order([line(100_000)], total_tax=8_000, total_price=108_000), net).total == 108_000
    assert held(order([line(100_000)], total_tax=9_000, total_price=109_000), net) == "tax-mismatch"


def test_sales_series_has_no_vat() -> None:
    """A sales invoice shows gross lines without VAT columns and needs no rate."""
    invoice = converted(order(total_discounts=8_000), rules(rates=[]), series="2C26TBB").invoice
    (detail,) = invoice.OriginalInvoiceDetail
    figures = whole_dong(detail.AmountOC, detail.DiscountAmountOC, detail.AmountWithoutVATOC)
    assert figures == (108_000, 8_000, 100_000)
    assert (detail.VATRateName, detail.VATAmountOC, invoice.TaxRateInfo) == (None, None, None)
    assert whole_dong(invoice.TotalVATAmountOC, invoice.TotalAmountOC) == (0, 100_000)
    assert invoice.model_copy(update={"InvDate": CONVERTED_ON, "InvSeries": "2C26TBB"}).check_sendable() == ()


def test_cash_register_flag() -> None:
    """An M series, or a cash-register signature, is marked as such."""
    assert converted(order(), series="1C26MAB").invoice.IsInvoiceCalculatingMachine is True
    assert converted(order()).invoice.IsInvoiceCalculatingMachine is None


def test_decimal_quantities() -> None:
    """Up to four digits of a quantity are kept and told."""
    invoice = converted(order([line(80_000, "1.2500"), line(1_000, id=2)])).invoice
    assert invoice.OptionUserDefined is not None
    assert invoice.OptionUserDefined.QuantityDecimalDigits == "2"
    assert str(invoice.OriginalInvoiceDetail[0].Quantity) == "1.25"


def test_rounded_lines_that_tie() -> None:
    """A line of fractions is rounded half up where the order's total agrees."""
    made = order([line("33333.3333", 3)], total_price=100_000)
    assert converted(made).total == 100_000


def test_names_of_goods() -> None:
    """No "Default Title", no control characters, one Unicode form, and a long name is cut with a flag."""
    named = [("Áo  thun\t- Default Title", None), ("X" * 501, None), (None, "Gói")]
    made = order([line(1, id=n, name=name, title=title) for n, (name, title) in enumerate(named, start=1)])
    names = [each.ItemName for each in converted(made).invoice.OriginalInvoiceDetail]
    assert names == ["Áo thun", "X" * 500, "Gói"]
    assert "item-name-cut:2" in converted(made).flags
    assert held(order([line(1, name=" ")])) == "no-item-name"


def test_unknown_goods_are_reported() -> None:
    """Goods that only the default rate covers are flagged by their SKU."""
    assert converted(order()).flags == ("default-rate:SKU-11",)


def test_buyers_fields() -> None:
    """A company's data and addresses reach their fields; a consumer's address only the sending one."""
    invoice = converted(order(note_attributes=company(bill_email="a@b.vn;c@d.vn"))).invoice
    assert (invoice.BuyerTaxCode, invoice.BuyerEmail, invoice.ReceiverEmail) == (
        "0101243150",
        "a@b.vn",
        "a@b.vn;c@d.vn",
    )
    sold = converted(order(email="an@vidu.vn")).invoice
    assert (sold.BuyerFullName, sold.BuyerEmail, sold.ReceiverEmail) == ("Bán cho người tiêu dùng", None, "an@vidu.vn")


def test_convert_judges_for_itself() -> None:
    """An order that should never have come so far is held here too."""
    assert held(order(currency="USD")) == "foreign-currency"
    assert held(order(total_price=1)) == "does-not-tie"
    assert held(order(note_attributes=company(bill_order_tax_code="0123456789"))) == "buyer-tax-code-bad"


def test_an_item_code_is_one_line_without_control_characters() -> None:
    """XML, which the invoice becomes, cannot hold them; blanks around a SKU mean nothing."""
    (detail,) = converted(order([line(108_000, sku=" AO\t01\x07\n")])).invoice.OriginalInvoiceDetail
    assert detail.ItemCode == "AO 01"
