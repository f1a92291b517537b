"""Goods that no VAT rate was chosen for: told before an order is held for them."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Final

from invoicing.catalogue import Item
from invoicing.combos import part_line
from invoicing.order import Line
from invoicing.rate_choice import rules_of
from invoicing.rates import RateLevel
from invoicing.rules import Rules

_NOTHING: Final = Decimal(0)
_ANY: Final = Line(
    id=0, name="", sku="", barcode="", product_type="", vendor="", quantity=_NOTHING, price=_NOTHING,
    price_original=_NOTHING, total_discount=_NOTHING, gift_card=False,
)  # fmt: skip


class MissingRate(StrEnum):
    """How an item stands without a rate of its own."""

    DEFAULT_ONLY = "default-only"
    """Only the default covers it: right for most goods, unnoticed for the one it is wrong for."""
    NOTHING = "nothing"
    """No rule covers it, not even a default: its orders are held."""
    NOT_VALID = "not-valid"
    """The first level that has rates has none valid on the date: its orders are held."""
    AMBIGUOUS = "ambiguous"
    """The first level that has rates has several on the date: its orders are held."""

    @property
    def holds(self) -> bool:
        """Whether its orders are held whatever else the rules say."""
        return self is not MissingRate.DEFAULT_ONLY


def without_rate(item: Item, rules: Rules, date: dt.date) -> MissingRate | None:
    """How an item lacks a rate for invoices of a date (Vietnam); none when a rule of its own covers it.

    What counts is what counts for a line of an order (`invoicing.rate_choice.rules_of`).
    """
    level, rates = rates_on(item, rules, date)
    if level is None:
        return MissingRate.NOTHING
    if not rates:
        return MissingRate.NOT_VALID
    if len(rates) > 1:
        return MissingRate.AMBIGUOUS
    return MissingRate.DEFAULT_ONLY if level == "default" else None


def rates_on(item: Item, rules: Rules, date: dt.date) -> tuple[RateLevel | None, tuple[str, ...]]:
    """The first level that has rates for an item, and those valid on a date: several hold its orders as ambiguous."""
    found = rules_of(part_line(_ANY, item.sku, item), item, rules)
    if found is None:
        return None, ()
    level, candidates = found
    return level, tuple(dict.fromkeys(each.rate for each in candidates if each.valid_on(date)))
