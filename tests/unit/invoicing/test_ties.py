"""Properties of every invoice, over random orders."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from invoicing.money import whole
from invoicing.order import Order
from invoicing.rules import Rules
from meinvoice.models import InvoiceData, ItemType
from support.haravan_orders import CONVERTED_ON, converted, line, number_of, order, rules

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
