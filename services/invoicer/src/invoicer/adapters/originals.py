"""Before a correction is sent: what meInvoice says of its original (Open API §9 asks for its status first)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import simplejson
from invoicing.originals import original_code
from lanes import outcomes as lane
from lanes.model import Intent
from lanes.ports import Parcel
from meinvoice.client import StatusBy
from meinvoice.models import InvoiceStatus
from meinvoice.models.correction_texts import TEXTS, Refusal
from meinvoice.models.corrections import Cause, Form, Original, refusal_of
from meinvoice.resolutions import StatusRows
from meinvoice.resolving import QUESTIONS

from invoicer.adapters.look_ups import LookUps
from invoicer.domain.labels import Labels

UNCLEAR = "OriginalUnclear"
UNANSWERED = "OriginalUnanswered"
_LATER_SECONDS = 30.0
_MOST_TIMES = 5
"""Then the correction alone is refused: its series must not stand still for one question that nobody answers."""


async def refused_originals(
    look_ups: LookUps, parcels: Sequence[Parcel], *, within_seconds: float
) -> Mapping[str, lane.Outcome]:
    """What becomes of corrections that may not be sent now, by RefID; those that may are left out.

    An answer that takes longer counts as none, as the lease of the lane goes on running meanwhile.
    """
    corrections = [(parcel, original) for parcel in parcels if (original := _original(parcel.intent))]
    if not corrections:
        return {}
    originals = list(dict.fromkeys(original for _, original in corrections))
    told = await look_ups.rows(originals, StatusBy.TRANSACTION_ID, question_seconds=within_seconds / QUESTIONS)
    outcomes = {parcel.intent.ref_id: _outcome(parcel, original, told) for parcel, original in corrections}
    return {ref_id: outcome for ref_id, outcome in outcomes.items() if outcome is not None}


def _original(intent: Intent) -> str | None:
    """The original's lookup code. Once an attempt may be alive the body only goes out again, whatever has changed."""
    return None if intent.open_attempts else Labels.from_mapping(intent.command.labels).original


def _outcome(parcel: Parcel, transaction_id: str, told: StatusRows) -> lane.Outcome | None:
    row = told.rows.get(transaction_id.lower())
    if row is None and told.unclear:
        return _unclear(parcel.intent, told.unclear)
    refusal = Refusal.NOT_PUBLISHED if row is None else _refusal(parcel, transaction_id, row)
    return lane.Rejected(original_code(refusal), TEXTS[refusal][0]) if refusal else None


def _unclear(intent: Intent, why: str) -> lane.Outcome:
    if intent.tries + 1 < _MOST_TIMES:
        return lane.TryAgain(UNCLEAR, _LATER_SECONDS, f"Chưa hỏi được meInvoice về hóa đơn gốc ({why}); sẽ thử lại.")
    asked = f"Đã hỏi meInvoice {_MOST_TIMES} lần về hóa đơn gốc mà không có câu trả lời rõ ({why})."
    return lane.Rejected(UNANSWERED, f"{asked} Hóa đơn này chưa được gửi; gửi lại khi meInvoice trả lời.")


def _refusal(parcel: Parcel, transaction_id: str, row: InvoiceStatus) -> Refusal | None:
    body: Mapping[str, Any] = simplejson.loads(parcel.body)
    labels = Labels.from_mapping(parcel.intent.command.labels)
    original = Original.of_series(
        f"{body['OrgInvTemplateNo']}{body['OrgInvSeries']}",
        body["OrgInvNo"],
        date.fromisoformat(body["OrgInvDate"]),
        transaction_id,
    )
    cause = Cause.RETURN if labels.cause == "return" else Cause.ERROR
    return refusal_of(Form(body["ReferenceType"]), original, cause=cause, status=row)
