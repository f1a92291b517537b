"""An issued invoice as the vendor tells it, and its way into the table."""

import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sandbox.common import jsons
from sandbox.common.clock import VIETNAM, from_text, to_text
from sandbox.common.database import Database
from sandbox.meinvoice import codes
from sandbox.meinvoice.options import MeInvoiceOptions
from sandbox.meinvoice.series import Series

_IDENTITY = frozenset({"RefID", "InvDate", "InvSeries"})
NOT_SENT, ACCEPTED, REFUSED = 0, 2, 3
"""SendTaxStatus (Open API §13.11)."""


@dataclass(frozen=True, slots=True)
class Issue:
    """What an invoice is issued with."""

    tax_code: str
    series: Series
    number: int
    day: date
    sign_type: int
    request: int
    at: datetime
    visible_after: float
    refused: bool
    """Whether the tax authority is going to refuse it."""


def insert(database: Database, invoice: dict[str, Any], issue: Issue, options: MeInvoiceOptions) -> None:
    """Put the invoice into the table; the table itself forbids a second of its RefID or number."""
    series, ref_id = issue.series, str(invoice["RefID"])
    transaction_id = codes.lookup_code(options.seed, issue.tax_code, ref_id)
    code = (
        codes.cash_register_code(issue.tax_code, series.year, issue.number)
        if series.from_cash_register
        else codes.authority_code(options.seed, transaction_id)
    )
    values: dict[str, Any] = {
        "tax_code": issue.tax_code,
        "ref_id": ref_id,
        "transaction_id": transaction_id,
        "base": series.base,
        "year": series.year,
        "series": series.text,
        "number": issue.number,
        "inv_date": issue.day.isoformat(),
        "inv_code": code if series.with_code else None,
        "sign_type": issue.sign_type,
        "body": (content := jsons.dumps({k: v for k, v in invoice.items() if k not in _IDENTITY})),
        "content": hashlib.sha256(content.encode()).hexdigest(),
        "request": issue.request,
        "issued_at": to_text(issue.at),
        "visible_at": to_text(issue.at + timedelta(seconds=issue.visible_after)),
        "verdict_at": to_text(issue.at + timedelta(seconds=options.verdict_delay_seconds)),
        "refused": issue.refused,
    }
    columns, marks = ", ".join(values), ", ".join("?" * len(values))
    database.execute(
        f"INSERT INTO invoices ({columns}) VALUES ({marks})",  # noqa: S608  # the names are those above
        tuple(values.values()),
    )


def body_of(row: sqlite3.Row) -> dict[str, Any]:
    """The invoice as it was sent; what makes it different from an alike one stands in columns of its own."""
    identity = {"RefID": row["ref_id"], "InvSeries": row["series"], "InvDate": row["inv_date"]}
    return {**identity, **jsons.loads(row["body"])}


def find(database: Database, tax_code: str, ref_id: str) -> sqlite3.Row | None:
    """The invoice of that RefID, however its letters are written."""
    return database.row("SELECT * FROM invoices WHERE tax_code = ? AND ref_id = ?", (tax_code, ref_id))


def verdict(row: sqlite3.Row, now: datetime) -> int:
    """SendTaxStatus at that moment."""
    if to_text(now) < row["verdict_at"]:
        return NOT_SENT
    return REFUSED if row["refused"] else ACCEPTED


def authority_code(row: sqlite3.Row, now: datetime) -> str | None:
    """The authority's code as far as it is known: at once for cash registers, with the verdict for others."""
    known = row["base"][4] == "M" or verdict(row, now) == ACCEPTED
    code: str | None = row["inv_code"] if known else None
    return code


def publish_element(row: sqlite3.Row, now: datetime) -> dict[str, Any]:
    """The invoice in `publishInvoiceResult`."""
    return {
        "RefID": row["ref_id"],
        "TransactionID": row["transaction_id"],
        "InvTemplateNo": row["series"][0],
        "InvSeries": row["series"],
        "InvNo": f"{row['number']:08}",
        "InvCode": authority_code(row, now),
        "InvDate": f"{row['inv_date']}T00:00:00+07:00",
        "ErrorCode": None,
        "DescriptionErrorCode": None,
    }


def refused_element(ref_id: Any, code: str, description: str) -> dict[str, Any]:
    """An invoice that was not issued, in `publishInvoiceResult`."""
    empty = dict.fromkeys(("TransactionID", "InvTemplateNo", "InvSeries", "InvNo", "InvCode", "InvDate"))
    return {"RefID": ref_id, **empty, "ErrorCode": code, "DescriptionErrorCode": description}


def status_row(row: sqlite3.Row, now: datetime) -> dict[str, Any]:
    """The invoice in the answer of `/invoice/status` (Open API §13.11)."""
    invoice = body_of(row)
    reference = invoice.get("ReferenceType") or 0
    return {
        "RefID": row["ref_id"],
        "InvSeries": row["series"],
        "InvTempl": row["series"][0],
        "BuyerName": invoice.get("BuyerLegalName"),
        "BuyerTaxCode": invoice.get("BuyerTaxCode"),
        "BuyerCode": invoice.get("BuyerCode"),
        "BuyerFullName": invoice.get("BuyerFullName"),
        "TransactionID": row["transaction_id"],
        "PublishStatus": 1,
        "EInvoiceStatus": {1: 3, 2: 5}.get(reference, 1),
        "ReferenceType": reference,
        "InvoiceCode": authority_code(row, now),
        "SourceType": "API",
        "SendTaxStatus": verdict(row, now),
        "PublishedTime": from_text(row["issued_at"]).astimezone(VIETNAM).isoformat(),
        "InvNo": f"{row['number']:08}",
    }
