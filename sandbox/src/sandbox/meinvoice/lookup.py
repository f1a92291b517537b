"""What calls about issued invoices have in common: ids in the body, two flags in the query."""

import sqlite3
from typing import Any

from starlette.requests import Request

from sandbox.common.exchange import exchange_of
from sandbox.meinvoice.envelope import EnvelopeError
from sandbox.meinvoice.invoices import by_lookup_code
from sandbox.meinvoice.state import authorised, meinvoice_of


def flag(request: Request, name: str) -> bool:
    """A true/false parameter of the query; false where it is absent."""
    return request.query_params.get(name, "").strip().lower() == "true"


def need_flag(request: Request, name: str) -> bool:
    """A true/false parameter that the document demands: of §3 both, of §8, §11 and §12 none.

    Raises:
        EnvelopeError: it is missing, or neither; the code is that of a wrong parameter (Open API §1.4).
    """
    if request.query_params.get(name, "").strip().lower() not in {"true", "false"}:
        raise EnvelopeError("InvalidInvoiceData", errors=(name,))
    return flag(request, name)


def read_ids(request: Request) -> list[str]:
    """The ids in the request's body, at most 50 (Open API §8, §11, §12).

    Raises:
        EnvelopeError: it is no list of texts, or too long.
    """
    ids: Any = exchange_of(request).call.payload
    if not isinstance(ids, list) or not all(isinstance(entry, str) for entry in ids):
        raise EnvelopeError("InvalidInvoiceData")
    if len(ids) > meinvoice_of(request).options.current.max_status_ids:
        raise EnvelopeError("InvoiceQuantityTooLarge")
    return ids


def find_by_flags(request: Request) -> tuple[str, list[str], dict[str, sqlite3.Row]]:
    """Tax code, the TransactionIDs asked for, and those that are found under the flags of the query.

    Raises:
        EnvelopeError: the token, or the ids.
    """
    tax_code, _ = authorised(request)
    ids = read_ids(request)
    rows = by_lookup_code(
        meinvoice_of(request).database,
        tax_code,
        ids,
        with_code=flag(request, "invoiceWithCode"),
        from_register=flag(request, "invoiceCalcu"),
    )
    return tax_code, ids, rows
