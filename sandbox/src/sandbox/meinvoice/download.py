"""`POST /invoice/download` and `POST /invoice/voucher-paper` (Open API §8, §12)."""

import base64
import io
import re
import sqlite3
import zipfile
from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.common.clock import from_text
from sandbox.common.control import answer
from sandbox.meinvoice.documents.files import pdf_file, pdf_lines, xml_file
from sandbox.meinvoice.documents.pdf import make_pdf
from sandbox.meinvoice.envelope import EnvelopeError, as_told, business, describe
from sandbox.meinvoice.invoices import by_ref_id
from sandbox.meinvoice.lookup import find_by_flags, flag
from sandbox.meinvoice.state import MeInvoice, meinvoice_of

_KINDS = frozenset({"xml", "pdf", "all"})
_MISSING = "InvoiceNotExist"


async def download(request: Request) -> Response:
    """Files in base64, per invoice; one that is not found, or issued just now, has `InvoiceNotExist`."""
    _, ids, rows = find_by_flags(request)
    kind = request.query_params.get("downloadDataType", "").lower()
    if kind not in _KINDS:
        raise EnvelopeError("InvalidInvoiceData", errors=("downloadDataType",))
    meinvoice = meinvoice_of(request)
    elements = [element for each in ids for element in _elements(meinvoice, rows.get(each), each, kind)]
    return answer(business(data=as_told(elements, meinvoice.options.current.results_as)))


def _elements(meinvoice: MeInvoice, row: sqlite3.Row | None, transaction_id: str, kind: str) -> list[dict[str, Any]]:
    options, now = meinvoice.options.current, meinvoice.basics.clock.now()
    wait = timedelta(seconds=options.download_delay_seconds)
    if row is None or now < from_text(row["issued_at"]) + wait:
        return [_element(transaction_id, None, _MISSING)]
    files = {"xml": xml_file(meinvoice, row).encode(), "pdf": pdf_file(row, now)}
    if kind != "all":
        return [_element(transaction_id, files[kind])]
    if options.download_all_as == "zip":
        return [_element(transaction_id, _zip(files, transaction_id))]
    return [_element(transaction_id, data) for data in files.values()]


def _element(transaction_id: str, data: bytes | None, code: str | None = None) -> dict[str, Any]:
    return {
        "TransactionID": transaction_id,
        "Data": None if data is None else base64.b64encode(data).decode(),
        "ErrorCode": code,
        "DescriptionErrorCode": None if code is None else describe(code),
    }


def _zip(files: dict[str, bytes], name: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for extension, data in files.items():
            archive.writestr(f"{name}.{extension}", data)
    return held.getvalue()


async def voucher_paper(request: Request) -> Response:
    """Invoices, by lookup code or RefID (§12), converted to paper: one PDF in base64 with who converted them and when.

    Both kinds of ids may stand in one request: the document names no `inputType` here.
    """
    tax_code, ids, rows = find_by_flags(request)
    meinvoice, flags = meinvoice_of(request), [flag(request, name) for name in ("invoiceWithCode", "invoiceCalcu")]
    rows |= by_ref_id(meinvoice.database, tax_code, ids, with_code=flags[0], from_register=flags[1])
    converter, day = request.query_params.get("Converter", "").strip(), request.query_params.get("ConvertDate", "")
    if not converter or not _is_date(day):
        raise EnvelopeError("InvalidInvoiceData", errors=("ConvertDate" if converter else "Converter",))
    if not ids or any(each not in rows for each in ids):
        raise EnvelopeError(_MISSING)
    now = meinvoice.basics.clock.now()
    title = f"HÓA ĐƠN CHUYỂN ĐỔI TỪ HÓA ĐƠN ĐIỆN TỬ - Người chuyển đổi: {converter} - Ngày: {day}"
    lines = [line for each in ids for line in pdf_lines(rows[each], now, title=title)]
    return answer(business(data=base64.b64encode(make_pdf(lines)).decode()))


def _is_date(text: str) -> bool:
    try:
        return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None and date.fromisoformat(text) is not None
    except ValueError:
        return False
