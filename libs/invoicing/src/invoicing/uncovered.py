"""Goods that no VAT rate was chosen for: told before an order is held for them."""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum

from invoicing.catalogue import Item
from invoicing.rates import LEVELS, DatedRate, RateLevel, folded
from invoicing.rules import Rules


class MissingRate(StrEnum):
    """How an item stands without a rate of its own."""

    DEFAULT_ONLY = "default-only"
    """Only the default covers it: right for most goods, unnoticed for the one it is wrong for."""
    NOTHING = "nothing"
    """No rule covers it, not even a default: its orders are held."""
    NOT_VALID = "not-valid"
    """The first level that has rates has none valid on the date: its orders are held."""

    @property
    def holds(self) -> bool:
        """Whether its orders are held whatever else the rules say."""
        return self is not MissingRate.DEFAULT_ONLY


def without_rate(item: Item, rules: Rules, date: dt.date) -> MissingRate | None:
    """How an item lacks a rate for invoices of a date (Vietnam); none when a rule of its own covers it.

    The levels are tried as for an order's line: SKU (where the item's own rates count), barcode, product type, vendor,
    tag, default.
    """
    for level in LEVELS:
        candidates = _candidates(level, item, rules)
        if not candidates:
            continue
        if not any(each.valid_on(date) for each in candidates):
            return MissingRate.NOT_VALID
        return MissingRate.DEFAULT_ONLY if level == "default" else None
    return MissingRate.NOTHING


def _candidates(level: RateLevel, item: Item, rules: Rules) -> Sequence[DatedRate]:
    if level == "default":
        return rules.rate_index.get((level, ""), ())
    keys = (folded(text) for text in _values(level, item))
    found = [rule for key in keys if key for rule in rules.rate_index.get((level, key), ())]
    return [*item.rates, *found] if level == "sku" else found


def _values(level: RateLevel, item: Item) -> tuple[str, ...]:
    match level:
        case "sku":
            return (item.sku,)
        case "barcode":
            return (item.barcode,)
        case "product_type":
            return (item.product_type,)
        case "vendor":
            return (item.vendor,)
        case "tag":
            return item.tags
        case "default":
            return ("",)
