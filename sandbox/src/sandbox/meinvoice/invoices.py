"""An issued invoice: its way into the table, and what it has become."""

import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sandbox.common import jsons
from sandbox.common.clock import VIETNAM, to_text, vietnam_date
from sandbox.common.database import Database
from sandbox.meinvoice import codes
from sandbox.meinvoice.options import MeInvoiceOptions
from sandbox.meinvoice.series import Series

_IDENTITY = frozenset({"RefID", "InvDate", "InvSeries"})
ACCEPTED, REFUSED, FAILED = 0, 1, 2
"""What the tax authority is going to say (`refused` in the table)."""
ORIGINAL, CANCELLED, REPLACES, ADJUSTS, REPLACED, ADJUSTED = 1, 2, 3, 5, 7, 8
"""EInvoiceStatus (Open API §13.11)."""
_OWN_STATUS = {1: REPLACES, 2: ADJUSTS}
_VERDICTS_WITH_CODE = {ACCEPTED: 2, REFUSED: 3, FAILED: 1}
_VERDICTS_WITHOUT_CODE = {ACCEPTED: 2, REFUSED: 3, FAILED: 4}


@dataclass(frozen=True, slots=True)
class Issue:
    """What an invoice is issued with."""

    tax_code: str
    seller: str
    """The company's name."""
    series: Series
    number: int
    day: date
    sign_type: int
    request: int
    at: datetime
    visible_after: float
    refused: int
    """What the tax authority is going to say."""
    original: str | None = None
    """Key of the invoice that this one corrects."""
    transaction_id: str | None = None
    """Given where the lookup code was handed out before, with the XML."""
    xml: str | None = None
    """As signed outside (SignType 1)."""


def insert(database: Database, invoice: dict[str, Any], issue: Issue, options: MeInvoiceOptions) -> dict[str, Any]:
    """Put the invoice into the table; the table itself forbids a second of its RefID or number. Gives its columns."""
    series, ref_id = issue.series, str(invoice["RefID"])
    transaction_id = issue.transaction_id or codes.lookup_code(options.seed, issue.tax_code, ref_id)
    content = jsons.dumps({name: value for name, value in invoice.items() if name not in _IDENTITY})
    values: dict[str, Any] = {
        "tax_code": issue.tax_code,
        "ref_id": ref_id,
        "transaction_id": transaction_id,
        "base": series.base,
        "year": series.year,
        "series": series.text,
        "number": issue.number,
        "inv_date": issue.day.isoformat(),
        "inv_code": _code(issue, transaction_id, options) if series.with_code else None,
        "sign_type": issue.sign_type,
        "body": content,
        "content": hashlib.sha256(jsons.canonical(content).encode()).hexdigest(),
        "request": issue.request,
        "issued_at": to_text(issue.at),
        "visible_at": to_text(issue.at + timedelta(seconds=issue.visible_after)),
        "sent_at": to_text(issue.at + timedelta(seconds=options.sent_delay_seconds)),
        "verdict_at": to_text(_verdict_at(issue, options)),
        "refused": issue.refused,
        "einvoice_status": None,
        "passing_status": None,
        "passing_until": None,
        "original": issue.original,
        "xml": issue.xml,
        "seller": issue.seller,
    }
    columns, marks = ", ".join(values), ", ".join("?" * len(values))
    database.execute(
        f"INSERT INTO invoices ({columns}) VALUES ({marks})",  # noqa: S608  # the names are those above
        tuple(values.values()),
    )
    return values


def _code(issue: Issue, transaction_id: str, options: MeInvoiceOptions) -> str:
    if issue.series.from_cash_register:
        return codes.cash_register_code(issue.tax_code, issue.series.year, issue.number)
    return codes.authority_code(options.seed, transaction_id)


def _verdict_at(issue: Issue, options: MeInvoiceOptions) -> datetime:
    at = issue.at
    if issue.series.from_cash_register and options.cash_register_verdict == "day-end":
        at = datetime.combine(vietnam_date(at) + timedelta(days=1), time(), VIETNAM)
    return at + timedelta(seconds=options.verdict_delay_seconds)


