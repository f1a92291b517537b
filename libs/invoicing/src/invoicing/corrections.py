"""Corrections of issued invoices: whether one is allowed, and its content (meInvoice Open API §9).

The law knows two: adjusting (điều chỉnh), which adds to or takes from the original, and replacing (thay thế), which
takes its place (Circular 91/2026 Art. 10). Which of them an event calls for, and its amounts, is decided elsewhere.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from meinvoice.models import InvoiceData
from meinvoice.models.corrections import CannotCorrect, Cause, Form, correct, corrected
from meinvoice.models.corrections import Original as IssuedOriginal
from meinvoice.models.invoice import CorrectionFields

from invoicing.agreements import Agreement, noted
from invoicing.content import Content
from invoicing.identity import ref_id
from invoicing.reasons import Finding, Reason
from invoicing.series import is_cash_register, is_sales, normalise_series
from invoicing.spelling import as_said, with_plain_numbers
from invoicing.sums import not_tying
from invoicing.words import STANDARD, WordOptions, amount_in_words

_DATED_AT_CLAIMING = frozenset({"InvSeries", "InvDate"})
_LONGEST_NOTE = 255
"""Of `GhiChu` in the tax authority's XML (Decision 1450/QĐ-TCT), which `InvoiceNote` becomes."""


class CorrectionKind(StrEnum):
    """The two forms of correction."""

    ADJUST = "adjust"
    REPLACE = "replace"


class CorrectionCause(StrEnum):
    """Why an invoice is corrected: the law treats an error and returned goods differently."""

    ERROR = "error"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Original:
    """The invoice to be corrected, as issued: `series` with its year, `number` of eight digits, `date` in Vietnam."""

    environment: str
    shop: str
    order_id: int
    lookup_code: str
    series: str
    number: str
    date: dt.date
    kind: str
    """What it is itself: `sale`, `adjust` or `replace`."""
    sign_type: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """A correction of the same original that was asked for before and was not refused for good."""

    ref_id: str
    kind: CorrectionKind
    issued: bool


@dataclass(frozen=True, slots=True)
class CorrectionHold(Finding):
    """The correction may not be sent; the reason says what the law or meInvoice wants instead."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction ready to be sent."""

    ref_id: UUID
    content: Content
    line_count: int


def forbidden(
    original: Original, kind: CorrectionKind, cause: CorrectionCause, earlier: Sequence[Earlier]
) -> CorrectionHold | None:
    """Why this original may not be corrected in this form now; None if it may.

    - An adjusting invoice is not corrected itself: its original is adjusted again (Circular 91/2026 Art. 10.6.a).
    - An error in an invoice of a cash register (`M`) is only replaced (Art. 10.1.c); nothing is said of goods that
      come back to one, so that a person has to decide.
    - Returned goods adjust, they replace nothing (Art. 10.5.c.1).
    - An error in a replacement is corrected by another replacement (Art. 10.6.a); returned goods adjust it.
    - A second correction has the form of the first (Art. 10.6.a; meInvoice `HasAdjustmentInvoice`).
    - What is replaced is void: its replacement is the invoice now.
    """
    return _of_original(original, kind, cause) or _after(original, kind, earlier)


def _of_original(original: Original, kind: CorrectionKind, cause: CorrectionCause) -> CorrectionHold | None:
    if original.kind == CorrectionKind.ADJUST.value:
        return CorrectionHold(Reason.ADJUSTMENT_NOT_CORRECTED, {"number": original.number})
    if cause is CorrectionCause.RETURN:
        return _of_return(original, kind)
    if kind is CorrectionKind.REPLACE:
        return None
    if is_cash_register(original.series):
        return CorrectionHold(Reason.CASH_REGISTER_ONLY_REPLACED, {"series": original.series})
    if original.kind == CorrectionKind.REPLACE.value:
        return CorrectionHold(Reason.REPLACEMENT_REPLACED_AGAIN, {"number": original.number})
    return None


def _of_return(original: Original, kind: CorrectionKind) -> CorrectionHold | None:
    if is_cash_register(original.series):
        return CorrectionHold(Reason.CASH_REGISTER_RETURN, {"series": original.series})
    if kind is CorrectionKind.REPLACE:
        return CorrectionHold(Reason.RETURN_NOT_REPLACED, {"number": original.number})
    return None


def _after(original: Original, kind: CorrectionKind, earlier: Sequence[Earlier]) -> CorrectionHold | None:
    for before in earlier:
        facts = {"number": original.number, "first": before.ref_id}
        if before.kind is CorrectionKind.REPLACE:  # in whichever form: it is void, or will be in a moment
            if before.issued:
                return CorrectionHold(Reason.REPLACED_ALREADY, facts | {"replacement": before.ref_id})
            return CorrectionHold(Reason.CORRECTION_UNDER_WAY, facts)
        if before.kind is not kind:
            return CorrectionHold(Reason.CORRECTION_OF_OTHER_KIND, facts)
        if not before.issued:
            return CorrectionHold(Reason.CORRECTION_UNDER_WAY, facts)
    return None


