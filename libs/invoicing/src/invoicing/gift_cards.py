"""Gift cards: invoiced when they are sold or when they pay, never both, as the shop has chosen."""

from invoicing.goods import Goods
from invoicing.order import Order
from invoicing.rates import unspaced
from invoicing.reasons import Reason, stop
from invoicing.release import Release
from invoicing.rules import Rules


def check_gift_cards(order: Order, rules: Rules, release: Release) -> None:
    """Hold what would be invoiced twice, or in a way that the shop has not chosen.

    Raises:
        Stopped: a card is sold before the shop has chosen, or one pays although its sale may have been invoiced.
    """
    if rules.gift_cards == "when_paid_with":
        return
    sold = next((line for line in order.lines if line.gift_card and line.quantity), None)
    if sold is not None and rules.gift_cards == "hold" and not release.passes(Reason.GIFT_CARD):
        stop(Reason.GIFT_CARD, line=sold.sku or sold.name)
    gateway = _card_gateway(order, rules)
    if gateway and not release.passes(Reason.GIFT_CARD_PAYS):
        stop(Reason.GIFT_CARD_PAYS, gateway=gateway, gift_cards=rules.gift_cards)


def is_left_out(goods: Goods, rules: Rules) -> bool:
    """Whether the line is a gift card whose sale is invoiced when the card pays."""
    return goods.line.gift_card and rules.gift_cards == "when_paid_with"


def _card_gateway(order: Order, rules: Rules) -> str:
    """The name of the gift card gateway that pays the order, or part of it; empty for none."""
    cards = rules.gift_card_names
    paying = (each.gateway for each in order.transactions if each.pays)
    return next((name for name in (*paying, order.gateway, order.gateway_code) if unspaced(name) in cards), "")
