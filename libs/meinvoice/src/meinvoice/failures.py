"""Whether an answer reports success, and what a request that failed as a whole ended in (meInvoice Open API §1.4)."""

import re

from meinvoice.answers import Failure, Unknown, WholeRefusal
from meinvoice.error_texts import ErrorClass
from meinvoice.errors import ErrorMeaning, classify
from meinvoice.parsing import UNREADABLE_CODE, Envelope
from meinvoice.transport import Reply

_GENERAL_CODES = frozenset({"", "unauthorize", "invalidinvoicedata"})
_BAD_REQUEST = 400
_UNAUTHORIZED = 401
_FORBIDDEN = 403
_REQUEST_TIMEOUT = 408
_TOO_LARGE = 413
_TOO_MANY = 429
_SERVER_ERROR = 500
_ELSEWHERE = frozenset({404, 405, 415})
_CODES_OF_STATUSES = {_UNAUTHORIZED: "UnAuthorize", _TOO_LARGE: "InvoiceQuantityTooLarge"}
"""HTTP statuses that say what a code says: a gateway gives no other answer to a body beyond its limit."""
_FRONT = re.compile(r"[\s:]+")


def succeeded(reply: Reply, envelope: Envelope) -> bool:
    """Success needs all: no HTTP error, `success`, no error code (meInvoice Open API §1.4), nothing in `errors`."""
    return reply.status < _BAD_REQUEST and envelope.success and not envelope.error_code and not envelope.errors


def failure_of(reply: Reply, envelope: Envelope | None) -> Failure:
    """What a reply means that does not report success."""
    if reply.status == _TOO_MANY:
        return WholeRefusal("TooManyRequests", "", (), classify("TooManyRequests"), reply.retry_after)
    if reply.status >= _SERVER_ERROR or reply.status == _REQUEST_TIMEOUT:
        return Unknown(f"HTTP {reply.status}")
    if envelope is not None and (envelope.error_code or envelope.errors):
        return _told(envelope, reply.retry_after)
    return _of_status(reply.status)


def untold(failure: Failure) -> Failure:
    """A refusal whose code does not say whether anything was done is none."""
    if isinstance(failure, WholeRefusal) and failure.meaning.error_class == ErrorClass.UNKNOWN_OUTCOME:
        return Unknown(f"error code {failure.code}")
    return failure


def nothing_hidden(failure: Failure) -> Failure:
    """As `untold`; of several codes each may hide an issued invoice, however definite the others are."""
    told = untold(failure)
    if not isinstance(told, WholeRefusal) or not told.errors:
        return told
    open_main = classify(told.code).error_class == ErrorClass.UNKNOWN_OUTCOME
    hiding = told.code if open_main else next((code for code in told.errors if _may_hide(code)), None)
    return told if hiding is None else Unknown(f"error code {hiding}")


def _may_hide(code: str) -> bool:
    """Whether a code leaves the outcome open. `errors` may hold sentences (§1.3): there only a known code in front."""
    front = _FRONT.split(code, maxsplit=1)[0]
    meaning = classify(front)
    return meaning.error_class == ErrorClass.UNKNOWN_OUTCOME and (meaning.known or front == code)


def _told(envelope: Envelope, retry_after: float | None) -> WholeRefusal | Unknown:
    if envelope.error_code == UNREADABLE_CODE:
        return Unknown("an error code that cannot be read")
    if envelope.success and not envelope.error_code:
        return Unknown(f"success with errors: {', '.join(envelope.errors)}")
    code = envelope.error_code or envelope.errors[0]
    return WholeRefusal(code, envelope.description, envelope.errors, _most_telling(envelope), retry_after)


def _most_telling(envelope: Envelope) -> ErrorMeaning:
    """A sub-code says more than a general code; a code we know says more than one we do not."""
    main = classify(envelope.error_code)
    if main.known and envelope.error_code.lower() not in _GENERAL_CODES:
        return main
    known = (meaning for meaning in map(classify, envelope.errors) if meaning.known)
    return next(known, main if envelope.error_code else classify(envelope.errors[0]))


def _of_status(status: int) -> WholeRefusal | Unknown:
    """What an HTTP status alone says: with these the server certainly did nothing."""
    if code := _CODES_OF_STATUSES.get(status):
        return WholeRefusal(code, "", (), classify(code))
    if status == _FORBIDDEN:
        return _account_fault(
            status,
            "Hỏi MISA xem địa chỉ IP có bị chặn vì lấy token quá nhiều và AppID có được dùng API này không.",
            "Ask MISA whether it blocks your IP address for asking for tokens too often (§1.5), and whether the app id"
            " may use this API.",
        )
    if status in _ELSEWHERE:
        return _account_fault(status, "Kiểm tra địa chỉ (base URL) của tài khoản.", "Check the account's base URL.")
    return Unknown(f"HTTP {status} with an answer that cannot be read")


def _account_fault(status: int, vi: str, en: str) -> WholeRefusal:
    code = f"HTTP {status}"
    vi, en = f"Máy chủ từ chối với {code}. {vi}", f"The server refuses with {code}. {en}"
    return WholeRefusal(code, "", (), ErrorMeaning(code, ErrorClass.ACCOUNT_FAULT, vi, en))