def correction(
    original: Original,
    kind: CorrectionKind,
    invoice: InvoiceData,
    *,
    note: str,
    cause: CorrectionCause = CorrectionCause.ERROR,
    words: WordOptions = STANDARD,
    agreement: Agreement | None = None,
    sources: tuple[str, ...] = (),
) -> Correction | CorrectionHold:
    """The content of a correction: the invoice with the original's fields (Open API §9), or why it can't be sent.

    Args:
        original: what is corrected.
        kind: how.
        invoice: lines, totals and buyer, in the vendor's words; its RefID, date, series and the total in words are
            set anew.
        note: the reason, printed on the invoice (`InvoiceNote`).
        cause: an adjustment for returned goods takes something off, so that its total is not above zero.
        words: how the shop likes its amounts spelled.
        agreement: what was signed about the error; it is named behind the reason.
        sources: what each line was made of, as in `Content.sources`; empty where a person wrote it.
    """
    printed = noted(note, agreement)
    if not note.strip() or len(printed) > _LONGEST_NOTE:
        return CorrectionHold(Reason.CORRECTION_WITHOUT_NOTE, {"longest": str(_LONGEST_NOTE)})
    name = correction_ref_id(original, kind, invoice, note)
    own = {
        "RefID": name,
        "InvSeries": None,
        "InvDate": None,
        "IsInvoiceCalculatingMachine": True if is_cash_register(original.series) else None,
        "TotalAmountInWords": amount_in_words(int(invoice.TotalAmountOC), words),
    }
    dressed = corrected(with_plain_numbers(invoice), _named(original, kind, printed)).model_copy(update=own)
    if finding := _unsendable(dressed, original, kind):
        return finding
    if kind is CorrectionKind.ADJUST and cause is CorrectionCause.RETURN and dressed.TotalAmountOC > Decimal(0):
        return CorrectionHold(
            Reason.RETURN_NOT_NEGATIVE, {"total": f"{int(dressed.TotalAmountOC):,}".replace(",", ".")}
        )
    content = Content(
        series=normalise_series(original.series), sign_type=original.sign_type, invoice=dressed, sources=sources
    )
    return Correction(name, content, len(dressed.OriginalInvoiceDetail))


def correction_ref_id(original: Original, kind: CorrectionKind, invoice: InvoiceData, note: str) -> UUID:
    """The RefID of a correction, the same each time it is asked for.

    An original is replaced once, so its lookup code names the replacement. It may be adjusted several times, so an
    adjustment is named by what it says, too, its reason included: the same goods may come back twice. Neither the
    spelling of its numbers nor what is set here makes it another, nor does the agreement about it.
    """
    source = original.lookup_code
    if kind is CorrectionKind.ADJUST:
        said = as_said(invoice).model_copy(update={"InvoiceNote": note.strip()})
        source = f"{source}:{sha256(said.to_json().encode()).hexdigest()}"
    return ref_id(original.environment, original.shop, original.order_id, kind.value, source)


def _named(original: Original, kind: CorrectionKind, note: str) -> CorrectionFields:
    """The original's fields.

    Raises:
        ValueError: the original's series or number is none, which no issued invoice has.
    """
    form = Form.REPLACE if kind is CorrectionKind.REPLACE else Form.ADJUST
    issued = IssuedOriginal.of_series(original.series, original.number, original.date, original.lookup_code)
    # What the law allows is told by `forbidden`; here only the fields are made.
    fields = correct(form, issued, note=note, cause=Cause.RETURN)
    if isinstance(fields, CannotCorrect):
        raise ValueError(fields.en)  # noqa: TRY004 - an outcome of another library, not a wrong type
    return fields


def _unsendable(invoice: InvoiceData, original: Original, kind: CorrectionKind) -> CorrectionHold | None:
    in_series = invoice.model_copy(update={"InvSeries": original.series, "InvDate": original.date})
    if missing := [name for name in in_series.check_sendable() if name not in _DATED_AT_CLAIMING]:
        return CorrectionHold(Reason.CORRECTION_INCOMPLETE, {"fields": ", ".join(missing)})
    if untied := not_tying(invoice, with_vat=not is_sales(original.series)):
        return CorrectionHold(Reason.CORRECTION_DOES_NOT_TIE, {"fields": ", ".join(untied)})
    if invoice.TotalAmountOC != int(invoice.TotalAmountOC):
        return CorrectionHold(Reason.CORRECTION_DOES_NOT_TIE, {"fields": "TotalAmountOC"})
    if kind is CorrectionKind.REPLACE and (invoice.TotalAmountOC < Decimal(0) or invoice.TotalVATAmountOC < Decimal(0)):
        return CorrectionHold(Reason.REPLACEMENT_NEGATIVE)
    return None
