"""What the buyer kept of an order that was partly returned before its invoice was issued."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from invoicing.gift_cards import is_left_out
from invoicing.goods import Goods
from invoicing.money import EXACT, divide_half_up, fraction_digits, total_of
from invoicing.order import Order, Transaction
from invoicing.reasons import Reason, stop
from invoicing.rules import Rules

_SCALE = 10_000
MOST_DIGITS = 4
"""Decimals of a quantity that are printed (OptionUserDefined, Open API §13.9); more are held."""


def after_returns(order: Order, goods: Sequence[Goods], shipping: int, rules: Rules) -> tuple[tuple[Goods, ...], bool]:
    """The goods that were kept, and whether transport was; what came back takes its share of every discount.

    Raises:
        Stopped: when nothing was kept, or when the records do not say clearly what was.
    """
    returned = returned_quantities(order)
    money = money_back(order)
    if not returned:
        _check_no_money(order, money)
        return tuple(goods), True
    _check_quantities(goods, returned)
    kept = tuple(_kept(each, returned.get(each.line.id, Decimal(0))) for each in goods)
    value = sum(each.paid for each in goods) - sum(each.paid for each in kept)
    keeps_shipping = _keeps_shipping(money, value, shipping)
    left = tuple(each for each in kept if each.quantity)
    if all(each.note for each in left):
        _stop_without_goods(shipping if keeps_shipping else 0)
    if _only_gifts(goods, left, rules):
        stop(Reason.ONLY_GIFTS_KEPT)
    return left, keeps_shipping


def _only_gifts(goods: Sequence[Goods], left: Sequence[Goods], rules: Rules) -> bool:
    """Whether goods were sold and of them nothing but gifts is left; gift cards that are left out do not count."""
    sold, kept = ([each for each in some if not is_left_out(each, rules)] for some in (goods, left))
    return any(each.gross for each in sold) and any(each.gift for each in kept) and not any(each.gross for each in kept)


def returned_quantities(order: Order) -> dict[int, Decimal]:
    """How many units of each line came back, by the line's id."""
    quantities: dict[int, Decimal] = {}
    for refund in order.refunds:
        for line in refund.lines:
            quantities[line.line_item_id] = EXACT.add(quantities.get(line.line_item_id, Decimal(0)), line.quantity)
    return {line_id: quantity for line_id, quantity in quantities.items() if quantity}


def money_back(order: Order) -> Decimal:
    """All money that went back; Haravan repeats a refund's transaction among the order's own."""
    of_refunds = [each for refund in order.refunds for each in refund.transactions]
    of_order = [each for each in order.transactions if each.kind == "refund"]
    return max(_sum(_distinct([*of_refunds, *of_order])), _sum(of_refunds), _sum(of_order))


def _distinct(transactions: Iterable[Transaction]) -> list[Transaction]:
    return list({each.id: each for each in transactions if each.id}.values())


def _sum(transactions: Iterable[Transaction]) -> Decimal:
    return total_of([abs(each.amount) for each in transactions if not each.failed])


def _check_no_money(order: Order, money: Decimal) -> None:
    if money or order.financial_status in {"refunded", "partiallyrefunded"}:
        stop(Reason.MONEY_ONLY_REFUND, refunded=money)


def _check_quantities(goods: Sequence[Goods], returned: dict[int, Decimal]) -> None:
    for line_id, quantity in returned.items():
        sold = [each for each in goods if each.line.id == line_id]
        label = sold[0].line.sku or sold[0].line.name if sold else str(line_id)
        if len(sold) != 1 or not 0 < quantity <= sold[0].quantity:
            stop(Reason.RETURNED_MORE_THAN_SOLD, line=label)
        if fraction_digits(quantity) > MOST_DIGITS:
            stop(Reason.QUANTITY_DIGITS, line=label, quantity=quantity)


def _kept(goods: Goods, returned: Decimal) -> Goods:
    if not returned:
        return goods
    paid = goods.paid - _part(goods.paid, returned, goods.quantity)
    return goods._replace(
        quantity=EXACT.subtract(goods.quantity, returned),
        listed=max(paid, goods.listed - _part(goods.listed, returned, goods.quantity)),
        gross=max(paid, goods.gross - _part(goods.gross, returned, goods.quantity)),
        paid=paid,
    )


def _part(amount: int, returned: Decimal, quantity: Decimal) -> int:
    return divide_half_up(amount * int(returned * _SCALE), int(quantity * _SCALE))


def _keeps_shipping(money: Decimal, value: int, shipping: int) -> bool:
    """Transport is taken back only where the money refunded covers it whole."""
    if money <= value:
        return True
    if money == value + shipping:
        return False
    return stop(Reason.REFUND_UNCLEAR, refunded=money, returned=value, shipping=shipping)


def _stop_without_goods(shipping: int) -> None:
    if shipping:
        stop(Reason.ONLY_SHIPPING_KEPT, shipping=shipping)
    stop(Reason.NOTHING_KEPT)
