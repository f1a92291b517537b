"""Issued invoices in the vendor's answers."""

import sqlite3
from datetime import datetime
from typing import Any

from sandbox.common.clock import VIETNAM, from_text
from sandbox.meinvoice.invoices import authority_code, body_of, einvoice_status, verdict

_EMPTY = ("TransactionID", "InvTemplateNo", "InvSeries", "InvNo", "InvCode", "InvDate")


def publish_element(row: Any, now: datetime) -> dict[str, Any]:
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
    return {"RefID": ref_id, **dict.fromkeys(_EMPTY), "ErrorCode": code, "DescriptionErrorCode": description}


def accepted_element(ref_id: str, transaction_id: str | None) -> dict[str, Any]:
    """An invoice that is going to be issued: neither number nor error."""
    empty = refused_element(ref_id, "", "")
    return empty | {"TransactionID": transaction_id, "ErrorCode": None, "DescriptionErrorCode": None}


def created_element(row: Any) -> dict[str, Any]:
    """The XML of an invoice in `createInvoiceResult`, to be signed."""
    return {
        "RefID": row["ref_id"],
        "TransactionID": row["transaction_id"],
        "InvSeries": row["series"],
        "InvNo": None if row["number"] is None else f"{row['number']:08}",
        "InvDate": f"{row['inv_date']}T00:00:00+07:00",
        "InvoiceData": row["xml"],
        "ErrorCode": None,
        "DescriptionErrorCode": None,
    }


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
        "EInvoiceStatus": einvoice_status(row, reference, now),
        "ReferenceType": reference,
        "InvoiceCode": authority_code(row, now),
        "SourceType": "API",
        "SendTaxStatus": verdict(row, now),
        "PublishedTime": from_text(row["issued_at"]).astimezone(VIETNAM).isoformat(),
        "InvNo": f"{row['number']:08}",
    }
