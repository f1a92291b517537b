"""How an edited order differs from its invoice, found on the converted lines: equal totals hide nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from typing import Final

from invoicing.ledger import Row
from invoicing.money import EXACT
from invoicing.order import Order

_HALF: Final = Decimal("0.5")
_ZERO: Final = Decimal(0)


class Change(Enum):
    """What the difference calls for."""

    NOTHING = "nothing"
    NUMBERS = "numbers"
    """Lines added, removed, counted or priced differently: an adjustment says it."""
    WORDS = "words"
    """Another name, code, unit, kind or rate, alone or with numbers: only a replacement says it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The rows that lead from the invoice to the edited order, and what kind of change it is."""

    change: Change
    rows: tuple[Row, ...] = ()


def is_edited(invoiced: Order, order: Order) -> bool:
    """Whether what was sold may have changed; refunds and cancellations are no edits."""
    return _sold(invoiced) != _sold(order)


def _sold(order: Order) -> tuple[object, ...]:
    lines = [(line.id, line.sku, line.name, line.quantity, line.price, line.price_original) for line in order.lines]
    shipping = [(line.title, line.price) for line in order.shipping_lines]
    codes = [(code.type, code.amount) for code in order.discount_codes]
    return lines, shipping, codes, order.total_discounts


def as_sold(invoiced: Order, order: Order) -> Order:
    """The edited order as if nothing had come back since its invoice, and as if it had not been cancelled."""
    known = {refund.id for refund in invoiced.refunds}
    paid_back = {each.id for each in invoiced.transactions if each.kind == "refund"}
    return replace(
        order,
        cancelled_at=None,
        cancelled_status="uncancelled",
        financial_status=invoiced.financial_status,
        refunds=tuple(refund for refund in order.refunds if refund.id in known),
        transactions=tuple(each for each in order.transactions if each.kind != "refund" or each.id in paid_back),
    )


def difference(before: Mapping[str, Row], after: Mapping[str, Row]) -> Difference:
    """From the rows that stand to those of the edited order."""
    rows: list[Row] = []
    for source in dict.fromkeys((*before, *after)):
        old, new = before.get(source), after.get(source)
        if old is not None and new is not None and _called(old) != _called(new):
            return Difference(Change.WORDS)
        rows += _between(old, new)
    return Difference(Change.NUMBERS if rows else Change.NOTHING, tuple(rows))


def _called(row: Row) -> tuple[object, ...]:
    return row.name, row.code, row.unit, row.type, row.rate


def _between(old: Row | None, new: Row | None) -> list[Row]:
    if old is None or old.empty:
        return [new] if new is not None else []
    if new is None:
        return [old.negated]
    if old == new:
        return []
    change = new.plus(old.negated)
    if not change.quantity:
        return [replace(change, quantity=_ZERO)]
    return [change] if _same_price(old, new) and _one_direction(change) else [old.negated, new]


def _same_price(old: Row, new: Row) -> bool:
    """Whether both amounts are one price times their quantity, each rounded to whole đồng."""
    apart = abs(EXACT.subtract(old.amount * new.quantity, new.amount * old.quantity))
    return apart <= _HALF * (abs(old.quantity) + abs(new.quantity))


def _one_direction(change: Row) -> bool:
    """Whether all figures rise or fall with the quantity: a price is never negative, and no discount exceeds it."""
    figures = (change.amount, change.discount, change.net, change.vat or 0)
    return all((figure > 0) == (change.quantity > 0) for figure in figures if figure)
