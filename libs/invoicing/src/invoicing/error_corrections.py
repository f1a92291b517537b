"""An order that was edited after its invoice, or whose buyer became another: something was wrong (Art. 10.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import accumulate
from typing import Final
from uuid import UUID

from meinvoice.models import InvoiceData

from invoicing.buyer import Buyer, buyer_of
from invoicing.buyer_fields import buyer_fields
from invoicing.called_for import Case, Due, Event, Flag
from invoicing.convert import Converted, ConvertHold, SeriesFacts, convert
from invoicing.corrections import CorrectionKind
from invoicing.edited import Change, as_sold, difference, is_edited
from invoicing.ledger import Ledger, Row, rows_of
from invoicing.order import Order
from invoicing.pages import MOST_LINES
from invoicing.reasons import Reason, Stopped
from invoicing.release import Release
from invoicing.returned import worth_after
from invoicing.returns import returned_quantities
from invoicing.series import is_cash_register

_ANY_ID: Final = UUID(int=0)
_SEEN: Final = frozenset({Reason.RATE_CHANGED_SINCE_DELIVERY, Reason.UNKNOWN_SKU})
"""What was asked when the invoice was made, and answered then."""
_FORM_04: Final[Mapping[str, str]] = {
    "legal_name": "BuyerLegalName",
    "full_name": "BuyerFullName",
    "address": "BuyerAddress",
}
_ZERO: Final = Decimal(0)


def edited(case: Case) -> Due | Flag | None:
    """What follows from other goods, prices or names; an order in parts is held elsewhere when it is edited."""
    amended = any(each.amended for each in case.covered)
    if case.covered[0].portion is not None or not (amended or is_edited(case.invoiced, case.order)):
        return None
    return _uncertain(case) or _by_difference(case)


def _uncertain(case: Case) -> Flag | None:
    if len(case.covered) > 1:
        return Flag(Reason.SPLIT_ORDER_EDITED)
    if (line_id := _fewer_than_came_back(case)) is not None:
        return Flag(Reason.RETURNED_MORE_THAN_SOLD, {"line": case.label(line_id)})
    return None


def _by_difference(case: Case) -> Due | Flag | None:
    made = converted(case, as_sold(case.invoiced, case.order), Release(accepts=_accepted(case), buyer="consumer"))
    if isinstance(made, ConvertHold):
        return Flag(made.reason, made.facts)
    ledger, edited_rows = Ledger(case.covered[0]), {row.source: row for row in rows_of(made.content)}
    found = difference(ledger.sold, edited_rows)
    if found.change is Change.NOTHING:
        return None
    if found.change is Change.WORDS or _only_replaced(case):
        return _replaced(case)
    if all(row.is_gift for row in found.rows):
        return Flag(Reason.GIFTS_RETURNED)
    rows = _first_lines(worth_after(ledger, edited_rows, found.rows))
    return case.adjustment(0, Event.EDIT, rows) if rows else None


def _first_lines(rows: Sequence[Row]) -> Sequence[Row]:
    """As much of an edit as one invoice takes, each line of the order whole; the next adjustment says the rest."""
    if len(rows) <= MOST_LINES:
        return rows
    of_one: dict[str, list[Row]] = {}
    for row in rows:
        of_one.setdefault(row.plain_source, []).append(row)
    ends = accumulate(map(len, of_one.values()))
    return [row for each, end in zip(of_one.values(), ends, strict=True) if end <= MOST_LINES for row in each]


def _fewer_than_came_back(case: Case) -> int | None:
    """A line that was edited below what came back of it: the edit may say the return once more."""
    ordered = {line.id: line.quantity for line in case.order.lines}
    before = {line.id: line.quantity for line in case.invoiced.lines}
    for line, count in returned_quantities(case.order).items():
        if ordered.get(line, _ZERO) < min(count, before.get(line, _ZERO)):
            return line
    return None


def _only_replaced(case: Case) -> bool:
    """Where the difference alone can't be said: Art. 10.1.c, 10.6.a, or another buyer at the same time."""
    original = case.covered[0].original
    if is_cash_register(original.series) or original.kind == CorrectionKind.REPLACE.value:
        return True
    before, after = _buyers(case)
    return isinstance(before, Buyer) and isinstance(after, Buyer) and _identity(before) != _identity(after)


