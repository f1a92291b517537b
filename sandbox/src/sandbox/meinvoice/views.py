"""Links to invoices that are good for five minutes: previews and views of issued ones (Open API §4, §7)."""

import secrets
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.common import jsons
from sandbox.common.clock import from_text, to_text
from sandbox.common.control import answer
from sandbox.common.exchange import exchange_of
from sandbox.meinvoice.checks.fields import check_date, check_reference
from sandbox.meinvoice.checks.refusal import RefusedError
from sandbox.meinvoice.checks.texts import check_texts
from sandbox.meinvoice.documents.invoice_xml import entries
from sandbox.meinvoice.documents.page import html_page
from sandbox.meinvoice.envelope import EnvelopeError, business
from sandbox.meinvoice.invoices import body_of, by_lookup_code
from sandbox.meinvoice.lookup import read_ids
from sandbox.meinvoice.series import parse_series
from sandbox.meinvoice.state import MeInvoice, authorised, meinvoice_of, need_company_header

PATH = "/view"
_PREVIEW, _ISSUED = "preview", "issued"


async def unpublishview(request: Request) -> Response:
    """A link to one invoice that is not issued; a new link makes the company's earlier one useless.

    Less is asked for than on publishing: the document's own example leaves out the converted totals.
    """
    tax_code, account = authorised(request)
    invoice = exchange_of(request).call.payload
    if not isinstance(invoice, dict):
        raise EnvelopeError("InvalidInvoiceData")
    try:
        check_reference(invoice)
        check_date(invoice)
        check_texts(invoice)
    except RefusedError as error:
        raise EnvelopeError(error.code) from error
    series = parse_series(invoice.get("InvSeries"))
    if series is None or account.template_of(series) is None:
        raise EnvelopeError("InvoiceTemplateNotExist")
    if not entries(invoice, "OriginalInvoiceDetail"):
        raise EnvelopeError("RequireInfo_OriginalInvoiceDetail")
    return _link(request, tax_code, _PREVIEW, invoice)


async def publishview(request: Request) -> Response:
    """A link to issued invoices, which shows them one below the other; a new link leaves earlier ones alone."""
    tax_code, _ = authorised(request)
    need_company_header(request)
    ids = read_ids(request)
    rows = by_lookup_code(meinvoice_of(request).database, tax_code, ids, with_code=None, from_register=None)
    if not ids or any(each not in rows for each in ids):
        raise EnvelopeError("InvoiceNotExist")
    return _link(request, tax_code, _ISSUED, ids)


def _link(request: Request, tax_code: str, kind: str, content: Any) -> Response:
    meinvoice, key = meinvoice_of(request), secrets.token_urlsafe(24)
    with meinvoice.database.transaction():
        if kind == _PREVIEW:
            meinvoice.database.execute("DELETE FROM views WHERE tax_code = ? AND kind = ?", (tax_code, kind))
        meinvoice.database.execute(
            "INSERT INTO views VALUES (?, ?, ?, ?, ?)",
            (key, tax_code, kind, jsons.dumps(content), to_text(meinvoice.basics.clock.now())),
        )
    return answer(business(data=f"{str(request.base_url).rstrip('/')}{PATH}/{key}"))


async def show(request: Request) -> Response:
    """What a link shows: the invoice as HTML, or 404 once it is no longer good."""
    meinvoice = meinvoice_of(request)
    row = meinvoice.database.row("SELECT * FROM views WHERE key = ?", (request.path_params["key"],))
    good_for = timedelta(seconds=meinvoice.options.current.view_seconds)
    if row is None or meinvoice.basics.clock.now() >= from_text(row["at"]) + good_for:
        return HTMLResponse("<p>Liên kết đã hết hạn</p>", 404)
    shown = _shown(meinvoice, row["tax_code"], row["kind"], jsons.loads(row["content"]))
    account = meinvoice.accounts.get(row["tax_code"])
    return HTMLResponse(html_page(shown, "" if account is None else account.company_name or row["tax_code"]))


def _shown(meinvoice: MeInvoice, tax_code: str, kind: str, content: Any) -> list[tuple[dict[str, Any], str | None]]:
    if kind == _PREVIEW:
        return [(content, None)]
    rows = by_lookup_code(meinvoice.database, tax_code, content, with_code=None, from_register=None)
    return [(body_of(rows[each]), f"{rows[each]['number']:08}") for each in content if each in rows]
