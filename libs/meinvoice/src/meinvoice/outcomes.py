"""Turns replies into closed answers: what was issued, what was refused, what nobody can tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from meinvoice.answers import (
    Answered,
    Failure,
    InvoiceAnswer,
    Issued,
    PublishAnswer,
    Refused,
    Unclear,
    Unknown,
    WholeRefusal,
)
from meinvoice.error_texts import ErrorClass
from meinvoice.errors import ErrorMeaning, classify
from meinvoice.models.received import pad_inv_no
from meinvoice.parsing import Envelope, load, lower_keys, parse_envelope, rows_of, text_of
from meinvoice.transport import Reply

_DUPLICATE_REF_ID = "duplicateinvoicerefid"
_GENERAL_CODES = frozenset({"", "unauthorize", "invalidinvoicedata"})
_DEFINITE_STATUSES = frozenset({401, 403, 404, 405, 413, 415})
_BAD_REQUEST = 400
_UNAUTHORIZED = 401
_REQUEST_TIMEOUT = 408
_TOO_MANY = 429
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Sent:
    """What the answer is compared with."""

    ref_id: str
    series: str
    date: date | None


def sent_of(invoice: str) -> Sent:
    """RefID, series and date of an invoice's JSON text.

    Raises:
        ValueError: The text is not a JSON object with a RefID.

    """
    parsed = load(invoice)
    ref_id = text_of(parsed.get("RefID")) if isinstance(parsed, Mapping) else ""
    if not isinstance(parsed, Mapping) or not ref_id:
        raise ValueError("an invoice is the JSON text of one InvoiceData with a RefID")
    return Sent(ref_id, text_of(parsed.get("InvSeries")), _date(parsed.get("InvDate")))


def succeeded(reply: Reply, envelope: Envelope) -> bool:
    """Success needs all three: no HTTP error, `success`, and no error code (meInvoice Open API §1.4)."""
    return reply.status < _BAD_REQUEST and envelope.success and not envelope.error_code


def failure_of(reply: Reply, envelope: Envelope | None) -> Failure:
    """What a reply means that does not report success."""
    if reply.status == _TOO_MANY:
        return WholeRefusal("TooManyRequests", "", (), classify("TooManyRequests"), reply.retry_after)
    if reply.status >= _SERVER_ERROR or reply.status == _REQUEST_TIMEOUT:
        return Unknown(f"HTTP {reply.status}")
    if envelope is not None and (envelope.error_code or envelope.errors):
        return _refusal(envelope, reply.retry_after)
    if reply.status in _DEFINITE_STATUSES:
        return _refusal_of_gateway(reply.status)
    return Unknown(f"HTTP {reply.status} with an answer that cannot be read")


def publish_answer(reply: Reply, sent: Sequence[Sent]) -> PublishAnswer:
    """What became of each invoice of a publish request."""
    envelope = parse_envelope(reply.text)
    rows = rows_of(envelope.publish_result) if envelope is not None else None
    if envelope is not None and rows and reply.status < _SERVER_ERROR:
        return _answered(rows, sent, ok=succeeded(reply, envelope))
    if envelope is not None and succeeded(reply, envelope):
        return Unknown("success without a word about any invoice")
    failure = failure_of(reply, envelope)
    if isinstance(failure, WholeRefusal) and failure.meaning.error_class == ErrorClass.UNKNOWN_OUTCOME:
        return Unknown(f"error code {failure.code}")
    return failure


def _answered(rows: Sequence[Any], sent: Sequence[Sent], *, ok: bool) -> Answered:
    by_ref_id: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        members = lower_keys(row) if isinstance(row, Mapping) else {}
        by_ref_id.setdefault(text_of(members.get("refid")).lower(), []).append(members)
    asked = {one.ref_id.lower() for one in sent}
    results = {one.ref_id: _one(by_ref_id.get(one.ref_id.lower(), []), one, ok=ok) for one in sent}
    return Answered(results, tuple(ref_id for ref_id in by_ref_id if ref_id not in asked))


def _one(found: Sequence[dict[str, Any]], sent: Sent, *, ok: bool) -> InvoiceAnswer:
    match found:
        case []:
            return Unclear("the answer does not mention this RefID")
        case [element]:
            return _element(element, sent, ok=ok)
        case _:
            return Unclear(f"the answer mentions this RefID {len(found)} times")


def _element(element: Mapping[str, Any], sent: Sent, *, ok: bool) -> InvoiceAnswer:
    code = text_of(element.get("errorcode"))
    if code:
        return _refused(code, element, sent)
    if not ok:
        return Unclear("the request was refused, but this invoice carries no error")
    return _issued(element, sent, already=False) or Unclear("success without lookup code or number")


def _refused(code: str, element: Mapping[str, Any], sent: Sent) -> InvoiceAnswer:
    existing = _issued(element, sent, already=True) if code.lower() == _DUPLICATE_REF_ID else None
    if existing is not None:
        return existing
    meaning = classify(code)
    if meaning.error_class == ErrorClass.UNKNOWN_OUTCOME:
        return Unclear(f"error code {code}", code)
    names = ("descriptionerrorcode", "errordescription", "description", "errormessage")
    description = next((text for name in names if (text := text_of(element.get(name)))), "")
    return Refused(meaning.code, description, meaning)


def _issued(element: Mapping[str, Any], sent: Sent, *, already: bool) -> Issued | None:
    """The invoice an element speaks of; None unless it carries both lookup code and number."""
    transaction_id = text_of(element.get("transactionid"))
    number = str(pad_inv_no(text_of(element.get("invno"))))
    if not transaction_id or not number.isdigit() or not number.strip("0"):
        return None
    return Issued(
        transaction_id=transaction_id,
        inv_no=number,
        inv_code=text_of(element.get("invcode")) or None,
        inv_series=text_of(element.get("invseries")) or sent.series,
        inv_date=_date(element.get("invdate")) or (None if already else sent.date),
        already=already,
    )


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(text_of(value)[:10])
    except ValueError:
        return None


def _refusal(envelope: Envelope, retry_after: float | None) -> WholeRefusal:
    code = envelope.error_code or envelope.errors[0]
    return WholeRefusal(code, envelope.description, envelope.errors, _most_telling(envelope), retry_after)


def _most_telling(envelope: Envelope) -> ErrorMeaning:
    """A sub-code says more than a general code; a code we know says more than one we do not."""
    main = classify(envelope.error_code)
    if main.known and envelope.error_code.lower() not in _GENERAL_CODES:
        return main
    known = (meaning for meaning in map(classify, envelope.errors) if meaning.known)
    return next(known, main if envelope.error_code else classify(envelope.errors[0]))


def _refusal_of_gateway(status: int) -> WholeRefusal:
    """A refusal by HTTP status alone: the server did nothing, and would do so for every invoice."""
    code = "UnAuthorize" if status == _UNAUTHORIZED else f"HTTP {status}"
    meaning = (
        classify(code)
        if status == _UNAUTHORIZED
        else ErrorMeaning(
            code,
            ErrorClass.ACCOUNT_FAULT,
            f"Máy chủ từ chối với HTTP {status}. Kiểm tra địa chỉ (base URL) của tài khoản.",
            f"The server refuses with HTTP {status}. Check the account's base URL.",
        )
    )
    return WholeRefusal(code, "", (), meaning)
