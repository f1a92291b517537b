"""What returned goods, refunded money and cancellations take back of stored lines: cumulative, so that all clears."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from invoicing.ledger import Covered, Ledger, Row, standing, summed, worth_of_back, worth_of_money
from invoicing.lines import net_of
from invoicing.money import EXACT, divide_half_up, share_by_largest_remainder
from invoicing.order import Order
from invoicing.rates import percent_of
from invoicing.returns import returned_quantities

_SCALE: Final = 10_000
_ZERO: Final = Decimal(0)
_Counts = Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class TooMuch:
    """More came back of a line than was sold."""

    line_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """How much of each order line came back: of each invoice, of how many it carries, and of what none carries."""

    back: Sequence[_Counts]
    carried: Sequence[_Counts]
    never: _Counts = field(default_factory=dict)
    in_parts: bool = False

    def of(self, index: int) -> Mapping[int, tuple[Decimal, Decimal]]:
        """By order line: units that came back of this invoice to date, and units that it carries."""
        return {line: (count, self.carried[index][line]) for line, count in self.back[index].items()}


def allotted(invoiced: Order, order: Order, covered: Sequence[Covered], ledgers: Sequence[Ledger]) -> Units | TooMuch:
    """Which units come back from which invoice: first those without one, then those of the latest (by its part)."""
    back = returned_quantities(order)
    if covered[0].portion is not None:
        return _by_part(order, covered, back)
    return _of_whole(invoiced, order, ledgers, back)


def _of_whole(invoiced: Order, order: Order, ledgers: Sequence[Ledger], back: _Counts) -> Units | TooMuch:
    """Each page holds some lines of the order whole. What had come back by then is on none."""
    before = returned_quantities(invoiced)
    sold = {line.id: EXACT.subtract(line.quantity, before.get(line.id, _ZERO)) for line in invoiced.lines}
    added = {line.id: line.quantity for line in order.lines if line.id not in sold}
    since = {line: EXACT.subtract(count, before.get(line, _ZERO)) for line, count in back.items()}
    since = {line: count for line, count in since.items() if count > 0}
    carried = [{line: _carried(ledger, line, {**sold, **added}) for line in since} for ledger in ledgers]
    for line, count in since.items():
        if count > max(each[line] for each in carried):
            return TooMuch(line)
    return Units(back=[since] * len(ledgers), carried=carried, never=before)


def _carried(ledger: Ledger, line: int, ordered: _Counts) -> Decimal:
    """Units of an order line on an invoice, corrections of errors included: those of a combo by its parts."""
    if (row := ledger.sold.get(f"line:{line}")) is not None:
        return row.quantity
    units = ordered.get(line, _ZERO)
    part = next((source for source, row in ledger.sold.items() if row.line_id == line), None)
    if part is None or part not in ledger.issued or not ledger.issued[part].quantity:
        return units
    return EXACT.divide(EXACT.multiply(units, ledger.sold[part].quantity), ledger.issued[part].quantity)


def _by_part(order: Order, covered: Sequence[Covered], back: _Counts) -> Units | TooMuch:
    portions = [each.portion.now if each.portion else {} for each in covered]
    ordered = {line.id: line.quantity for line in order.lines}
    parts: list[dict[int, Decimal]] = [{} for _ in covered]
    never: dict[int, Decimal] = {}
    for line, count in back.items():
        loose = EXACT.subtract(ordered.get(line, _ZERO), sum((part.get(line, _ZERO) for part in portions), _ZERO))
        taken = min(count, max(loose, _ZERO))
        left = EXACT.subtract(count, taken)
        never |= {line: taken} if taken else {}
        for at in reversed(range(len(covered))):
            taken = min(left, portions[at].get(line, _ZERO))
            left = EXACT.subtract(left, taken)
            parts[at] |= {line: taken} if taken else {}
        if left > 0:
            return TooMuch(line)
    return Units(back=parts, carried=portions, never=never, in_parts=True)


def taken_back(ledger: Ledger, units: Mapping[int, tuple[Decimal, Decimal]]) -> list[Row]:
    """The rows of an adjustment after which these units (to date) are taken back; empty when they are."""
    targets = {target.source: target for target in _targets(ledger, units)}
    back = (row for source, row in ledger.back.items() if source in targets)
    rows = [row.negated for row in standing(targets, back).values()]
    return [row for row in rows if row.quantity] + worth_of_back(row for row in rows if not row.quantity)


def value_back(ledger: Ledger, units: Mapping[int, tuple[Decimal, Decimal]]) -> int:
    """What these units come to, after every discount, VAT included."""
    return sum(target.total for target in _targets(ledger, units))


def _targets(ledger: Ledger, units: Mapping[int, tuple[Decimal, Decimal]]) -> Iterator[Row]:
    for sold in ledger.sold.values():
        if sold.line_id in units and sold.line_id is not None and not sold.is_gift:
            yield part_of_row(sold, *units[sold.line_id])


def part_of_row(sold: Row, returned: Decimal, units: Decimal) -> Row:
    """What so many of a row's units carry: gross first, rounded half up, net from that gross; at the last one all.

    Every figure only grows with the units, so that what a further part takes never has two signs.
    """
    if returned >= units:
        return sold
    net, vat = _split(sold, _share(sold.total, returned, units))
    discount = _share(sold.discount, returned, units)
    quantity = EXACT.divide(EXACT.multiply(sold.quantity, returned), units)
    return replace(sold, quantity=_four_digits(quantity), amount=net + discount, discount=discount, net=net, vat=vat)


def _split(row: Row, gross: int) -> tuple[int, int | None]:
    """Net and VAT of a part of a row's gross: neither exceeds the row's own, whichever way its prices were rounded."""
    if row.vat is None or row.rate is None:
        return gross, row.vat
    net = max(gross - row.vat, min(net_of(gross, percent_of(row.rate)), row.net))
    return net, gross - net


def _four_digits(quantity: Decimal) -> Decimal:
    return quantity.quantize(Decimal("0.0001"), context=EXACT).normalize(EXACT)


def _share(amount: int, returned: Decimal, units: Decimal) -> int:
    return divide_half_up(amount * int(returned * _SCALE), int(units * _SCALE))


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


def settled_again(ledger: Ledger, left: Mapping[str, Row], amount: int) -> list[Row]:
    """What money alone took off, given back and taken once more: so many đồng of what is left, as far as that goes."""
    if not ledger.lowered:
        return []
    stands = sum(row.total for row in left.values() if not row.is_gift and row.total > 0)
    given = [row.negated for row in ledger.lowered.values()]
    again = summed([*given, *value_only(left, min(amount, stands))])
    return worth_of_money(row for row in again.values() if not row.empty)


def worth_after(ledger: Ledger, edited: Mapping[str, Row], changes: Sequence[Row]) -> list[Row]:
    """The rows of an edit, with what it changes of goods and transport that came back before, and of money's share.

    An edit is found as if nothing had come back. So of units that had, the old price was taken back, and the new one is
    put in its place: in the edit's own adjustment, since it is no return. What comes to nothing then is left out.
    """
    targets = {source: _still_back(row, edited.get(source)) for source, row in ledger.back.items()}
    back = [target.plus(ledger.back[source].negated) for source, target in targets.items()]
    counts = {source for source, row in summed([*changes, *back]).items() if not row.empty}
    rows = [row for row in changes if row.source in counts]
    rows += worth_of_back(row for row in back if row.source in counts and not row.empty)
    left = standing(edited, targets.values())
    money = -sum(row.total for row in ledger.lowered.values())
    fits = all(source in left and left[source].total + row.total >= 0 for source, row in ledger.lowered.items())
    return rows if fits else rows + settled_again(ledger, left, money)


def _still_back(back: Row, edited: Row | None) -> Row:
    """The row that takes back as many units at the edited price; of transport all of it, or what was taken back."""
    if edited is None:
        return back.plus(back.negated)
    if back.is_shipping:
        return back if edited.total > -back.total else edited.negated
    return part_of_row(edited, -back.quantity, edited.quantity).negated


def _lowered(row: Row, share: int) -> Row:
    net, vat = _split(row, share)
    return replace(row, quantity=_ZERO, amount=-net, discount=0, net=-net, vat=None if vat is None else -vat)
