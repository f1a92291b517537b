"""From an intent of the lane engine to the result that is announced."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import simplejson
from contracts.results import (
    InvoiceIssued,
    InvoicePending,
    InvoiceRejected,
    InvoiceResult,
    LaneChanged,
    LaneStateName,
)
from invoicing.originals import original_texts
from invoicing.series import is_cash_register, is_with_code
from lanes.model import Intent, IntentState, LaneChange
from meinvoice.errors import classify

from invoicer.domain.labels import Labels

_PENDING = {
    IntentState.STAGED: ("Hóa đơn đang chờ đến lượt phát hành.", "The invoice waits for its turn."),
    IntentState.SENDING: ("Hóa đơn đang được gửi.", "The invoice is being sent."),
    IntentState.ACCEPTED: ("meInvoice đã nhận và đang xử lý.", "meInvoice took it and is working on it."),
    IntentState.UNKNOWN: (
        "Chưa rõ meInvoice đã phát hành hay chưa; hệ thống đang tra cứu.",
        "Whether meInvoice issued it is not known yet; it is being looked up.",
    ),
    IntentState.SET_ASIDE: ("Người vận hành đã để riêng hóa đơn này.", "An operator set this invoice aside."),
    IntentState.WITHDRAWN: ("Hóa đơn đã được rút lại trước khi gửi.", "The invoice was withdrawn before it was sent."),
    IntentState.HELD: ("Hóa đơn bị giữ lại, chưa gửi.", "The invoice is held back and was not sent."),
}


def result_of(intent: Intent) -> InvoiceResult:
    """What is announced about an intent at its present version.

    Raises:
        ValueError: when an issued intent lacks what an invoice must have; nothing of the kind is ever recorded.
    """
    match intent.state:
        case IntentState.ISSUED:
            return _issued(intent)
        case IntentState.REJECTED:
            return _rejected(intent)
        case _:
            return _pending(intent)


def _issued(intent: Intent) -> InvoiceIssued:
    body = _last_body(intent)
    result = intent.result
    ours = intent.command.lane.rpartition(":")[2]
    series = result.get("InvSeries") or body.get("InvSeries")
    invoice_date = result.get("InvDate") or body.get("InvDate")
    if not (series and invoice_date and result.get("InvNo") and result.get("TransactionID")):
        raise ValueError(f"intent {intent.ref_id} is issued without series, date, number or lookup code")
    return InvoiceIssued(
        **_common(intent),
        series=series,
        number=result["InvNo"],
        invoice_date=date.fromisoformat(invoice_date),
        lookup_code=result["TransactionID"],
        authority_code=result.get("InvCode"),
        invoice_with_code=is_with_code(ours),
        calculating_machine=is_cash_register(ours),
        total_amount=Decimal(result.get("TotalAmount") or body.get("TotalAmount", 0)),
    )


def _rejected(intent: Intent) -> InvoiceRejected:
    code = intent.code or "Rejected"
    meaning, of_original = classify(code), original_texts(code)
    english = of_original[1] if of_original else meaning.en if meaning.known else intent.reason
    return InvoiceRejected(
        **_common(intent),
        code=code,
        message_vi=intent.reason or meaning.vi,
        message_en=english or meaning.en,
        provisional=intent.open_attempts > 0,
    )


def _pending(intent: Intent) -> InvoicePending:
    vi, en = _PENDING[intent.state]
    reason = f" {intent.reason}" if intent.reason else ""
    return InvoicePending(**_common(intent), state=intent.state.value, message_vi=vi + reason, message_en=en + reason)


def _common(intent: Intent) -> Mapping[str, Any]:
    labels = Labels.from_mapping(intent.command.labels)
    environment, _, tax_code = intent.command.account.partition(":")
    return {
        "ref_id": intent.ref_id,
        "version": intent.version,
        "lane": intent.command.lane,
        "environment": environment,
        "tax_code": tax_code,
        "shop": labels.shop,
        "org_id": labels.org_id,
        "order_id": labels.order_id,
        "order_name": labels.order_name,
        "kind": labels.kind,
        "at": intent.changed_at or datetime.fromtimestamp(0, UTC),
    }


def _last_body(intent: Intent) -> Mapping[str, Any]:
    """The body as it was sent last; where another was issued after all, the result says what differs."""
    if not intent.bodies:
        return {}
    body: Mapping[str, Any] = simplejson.loads(intent.bodies[-1].text, use_decimal=True)
    return body


def lane_changed(change: LaneChange) -> LaneChanged:
    """What is announced about a lane, or about an account (whose key then stands for the lane)."""
    code = change.code or change.state.value
    meaning = classify(code) if change.code else None
    return LaneChanged(
        lane=change.key,
        version=change.version,
        state=LaneStateName(change.state.value),
        code=code,
        message_vi=change.reason or (meaning.vi if meaning else ""),
        message_en=meaning.en if meaning and meaning.known else (change.reason or ""),
        at=change.at,
    )
