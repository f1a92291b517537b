"""E-mail that meInvoice would send: kept to be looked at, never sent (Open API §10, §13.3)."""

from typing import Any

from sandbox.common.clock import to_text
from sandbox.meinvoice.checks.emails import addresses
from sandbox.meinvoice.state import MeInvoice


def put(meinvoice: MeInvoice, tax_code: str, data: dict[str, Any], cause: str) -> None:
    """Keep one e-mail about the invoice `TransactionID`; it counts as sent on Product only."""
    fields = ("TransactionID", "ReceiverName", "ReceiverEmail", "CCEmail", "ReplyEmail")
    meinvoice.database.execute(
        "INSERT INTO outbox (tax_code, transaction_id, receiver_name, receiver_email, cc_email, reply_email,"
        " cause, sent, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(tax_code, *(_text(data.get(name)) for name in fields), cause),
            *(meinvoice.options.current.environment == "product", to_text(meinvoice.basics.clock.now())),
        ),
    )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def put_published(meinvoice: MeInvoice, tax_code: str, transaction_id: str, entry: dict[str, Any]) -> None:
    """The e-mail of `IsSendEmail`; none where it is not asked for or no address is given."""
    receiver = entry.get("ReceiverEmail") or entry.get("BuyerEmail")
    if entry.get("IsSendEmail") and receiver and addresses(receiver):
        data = {"TransactionID": transaction_id, "ReceiverName": entry.get("ReceiverName"), "ReceiverEmail": receiver}
        put(meinvoice, tax_code, data, "publish")
