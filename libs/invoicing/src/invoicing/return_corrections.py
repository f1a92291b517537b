"""Goods or money that went back after the invoice, and orders that were cancelled: adjustments (Art. 10.5.c.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Final

from invoicing.called_for import Case, Due, Event, Flag
from invoicing.convert import ConvertHold
from invoicing.error_corrections import converted
from invoicing.ledger import Ledger, Row, rows_of, standing, worth_of_money
from invoicing.money import EXACT, fraction_digits
from invoicing.order import Order
from invoicing.reasons import Reason
from invoicing.release import Release
from invoicing.returned import (
    TooMuch,
    Units,
    allotted,
    everything,
    part_of_row,
    settled_again,
    taken_back,
    value_back,
    value_only,
)
from invoicing.returns import MOST_DIGITS, money_back, returned_quantities

_ZERO: Final = Decimal(0)
_BACK: Final = frozenset({"refunded", "partiallyrefunded"})


@dataclass(frozen=True, slots=True)
class Back:
    """What came back since the invoices were made: units by order line, and đồng."""

    units: Mapping[int, Decimal]
    money: Decimal


def back_since(invoiced: Order, order: Order) -> Back:
    """What the newest state says came back beyond what the invoiced one already knew."""
    before, now = returned_quantities(invoiced), returned_quantities(order)
    units = {line: EXACT.subtract(count, before.get(line, _ZERO)) for line, count in now.items()}
    money = EXACT.subtract(money_back(order), money_back(invoiced))
    return Back({line: count for line, count in units.items() if count > 0}, max(_ZERO, money))


def cancelled(case: Case) -> Due | Flag | None:
    """Everything that still stands is taken back, of the latest part first."""
    if case.invoiced.cancelled:
        return None
    ledgers = [Ledger(each) for each in case.covered]
    for index in reversed(range(len(ledgers))):
        if rows := everything(ledgers[index].left()):
            return case.adjustment(index, Event.CANCELLATION, rows)
    only_gifts = all(row.is_gift for ledger in ledgers for row in ledger.sold.values())
    return Flag(Reason.GIFTS_RETURNED) if only_gifts else None


def returned(case: Case) -> Due | Flag | None:
    """What goods that came back, and the money that went back for them, take off the invoices."""
    ledgers = [Ledger(each) for each in case.covered]
    units = allotted(case.invoiced, case.order, case.covered, ledgers)
    if isinstance(units, TooMuch):
        return Flag(Reason.RETURNED_MORE_THAN_SOLD, {"line": case.label(units.line_id)})
    for line, count in returned_quantities(case.order).items():
        if fraction_digits(count) > MOST_DIGITS:
            return Flag(Reason.QUANTITY_DIGITS, {"line": case.label(line), "quantity": f"{count:f}"})
    return _Returned(case, ledgers, units).due()


@dataclass(frozen=True)
class _Returned:
    case: Case
    ledgers: Sequence[Ledger]
    units: Units

    def due(self) -> Due | Flag | None:
        for index in reversed(range(len(self.ledgers))):
            if rows := self._rows(index):
                return self.case.adjustment(index, Event.RETURN, rows)
        return self._money() or self._gifts()

    def _rows(self, index: int) -> list[Row]:
        ledger = self.ledgers[index]
        rows = taken_back(ledger, self.units.of(index))
        if self._shipping_follows:
            left = standing(ledger.sold, ledger.back.values())
            rows += [row.negated for row in left.values() if row.is_shipping]
        return [*rows, *self._settled_again(ledger, rows)] if rows else []

    def _settled_again(self, ledger: Ledger, rows: Sequence[Row]) -> list[Row]:
        """What money took off is for these goods now: given back, and taken once more where money is left for it."""
        left = standing(ledger.sold, ledger.back.values(), rows)
        shipping = -sum(row.total for row in (*ledger.back.values(), *rows) if row.is_shipping)
        return settled_again(ledger, left, max(int(self._refunded) - self._worth - shipping, 0))

    @cached_property
    def _worth(self) -> int:
        """What the units on the invoices that came back come to, after discount, VAT included."""
        return sum(value_back(ledger, self.units.of(at)) for at, ledger in enumerate(self.ledgers))

    @cached_property
    def _refunded(self) -> Decimal:
        """Money that went back for what is on the invoices; the rest was for what no invoice carries."""
        order, invoiced = self.case.order, self.case.invoiced
        worth = self._worth_of(self.units.never)
        before = max(worth, Decimal(0) if self.units.in_parts else money_back(invoiced))
        return max(_ZERO, EXACT.subtract(money_back(order), before))

    def _worth_of(self, units: Mapping[int, Decimal]) -> Decimal:
        """What units that no invoice carries come to; nothing where that can't be told."""
        if not units:
            return _ZERO
        known = self.case.order if self.units.in_parts else self.case.invoiced
        kept = tuple(each for each in known.transactions if each.kind != "refund")
        whole = replace(known, refunds=(), transactions=kept, financial_status="paid")
        accepts = frozenset(Reason)
        made = converted(self.case, whole, Release(accepts=accepts, buyer="consumer"))
        if isinstance(made, ConvertHold):
            return _ZERO
        ordered = {line.id: line.quantity for line in known.lines}
        worth = [
            part_of_row(row, units[line], ordered[line]).total
            for row in rows_of(made.content)
            if (line := row.line_id) is not None and line in units
        ]
        return Decimal(sum(worth))

    @cached_property
    def _shipping_follows(self) -> bool:
        """Transport follows the goods only where the money that went back pays for both."""
        shipping = sum(row.total for ledger in self.ledgers for row in ledger.sold.values() if row.is_shipping)
        return self._goods_came_back and self._refunded >= self._worth + shipping

    @property
    def _goods_came_back(self) -> bool:
        return any(not row.is_gift for row in self._rows_back())

    def _rows_back(self) -> list[Row]:
        """Lines of the invoices of which something came back."""
        pairs = ((ledger, self.units.of(at)) for at, ledger in enumerate(self.ledgers))
        return [row for ledger, units in pairs for row in ledger.sold.values() if row.line_id in units]

    def _money(self) -> Due | Flag | None:
        """Money beyond everything that was taken off for it."""
        shipping = -sum(row.total for ledger in self.ledgers for row in ledger.back.values() if row.is_shipping)
        lowered = -sum(row.total for ledger in self.ledgers for row in ledger.lowered.values())
        beyond = self._refunded - self._worth - shipping - lowered
        if beyond > 0:
            return self._value(beyond)
        unknown = not self._rows_back() and not self._refunded and self._newly_refunded
        return Flag(Reason.REFUNDED_WITHOUT_RECORD) if unknown else None

    @property
    def _newly_refunded(self) -> bool:
        """Whether Haravan says that money went back, though no record says how much."""
        status, before = self.case.order.financial_status, self.case.invoiced.financial_status
        return status in _BACK and status != before and not money_back(self.case.order)

    def _value(self, beyond: Decimal) -> Due | Flag:
        left = self.ledgers[0].left()
        amount = int(beyond)
        certain = len(self.ledgers) == 1 and amount == beyond
        if (
            self.case.now.corrections.money_only == "flag"
            or not certain
            or amount > sum(row.total for row in left.values())
        ):
            return Flag(Reason.MONEY_WITHOUT_GOODS, {"money": f"{beyond.normalize(EXACT):f}"})
        return self.case.adjustment(0, Event.MONEY, worth_of_money(value_only(left, amount)))

    def _gifts(self) -> Flag | None:
        back = self._rows_back()
        return Flag(Reason.GIFTS_RETURNED) if back and all(row.is_gift for row in back) else None
