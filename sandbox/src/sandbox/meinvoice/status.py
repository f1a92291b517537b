"""`POST /invoice/status` (Open API §11)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.common.clock import to_text
from sandbox.common.control import answer
from sandbox.common.exchange import Exchange, exchange_of
from sandbox.common.faults import FaultKind
from sandbox.meinvoice.envelope import EnvelopeError, as_told, business
from sandbox.meinvoice.invoices import pattern
from sandbox.meinvoice.lookup import flag, read_ids
from sandbox.meinvoice.state import authorised, meinvoice_of
from sandbox.meinvoice.told import status_row

_COLUMNS = {"1": "transaction_id", "2": "ref_id"}


async def status(request: Request) -> Response:
    """What became of issued invoices.

    With a wrong `invoiceWithCode` or `invoiceCalcu` an invoice is not found, and nothing says so; ids that are not
    known, and invoices that are accepted and not issued yet, are left out of the answer.
    """
    tax_code, _ = authorised(request)
    meinvoice = meinvoice_of(request)
    column = _COLUMNS.get(request.query_params.get("inputType", "1"))
    if column is None:
        raise EnvelopeError("InvalidInvoiceData")
    rows = _spoiled(_find(request, tax_code, column), exchange_of(request))
    return answer(business(data=as_told(rows, meinvoice.options.current.results_as)))


def _find(request: Request, tax_code: str, column: str) -> list[dict[str, Any]]:
    meinvoice, ids = meinvoice_of(request), read_ids(request)
    now = meinvoice.basics.clock.now()
    base = pattern(with_code=flag(request, "invoiceWithCode"), from_register=flag(request, "invoiceCalcu"))
    rows = meinvoice.database.rows(
        f"SELECT * FROM invoices WHERE tax_code = ? AND {column} IN ({', '.join('?' * len(ids))})"  # noqa: S608  # ours
        " AND base GLOB ? AND visible_at <= ?",
        (tax_code, *ids, base, to_text(now)),
    )
    return [status_row(row, now) for row in rows]


def _spoiled(rows: list[dict[str, Any]], exchange: Exchange) -> list[dict[str, Any]]:
    """The answer as faults want it."""
    if exchange.fault(FaultKind.STATUS_EMPTY):
        return []
    if exchange.fault(FaultKind.STATUS_UNCLEAR):
        return [row | {"PublishStatus": 0, "InvNo": None, "TransactionID": None} for row in rows]
    return rows
