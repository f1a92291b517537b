"""Replacing and adjusting: the fields that name the original, or why it can't be corrected (meInvoice Open API §9).

Pure. What a correction contains is up to the caller; a replacement is a whole invoice, an adjustment the difference.
The law: Circular 91/2026/TT-BTC Art. 10.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Self

from meinvoice.models.correction_texts import TEXTS, Refusal
from meinvoice.models.invoice import CorrectionFields, InvoiceData
from meinvoice.models.received import InvoiceStatus, pad_inv_no
from meinvoice.models.series import SeriesKind

__all__ = ["CannotCorrect", "Cause", "Decree", "Form", "Original", "Refusal", "correct", "corrected", "refusal_of"]

_NUMBER = re.compile(r"[0-9]{1,8}")
_SERIES_OF_DECREE_51 = re.compile(r"[A-Z]{2}/[0-9]{2}[EPT]")
_TEMPLATE_OF_DECREE_51 = re.compile(r"[0-9]{2}[A-Z0-9]{2,6}[0-9]/[0-9]{3}")
_PUBLISHED = 1
_CODE_REFUSED = 3
_REPLACEMENT = 3


class Form(IntEnum):
    """`ReferenceType` of the correcting invoice."""

    REPLACE = 1
    ADJUST = 2


_OF_STATE: Mapping[Form, Mapping[int | None, Refusal | None]] = MappingProxyType(
    {
        Form.REPLACE: {
            1: None,
            2: Refusal.CANCELLED,
            3: None,
            5: Refusal.ADJUSTS_ANOTHER,
            7: Refusal.REPLACED,
            8: Refusal.ADJUSTED,
        },
        Form.ADJUST: {
            1: None,
            2: Refusal.CANCELLED,
            3: Refusal.FORM_OF_THE_FIRST,
            5: Refusal.ADJUSTS_ANOTHER,
            7: Refusal.REPLACED,
            8: None,
        },
    }
)
"""`EInvoiceStatus` (§13.11): 1 original, 2 cancelled, 3 replaces, 5 adjusts, 7 was replaced, 8 was adjusted."""


class Decree(IntEnum):
    """`OrgInvoiceType`: under which decree the original was issued. Later decrees keep the series of Decree 123."""

    ND123 = 1
    ND51 = 3


class Cause(IntEnum):
    """Why the original is corrected: the law treats an error and returned goods differently."""

    ERROR = 1
    RETURN = 2


@dataclass(frozen=True, slots=True)
class Original:
    """The invoice to correct. `template_no` and `series` are spelled as its decree has them; `date` is Vietnam's."""

    decree: Decree
    template_no: str
    series: str
    inv_no: str
    date: dt.date
    transaction_id: str | None = None

    @classmethod
    def of_series(cls, series: str, inv_no: str, date: dt.date, transaction_id: str | None = None) -> Self:
        """An original of Decree 123 or later (§9): series as 1C26TAA, number, date of the invoice."""
        number = str(pad_inv_no(inv_no))
        return cls(Decree.ND123, series[:1], series[1:], number, date, transaction_id)

    @classmethod
    def of_status(cls, status: InvoiceStatus, date: dt.date) -> Self:
        """As `of_series`, from its status (§9, §13.11), which does not tell the date of the invoice."""
        return cls.of_series(status.series, status.InvNo, date, status.TransactionID or None)

    @classmethod
    def of_decree_51(cls, template_no: str, series: str, inv_no: str, date: dt.date) -> Self:
        """An original of Decree 51 (§9): template as 01GTKT0/001, series as AA/20E. meInvoice's status knows none."""
        return cls(Decree.ND51, template_no, series, inv_no.strip(), date)

    @property
    def full_series(self) -> str:
        """Series with its template digit, as 1C26TAA (§1.6); of Decree 123 and later only."""
        return self.template_no + self.series

    @property
    def cash_register(self) -> bool:
        """Whether it came from a cash register (fifth character M, §1.6)."""
        return self.decree is Decree.ND123 and SeriesKind.of(self.full_series).calculating_machine


