"""Which VAT rate a line takes on an invoice date, and what that choice rests on."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from invoicing.goods import Goods
from invoicing.order import Line, Order
from invoicing.rates import LEVELS, DatedRate, RateLevel, RateRule, folded
from invoicing.reading import vietnam_date
from invoicing.reasons import Reason, stop
from invoicing.rules import Rules

SHIPPING = "shipping"


@dataclass(frozen=True, slots=True)
class ChosenRate:
    """A rate, the level that decided, and the rule with the dates it is valid on."""

    rate: str
    level: str
    rule: DatedRate


def rate_of(goods: Goods, order: Order, rules: Rules, date: dt.date) -> ChosenRate:
    """The rate of a line of goods.

    Raises:
        Stopped: when no rule, no valid rule or several rules hold, or when the goods were delivered under another rate.
    """
    label = goods.line.sku or goods.line.name
    level, candidates = _first_level(goods.line, rules, label)
    if level == "default" and rules.unknown_sku == "hold":
        stop(Reason.UNKNOWN_SKU, line=label)
    valid = [each for each in candidates if each.valid_on(date)]
    if not valid:
        stop(Reason.RATE_NOT_VALID, line=label, level=level, date=date)
    if len({each.rate for each in valid}) > 1:
        stop(Reason.RATE_AMBIGUOUS, line=label, level=level, date=date)
    _check_delivery(order, candidates, valid[0], label, date)
    return ChosenRate(valid[0].rate, level, valid[0])


def rate_of_shipping(order: Order, rules: Rules, date: dt.date) -> ChosenRate:
    """The rate of transport.

    Raises:
        Stopped: when none is valid, or when the goods were delivered under another one.
    """
    valid = [each for each in rules.shipping.rates if each.valid_on(date)]
    if not valid:
        stop(Reason.NO_SHIPPING_RATE, date=date)
    _check_delivery(order, rules.shipping.rates, valid[0], rules.shipping.name, date)
    return ChosenRate(valid[0].rate, SHIPPING, valid[0])


def _first_level(line: Line, rules: Rules, label: str) -> tuple[RateLevel, Sequence[RateRule]]:
    """The first level that has rules for this line, whether or not they are valid on the date."""
    values = {"sku": line.sku, "barcode": line.barcode, "product_type": line.product_type, "vendor": line.vendor}
    for level in LEVELS:
        if level == "tag" and rules.rates_by_tag:
            stop(Reason.RATE_BY_TAG, line=label)
        value = folded(values.get(level, ""))
        found = rules.rate_index.get((level, value), ()) if value or level == "default" else ()
        if found:
            return level, found
    return stop(Reason.NO_RATE, line=label)


def _check_delivery(
    order: Order, candidates: Sequence[DatedRate], chosen: DatedRate, label: str, date: dt.date
) -> None:
    """Goods that were delivered in the window of another rate are for an accountant to judge."""
    moments = [each.delivered_at for each in order.fulfilments if each.delivered_at and not each.cancelled]
    for delivered in {vietnam_date(moment) for moment in moments}:
        other = next((each for each in candidates if each.valid_on(delivered) and each.rate != chosen.rate), None)
        if other is not None:
            stop(
                Reason.RATE_CHANGED_SINCE_DELIVERY,
                line=label,
                delivered=delivered,
                delivered_rate=other.rate,
                date=date,
                rate=chosen.rate,
            )
