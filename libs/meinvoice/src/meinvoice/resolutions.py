"""What rows of `/invoice/status` say became of invoices (meInvoice Open API §11, §13.11). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from meinvoice.answers import Issued, Unclear, WholeRefusal
from meinvoice.models import InvoiceStatus, SeriesKind
from meinvoice.models.series import is_series

_PUBLISHED = 1
_CODE_REFUSED = 3


@dataclass(frozen=True, slots=True)
class StatusRows:
    """Rows by the id asked for, in lower case; `unclear` says why the vendor's word is not complete.

    `refusal` is that of a question that was refused as a whole.
    """

    rows: Mapping[str, InvoiceStatus]
    unclear: str | None
    refusal: WholeRefusal | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing is issued yet as far as the vendor tells, and it told all it was asked.

    The document names no row for an invoice that is refused later: it waits for ever. When patience ends, a person
    looks at it in meInvoice, or the identical text is published again, under the same RefID.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class CodeRefused:
    """The tax authority refused it a code (`SendTaxStatus` 3 of a series with code): the number is used up.

    It never became an invoice: correct the data and issue a new one, under another RefID.
    """

    told: Issued


Resolution = Issued | CodeRefused | Waiting | Unclear
"""What became of one invoice. `Unclear`: nobody can tell now, as a question failed or its answer cannot be read."""


def resolutions(told: StatusRows, ref_ids: Sequence[str], kind: SeriesKind) -> dict[str, Resolution]:
    """What these rows say of each RefID (§13.11). One without a row waits, if the vendor's word is complete."""
    return {ref_id: _resolution(told, told.rows.get(plain_id(ref_id)), kind) for ref_id in ref_ids}


def issued_of(row: InvoiceStatus) -> Issued | Waiting:
    """The invoice a row speaks of (§13.11), as an earlier request issued it; a status does not tell its date."""
    if row.PublishStatus not in (None, _PUBLISHED):
        return Waiting(f"the status does not call it published (PublishStatus {row.PublishStatus})")
    number = row.InvNo
    if not row.TransactionID or not (number.isascii() and number.isdigit()) or not number.strip("0"):
        return Waiting("the status does not name both lookup code and number")
    return Issued(row.TransactionID, number, row.InvoiceCode or None, row.series, None, already=True)


def _resolution(told: StatusRows, row: InvoiceStatus | None, kind: SeriesKind) -> Resolution:
    if row is None:
        return Unclear(told.unclear) if told.unclear else Waiting("the vendor knows no invoice of this RefID yet")
    issued = issued_of(row)
    if isinstance(issued, Issued) and row.SendTaxStatus == _CODE_REFUSED and _with_code(row, kind):
        return CodeRefused(issued)
    return issued


def _with_code(row: InvoiceStatus, kind: SeriesKind) -> bool:
    return (SeriesKind.of(row.series) if is_series(row.series) else kind).invoice_with_code


def plain_id(one: str) -> str:
    """An id as it is compared: lookup codes and RefIDs come back in any case."""
    return one.strip().lower()
