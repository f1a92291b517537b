"""From an order to the invoice an accountant would have typed, to the đồng."""

import datetime as dt
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from meinvoice.models import InvoiceData

from invoicing.amounts import Amounts, amounts_of
from invoicing.body import SeriesFacts, invoice_of
from invoicing.buyer import buyer_of
from invoicing.content import Content, RateWindow
from invoicing.goods import Goods, Transport
from invoicing.lines import InvoiceLine, priced
from invoicing.money import plain
from invoicing.order import Order
from invoicing.rate_choice import ChosenRate, rate_of, rate_of_shipping
from invoicing.reasons import Finding, Reason, Stopped, stop
from invoicing.rules import Rules
from invoicing.series import is_sales, normalise_series

__all__ = ["ConvertHold", "Converted", "RateFact", "SeriesFacts", "convert"]

LINE_LIMIT = 200
"""meInvoice takes fewer lines than this (meInvoice Open API §14, XMLTooLong)."""

_LONGEST_NAME = 500
_NO_VARIANT = " - Default Title"


@dataclass(frozen=True, slots=True, kw_only=True)
class RateFact:
    """Which rate a line got and which level of the rules gave it."""

    line: int
    rate: str
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """The invoice and what it rests on.

    Attributes:
        content: the body with its rate windows; ``content.to_json()`` is what the command carries.
        rates: one fact per line that carries VAT.
        line_count: lines of the invoice; a claim counts them.
        total: what the buyer pays, in đồng.
        flags: things to show that stop nothing, such as ``item-name-cut:3`` or ``default-rate:SKU-1``.
    """

    content: Content
    rates: tuple[RateFact, ...]
    line_count: int
    total: int
    flags: tuple[str, ...]

    @property
    def invoice(self) -> InvoiceData:
        """The vendor's body, still without date and series."""
        return self.content.invoice


@dataclass(frozen=True, slots=True)
class ConvertHold(Finding):
    """No certain invoice can be made of the order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    line: InvoiceLine
    chosen: ChosenRate | None
    flags: tuple[str, ...]


def convert(
    order: Order, series: SeriesFacts, rules: Rules, *, ref_id: UUID, invoice_date: dt.date
) -> Converted | ConvertHold:
    """Make the invoice of an order that was decided and routed.

    Args:
        order: the state the decision was made on.
        series: the routed series and its template.
        rules: the shop's rules.
        ref_id: the RefID of the document (:func:`invoicing.identity.ref_id`).
        invoice_date: the date in Vietnam that rates are chosen for; dressing checks it again.
    """
    try:
        return _convert(order, series, rules, ref_id, invoice_date)
    except Stopped as stopped:
        return ConvertHold(stopped.finding.reason, stopped.finding.facts)


def _convert(order: Order, series: SeriesFacts, rules: Rules, ref_id: UUID, date: dt.date) -> Converted:
    amounts = amounts_of(order, rules)
    with_vat = not is_sales(series.series)
    drafts = tuple(_drafts(amounts, order, rules, date, with_vat=with_vat))
    lines = [draft.line for draft in drafts]
    _check(lines, series, order, rules)
    invoice = invoice_of(lines, buyer_of(order, rules.buyer), series, rules, ref_id)
    numbered = tuple((number, draft) for number, draft in enumerate(drafts, start=1))
    return Converted(
        content=Content(
            series=normalise_series(series.series),
            sign_type=series.sign_type,
            rate_windows=_windows(drafts),
            invoice=invoice,
        ),
        rates=tuple(
            RateFact(line=number, rate=draft.chosen.rate, level=draft.chosen.level)
            for number, draft in numbered
            if draft.chosen
        ),
        line_count=len(lines),
        total=sum(line.total for line in lines),
        flags=tuple(flag for draft in drafts for flag in draft.flags),
    )


def _drafts(amounts: Amounts, order: Order, rules: Rules, date: dt.date, *, with_vat: bool) -> Iterator[_Draft]:
    for number, goods in enumerate(amounts.goods, start=1):
        yield _goods(number, goods, rate_of(goods, order, rules, date) if with_vat else None, rules)
    for transport in amounts.shipping:
        yield _transport(transport, rate_of_shipping(order, rules, date) if with_vat else None, rules)


def _goods(number: int, goods: Goods, chosen: ChosenRate | None, rules: Rules) -> _Draft:
    name, flags = _item_name(number, goods)
    if chosen is not None and chosen.level == "default":
        flags = (*flags, f"default-rate:{goods.line.sku or number}")
    listed = 0 if goods.gift else goods.listed
    rate = chosen.rate if chosen else None
    amount, net, vat = priced(listed=listed, paid=goods.paid, rate=rate, prices_include_vat=_included(rules))
    line = InvoiceLine(
        gift=goods.gift,
        code=goods.line.sku or None,
        name=name,
        unit=rules.unit_name,
        quantity=plain(goods.quantity),
        amount=amount,
        discount=amount - net,
        net=net,
        rate=rate,
        vat=vat,
    )
    return _Draft(line=line, chosen=chosen, flags=flags)


def _transport(transport: Transport, chosen: ChosenRate | None, rules: Rules) -> _Draft:
    rate = chosen.rate if chosen else None
    amount, net, vat = priced(
        listed=transport.gross, paid=transport.paid, rate=rate, prices_include_vat=_included(rules)
    )
    line = InvoiceLine(
        gift=False,
        code=rules.shipping.code,
        name=rules.shipping.name,
        unit=None,
        quantity=Decimal(1),
        amount=amount,
        discount=amount - net,
        net=net,
        rate=rate,
        vat=vat,
    )
    return _Draft(line=line, chosen=chosen, flags=())


def _included(rules: Rules) -> bool:
    return rules.prices == "include_vat"


def _item_name(number: int, goods: Goods) -> tuple[str, tuple[str, ...]]:
    """The name as it is printed: no control characters, no "Default Title", at most 500 characters."""
    kept = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in goods.line.name)
    name = " ".join(unicodedata.normalize("NFC", kept).split()).removesuffix(_NO_VARIANT)
    if not name:
        stop(Reason.NO_ITEM_NAME, line=goods.line.sku or number)
    if len(name) <= _LONGEST_NAME:
        return name, ()
    return name[:_LONGEST_NAME].rstrip(), (f"item-name-cut:{number}",)


def _check(lines: Sequence[InvoiceLine], series: SeriesFacts, order: Order, rules: Rules) -> None:
    if len(lines) >= LINE_LIMIT:
        stop(Reason.TOO_MANY_LINES, lines=len(lines), limit=LINE_LIMIT)
    rates = dict.fromkeys(line.rate for line in lines if line.rate and not line.gift)
    if len(rates) > 1 and not series.several_rates:
        stop(Reason.MIXED_RATES, rates=", ".join(rates))
    vat = sum(line.vat or 0 for line in lines)
    if order.total_tax and not _included(rules) and order.total_tax != vat:
        stop(Reason.TAX_MISMATCH, total_tax=order.total_tax, vat=vat)


def _windows(drafts: Sequence[_Draft]) -> tuple[RateWindow, ...]:
    """Each window once, in the order of the lines."""
    used = dict.fromkeys(
        (draft.chosen.rate, draft.chosen.rule.valid_from, draft.chosen.rule.valid_to)
        for draft in drafts
        if draft.chosen
    )
    return tuple(RateWindow(rate=rate, valid_from=start, valid_to=end) for rate, start, end in used)
