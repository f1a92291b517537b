"""What is announced about an intent."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from contracts.results import InvoiceIssued, InvoicePending, InvoiceRejected, LaneStateName
from invoicer.domain.labels import Labels
from invoicer.domain.results import lane_changed, result_of
from lanes.model import Body, Command, Intent, IntentState, LaneChange, LaneState, Position, Scope

AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
LANE = "sandbox:0101243150:1K__TAA"
BODY = Body('{"InvSeries": "1K26TAA", "InvDate": "2026-11-21", "TotalAmount": 725000.50}', date(2026, 11, 21), 2, "q")


def intent(state: IntentState, **fields: object) -> Intent:
    labels = Labels("demo", 7, 1701234567, "#KH1", "sale").to_mapping()
    command = Command(
        ref_id="r", lane=LANE, account="sandbox:0101243150", content="{}", weight=1, labels=labels, traceparent=None
    )
    made = Intent(command=command, position=Position(6, 1), seen={}, state=state, version=4, changed_at=AT)
    return replace(made, **fields)  # type: ignore[arg-type]


def test_an_issued_intent_names_the_invoice_exactly() -> None:
    """Series, number, date and the exact amount of the body that was sent."""
    result = result_of(
        intent(IntentState.ISSUED, bodies=(BODY,), result={"TransactionID": "QTX1", "InvNo": "00000007"})
    )
    assert isinstance(result, InvoiceIssued)
    assert (result.series, result.number, result.invoice_date) == ("1K26TAA", "00000007", date(2026, 11, 21))
    assert result.total_amount == Decimal("725000.50")
    assert (result.invoice_with_code, result.calculating_machine) == (False, False)
    assert (result.shop, result.order_id, result.version) == ("demo", 1701234567, 4)


def test_a_series_that_the_vendor_writes_in_its_own_way_is_still_announced() -> None:
    """What is asked of the series comes from the lane's; the vendor's word for it is passed on."""
    result = result_of(
        intent(
            IntentState.ISSUED,
            bodies=(BODY,),
            result={"TransactionID": "QTX1", "InvNo": "00000007", "InvSeries": "K26TAA"},
        )
    )
    assert isinstance(result, InvoiceIssued)
    assert (result.series, result.invoice_with_code) == ("K26TAA", False)


def test_an_issued_intent_without_number_is_never_announced() -> None:
    """An announcement without a number would be worse than none."""
    with pytest.raises(ValueError, match="without series, date, number"):
        result_of(intent(IntentState.ISSUED, bodies=(BODY,), result={"TransactionID": "QTX1"}))


def test_a_refusal_says_what_to_do_in_both_languages() -> None:
    """Code and words; provisional while an older request may be alive."""
    result = result_of(intent(IntentState.REJECTED, code="InvalidTaxCode", reason="Mã số thuế sai.", open_attempts=1))
    assert isinstance(result, InvoiceRejected)
    assert result.provisional
    assert result.message_vi == "Mã số thuế sai."
    assert result.message_en


@pytest.mark.parametrize("state", sorted(set(IntentState) - {IntentState.ISSUED, IntentState.REJECTED}))
def test_every_other_state_is_pending_with_words(state: IntentState) -> None:
    """No state is without a sentence."""
    result = result_of(intent(state))
    assert isinstance(result, InvoicePending)
    assert result.state == state.value
    assert result.message_vi
    assert result.message_en


def test_a_blocked_lane_is_announced_with_its_cause() -> None:
    """The code's own sentence in English, the reason in Vietnamese."""
    change = LaneChange(
        scope=Scope.LANE,
        key=LANE,
        state=LaneState.BLOCKED,
        code="LicenseInfo_OutOfInvoice",
        reason="Hết hóa đơn.",
        version=3,
        at=AT,
    )
    message = lane_changed(change)
    assert (message.state, message.message_vi) == (LaneStateName.BLOCKED, "Hết hóa đơn.")
    assert message.message_en
