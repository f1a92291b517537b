"""What an order's lines and shipping come to in whole đồng, tied to what the buyer paid.

Amounts are in the terms of the shop's prices: VAT included or not. Nothing here knows a rate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from invoicing.goods import Goods, Transport
from invoicing.money import EXACT, fraction_digits, is_whole, share_by_largest_remainder, times, total_of, whole
from invoicing.order import VND, Line, Order, ShippingLine
from invoicing.reasons import Reason, stop
from invoicing.returns import after_returns
from invoicing.rules import Rules

_QUANTITY_DIGITS = 4
_LARGEST = 10**15


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """What is to be invoiced: the goods the buyer keeps and the transport he pays."""

    goods: tuple[Goods, ...]
    shipping: tuple[Transport, ...]

    @property
    def total(self) -> int:
        """What the buyer pays for it, in the terms of the shop's prices."""
        return sum(each.paid for each in self.goods) + sum(each.paid for each in self.shipping)


def amounts_of(order: Order, rules: Rules) -> Amounts:
    """Work out what each line comes to.

    Raises:
        Stopped: when the figures of the order do not allow a certain answer.
    """
    _check_head(order, rules)
    goods = tuple(_listed(line, rules) for line in order.lines if line.quantity)
    if not goods:
        stop(Reason.NO_LINES)
    shipping = tuple(_transport(line) for line in order.shipping_lines)
    _check_tie(order, goods, shipping)
    on_goods, on_shipping = _split_discount(order, goods, shipping)
    shared_goods = _share(goods, on_goods)
    shared_shipping = _share_shipping(shipping, on_shipping)
    kept_goods, keeps_shipping = after_returns(order, shared_goods, sum(each.paid for each in shared_shipping))
    charged = tuple(each for each in shared_shipping if each.gross)
    return Amounts(goods=kept_goods, shipping=charged if keeps_shipping else ())


def _check_head(order: Order, rules: Rules) -> None:
    if order.currency != VND:
        stop(Reason.FOREIGN_CURRENCY, currency=order.currency)
    if order.total_tax and rules.prices == "include_vat":
        stop(Reason.ORDER_TAX, total_tax=order.total_tax)
    if not is_whole(order.total_price):
        stop(Reason.TOTAL_NOT_WHOLE, total_price=order.total_price)
    if order.total_price < 0 or order.total_discounts < 0:
        stop(Reason.NEGATIVE_PRICE, line="total")


def _listed(line: Line, rules: Rules) -> Goods:
    _check_line(line)
    gross = whole(times(line.price, line.quantity))
    listed = whole(times(_list_price(line, rules), line.quantity))
    if listed >= _LARGEST:
        stop(Reason.AMOUNT_TOO_LARGE, line=line.sku or line.name)
    return Goods(line=line, quantity=line.quantity, listed=listed, gross=gross, paid=gross)


def _check_line(line: Line) -> None:
    label = line.sku or line.name
    if line.gift_card:
        stop(Reason.GIFT_CARD, line=label)
    if line.quantity < 0:
        stop(Reason.NEGATIVE_QUANTITY, line=label)
    if fraction_digits(line.quantity) > _QUANTITY_DIGITS:
        stop(Reason.QUANTITY_DIGITS, line=label, quantity=line.quantity)
    if line.price < 0:
        stop(Reason.NEGATIVE_PRICE, line=label)


def _list_price(line: Line, rules: Rules) -> Decimal:
    """The list price where the line's discount explains the price, read per unit or per line; else the price."""
    if rules.line_discount == "fold" or line.price_original <= line.price:
        return line.price
    off_one = EXACT.subtract(line.price_original, line.price)
    explained = line.total_discount in {off_one, times(off_one, line.quantity)}
    return line.price_original if explained else line.price


def _transport(line: ShippingLine) -> Transport:
    if line.price < 0:
        stop(Reason.NEGATIVE_PRICE, line=line.title or "shipping")
    gross = whole(line.price)
    if gross >= _LARGEST:
        stop(Reason.AMOUNT_TOO_LARGE, line=line.title or "shipping")
    return Transport(line=line, gross=gross, paid=gross)


def _check_tie(order: Order, goods: Sequence[Goods], shipping: Sequence[Transport]) -> None:
    of_goods, of_shipping = sum(each.gross for each in goods), sum(each.gross for each in shipping)
    reached = EXACT.subtract(Decimal(of_goods + of_shipping), order.total_discounts)
    if reached != EXACT.subtract(order.total_price, order.total_tax):
        stop(
            Reason.DOES_NOT_TIE,
            goods=of_goods,
            discounts=order.total_discounts,
            shipping=of_shipping,
            total_price=order.total_price,
        )


def _split_discount(order: Order, goods: Sequence[Goods], shipping: Sequence[Transport]) -> tuple[int, int]:
    """The order discount on goods and on shipping; what exceeds the goods reaches shipping."""
    of_goods, of_shipping = sum(each.gross for each in goods), sum(each.gross for each in shipping)
    discounts = whole(order.total_discounts)
    by_codes = _shipping_codes(order, discounts, of_shipping)
    beyond_goods = max(0, discounts - by_codes - of_goods)
    on_shipping = by_codes + beyond_goods
    if on_shipping > of_shipping:
        stop(Reason.DISCOUNT_TOO_LARGE, discounts=discounts, goods=of_goods, shipping=of_shipping)
    return discounts - on_shipping, on_shipping


def _shipping_codes(order: Order, discounts: int, of_shipping: int) -> int:
    """What codes for shipping take off; they discount nothing else, and must fit what the order says."""
    codes = total_of([each.amount for each in order.discount_codes if each.type == "shipping"])
    others = total_of([each.amount for each in order.discount_codes if each.type != "shipping"])
    if not codes:
        return 0
    off = min(codes, Decimal(discounts)) if not others else codes
    fits = is_whole(off) and 0 <= off <= of_shipping and EXACT.add(off, others) <= discounts
    if not fits:
        stop(Reason.DISCOUNT_UNCLEAR, shipping_codes=codes, discounts=discounts, shipping=of_shipping)
    return int(off)


def _share(goods: Sequence[Goods], discount: int) -> tuple[Goods, ...]:
    shares = share_by_largest_remainder(discount, [each.gross for each in goods])
    return tuple(
        Goods(line=each.line, quantity=each.quantity, listed=each.listed, gross=each.gross, paid=each.gross - share)
        for each, share in zip(goods, shares, strict=True)
    )


def _share_shipping(shipping: Sequence[Transport], discount: int) -> tuple[Transport, ...]:
    shares = share_by_largest_remainder(discount, [each.gross for each in shipping])
    return tuple(
        Transport(line=each.line, gross=each.gross, paid=each.gross - share)
        for each, share in zip(shipping, shares, strict=True)
    )
