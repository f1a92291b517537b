"""`POST /invoice/status` (Open API §11)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.common.clock import to_text
from sandbox.common.control import answer
from sandbox.common.exchange import exchange_of
from sandbox.meinvoice.envelope import EnvelopeError, as_told, business
from sandbox.meinvoice.invoices import status_row
from sandbox.meinvoice.state import MeInvoice, authorised, meinvoice_of
from sandbox.meinvoice.templates import flag

_COLUMNS = {"1": "transaction_id", "2": "ref_id"}


async def status(request: Request) -> Response:
    """What became of issued invoices.

    With a wrong `invoiceWithCode` or `invoiceCalcu` an invoice is not found, and nothing says so; ids that are not
    known are left out of the answer.
    """
    tax_code, _ = authorised(request)
    meinvoice, ids = meinvoice_of(request), exchange_of(request).call.payload
    column = _COLUMNS.get(request.query_params.get("inputType", "1"))
    if column is None or not isinstance(ids, list) or not all(isinstance(entry, str) for entry in ids):
        raise EnvelopeError("InvalidInvoiceData")
    if len(ids) > meinvoice.options.current.max_status_ids:
        raise EnvelopeError("InvoiceQuantityTooLarge")
    rows = _find(
        meinvoice,
        tax_code,
        column,
        ids,
        with_code=flag(request, "invoiceWithCode"),
        from_register=flag(request, "invoiceCalcu"),
    )
    return answer(business(data=as_told(rows, meinvoice.options.current.results_as)))


def _find(
    meinvoice: MeInvoice, tax_code: str, column: str, ids: list[str], *, with_code: bool, from_register: bool
) -> list[dict[str, Any]]:
    now = meinvoice.basics.clock.now()
    base = f"?{'C' if with_code else 'K'}__{'M' if from_register else '[^M]'}??"
    rows = meinvoice.database.rows(
        f"SELECT * FROM invoices WHERE tax_code = ? AND {column} IN ({', '.join('?' * len(ids))})"  # noqa: S608  # ours
        " AND base GLOB ? AND visible_at <= ?",
        (tax_code, *ids, base, to_text(now)),
    )
    return [status_row(row, now) for row in rows]
