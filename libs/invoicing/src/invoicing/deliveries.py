"""Which units of an order the next invoice covers, where each part delivery gets its own (Decree 254/2026 Art. 9.3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from invoicing.money import EXACT
from invoicing.order import Fulfilment, FulfilmentLine, Order
from invoicing.portions import Portion

Units = Mapping[int, Decimal]
"""Units by the id of their order line."""

_NONE: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Untold:
    """Haravan does not tell which units went with the parcels."""


@dataclass(frozen=True, slots=True)
class NothingNew:
    """Earlier invoices carry everything that is due; `complete` when nothing will follow either."""

    complete: bool


def next_portion(
    order: Order,
    parcels: Iterable[Fulfilment] | None,
    covered: Units | None,
    *,
    shipping: bool,
    shipping_carried: bool = True,
) -> Portion | Untold | NothingNew | None:
    """What the next invoice covers; none stands for the whole order.

    Units that came back are first those that no invoice carries, whichever parcel they were in: so it makes no
    difference whether a return is recorded before or after the invoice of a part.

    Args:
        order: the newest state.
        parcels: the fulfilments whose goods are due; none where everything is.
        covered: what earlier invoices carry; none where there is no earlier one.
        shipping: whether transport is invoiced, if no earlier invoice carries it.
        shipping_carried: whether one does; the first part, which had it, may have been refused for good.
    """
    left = _left(order, covered or {})
    due = left if parcels is None else _due(order, parcels, covered or {}, left)
    if due is None:
        return Untold()
    if covered is None and due == left:
        return None
    if not due:
        return NothingNew(complete=not left)
    with_shipping = shipping and (covered is None or not shipping_carried)
    return Portion(before=dict(covered or {}), now=due, shipping=with_shipping, last=due == left)


def _left(order: Order, covered: Units) -> Units:
    """Units without an invoice that the buyer keeps."""
    returned = _sum((line.line_item_id, line.quantity) for refund in order.refunds for line in refund.lines)
    ordered = _sum((line.id, line.quantity) for line in order.lines)
    open_units = {line: EXACT.subtract(count, covered.get(line, _NONE)) for line, count in ordered.items()}
    return _positive({line: EXACT.subtract(count, returned.get(line, _NONE)) for line, count in open_units.items()})


def _due(order: Order, parcels: Iterable[Fulfilment], covered: Units, left: Units) -> Units | None:
    sent = _sent(order, parcels)
    if sent is None:
        return None
    fresh = {line: EXACT.subtract(count, covered.get(line, _NONE)) for line, count in sent.items()}
    return _positive({line: min(count, left.get(line, _NONE)) for line, count in fresh.items()})


def _sent(order: Order, parcels: Iterable[Fulfilment]) -> Units | None:
    """What is in the parcels; none where one of them does not tell, or names what the order does not have."""
    lines = [line.id for line in order.lines]
    known = frozenset(lines)
    contents = [parcel.lines for parcel in parcels]
    if len(known) != len(lines) or not all(_told(content, known) for content in contents):
        return None
    return _sum((line.line_item_id, line.quantity) for content in contents for line in content)


def _told(content: Sequence[FulfilmentLine], known: frozenset[int]) -> bool:
    counts = [line.quantity for line in content if line.line_item_id in known]
    return len(counts) == len(content) and any(counts) and min(counts) >= 0


def _sum(counts: Iterable[tuple[int, Decimal]]) -> dict[int, Decimal]:
    units: dict[int, Decimal] = {}
    for line, count in counts:
        units[line] = EXACT.add(units.get(line, _NONE), count)
    return units


def _positive(units: Units) -> dict[int, Decimal]:
    return {line: count for line, count in units.items() if count > 0}
