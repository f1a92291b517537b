"""meInvoice's answers in the lane engine's words: nothing that may have issued an invoice counts as a refusal."""

import meinvoice.answers as vendor
import pytest
from invoicer.domain.answers import found, lane_answer
from lanes import outcomes as lane
from lanes.model import Scope
from meinvoice.error_texts import CODES, ErrorClass
from meinvoice.errors import classify
from meinvoice.models import InvoiceStatus


def refused(code: str) -> vendor.Refused:
    return vendor.Refused(code, "said by the vendor", classify(code))


def outcome(answer: vendor.InvoiceAnswer) -> lane.Outcome:
    translated = lane_answer(vendor.Answered({"r": answer}))
    assert isinstance(translated, lane.Answered)
    return translated.by_ref_id["r"]


def whole(code: str, retry_after: float | None = None) -> lane.Answer:
    return lane_answer(vendor.WholeRefusal(code, "", (), classify(code), retry_after))


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_of_the_vendor_has_its_outcome(code: str) -> None:
    """The class of a code decides, for one invoice and for a whole request."""
    one, all_of_them = outcome(refused(code)), whole(code)
    match classify(code).error_class:
        case ErrorClass.ORDER_FAULT:
            assert isinstance(one, lane.Rejected)
            assert isinstance(all_of_them, lane.WholeRefused)
        case ErrorClass.ACCOUNT_FAULT:
            assert isinstance(one, lane.AccountFault)
            assert isinstance(all_of_them, lane.WholeAccountFault)
        case ErrorClass.NUMBER_RACE | ErrorClass.TRY_LATER:
            assert isinstance(one, lane.TryAgain)
            assert isinstance(all_of_them, lane.WholeTryAgain)
        case ErrorClass.ISSUED_ALREADY | ErrorClass.UNKNOWN_OUTCOME:
            assert isinstance(one, lane.Unknown)
            assert isinstance(all_of_them, lane.Lost)


def test_a_code_nobody_knows_is_an_unknown_outcome() -> None:
    """Guessing "refused" could issue an invoice twice."""
    assert isinstance(outcome(refused("BrandNewCode")), lane.Unknown)
    assert isinstance(whole("BrandNewCode"), lane.Lost)


def test_a_number_race_waits_as_misa_asks() -> None:
    """About three seconds (Open API §14)."""
    race = outcome(refused("InvoiceNumberNotCotinuous"))
    assert isinstance(race, lane.TryAgain)
    assert race.delay_seconds == pytest.approx(3.0)


def test_a_throttled_request_waits_as_long_as_the_vendor_says() -> None:
    """`Retry-After` is taken."""
    later = next(code for code, row in CODES.items() if row[0] is ErrorClass.TRY_LATER)
    answer = whole(later, retry_after=7.0)
    assert isinstance(answer, lane.WholeTryAgain)
    assert answer.delay_seconds == pytest.approx(7.0)


def test_a_fault_of_a_series_does_not_stop_the_account() -> None:
    """A missing template stops its lane; a used-up licence stops the account."""
    series, account = outcome(refused("InvoiceTemplateNotExist")), outcome(refused("LicenseInfo_OutOfInvoice"))
    assert isinstance(series, lane.AccountFault)
    assert isinstance(account, lane.AccountFault)
    assert (series.scope, account.scope) == (Scope.LANE, Scope.ACCOUNT)


def test_an_issued_invoice_keeps_what_the_vendor_said() -> None:
    """Under the vendor's names; what it did not say is left out."""
    issued = vendor.Issued("QTX1", "00000007", None, "1C26TAA", None)
    assert outcome(issued) == lane.Issued({"TransactionID": "QTX1", "InvNo": "00000007", "InvSeries": "1C26TAA"})


def test_an_unclear_answer_is_looked_up() -> None:
    """Unclear is unknown."""
    assert isinstance(outcome(vendor.Unclear("absent")), lane.Unknown)


def test_what_never_left_is_told_from_what_got_lost() -> None:
    """Only the first may be sent again without a look-up."""
    assert lane_answer(vendor.NotSent("refused connection")) == lane.NotSent("refused connection")
    assert lane_answer(vendor.Unknown("timeout")) == lane.Lost("timeout")


def test_a_status_without_number_does_not_count_as_found() -> None:
    """An invoice is adopted only with lookup code and number."""
    for number in ("", "0", "<Chưa cấp số>"):
        assert isinstance(found(InvoiceStatus(TransactionID="QTX1", InvNo=number)), lane.Unclear)
    row = InvoiceStatus(TransactionID="QTX1", InvNo="7", InvSeries="1C26TAA", InvoiceCode="00AB")
    assert found(row) == lane.Found(
        {"TransactionID": "QTX1", "InvNo": "00000007", "InvSeries": "1C26TAA", "InvCode": "00AB"}
    )


def test_what_is_not_published_does_not_count_as_found() -> None:
    """XML that was created, or an invoice still being signed, may have lookup code and number already (§13.11)."""
    row = InvoiceStatus(TransactionID="QTX1", InvNo="7", InvSeries="1C26TAA", PublishStatus=0)
    assert isinstance(found(row), lane.Unclear)
    assert isinstance(found(row.model_copy(update={"PublishStatus": 1})), lane.Found)
