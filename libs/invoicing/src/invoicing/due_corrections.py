"""What must follow issued invoices when their order changes: always from the stored lines (Circular 91/2026 Art. 10).

One thing at a time: whoever asks plans what is due and asks again once that is issued.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from meinvoice.models import InvoiceData

from invoicing.agreements import is_company
from invoicing.buyer import buyer_of
from invoicing.buyer_fields import buyer_fields
from invoicing.catalogue import EMPTY, Catalogue
from invoicing.convert import Converted, ConvertHold, SeriesFacts, convert
from invoicing.correction_body import adjustment_of
from invoicing.correction_rules import Mode
from invoicing.corrections import CorrectionCause, CorrectionKind
from invoicing.edited import Change, as_sold, difference, is_edited
from invoicing.ledger import Covered, Ledger, Past, Row, rows_of
from invoicing.order import Order
from invoicing.printed_buyer import Buyer
from invoicing.reasons import Finding, Reason, Stopped
from invoicing.release import NOTHING, Release
from invoicing.returned import (
    TooMuch,
    allotted,
    back_since,
    everything,
    shipping_of,
    taken_back,
    value_back,
    value_only,
)
from invoicing.rules import Rules
from invoicing.series import is_cash_register

__all__ = ["Basis", "Covered", "Due", "Event", "Flag", "Past", "due"]

_ANY_ID: Final = UUID(int=0)
_SEEN: Final = frozenset({Reason.RATE_CHANGED_SINCE_DELIVERY, Reason.UNKNOWN_SKU})
"""What was asked when the invoice was made, and answered then."""


class Event(StrEnum):
    """What happened to the order."""

    RETURN = "return"
    CANCELLATION = "cancellation"
    EDIT = "edit"
    BUYER = "buyer"
    MONEY = "money"


_CAUSES: Final[Mapping[Event, CorrectionCause]] = {
    Event.RETURN: CorrectionCause.RETURN,
    Event.CANCELLATION: CorrectionCause.RETURN,
    Event.MONEY: CorrectionCause.RETURN,
    Event.EDIT: CorrectionCause.ERROR,
    Event.BUYER: CorrectionCause.ERROR,
}
_NOTES: Final[Mapping[tuple[Event, CorrectionKind], str]] = {
    (Event.RETURN, CorrectionKind.ADJUST): "Điều chỉnh giảm do khách trả lại hàng, đơn hàng {order}, lần {time}",
    (Event.CANCELLATION, CorrectionKind.ADJUST): "Điều chỉnh giảm do hủy đơn hàng {order}, lần {time}",
    (Event.MONEY, CorrectionKind.ADJUST): "Điều chỉnh giảm giá trị do hoàn tiền, đơn hàng {order}, lần {time}",
    (Event.EDIT, CorrectionKind.ADJUST): "Điều chỉnh do sai hàng hóa, đơn hàng {order}, lần {time}",
    (Event.EDIT, CorrectionKind.REPLACE): "Thay thế do sai hàng hóa, đơn hàng {order}",
    (Event.BUYER, CorrectionKind.REPLACE): "Thay thế do sai thông tin người mua, đơn hàng {order}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The rules and the catalogue of the time the invoice was made, and what a person decided about its buyer."""

    rules: Rules
    catalogue: Catalogue = EMPTY
    release: Release = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A correction that is called for: of which of the invoices, in which form, with which content."""

    index: int
    event: Event
    kind: CorrectionKind
    invoice: InvoiceData
    sources: tuple[str, ...]
    note: str
    needs_agreement: bool
    mode: Mode

    @property
    def cause(self) -> CorrectionCause:
        """Whether something was wrong, or goods or money went back."""
        return _CAUSES[self.event]


@dataclass(frozen=True, slots=True)
class Flag(Finding):
    """A person has to look; nothing is made by itself."""


Found = Due | Flag | None


def due(order: Order, invoiced: Order, covered: Sequence[Covered], *, then: Basis, now: Rules) -> Found:
    """What the newest state calls for next; None when nothing, or while a correction is under way.

    Args:
        order: the newest state.
        invoiced: the state that the invoices, or the newest replacement, were made of.
        covered: the invoices of the order, in the order of their parts; all issued.
        then: what they were made with.
        now: the shop's rules of now, for what it wants done.
    """
    if any(each.under_way for each in covered):
        return None
    if not all(each.traceable for each in covered):
        return Flag(Reason.CORRECTED_BY_HAND) if _changed(order, invoiced) else None
    return _Case(order, invoiced, covered, then, now).due()


def _changed(order: Order, invoiced: Order) -> bool:
    back = back_since(invoiced, order)
    return bool(back.units or back.money or order.cancelled != invoiced.cancelled or is_edited(invoiced, order))


class _Case:
    """One order's change, looked at from each side in turn."""

    def __init__(self, order: Order, invoiced: Order, covered: Sequence[Covered], then: Basis, now: Rules) -> None:
        self._order, self._invoiced, self._covered = order, invoiced, covered
        self._then, self._now = then, now
        self._ledgers = [Ledger(each) for each in covered]

    def due(self) -> Found:
        if self._order.cancelled:
            return None if self._invoiced.cancelled else self._cancelled()
        if any(past.event == Event.CANCELLATION.value for each in self._covered for past in each.corrections):
            return Flag(Reason.REOPENED_AFTER_CORRECTION)
        return self._edited() or self._buyer_changed() or self._returned()

    # Cancelled

    def _cancelled(self) -> Found:
        for index in reversed(range(len(self._covered))):
            if rows := everything(self._ledgers[index].left()):
                return self._adjustment(index, Event.CANCELLATION, rows, self._now.corrections.cancellations)
        return None

    # Returned

    def _returned(self) -> Found:
        units = allotted(self._invoiced, self._order, self._covered, self._ledgers)
        if isinstance(units, TooMuch):
            return Flag(Reason.RETURNED_MORE_THAN_SOLD, {"line": self._label(units.line_id)})
        back = back_since(self._invoiced, self._order)
        worth = self._worth(units)
        takes_shipping = self._takes_shipping(back.money, worth)
        for index in reversed(range(len(self._covered))):
            ledger, covered = self._ledgers[index], self._covered[index]
            rows = taken_back(ledger, covered, self._invoiced, units[index])
            if takes_shipping:
                rows += [row.negated for row in shipping_of(ledger.left().values())]
            if rows:
                return self._adjustment(index, Event.RETURN, rows, self._now.corrections.returns)
        return self._left_over(back.money, worth, units)

    def _worth(self, units: Sequence[Mapping[int, Decimal]]) -> int:
        each = zip(self._ledgers, self._covered, units, strict=True)
        return sum(value_back(ledger, covered, self._invoiced, some) for ledger, covered, some in each)

    def _shipping_sold(self) -> int:
        return sum(row.total for ledger in self._ledgers for row in ledger.sold.values() if row.is_shipping)

    def _takes_shipping(self, money: Decimal, worth: int) -> bool:
        """Transport follows the goods only where the money that went back pays for both."""
        return worth > 0 and money >= worth + self._shipping_sold()

    def _left_over(self, money: Decimal, worth: int, units: Sequence[Mapping[int, Decimal]]) -> Found:
        """Money that no goods explain, and gifts that came back."""
        explained = worth + (self._shipping_sold() if self._takes_shipping(money, worth) else 0)
        beyond = money - explained - self._lowered()
        if beyond > 0:
            return self._money(beyond)
        if money == 0 and not worth and "refunded" in self._new_status():
            return Flag(Reason.MONEY_WITHOUT_GOODS, {"money": "?"})
        return Flag(Reason.GIFTS_RETURNED) if not worth and any(units) else None

    def _new_status(self) -> str:
        status = self._order.financial_status
        return "" if status == self._invoiced.financial_status else status

    def _lowered(self) -> int:
        """What earlier adjustments for money alone took off."""
        money = (past.content for each in self._covered for past in each.corrections if past.event == Event.MONEY.value)
        return -sum(int(content.invoice.TotalAmountOC) for content in money)

    def _money(self, beyond: Decimal) -> Found:
        whole = int(beyond)
        left = self._ledgers[0].left()
        can = len(self._covered) == 1 and whole == beyond and whole <= sum(row.total for row in left.values())
        if self._now.corrections.money_only == "flag" or not can:
            return Flag(Reason.MONEY_WITHOUT_GOODS, {"money": f"{beyond.normalize():f}"})
        return self._adjustment(0, Event.MONEY, value_only(left, whole), self._now.corrections.returns)

    def _label(self, line_id: int) -> str:
        line = next((each for each in self._order.lines if each.id == line_id), None)
        return str(line_id) if line is None else line.sku or line.name

    # Edited

    def _edited(self) -> Found:
        if self._covered[0].portion is not None or not is_edited(self._invoiced, self._order):
            return None
        if len(self._covered) > 1:
            return Flag(Reason.SPLIT_ORDER_EDITED)
        made = self._converted(Release(accepts=_SEEN, buyer="consumer"))
        if isinstance(made, ConvertHold):
            return Flag(made.reason, made.facts)
        before = self._ledgers[0].sold
        found = difference(before, {row.source: row for row in rows_of(made.content)})
        if found.change is Change.NOTHING:
            return None
        covered = self._covered[0]
        replaces = found.change is Change.WORDS or covered.original.kind == CorrectionKind.REPLACE.value
        if replaces or is_cash_register(covered.original.series):
            return self._replaced(Event.EDIT, self._now.corrections.edits)
        return self._adjustment(0, Event.EDIT, found.rows, self._now.corrections.edits)

    def _converted(self, release: Release) -> Converted | ConvertHold:
        covered = self._covered[0]
        content = covered.content
        series = SeriesFacts(
            series=content.series,
            sign_type=content.sign_type,
            summary=bool(content.invoice.IsInvoiceSummary),
            shop_code=content.invoice.SellerShopCode,
        )
        return convert(
            as_sold(self._invoiced, self._order),
            series,
            self._then.rules,
            ref_id=_ANY_ID,
            invoice_date=covered.original.date,
            catalogue=self._then.catalogue,
            release=release,
        )

    def _replaced(self, event: Event, mode: Mode) -> Found:
        """A whole new invoice; after an adjustment only a person can say what to do (Art. 10.6.a)."""
        if self._covered[0].adjusted:
            return Flag(Reason.CORRECTION_OF_OTHER_KIND, {"number": self._covered[0].original.number})
        release = self._then.release
        made = self._converted(Release(accepts=_SEEN | release.accepts, buyer=release.buyer))
        if isinstance(made, ConvertHold):
            return Flag(made.reason, made.facts)
        return self._due(0, event, CorrectionKind.REPLACE, made.invoice, made.content.sources, mode)

    # Buyer

    def _buyer_changed(self) -> Found:
        rules, release = self._then.rules.buyer, self._then.release
        try:
            before, after = (buyer_of(each, rules, release) for each in (self._invoiced, self._order))
        except Stopped as stopped:
            return Flag(stopped.finding.reason, stopped.finding.facts) if self._buyer_data_changed() else None
        if _identity(before) != _identity(after):
            return self._other_buyer(after)
        if (before.legal_name, before.full_name, before.address) != (after.legal_name, after.full_name, after.address):
            return Flag(Reason.ONLY_FORM_04, {"fields": "BuyerLegalName, BuyerFullName, BuyerAddress"})
        return None

    def _buyer_data_changed(self) -> bool:
        return self._invoiced.note_attributes != self._order.note_attributes

    def _other_buyer(self, buyer: Buyer) -> Found:
        covered = self._covered[0]
        if len(self._covered) > 1:
            return Flag(Reason.SPLIT_ORDER_EDITED)
        if covered.adjusted:
            return Flag(Reason.CORRECTION_OF_OTHER_KIND, {"number": covered.original.number})
        invoice = covered.content.invoice.model_copy(update=buyer_fields(buyer))
        mode = self._now.corrections.buyer_changes
        return self._due(0, Event.BUYER, CorrectionKind.REPLACE, invoice, covered.content.sources, mode)

    # What is made

    def _adjustment(self, index: int, event: Event, rows: Sequence[Row], mode: Mode) -> Due:
        invoice = adjustment_of(self._covered[index].content.invoice, rows)
        sources = tuple(row.source for row in rows)
        return self._due(index, event, CorrectionKind.ADJUST, invoice, sources, mode)

    def _due(  # noqa: PLR0917  (what a correction consists of)
        self,
        index: int,
        event: Event,
        kind: CorrectionKind,
        invoice: InvoiceData,
        sources: tuple[str, ...],
        mode: Mode,
    ) -> Due:
        sold = self._covered[index].content.invoice
        error = _CAUSES[event] is CorrectionCause.ERROR
        asks = self._now.corrections.agreement == "required"
        time = len(self._covered[index].corrections) + 1
        return Due(
            index=index,
            event=event,
            kind=kind,
            invoice=invoice,
            sources=sources,
            note=_NOTES[event, kind].format(order=self._order.name, time=time),
            needs_agreement=error and asks and (is_company(sold) or is_company(invoice)),
            mode=mode,
        )


def _identity(buyer: Buyer) -> tuple[str | None, ...]:
    """What makes a buyer another one; an error in the rest is told by form 04/SS-HĐĐT (Art. 10.1.a)."""
    return buyer.tax_code, buyer.id_number, buyer.budget_code
