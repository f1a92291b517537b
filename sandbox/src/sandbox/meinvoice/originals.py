"""Corrections against the invoices on record: what may still be corrected, and what becomes of the original."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.common.database import Database
from sandbox.meinvoice.checks.corrections import ADJUST, REPLACE
from sandbox.meinvoice.checks.refusal import RefusedError, invalid
from sandbox.meinvoice.invoices import ADJUSTED, CANCELLED, REFUSED, REPLACED, became
from sandbox.meinvoice.options import MeInvoiceOptions
from sandbox.meinvoice.series import parse_series

_DECREE_123 = 1


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction that may be issued."""

    kind: int
    """ReferenceType: 1 replaces, 2 adjusts."""
    original: str
    """The original's series and number."""
    row: int | None
    """The id of the original that becomes corrected: it is on record, and the correction names it rightly."""
    refused_later: bool = False
    """Whether the tax authority is going to refuse it."""


def read_correction(
    database: Database, tax_code: str, invoice: dict[str, Any], options: MeInvoiceOptions, now: datetime
) -> Correction | None:
    """Judge a correction by what is on record; None for an ordinary invoice.

    meInvoice does not check that the original exists (it issued an adjustment of number 99999999); the tax authority
    refuses such a correction later. Of one that exists the state counts, whatever else is said of it (§14).

    Raises:
        RefusedError: the original cannot be corrected that way any more, or (as an option) does not exist.
    """
    kind = invoice.get("ReferenceType")
    if kind not in (REPLACE, ADJUST):
        return None
    key = original_key(invoice)
    if invoice["OrgInvoiceType"] != _DECREE_123:
        return Correction(kind, key, None)
    row = _find(database, tax_code, invoice)
    fault = _contradiction(row, invoice)
    if (row is None or fault is not None) and options.original_check == "strict":
        raise invalid(fault or "OrgInvNo", "không khớp với hóa đơn gốc đã phát hành")
    if row is not None and options.check_corrections:
        _check_state(became(row, now), kind, options)
    if row is None or fault is not None:
        return Correction(kind, key, None, refused_later=True)
    later = kind == ADJUST and row["base"][4] == "M" and options.adjust_cash_register == "refuse-later"
    return Correction(kind, key, row["id"], refused_later=later)


def original_key(invoice: dict[str, Any]) -> str:
    """Series and number of the original, as one text."""
    number = str(invoice["OrgInvNo"])
    return f"{invoice['OrgInvTemplateNo']}{invoice['OrgInvSeries']} {number.zfill(8) if number.isdecimal() else number}"


def _find(database: Database, tax_code: str, invoice: dict[str, Any]) -> sqlite3.Row | None:
    series = parse_series(f"{invoice['OrgInvTemplateNo']}{invoice['OrgInvSeries']}")
    if series is None:
        return None
    return database.row(
        "SELECT * FROM invoices WHERE tax_code = ? AND base = ? AND year = ? AND number = ?",
        (tax_code, series.base, series.year, int(invoice["OrgInvNo"])),
    )


def _contradiction(row: sqlite3.Row | None, invoice: dict[str, Any]) -> str | None:
    return "OrgInvDate" if row is not None and row["inv_date"] != invoice["OrgInvDate"] else None


def _check_state(state: int | None, kind: int, options: MeInvoiceOptions) -> None:
    if kind == ADJUST and state in {CANCELLED, REPLACED}:
        raise RefusedError("InvoiceCannotAdjust", "Không thể điều chỉnh hóa đơn đã hủy/thay thế")
    if kind != REPLACE:
        return
    if state == ADJUSTED:
        raise RefusedError("HasAdjustmentInvoice", "Hóa đơn đã được lập hóa đơn điều chỉnh, không thể thay thế")
    if options.replace_needs_cancelled and state is None:
        raise RefusedError("InvoiceCannotReplaceByStatusNew", "Hóa đơn gốc chưa được hủy, không thể thay thế")
    if state == REPLACED or (state == CANCELLED and not options.replace_needs_cancelled):
        raise RefusedError("InvoiceCannotReplace", "Không thể thay thế hóa đơn đã hủy hoặc đã bị thay thế")


def apply(database: Database, correction: Correction | None, issued: Mapping[str, Any]) -> None:
    """Note on the original what it has become; only until the verdict where that is going to be a refusal."""
    if correction is None or correction.row is None:
        return
    state = REPLACED if correction.kind == REPLACE else ADJUSTED
    if issued["refused"] == REFUSED:
        database.execute(
            "UPDATE invoices SET passing_status = ?, passing_until = ? WHERE id = ?",
            (state, issued["verdict_at"], correction.row),
        )
    else:
        database.execute(
            "UPDATE invoices SET einvoice_status = ?, passing_until = NULL WHERE id = ?", (state, correction.row)
        )
