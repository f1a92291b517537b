"""Turns replies into closed answers: what was issued, what was refused, what nobody can tell."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self, TypeVar

from meinvoice.answers import (
    Accepted,
    Answered,
    InvoiceAnswer,
    Issued,
    PublishAnswer,
    Refused,
    Unclear,
    Unknown,
)
from meinvoice.error_texts import ErrorClass
from meinvoice.errors import classify
from meinvoice.failures import failure_of, nothing_hidden, succeeded
from meinvoice.models import PublishInvoiceData
from meinvoice.models.received import pad_inv_no
from meinvoice.models.series import with_template
from meinvoice.parsing import (
    Envelope,
    Odd,
    code_of,
    lower_keys,
    parse_envelope,
    rows_of,
    says_nothing,
    text_of,
)
from meinvoice.sign_types import ASYNCHRONOUS, SignType
from meinvoice.transport import Reply

_DUPLICATE_REF_ID = "duplicateinvoicerefid"
_SERVER_ERROR = 500
_ISSUE_DATE = re.compile(r"<NLap>\s*(\d{4}-\d{2}-\d{2})\s*</NLap>")
_One = TypeVar("_One")


@dataclass(frozen=True, slots=True)
class Sent:
    """What the answer is compared with."""

    ref_id: str
    series: str
    date: date | None

    @classmethod
    def of_signed(cls, signed: PublishInvoiceData) -> Self:
        """RefID and series of signed XML, and its date where the XML tells it (`NLap`, the tax authority's schema)."""
        found = _ISSUE_DATE.search(signed.InvoiceData)
        return cls(signed.RefID, signed.InvSeries, _date(found[1]) if found else None)


def sent_of(invoice: Mapping[str, Any]) -> Sent:
    """RefID, series and date of an invoice read from its JSON text."""
    return Sent(text_of(invoice.get("RefID")), text_of(invoice.get("InvSeries")), _date(invoice.get("InvDate")))


def publish_answer(reply: Reply, sent: Sequence[Sent], sign_type: SignType) -> PublishAnswer:
    """What became of each invoice of a publish request."""
    envelope = parse_envelope(reply.text)
    rows = rows_of(envelope.publish_result) if envelope is not None else None
    if envelope is not None and rows and reply.status < _SERVER_ERROR:
        ok, later = succeeded(reply, envelope), _may_accept(envelope, sign_type)
        results, unexpected = of_each(rows, sent, lambda element, one: _element(element, one, ok=ok, later=later))
        return Answered(results, unexpected)
    if envelope is not None and succeeded(reply, envelope):
        return _without_elements(envelope, sent, sign_type)
    return nothing_hidden(failure_of(reply, envelope))


def of_each(
    rows: Sequence[Any], sent: Sequence[Sent], read: Callable[[Mapping[str, Any], Sent], _One]
) -> tuple[dict[str, _One | Unclear], tuple[str, ...]]:
    """Each invoice's element as `read` understands it, and the RefIDs that nobody asked for."""
    by_ref_id: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        members = lower_keys(row) if isinstance(row, Mapping) else {}
        by_ref_id.setdefault(text_of(members.get("refid")).lower(), []).append(members)
    asked = {one.ref_id.lower() for one in sent}
    results = {one.ref_id: _only(by_ref_id.get(one.ref_id.lower(), []), one, read) for one in sent}
    return results, tuple(ref_id for ref_id in by_ref_id if ref_id not in asked)


def _only(
    found: Sequence[dict[str, Any]], sent: Sent, read: Callable[[Mapping[str, Any], Sent], _One]
) -> _One | Unclear:
    match found:
        case []:
            return Unclear("the answer does not mention this RefID")
        case [element] if Odd.CONTRADICTORY in element.values():
            return Unclear("the answer says two things about this RefID")
        case [element]:
            return read(element, sent)
        case _:
            return Unclear(f"the answer mentions this RefID {len(found)} times")


def _may_accept(envelope: Envelope, sign_type: SignType) -> bool:
    """Whether an invoice may be taken without its number.

    `data` has no place in the answer to publishing (§6): what stands there may be the refusal of an invoice.
    """
    return sign_type in ASYNCHRONOUS and says_nothing(envelope.data)


def _without_elements(envelope: Envelope, sent: Sequence[Sent], sign_type: SignType) -> PublishAnswer:
    """An asynchronous request is taken without a word about its invoices; any other must name them."""
    if says_nothing(envelope.publish_result) and _may_accept(envelope, sign_type):
        return Answered({one.ref_id: Accepted() for one in sent})
    return Unknown("success without a word about any invoice")


def _element(element: Mapping[str, Any], sent: Sent, *, ok: bool, later: bool) -> InvoiceAnswer:
    code = code_of(element.get("errorcode"))
    if code:
        return refused(code, element, sent)
    if not ok:
        return Unclear("the request was refused, but this invoice carries no error")
    issued = _issued(element, sent, already=False)
    if issued is None and later and number_of(element) is None:
        return Accepted(text_of(element.get("transactionid")) or None)
    return issued or Unclear("success without lookup code or number")


def refused(code: str, element: Mapping[str, Any], sent: Sent) -> Issued | Refused | Unclear:
    """What an element with an error code says: refused, unclear, or issued by an earlier request."""
    existing = _issued(element, sent, already=True) if code.lower() == _DUPLICATE_REF_ID else None
    if existing is not None:
        return existing
    meaning = classify(code)
    if meaning.error_class == ErrorClass.UNKNOWN_OUTCOME:
        return Unclear(f"error code {code}", code)
    return Refused(meaning.code, description_of(element), meaning)


def description_of(element: Mapping[str, Any]) -> str:
    """The vendor's words beside an error code; empty when there are none."""
    names = ("descriptionerrorcode", "errordescription", "description", "errormessage")
    return next((text for name in names if (text := text_of(element.get(name)))), "")


def number_of(element: Mapping[str, Any]) -> str | None:
    """The invoice number in an element, with 8 characters; None unless it is one."""
    number = str(pad_inv_no(text_of(element.get("invno"))))
    return number if number.isascii() and number.isdigit() and number.strip("0") else None


def series_of(element: Mapping[str, Any], sent: Sent) -> str:
    """The series in an element with its template digit, which `InvTemplateNo` or what was sent tells; else as sent."""
    series, template_no = text_of(element.get("invseries")), text_of(element.get("invtemplateno"))
    return with_template(series, template_no, sent.series[:1]) or sent.series


def _issued(element: Mapping[str, Any], sent: Sent, *, already: bool) -> Issued | None:
    """The invoice an element speaks of; None unless it carries both lookup code and number."""
    transaction_id, number = text_of(element.get("transactionid")), number_of(element)
    if not transaction_id or number is None:
        return None
    return Issued(
        transaction_id=transaction_id,
        inv_no=number,
        inv_code=text_of(element.get("invcode")) or None,
        inv_series=series_of(element, sent),
        inv_date=_date(element.get("invdate")) or (None if already else sent.date),
        already=already,
    )


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(text_of(value)[:10])
    except ValueError:
        return None
