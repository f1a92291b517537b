"""What returned goods, refunded money and cancellations take back of stored lines: cumulative, so that all clears."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from invoicing.ledger import Covered, Ledger, Row
from invoicing.lines import net_of
from invoicing.money import EXACT, divide_half_up, share_by_largest_remainder
from invoicing.order import Order
from invoicing.rates import percent_of
from invoicing.returns import money_back, returned_quantities

_SCALE: Final = 10_000
_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Back:
    """What came back since the invoices were made: units by order line, and đồng."""

    units: Mapping[int, Decimal]
    money: Decimal


@dataclass(frozen=True, slots=True)
class TooMuch:
    """More came back of a line than was sold."""

    line_id: int


def back_since(invoiced: Order, order: Order) -> Back:
    """What the newest state says came back beyond what the invoice already left out."""
    before, now = returned_quantities(invoiced), returned_quantities(order)
    units = {line: EXACT.subtract(count, before.get(line, _ZERO)) for line, count in now.items()}
    money = max(_ZERO, EXACT.subtract(money_back(order), money_back(invoiced)))
    return Back({line: count for line, count in units.items() if count > 0}, money)


def allotted(
    invoiced: Order, order: Order, covered: Sequence[Covered], ledgers: Sequence[Ledger]
) -> Sequence[Mapping[int, Decimal]] | TooMuch:
    """Which units come back from which invoice: first those without one, then those of the latest (by its part)."""
    if covered[0].portion is not None:
        return _by_part(order, covered)
    units = back_since(invoiced, order).units
    for line, count in units.items():
        if count > max(units_sold(ledger, each, invoiced, line) for ledger, each in zip(ledgers, covered, strict=True)):
            return TooMuch(line)
    return [units] * len(covered)


def _by_part(order: Order, covered: Sequence[Covered]) -> Sequence[Mapping[int, Decimal]] | TooMuch:
    parts: list[dict[int, Decimal]] = [{} for _ in covered]
    ordered = {line.id: line.quantity for line in order.lines}
    for line, count in returned_quantities(order).items():
        carried = [_carried(each, line) for each in covered]
        left = EXACT.subtract(count, EXACT.subtract(ordered.get(line, _ZERO), sum(carried, _ZERO)))
        for at in reversed(range(len(covered))):
            taken = min(max(left, _ZERO), carried[at])
            left = EXACT.subtract(left, taken)
            if taken:
                parts[at][line] = taken
        if left > 0:
            return TooMuch(line)
    return parts


def _carried(covered: Covered, line: int) -> Decimal:
    return covered.portion.now.get(line, _ZERO) if covered.portion else _ZERO


def units_sold(ledger: Ledger, covered: Covered, invoiced: Order, line: int) -> Decimal:
    """How many units of an order line an invoice carries, corrections of errors included."""
    if (row := ledger.sold.get(f"line:{line}")) is not None:
        return row.quantity
    if covered.portion is not None:
        return _carried(covered, line)
    quantity = next((each.quantity for each in invoiced.lines if each.id == line), _ZERO)
    return EXACT.subtract(quantity, returned_quantities(invoiced).get(line, _ZERO))


def taken_back(ledger: Ledger, covered: Covered, invoiced: Order, units: Mapping[int, Decimal]) -> list[Row]:
    """The rows of an adjustment after which `units` (to date) are taken back; empty when they are."""
    found = []
    for source, sold in ledger.sold.items():
        line = sold.line_id
        if line is None or sold.is_gift or line not in units:
            continue
        target = _to_date(sold, units[line], units_sold(ledger, covered, invoiced, line))
        found.append(_beyond(target, ledger.back.get(source)))
    return [row.negated for row in found if not row.empty]


def value_back(ledger: Ledger, covered: Covered, invoiced: Order, units: Mapping[int, Decimal]) -> int:
    """What these units come to, after every discount."""
    worth = 0
    for sold in ledger.sold.values():
        if sold.line_id in units and sold.line_id is not None and not sold.is_gift:
            worth += _to_date(sold, units[sold.line_id], units_sold(ledger, covered, invoiced, sold.line_id)).total
    return worth


def _beyond(target: Row, back: Row | None) -> Row:
    """What of the target is still to be taken; `back` is negative."""
    return target if back is None else target.plus(back)


def _to_date(sold: Row, returned: Decimal, units: Decimal) -> Row:
    """What so many of its units carry: gross first, rounded half up, net from that gross; all of it at the last one."""
    if returned >= units:
        return sold
    gross = _share(sold.total, returned, units)
    net, vat = gross, sold.vat
    if sold.vat is not None and sold.rate is not None:
        # Neither net nor VAT may exceed the line's own, whichever way its prices were rounded.
        net = max(gross - sold.vat, min(net_of(gross, percent_of(sold.rate)), sold.net))
        vat = gross - net
    amount = max(net, _share(sold.amount, returned, units)) if sold.discount else net
    quantity = EXACT.divide(EXACT.multiply(sold.quantity, returned), units)
    return replace(sold, quantity=_rounded(quantity), amount=amount, discount=amount - net, net=net, vat=vat)


def _rounded(quantity: Decimal) -> Decimal:
    return quantity.quantize(Decimal("0.0001"), context=EXACT).normalize(EXACT)


def _share(amount: int, returned: Decimal, units: Decimal) -> int:
    return divide_half_up(amount * int(returned * _SCALE), int(units * _SCALE))


def shipping_of(left: Iterable[Row]) -> list[Row]:
    """Transport that still stands."""
    return [row for row in left if row.is_shipping]


def everything(left: Mapping[str, Row]) -> list[Row]:
    """The rows that take back whatever still stands, transport included; gifts stand for nothing."""
    return [row.negated for row in left.values() if not row.is_gift]


def value_only(left: Mapping[str, Row], amount: int) -> list[Row]:
    """Rows that lower the value by so many đồng, VAT included, shared by what each line still comes to.

    Raises:
        ValueError: when there is less left than that.
    """
    rows = [row for row in left.values() if not row.is_gift and row.total > 0]
    shares = share_by_largest_remainder(amount, [row.total for row in rows])
    return [_lowered(row, share) for row, share in zip(rows, shares, strict=True) if share]


def _lowered(row: Row, share: int) -> Row:
    net = share
    if row.vat is not None and row.rate is not None:
        net = max(share - row.vat, min(net_of(share, percent_of(row.rate)), row.net))
    vat = None if row.vat is None else -(share - net)
    return replace(row, quantity=_ZERO, amount=-net, discount=0, net=-net, vat=vat)