def body_of(row: Any) -> dict[str, Any]:
    """The invoice as it was sent; what makes it different from an alike one stands in columns of its own."""
    identity = {"RefID": row["ref_id"], "InvSeries": row["series"], "InvDate": row["inv_date"]}
    return {**identity, **jsons.loads(row["body"])}


def find(database: Database, tax_code: str, ref_id: str) -> sqlite3.Row | None:
    """The invoice of that RefID, however its letters are written."""
    return database.row("SELECT * FROM invoices WHERE tax_code = ? AND ref_id = ?", (tax_code, ref_id))


def by_lookup_code(
    database: Database, tax_code: str, codes_asked: list[str], *, with_code: bool | None, from_register: bool | None
) -> dict[str, sqlite3.Row]:
    """Invoices by TransactionID; a wrong flag finds nothing, None asks for both."""
    base = pattern(with_code=with_code, from_register=from_register)
    return {row["transaction_id"]: row for row in _of_kind(database, tax_code, base, "transaction_id", codes_asked)}


def by_ref_id(
    database: Database, tax_code: str, ref_ids: list[str], *, with_code: bool, from_register: bool
) -> dict[str, sqlite3.Row]:
    """Invoices by RefID, each in the spelling that was asked for; a wrong flag finds nothing."""
    base = pattern(with_code=with_code, from_register=from_register)
    found = {row["ref_id"].lower(): row for row in _of_kind(database, tax_code, base, "ref_id", ref_ids)}
    return {each: found[each.lower()] for each in ref_ids if each.lower() in found}


def _of_kind(database: Database, tax_code: str, base: str, column: str, asked: list[str]) -> list[sqlite3.Row]:
    marks = ", ".join("?" * len(asked))
    return database.rows(
        f"SELECT * FROM invoices WHERE tax_code = ? AND base GLOB ? AND {column} IN ({marks})",  # noqa: S608  # ours
        (tax_code, base, *asked),
    )


def pattern(*, with_code: bool | None, from_register: bool | None) -> str:
    """Which series (without year) the flags `invoiceWithCode` and `invoiceCalcu` mean, as an SQLite GLOB."""
    code = {True: "C", False: "K", None: "?"}[with_code]
    kind = {True: "M", False: "[^M]", None: "?"}[from_register]
    return f"?{code}__{kind}??"


def verdict(row: Any, now: datetime) -> int:
    """SendTaxStatus at that moment.

    With code 0 waiting, 1 send error, 2 code granted, 3 refused; without code 0 not sent, 1 sent, 2 accepted,
    3 not accepted, 4 error: the numbers mean different things, which Open API §13.11 does not say.
    """
    text, with_code = to_text(now), row["base"][1] == "C"
    if text < row["verdict_at"]:
        return 0 if with_code or text < row["sent_at"] else 1
    return (_VERDICTS_WITH_CODE if with_code else _VERDICTS_WITHOUT_CODE)[row["refused"]]


def authority_code(row: Any, now: datetime) -> str | None:
    """The authority's code as far as it is known: at once for cash registers, with the verdict for others."""
    known = row["base"][4] == "M" or (to_text(now) >= row["verdict_at"] and row["refused"] == ACCEPTED)
    code: str | None = row["inv_code"] if known else None
    return code


def became(row: Any, now: datetime) -> int | None:
    """What a correction or cancelling has made of the invoice by now; None for as it was issued.

    A correction counts until the tax authority refuses it, which is assumed: no source tells what becomes of its
    original. What was refused its code is mended and issued anew, so the original must be free for that.
    """
    passing = row["passing_until"] is not None and to_text(now) < row["passing_until"]
    state: int | None = row["passing_status" if passing else "einvoice_status"]
    return state


def einvoice_status(row: Any, reference_type: int, now: datetime) -> int:
    """EInvoiceStatus at that moment: corrected, cancelled, or as it was issued."""
    state = became(row, now)
    return _OWN_STATUS.get(reference_type, ORIGINAL) if state is None else state
