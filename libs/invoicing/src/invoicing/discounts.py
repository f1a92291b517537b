"""How an order's discount falls on its goods and on its shipping."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from invoicing.goods import Goods, Transport
from invoicing.money import EXACT, is_whole, share_by_largest_remainder, total_of, whole
from invoicing.order import Order
from invoicing.reasons import Reason, stop


def discounted(
    order: Order, goods: Sequence[Goods], shipping: Sequence[Transport]
) -> tuple[tuple[Goods, ...], tuple[Transport, ...]]:
    """The lines with what is paid for each after the order's discount, shared by largest remainder.

    Raises:
        Stopped: when it exceeds the order, or when its codes for shipping contradict it.
    """
    if not order.total_discounts:
        return tuple(goods), tuple(shipping)
    goods_weights, shipping_weights = [each.gross for each in goods], [each.gross for each in shipping]
    on_goods, on_shipping = _split(order, sum(goods_weights), sum(shipping_weights))
    of_goods = share_by_largest_remainder(on_goods, goods_weights)
    of_shipping = share_by_largest_remainder(on_shipping, shipping_weights)
    return (
        tuple(each._replace(paid=each.gross - off) for each, off in zip(goods, of_goods, strict=True)),
        tuple(replace(each, paid=each.gross - off) for each, off in zip(shipping, of_shipping, strict=True)),
    )


def _split(order: Order, of_goods: int, of_shipping: int) -> tuple[int, int]:
    """The order discount on goods and on shipping; what exceeds the goods reaches shipping."""
    discounts = whole(order.total_discounts)
    by_codes = _shipping_codes(order, discounts, of_shipping)
    on_shipping = by_codes + max(0, discounts - by_codes - of_goods)
    if on_shipping > of_shipping:
        stop(Reason.DISCOUNT_TOO_LARGE, discounts=discounts, goods=of_goods, shipping=of_shipping)
    return discounts - on_shipping, on_shipping


def _shipping_codes(order: Order, discounts: int, of_shipping: int) -> int:
    """What codes for shipping take off; they discount nothing else, and must fit what the order says."""
    codes = total_of([each.amount for each in order.discount_codes if each.type == "shipping"])
    if not codes:
        return 0
    others = total_of([each.amount for each in order.discount_codes if each.type != "shipping"])
    off = min(codes, Decimal(discounts)) if not others else codes
    fits = is_whole(off) and 0 <= off <= of_shipping and EXACT.add(off, others) <= discounts
    if not fits:
        stop(Reason.DISCOUNT_UNCLEAR, shipping_codes=codes, discounts=discounts, shipping=of_shipping)
    return int(off)
