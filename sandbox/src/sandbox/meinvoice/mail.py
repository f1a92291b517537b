"""`POST /invoice/sendemail` (Open API §10)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.common.control import answer
from sandbox.common.exchange import exchange_of
from sandbox.meinvoice.checks.emails import addresses
from sandbox.meinvoice.envelope import EnvelopeError, business
from sandbox.meinvoice.invoices import by_lookup_code
from sandbox.meinvoice.outbox import put
from sandbox.meinvoice.state import MeInvoice, authorised, meinvoice_of


async def sendemail(request: Request) -> Response:
    """Keep the e-mails of invoices of one kind; all of them, or none where one is wrong."""
    tax_code, _ = authorised(request)
    meinvoice, payload = meinvoice_of(request), exchange_of(request).call.payload
    mails = _mails(meinvoice, tax_code, payload)
    with meinvoice.database.transaction():
        for mail in mails:
            put(meinvoice, tax_code, mail, "sendemail")
    return answer(business(data=""))


def _mails(meinvoice: MeInvoice, tax_code: str, payload: Any) -> list[dict[str, Any]]:
    mails = payload.get("SendEmailDatas") if isinstance(payload, dict) else None
    if not isinstance(mails, list) or not mails or not all(isinstance(mail, dict) for mail in mails):
        raise EnvelopeError("InvalidInvoiceData", errors=("SendEmailDatas",))
    flags = [payload.get(name) for name in ("IsInvoiceCode", "IsInvoiceCalculatingMachine")]
    if not all(isinstance(each, bool) for each in flags):
        raise EnvelopeError("InvalidInvoiceData", errors=("IsInvoiceCode", "IsInvoiceCalculatingMachine"))
    for mail in mails:
        _check_addresses(mail)
    ids = [str(mail.get("TransactionID")) for mail in mails]
    rows = by_lookup_code(meinvoice.database, tax_code, ids, with_code=flags[0], from_register=flags[1])
    if any(each not in rows for each in ids):
        raise EnvelopeError("InvoiceNotExist")
    return mails


def _check_addresses(mail: dict[str, Any]) -> None:
    if not mail.get("ReceiverEmail"):
        raise EnvelopeError("RequireInfo_ReceiverEmail")
    for name in ("ReceiverEmail", "CCEmail", "ReplyEmail"):
        if addresses(mail.get(name)) is None:
            raise EnvelopeError(f"Invalid_[Invoice.{name}]")
