"""From an order to the invoice an accountant would have typed, to the đồng."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

from meinvoice.models import InvoiceData

from invoicing.amounts import Amounts, amounts_of
from invoicing.body import SeriesFacts, invoice_of
from invoicing.buyer import buyer_of
from invoicing.catalogue import EMPTY, Catalogue
from invoicing.content import Content, RateWindow
from invoicing.delivered_on import DeliveredOn
from invoicing.drafts import NOTE, Draft, drafts_of, note_line
from invoicing.known_buyers import KnownBuyer
from invoicing.order import Order
from invoicing.pages import LINE_LIMIT, Page, page_of, pages_of
from invoicing.portions import Portion
from invoicing.rate_choice import Rates
from invoicing.reasons import Finding, Reason, Stopped, stop
from invoicing.release import NOTHING, Release
from invoicing.rules import Rules
from invoicing.sales_notes import SalesNote, each_once
from invoicing.series import is_sales, normalise_series

__all__ = ["LINE_LIMIT", "ConvertHold", "Converted", "Page", "RateFact", "SeriesFacts", "convert", "pages_of"]


class RateFact(NamedTuple):
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
        pages: how many invoices the order is split into.
    """

    content: Content
    rates: tuple[RateFact, ...]
    line_count: int
    total: int
    flags: tuple[str, ...]
    pages: int = 1

    @property
    def invoice(self) -> InvoiceData:
        """The vendor's body, still without date and series."""
        return self.content.invoice


@dataclass(frozen=True, slots=True)
class ConvertHold(Finding):
    """No certain invoice can be made of the order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    order: Order
    series: SeriesFacts
    rules: Rules
    ref_id: UUID
    date: dt.date
    catalogue: Catalogue
    portion: Portion | None
    release: Release
    page: Page | None
    known: KnownBuyer | None
    amounts: Amounts | None

    @property
    def rates(self) -> Rates | dt.date:
        """The rates; of a sales series, which has no VAT columns, the date alone."""
        if is_sales(self.series.series):
            return self.date
        return Rates(
            rules=self.rules,
            catalogue=self.catalogue,
            date=self.date,
            delivered=DeliveredOn(self.order, self.portion),
            release=self.release,
        )


def convert(
    order: Order,
    series: SeriesFacts,
    rules: Rules,
    *,
    ref_id: UUID,
    invoice_date: dt.date,
    catalogue: Catalogue = EMPTY,
    portion: Portion | None = None,
    release: Release = NOTHING,
    page: Page | None = None,
    known: KnownBuyer | None = None,
    amounts: Amounts | None = None,
) -> Converted | ConvertHold:
    """Make the invoice of an order that was decided and routed.

    Args:
        order: the state the decision was made on.
        series: the routed series and its template.
        rules: the shop's rules.
        ref_id: the RefID of the document (:func:`invoicing.identity.ref_id`).
        invoice_date: the date in Vietnam that rates are chosen for; dressing checks it again.
        catalogue: what the shop knows of its goods.
        portion: the units it covers, where the order is invoiced in parts.
        release: what a person decided about this order.
        page: which of several invoices, where the order is too long for one: without it such an order is held with
            `too-many-lines`, and `pages_of` of the hold's `lines` tells how many pages it needs.
        known: what the shop's book says of the buyer.
        amounts: what `decide` worked out of the same order (`Issue.amounts`); else it is worked out here.
    """
    job = _Job(
        order=order,
        series=series,
        rules=rules,
        ref_id=ref_id,
        date=invoice_date,
        catalogue=catalogue,
        portion=portion,
        release=release,
        page=page,
        known=known,
        amounts=amounts if portion is None else None,
    )
    try:
        return _convert(job)
    except Stopped as stopped:
        return ConvertHold(stopped.finding.reason, stopped.finding.facts)


def _convert(job: _Job) -> Converted:
    amounts = job.amounts or amounts_of(job.order, job.rules, job.catalogue, job.portion, job.release)
    every = tuple(drafts_of(amounts, job.rules, job.rates))
    _check_rates(every, job.series)
    _check_tax(every, job)
    chosen = page_of(every, len(_notes(every)), job.page)
    notes = _notes(chosen)
    drafts = (*chosen, *(Draft(line=note_line(each.text), source=NOTE) for each in notes))
    lines = [draft.line for draft in drafts]
    buyer = buyer_of(job.order, job.rules.buyer, job.release, job.known)
    content = Content.unchecked(
        series=normalise_series(job.series.series),
        sign_type=job.series.sign_type,
        rate_windows=tuple(_windows(drafts, notes)),
        invoice=invoice_of(lines, buyer, job.series, job.rules, job.ref_id),
        sources=tuple(draft.source for draft in drafts),
    )
    return Converted(
        content=content,
        rates=tuple(_facts(drafts)),
        line_count=len(lines),
        total=sum(line.total for line in lines),
        flags=(*(flag for number, draft in enumerate(drafts, start=1) for flag in draft.flags(number)), *buyer.flags),
        pages=job.page.of if job.page else 1,
    )


def _notes(drafts: Sequence[Draft]) -> tuple[SalesNote, ...]:
    return each_once(note for draft in drafts for note in draft.notes)


def _facts(drafts: Sequence[Draft]) -> Iterator[RateFact]:
    for number, draft in enumerate(drafts, start=1):
        if draft.chosen:
            yield RateFact(line=number, rate=draft.chosen.rate, level=draft.chosen.level)


def _check_rates(drafts: Sequence[Draft], series: SeriesFacts) -> None:
    """A template for one rate takes one; gifts do not count. Pages of one order are judged together."""
    if series.several_rates:
        return
    rates = dict.fromkeys(draft.line.rate for draft in drafts if draft.line.rate and not draft.line.gift)
    if len(rates) > 1:
        stop(Reason.MIXED_RATES, rates=", ".join(rates))


def _check_tax(drafts: Sequence[Draft], job: _Job) -> None:
    """Where prices exclude VAT, a tax that the order states must be the one computed for the whole of it."""
    stated = job.order.total_tax
    if not stated or job.rules.prices == "include_vat":
        return
    if job.portion is not None or job.order.refunds:
        whole = replace(job.order, refunds=(), transactions=(), financial_status="paid")
        job = replace(job, order=whole, portion=None)
        drafts = tuple(drafts_of(amounts_of(whole, job.rules, job.catalogue, None, job.release), job.rules, job.rates))
    vat = sum(draft.line.vat or 0 for draft in drafts)
    if stated != vat:
        stop(Reason.TAX_MISMATCH, total_tax=stated, vat=vat)


def _windows(drafts: Sequence[Draft], notes: Sequence[SalesNote]) -> Iterator[RateWindow]:
    """Each window once, in the order of the lines."""
    used = dict.fromkeys(
        (draft.chosen.rate, draft.chosen.rule.valid_from, draft.chosen.rule.valid_to)
        for draft in drafts
        if draft.chosen
    )
    yield from (RateWindow.unchecked(rate=rate, valid_from=start, valid_to=end) for rate, start, end in used)
    yield from (note.window for note in notes)
