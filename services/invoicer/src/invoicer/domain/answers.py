"""What meInvoice's answers mean for a lane (meInvoice Open API §14: what each code asks for)."""

from collections.abc import Mapping
from datetime import date
from typing import assert_never

import meinvoice.answers as vendor
from lanes import outcomes as lane
from lanes.model import Scope
from meinvoice.documents import InvoiceDocument
from meinvoice.error_texts import ErrorClass
from meinvoice.errors import ErrorMeaning
from meinvoice.models import InvoiceStatus
from meinvoice.resolutions import issued_of

RACE_SECONDS = 3.0
"""MISA asks for about three seconds between requests after a number race (Open API §14)."""
LATER_SECONDS = 30.0
"""Where the vendor says "later" without saying when."""

_OF_THE_SERIES = frozenset(
    {
        "invoicetemplatenotexist",
        "invoicepublishnotexist",
        "invalidinvoicedate",
        "existsinvoicenextyear",
        "apinotsupporttypeinvoice",
        "invoicetemplatenotvalidindeclaration",
    }
)
"""Faults, in lower case, that stop one series and leave the account's others alone."""


def lane_answer(answer: vendor.PublishAnswer, changed: frozenset[str] = frozenset()) -> lane.Answer:
    """What the answer to a publish request means for the lane; `changed` as in `told_of`."""
    match answer:
        case vendor.Answered():
            return lane.Answered({ref_id: told_of(ref_id, one, changed) for ref_id, one in answer.results.items()})
        case vendor.WholeRefusal():
            return _whole(answer)
        case vendor.NotSent():
            return lane.NotSent(answer.reason)
        case vendor.Unknown():
            return lane.Lost(answer.reason)
        case _:
            assert_never(answer)


def told_of(ref_id: str, answer: vendor.InvoiceAnswer, changed: frozenset[str]) -> lane.Outcome:
    """What the answer about an invoice means; `changed` are RefIDs under which other bodies were sent before.

    Which of the bodies an earlier request had issued, only the document tells: that is for the look-up to adopt.
    """
    if isinstance(answer, vendor.Issued) and answer.already and ref_id in changed:
        return lane.Unknown("issued by an earlier request; its document tells which of the bodies it was")
    return outcome(answer)


def outcome(answer: vendor.InvoiceAnswer) -> lane.Outcome:
    """What the answer about one invoice means for its intent."""
    match answer:
        case vendor.Issued():
            return lane.Issued(issued_result(answer))
        case vendor.Refused():
            return _refused(answer.meaning)
        case vendor.Accepted():
            return lane.Accepted()
        case vendor.Unclear():
            return lane.Unknown(answer.reason)
        case _:
            assert_never(answer)


def _refused(meaning: ErrorMeaning) -> lane.Outcome:
    match meaning.error_class:
        case ErrorClass.ORDER_FAULT:
            return lane.Rejected(meaning.code, meaning.vi)
        case ErrorClass.ACCOUNT_FAULT:
            return lane.AccountFault(meaning.code, meaning.vi, _scope(meaning))
        case ErrorClass.NUMBER_RACE:
            return lane.TryAgain(meaning.code, RACE_SECONDS, meaning.vi)
        case ErrorClass.TRY_LATER:
            return lane.TryAgain(meaning.code, LATER_SECONDS, meaning.vi)
        case ErrorClass.ISSUED_ALREADY | ErrorClass.UNKNOWN_OUTCOME:
            return lane.Unknown(f"{meaning.code}: {meaning.vi}")
        case _:
            assert_never(meaning.error_class)


def _whole(refusal: vendor.WholeRefusal) -> lane.Answer:
    meaning = refusal.meaning
    match meaning.error_class:
        case ErrorClass.ORDER_FAULT:
            return lane.WholeRefused(meaning.code, meaning.vi)
        case ErrorClass.ACCOUNT_FAULT:
            return lane.WholeAccountFault(meaning.code, meaning.vi, _scope(meaning))
        case ErrorClass.NUMBER_RACE:
            return lane.WholeTryAgain(meaning.code, RACE_SECONDS, meaning.vi)
        case ErrorClass.TRY_LATER:
            return lane.WholeTryAgain(meaning.code, refusal.retry_after or LATER_SECONDS, meaning.vi)
        case ErrorClass.ISSUED_ALREADY | ErrorClass.UNKNOWN_OUTCOME:
            return lane.Lost(f"{meaning.code}: {meaning.vi}")
        case _:
            assert_never(meaning.error_class)


def _scope(meaning: ErrorMeaning) -> Scope:
    return Scope.LANE if meaning.code.lower() in _OF_THE_SERIES else Scope.ACCOUNT


def issued_result(issued: vendor.Issued) -> Mapping[str, str]:
    """What is kept of an issued invoice, under meInvoice's names; what it did not say is left out."""
    return _result(issued.transaction_id, issued.inv_no, issued.inv_series, issued.inv_code, issued.inv_date)


def found(status: InvoiceStatus) -> lane.LookUp:
    """What a row of `/invoice/status` says about an intent (Open API §13.11)."""
    told = issued_of(status)
    return lane.Found(issued_result(told)) if isinstance(told, vendor.Issued) else lane.Unclear(told.reason)


def found_document(status: lane.Found, document: InvoiceDocument | None) -> lane.LookUp:
    """A found invoice of which several bodies were sent: date and total are those of the document that was issued."""
    if document is None:
        return lane.Unclear("found, but the document that tells which body was issued cannot be read yet")
    if document.number != status.result.get("InvNo"):
        return lane.Unclear("the document bears another number than the status")
    told = {"InvSeries": document.series, "InvDate": document.date.isoformat(), "TotalAmount": f"{document.total:f}"}
    return lane.Found({**status.result, **told})


def _result(
    transaction_id: str, inv_no: str, inv_series: str, inv_code: str | None, inv_date: date | None
) -> Mapping[str, str]:
    named = {
        "TransactionID": transaction_id,
        "InvNo": inv_no,
        "InvSeries": inv_series,
        "InvCode": inv_code,
        "InvDate": inv_date.isoformat() if inv_date else None,
    }
    return {name: value for name, value in named.items() if value}