def converted(case: Case, order: Order, release: Release) -> Converted | ConvertHold:
    """An order as the first invoice's series, rules, catalogue and date make it."""
    content = case.covered[0].content
    series = SeriesFacts(
        series=content.series,
        sign_type=content.sign_type,
        summary=bool(content.invoice.IsInvoiceSummary),
        shop_code=content.invoice.SellerShopCode,
    )
    return convert(
        order,
        series,
        case.then.rules,
        ref_id=_ANY_ID,
        invoice_date=case.covered[0].original.date,
        catalogue=case.then.catalogue,
        release=release,
        known=case.then.known,
    )


def _accepted(case: Case) -> frozenset[Reason]:
    return _SEEN | case.then.release.accepts


def _replaced(case: Case) -> Due | Flag:
    """A whole new invoice; after an adjustment only a person can say what to do (Art. 10.6.a)."""
    if case.covered[0].adjusted:
        return _too_late(case, 0)
    release = replace(case.then.release, accepts=_accepted(case))
    made = converted(case, as_sold(case.invoiced, case.order), release)
    if isinstance(made, ConvertHold):
        return Flag(made.reason, made.facts)
    return case.replacement(0, Event.EDIT, made.invoice, made.content.sources)


def _too_late(case: Case, index: int) -> Flag:
    return Flag(Reason.REPLACEMENT_AFTER_ADJUSTMENT, {"number": case.covered[index].original.number})


def buyer_changed(case: Case) -> Due | Flag | None:
    """What follows from another buyer: another code replaces, another name or address takes form 04/SS-HĐĐT."""
    before, after = _buyers(case)
    if isinstance(after, Flag):
        told = isinstance(before, Buyer) or case.invoiced.note_attributes != case.order.note_attributes
        return after if told else None
    if isinstance(before, Flag):
        # A person decided about the first one; the invoice itself says what became of it.
        return _other_buyer(case, after) if case.invoiced.note_attributes != case.order.note_attributes else None
    if _identity(before) != _identity(after):
        if case.invoiced.note_attributes and not case.order.note_attributes:
            return Flag(Reason.BUYER_DATA_GONE)  # an unticked box leaves its fields: a list without any is no answer
        return _other_buyer(case, after)
    other = [field for name, field in _FORM_04.items() if getattr(before, name) != getattr(after, name)]
    return Flag(Reason.ONLY_FORM_04, {"fields": ", ".join(other)}) if other else None


def _buyers(case: Case) -> tuple[Buyer | Flag, Buyer | Flag]:
    """The buyer of the invoiced state and of the newest, by the rules of then; a flag where there is none."""
    return _buyer(case, case.invoiced), _buyer(case, case.order)


def _buyer(case: Case, order: Order) -> Buyer | Flag:
    try:
        return buyer_of(order, case.then.rules.buyer, case.then.release, case.then.known)
    except Stopped as stopped:
        return Flag(stopped.finding.reason, stopped.finding.facts)


def _other_buyer(case: Case, buyer: Buyer) -> Due | Flag | None:
    """Each invoice of the order in its turn, with its own lines."""
    for index, covered in enumerate(case.covered):
        if _named(covered.content.invoice) == _identity(buyer):
            continue
        if covered.adjusted:
            return _too_late(case, index)
        invoice = covered.content.invoice.model_copy(update=dict(buyer_fields(buyer)))
        return case.replacement(index, Event.BUYER, invoice, covered.content.sources)
    return None


def _identity(buyer: Buyer) -> tuple[str | None, ...]:
    """What makes a buyer another one; an error in the rest is told by form 04/SS-HĐĐT (Art. 10.1.a)."""
    return buyer.tax_code, buyer.id_number, buyer.budget_code


def _named(invoice: InvoiceData) -> tuple[str | None, ...]:
    return invoice.BuyerTaxCode, invoice.BuyerIDNumber, invoice.BuyerBudgetCode
