"""What an order's lines and shipping come to in whole đồng, tied to what the buyer paid.

Amounts are in the terms of the shop's prices: VAT included or not. Nothing here knows a rate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from invoicing.catalogue import EMPTY, Catalogue
from invoicing.combos import expanded, with_notes
from invoicing.discounts import discounted
from invoicing.gift_cards import check_gift_cards, is_left_out
from invoicing.goods import Goods, Transport
from invoicing.money import EXACT, fraction_digits, is_whole, times, whole
from invoicing.order import VND, Line, Order, ShippingLine
from invoicing.part_amounts import part_of
from invoicing.portions import Portion
from invoicing.reasons import Reason, stop
from invoicing.release import NOTHING, Release
from invoicing.returns import after_returns
from invoicing.rules import Rules

_QUANTITY_DIGITS = 4
_NONE = Decimal(0)
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


def amounts_of(
    order: Order,
    rules: Rules,
    catalogue: Catalogue = EMPTY,
    portion: Portion | None = None,
    release: Release = NOTHING,
) -> Amounts:
    """Work out what each line comes to.

    With a portion these are the units of that part; what came back is then the caller's matter (`Portion.now`).
    Without one, what was returned is left out.

    Raises:
        Stopped: when the figures of the order do not allow a certain answer.
    """
    _check_head(order, rules)
    check_gift_cards(order, rules, release)
    goods = with_notes([_listed(line, rules, catalogue) for line in order.lines if line.quantity])
    if not goods:
        stop(Reason.NO_LINES)
    shipping = tuple(_transport(line, index) for index, line in enumerate(order.shipping_lines))
    _check_tie(order, goods, shipping)
    goods, shipping = discounted(order, goods, shipping)
    kept, keeps_shipping = _covered(order, goods, shipping, portion, rules)
    charged = tuple(each for each in shipping if each.gross) if keeps_shipping else ()
    return Amounts(goods=_invoiced(kept, charged, rules, catalogue), shipping=charged)


def _covered(
    order: Order, goods: Sequence[Goods], shipping: Sequence[Transport], portion: Portion | None, rules: Rules
) -> tuple[tuple[Goods, ...], bool]:
    """The units that this invoice is for, and whether transport is on it."""
    if portion is None:
        return after_returns(order, goods, sum(each.paid for each in shipping), rules)
    now = part_of(goods, portion)
    if not now:
        stop(Reason.NO_LINES)
    return now, portion.shipping


def _invoiced(
    kept: tuple[Goods, ...], charged: Sequence[Transport], rules: Rules, catalogue: Catalogue
) -> tuple[Goods, ...]:
    """Without gift cards that are invoiced when they pay, and with combos as the shop has them."""
    goods = tuple([each for each in kept if not is_left_out(each, rules)])
    if not goods:
        paid = sum(each.paid for each in charged)
        stop(Reason.GIFT_CARDS_SHIPPED, shipping=paid) if paid else stop(Reason.ONLY_GIFT_CARDS)
    if rules.combos == "expand":
        goods = expanded(goods, catalogue)
    if all(each.note for each in goods):
        stop(Reason.ONLY_NOTES)
    return goods


def _check_head(order: Order, rules: Rules) -> None:
    if order.currency != VND:
        stop(Reason.FOREIGN_CURRENCY, currency=order.currency)
    if order.total_tax and rules.prices == "include_vat":
        stop(Reason.ORDER_TAX, total_tax=order.total_tax)
    if not is_whole(order.total_price):
        stop(Reason.TOTAL_NOT_WHOLE, total_price=order.total_price)
    if order.total_price < _NONE or order.total_discounts < _NONE:
        stop(Reason.NEGATIVE_PRICE, line="total")


def _listed(line: Line, rules: Rules, catalogue: Catalogue) -> Goods:
    _check_line(line)
    gross = whole(times(line.price, line.quantity))
    list_price = _list_price(line, rules)
    listed = gross if list_price is line.price else whole(times(list_price, line.quantity))
    if listed >= _LARGEST:
        stop(Reason.AMOUNT_TOO_LARGE, line=line.sku or line.name)
    return Goods(
        line=line,
        source=f"line:{line.id}",
        quantity=line.quantity,
        listed=listed,
        gross=gross,
        paid=gross,
        item=catalogue.find(line),
        gift=gross == 0,
    )


def _check_line(line: Line) -> None:
    if line.quantity < _NONE:
        stop(Reason.NEGATIVE_QUANTITY, line=line.sku or line.name)
    if fraction_digits(line.quantity) > _QUANTITY_DIGITS:
        stop(Reason.QUANTITY_DIGITS, line=line.sku or line.name, quantity=line.quantity)
    if line.price < _NONE:
        stop(Reason.NEGATIVE_PRICE, line=line.sku or line.name)


def _list_price(line: Line, rules: Rules) -> Decimal:
    """The list price where the line's discount explains the price, read per unit or per line; else the price."""
    if rules.line_discount == "fold" or line.price_original <= line.price:
        return line.price
    off_one = EXACT.subtract(line.price_original, line.price)
    explanations = (off_one, times(off_one, line.quantity))  # to look into a set is to hash, which is slow for Decimals
    return line.price_original if line.total_discount in explanations else line.price


def _transport(line: ShippingLine, index: int) -> Transport:
    if line.price < 0:
        stop(Reason.NEGATIVE_PRICE, line=line.title or "shipping")
    gross = whole(line.price)
    if gross >= _LARGEST:
        stop(Reason.AMOUNT_TOO_LARGE, line=line.title or "shipping")
    return Transport(line=line, index=index, gross=gross, paid=gross)


def _check_tie(order: Order, goods: Sequence[Goods], shipping: Sequence[Transport]) -> None:
    of_goods, of_shipping = sum([each.gross for each in goods]), sum([each.gross for each in shipping])
    reached = EXACT.subtract(Decimal(of_goods + of_shipping), order.total_discounts)
    if reached != EXACT.subtract(order.total_price, order.total_tax):
        stop(
            Reason.DOES_NOT_TIE,
            goods=of_goods,
            discounts=order.total_discounts,
            shipping=of_shipping,
            total_price=order.total_price,
        )