@dataclass(frozen=True, slots=True)
class CannotCorrect:
    """The original can't be corrected so; the sentences say why and what can be done."""

    refusal: Refusal

    @property
    def vi(self) -> str:
        """In Vietnamese, for an accountant."""
        return TEXTS[self.refusal][0]

    @property
    def en(self) -> str:
        """In English."""
        return TEXTS[self.refusal][1]


def correct(
    form: Form, original: Original, *, note: str, cause: Cause = Cause.ERROR, status: InvoiceStatus | None = None
) -> CorrectionFields | CannotCorrect:
    """The fields a correcting invoice carries (meInvoice Open API §9, §13.3), or why there can be none.

    `note` is the reason, printed on the invoice. Give the original's present `status` whenever meInvoice issued it:
    meInvoice does not check that the original exists, the tax authority does later.
    """
    refusal = refusal_of(form, original, cause=cause, status=status)
    if refusal is None and not note.strip():
        refusal = Refusal.NO_REASON
    if refusal is not None:
        return CannotCorrect(refusal)
    return CorrectionFields(
        ReferenceType=form.value,
        OrgInvoiceType=original.decree.value,
        OrgInvTemplateNo=original.template_no,
        OrgInvSeries=original.series,
        OrgInvNo=original.inv_no,
        OrgInvDate=original.date,
        InvoiceNote=note.strip(),
    )


def corrected(invoice: InvoiceData, fields: CorrectionFields) -> InvoiceData:
    """The invoice with the fields of `correct` (§9), otherwise as it was."""
    return invoice.model_copy(update=dict(fields))


def refusal_of(
    form: Form, original: Original, *, cause: Cause = Cause.ERROR, status: InvoiceStatus | None = None
) -> Refusal | None:
    """Why no such correction may be made now; None if it may.

    The law: Circular 91/2026/TT-BTC Art. 10. The states of the original: meInvoice Open API §13.11, codes of §14.
    """
    if misspelled := _misspelled(original):
        return misspelled
    if original.cash_register and form is Form.ADJUST and cause is Cause.ERROR:
        return Refusal.CASH_REGISTER
    return _of_status(form, original, cause, status) if status is not None else None


def _misspelled(original: Original) -> Refusal | None:
    if not (_is_old(original) if original.decree is Decree.ND51 else _is_present(original)):
        return Refusal.NO_SUCH_SERIES
    return None if _NUMBER.fullmatch(original.inv_no) and original.inv_no.strip("0") else Refusal.NO_SUCH_NUMBER


def _is_old(original: Original) -> bool:
    template = _TEMPLATE_OF_DECREE_51.fullmatch(original.template_no)
    return template is not None and _SERIES_OF_DECREE_51.fullmatch(original.series) is not None


def _is_present(original: Original) -> bool:
    try:
        SeriesKind.of(original.full_series)
    except ValueError:
        return False
    return "_" not in original.series


def _of_status(form: Form, original: Original, cause: Cause, status: InvoiceStatus) -> Refusal | None:
    if status.PublishStatus != _PUBLISHED or not status.InvNo.strip("0"):
        return Refusal.NOT_PUBLISHED
    if _speaks_of_another(original, status):
        return Refusal.ANOTHER_INVOICE
    if status.SendTaxStatus == _CODE_REFUSED and SeriesKind.of(original.full_series).invoice_with_code:
        return Refusal.CODE_REFUSED
    if cause is Cause.RETURN and (form, status.EInvoiceStatus) == (Form.ADJUST, _REPLACEMENT):
        return None  # goods of a replaced sale may still come back
    return _OF_STATE[form].get(status.EInvoiceStatus, Refusal.STATE_UNKNOWN)


def _speaks_of_another(original: Original, status: InvoiceStatus) -> bool:
    if original.decree is Decree.ND51:
        return True
    named = status.InvNo == original.inv_no and status.InvSeries in (original.full_series, original.series)
    return not named or original.transaction_id not in (None, status.TransactionID)
