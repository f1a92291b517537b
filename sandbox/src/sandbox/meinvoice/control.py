"""The control API of the meInvoice stand-in: companies, issued invoices, requests, the audit."""

import sqlite3
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.common.control import BadRequestError, answer, read_model
from sandbox.meinvoice.accounts import Account
from sandbox.meinvoice.asynchronous import settle
from sandbox.meinvoice.audit import Audit
from sandbox.meinvoice.invoices import CANCELLED, authority_code, body_of, einvoice_status, verdict
from sandbox.meinvoice.series import parse_series
from sandbox.meinvoice.state import meinvoice_of

_TOLD = (
    *("id", "tax_code", "ref_id", "transaction_id", "series", "number", "inv_date", "sign_type"),
    *("issued_at", "visible_at", "verdict_at", "request"),
)


def whole_number(request: Request, name: str, default: int) -> int:
    """A whole number of the query.

    Raises:
        BadRequestError: it is no whole number.
    """
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isdecimal():
        raise BadRequestError(f"{name}: a whole number is needed")
    return int(text)


async def put_account(request: Request) -> Response:
    """Add or replace a company."""
    account = await read_model(request, Account)
    meinvoice_of(request).accounts.put(request.path_params["tax_code"], account)
    return answer(account.model_dump(mode="json"))


async def list_accounts(request: Request) -> Response:
    """All companies, passwords masked, with what is left of their licence."""
    accounts = meinvoice_of(request).accounts
    return answer(
        {
            "accounts": [
                {"tax_code": tax_code, "licence_left": accounts.licence_left(tax_code)}
                | account.model_dump(mode="json")
                for tax_code, account in accounts.all().items()
            ]
        }
    )


def _base(text: str | None) -> str | None:
    """A series in any form as its base; `1C26TAA` and `1C__TAA` mean the same here."""
    series = parse_series((text or "").replace("__", "00"))
    if text and series is None:
        raise BadRequestError(f"series: {text!r} is neither like 1C26TAA nor like 1C__TAA")
    return None if series is None else series.base


async def list_invoices(request: Request) -> Response:
    """Issued invoices in order of issue; `body=false` leaves the sent content out."""
    query, meinvoice = request.query_params, meinvoice_of(request)
    settle(meinvoice)
    tax_code, base, ref_id = query.get("tax_code"), _base(query.get("series")), query.get("ref_id")
    rows = meinvoice.database.rows(
        "SELECT * FROM invoices WHERE (? IS NULL OR tax_code = ?) AND (? IS NULL OR base = ?)"
        " AND (? IS NULL OR ref_id = ?) AND id > ? ORDER BY id LIMIT ?",
        (
            *(tax_code, tax_code, base, base, ref_id, ref_id),
            *(whole_number(request, "after", 0), whole_number(request, "limit", 100_000)),
        ),
    )
    now, with_body = meinvoice.basics.clock.now(), query.get("body", "true") != "false"
    return answer({"invoices": [_told(row, now, with_body=with_body) for row in rows]})


def _told(row: sqlite3.Row, now: Any, *, with_body: bool) -> dict[str, Any]:
    body = body_of(row)
    told = {name: row[name] for name in _TOLD} | {
        "inv_no": f"{row['number']:08}",
        "inv_code": authority_code(row, now),
        "send_tax_status": verdict(row, now),
        "einvoice_status": einvoice_status(row, body.get("ReferenceType") or 0, now),
        "original": row["original"],
        "total_amount": body.get("TotalAmount"),
    }
    return told | {"invoice": body} if with_body else told


async def list_requests(request: Request) -> Response:
    """Requests of one kind with start and end of processing; publish requests unless `path` says otherwise."""
    query = request.query_params
    found = meinvoice_of(request).basics.requests.find(
        path=query.get("path", "*/invoice"),
        owner=query.get("tax_code"),
        after=whole_number(request, "after", 0),
        limit=whole_number(request, "limit", 100_000),
    )
    return answer({"requests": found})


async def audit(request: Request) -> Response:
    """What the records say about once, without gap and in order."""
    query = request.query_params
    settle(meinvoice_of(request))
    database = meinvoice_of(request).database
    return answer(Audit(database, tax_code=query.get("tax_code"), base=_base(query.get("series"))).report())


async def list_outbox(request: Request) -> Response:
    """E-mails that would have been sent, oldest first."""
    tax_code = request.query_params.get("tax_code")
    rows = meinvoice_of(request).database.rows(
        "SELECT * FROM outbox WHERE (? IS NULL OR tax_code = ?) AND id > ? ORDER BY id",
        (tax_code, tax_code, whole_number(request, "after", 0)),
    )
    return answer({"outbox": [dict(row) | {"sent": bool(row["sent"])} for row in rows]})


async def cancel_invoice(request: Request) -> Response:
    """Cancel an issued invoice, as a person does on the web; the API has no call for it."""
    changed = meinvoice_of(request).database.execute(
        "UPDATE invoices SET einvoice_status = ?, passing_until = NULL WHERE transaction_id = ?",
        (CANCELLED, request.path_params["transaction_id"]),
    )
    if not changed:
        raise BadRequestError("transaction_id: there is no such invoice")
    return answer({"status": "cancelled"})


ROUTES = [
    Route("/_sandbox/outbox", list_outbox, methods=["GET"]),
    Route("/_sandbox/invoices/{transaction_id}/cancel", cancel_invoice, methods=["POST"]),
    Route("/_sandbox/accounts", list_accounts, methods=["GET"]),
    Route("/_sandbox/accounts/{tax_code}", put_account, methods=["PUT"]),
    Route("/_sandbox/invoices", list_invoices, methods=["GET"]),
    Route("/_sandbox/requests", list_requests, methods=["GET"]),
    Route("/_sandbox/audit", audit, methods=["GET"]),
]
