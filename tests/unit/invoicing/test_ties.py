"""Properties of every invoice, over random orders."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from invoicing.catalogue import Catalogue
from invoicing.money import whole
from invoicing.order import Order
from invoicing.rules import Rules
from invoicing.sums import not_tying
from meinvoice.models import InvoiceData, ItemType
from support.haravan_orders import CONVERTED_ON, converted, goods, line, number_of, order, rules

_RATES = ("0%", "5%", "8%", "10%", "KCT", "KKKNT", "KHAC:3.5%")
_READINGS: dict[str, Callable[[int, int], int]] = {
    "unit": lambda off, _: off,
    "line": lambda off, quantity: off * quantity,
    "unexplained": lambda *_: 1,
}


_LINES = st.lists(
    st.tuples(
        st.integers(0, 5_000_000),
        st.integers(0, 200_000),
        st.integers(1, 300),
        st.sampled_from(_RATES),
        st.sampled_from(list(_READINGS)),
    ),
    min_size=1,
    max_size=12,
)


def _random_order(lines: list[tuple[int, int, int, str, str]], discount: int, shipping: int) -> tuple[Order, Rules]:
    goods = [
        line(price, quantity, id=n, price_original=price + cut, total_discount=_READINGS[reading](cut, quantity))
        for n, (price, cut, quantity, _, reading) in enumerate(lines, start=1)
    ]
    total = sum(price * quantity for price, _, quantity, _, _ in lines) + shipping
    made = order(goods, total_discounts=min(discount, total), shipping_lines=[{"title": "Giao", "price": shipping}])
    by_sku = [{"level": "sku", "values": [f"SKU-{n}"], "rate": each[3]} for n, each in enumerate(lines, start=1)]
    return made, rules(rates=by_sku)


def _check_line_arithmetic(invoice: InvoiceData, digits: int) -> None:
    for each in invoice.OriginalInvoiceDetail:
        amount, off, net = (
            number_of(each.AmountOC),
            number_of(each.DiscountAmountOC),
            number_of(each.AmountWithoutVATOC),
        )
        figures = (amount, off, net, number_of(each.VATAmountOC), number_of(each.UnitPrice))
        assert all(figure >= 0 for figure in figures)
        assert amount - off == net
        assert whole(number_of(each.UnitPrice) * number_of(each.Quantity)) == amount
        assert -int(number_of(each.UnitPrice).as_tuple().exponent) <= digits
        assert all(figure == figure.to_integral_value() for figure in figures[:4])


def _check_totals(invoice: InvoiceData) -> None:
    goods = [each for each in invoice.OriginalInvoiceDetail if each.ItemType == ItemType.GOODS]
    assert invoice.TotalSaleAmountOC == sum(number_of(each.AmountOC) for each in goods)
    assert invoice.TotalDiscountAmountOC == sum(number_of(each.DiscountAmountOC) for each in goods)
    assert invoice.TotalAmountWithoutVATOC == invoice.TotalSaleAmountOC - invoice.TotalDiscountAmountOC
    assert invoice.TotalAmountOC == invoice.TotalAmountWithoutVATOC + invoice.TotalVATAmountOC
    rates = invoice.TaxRateInfo or ()
    assert invoice.TotalAmountWithoutVATOC == sum(each.AmountWithoutVATOC for each in rates)
    assert invoice.TotalVATAmountOC == sum(each.VATAmountOC for each in rates)
    assert len({each.VATRateName for each in rates}) == len(rates)


@settings(deadline=None, max_examples=300)
@given(_LINES, st.integers(0, 10**7), st.integers(0, 100_000))
def test_every_total_ties(lines: list[tuple[int, int, int, str, str]], discount: int, shipping: int) -> None:
    """Lines add up to header and rate table, nothing is negative, and the total is what was paid."""
    made, of_rules = _random_order(lines, discount, shipping)
    made_of_it = converted(made, of_rules)
    invoice = made_of_it.invoice
    assert invoice.OptionUserDefined is not None
    assert invoice.OptionUserDefined.UnitPriceOCDecimalDigits is not None
    _check_line_arithmetic(invoice, int(invoice.OptionUserDefined.UnitPriceOCDecimalDigits))
    _check_totals(invoice)
    assert made_of_it.total == invoice.TotalAmountOC == invoice.TotalAmount == made.total_price
    assert invoice.model_copy(update={"InvDate": CONVERTED_ON, "InvSeries": "1C26TAA"}).check_sendable() == ()


@settings(deadline=None, max_examples=50)
@given(_LINES, st.integers(0, 10**7), st.integers(0, 100_000))
def test_the_same_order_gives_the_same_invoice(
    lines: list[tuple[int, int, int, str, str]], discount: int, shipping: int
) -> None:
    """Converting twice gives the identical text: a resend can never differ."""
    made, of_rules = _random_order(lines, discount, shipping)
    assert converted(made, of_rules).content.to_json() == converted(made, of_rules).content.to_json()


@settings(deadline=None, max_examples=100)
@given(_LINES, st.integers(0, 10**7), st.integers(0, 100_000))
def test_net_prices_carry_their_tax_on_top(
    lines: list[tuple[int, int, int, str, str]], discount: int, shipping: int
) -> None:
    """Where prices exclude VAT the nets tie with the order and the VAT comes on top."""
    made, of_rules = _random_order(lines, discount, shipping)
    invoice = converted(made, of_rules.model_copy(update={"prices": "exclude_vat"})).invoice
    assert invoice.TotalAmountWithoutVATOC == made.total_price
    _check_totals(invoice)


_UNITS = st.one_of(st.integers(1, 40), st.decimals("0.0001", "40", places=4))
_COMBO = Catalogue(
    (goods("SET", parts={"P": 2, "Q": 1}), goods("P", name="P", price=30), goods("Q", name="Q", price=7))
)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.tuples(st.integers(0, 2_000_000), _UNITS, st.sampled_from(_RATES)), min_size=1, max_size=8),
    st.tuples(st.integers(1, 10**6), st.integers(1, 9)),
    st.integers(0, 10**6),
    st.lists(st.integers(0, 60_000), min_size=1, max_size=3),
    st.integers(0, 60_000),
    st.sampled_from(("keep", "expand")),
)
def test_carts_of_every_kind_tie(  # noqa: PLR0917 - each is one dimension of a cart
    lines: list[tuple[int, Any, str]],
    combo: tuple[int, int],
    discount: int,
    shipping: list[int],
    by_code: int,
    combos: str,
) -> None:
    """Decimal quantities, gifts, combos with their parts, shipping codes and discounts in one order."""
    wares = [line(price, units, id=n) for n, (price, units, _) in enumerate(lines, start=1)]
    price, units = combo
    wares += [line(price, units, id=50, sku="SET"), line(0, 2 * units, id=51, sku="P"), line(0, units, id=52, sku="q")]
    of_goods = sum(whole(Decimal(each["price"]) * Decimal(each["quantity"])) for each in wares)
    off_shipping, off_goods = min(by_code, sum(shipping)), min(discount, of_goods)
    off = {"shipping": off_shipping, "fixed_amount": off_goods}
    made = order(
        wares,
        total_discounts=off_shipping + off_goods,
        discount_codes=[{"code": kind, "amount": amount, "type": kind} for kind, amount in off.items()],
        shipping_lines=[{"title": "Giao", "price": each} for each in shipping],
        total_price=of_goods + sum(shipping) - off_shipping - off_goods,
    )
    by_sku = [{"level": "sku", "values": [f"SKU-{n}"], "rate": each[2]} for n, each in enumerate(lines, start=1)]
    of_rules = rules(rates=[*by_sku, {"level": "default", "rate": "8%"}], combos=combos)
    result = converted(made, of_rules, catalogue=_COMBO)
    invoice = result.invoice
    assert result.total == invoice.TotalAmountOC == made.total_price
    assert not_tying(invoice, with_vat=True) == ()
    assert invoice.OptionUserDefined is not None
    priced = tuple(each for each in invoice.OriginalInvoiceDetail if each.ItemType is not ItemType.NOTE)
    _check_line_arithmetic(
        invoice.model_copy(update={"OriginalInvoiceDetail": priced}),
        int(invoice.OptionUserDefined.UnitPriceOCDecimalDigits or 0),
    )
    _check_totals(invoice)
    paid_shipping = sum(
        number_of(each.AmountWithoutVATOC) + number_of(each.VATAmountOC)
        for each, source in zip(invoice.OriginalInvoiceDetail, result.content.sources, strict=True)
        if source.startswith("shipping:")
    )
    assert paid_shipping == sum(shipping) - off_shipping
    assert len(set(result.content.sources) - {"note"}) == sum(source != "note" for source in result.content.sources)
