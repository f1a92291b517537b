"""Replacing and adjusting: the original's fields, and why an original can't be corrected."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from meinvoice.models import CorrectionFields, InvoiceData, InvoiceStatus
from meinvoice.models.correction_texts import TEXTS
from meinvoice.models.corrections import CannotCorrect, Cause, Form, Original, Refusal, correct, corrected, refusal_of
from support.recorded_vendor import DATA

DAY = date(2026, 10, 2)
ORIGINAL = Original.of_series("1C26TAA", "67", DAY, "T1")
CASH_REGISTER = Original.of_series("1C26MAA", "67", DAY)


def status(**changed: object) -> InvoiceStatus:
    """The state of the original: issued, untouched, its code granted."""
    row = {
        "InvSeries": "1C26TAA",
        "InvNo": 67,
        "TransactionID": "T1",
        "PublishStatus": 1,
        "EInvoiceStatus": 1,
        "SendTaxStatus": 2,
    }
    return InvoiceStatus.model_validate(row | changed)


def test_an_original_of_decree_123_is_named_in_parts() -> None:
    """First character of the series, the other six, eight digits, its date, the reason."""
    fields = correct(Form.REPLACE, ORIGINAL, note=" Sai mã số thuế ", status=status())
    assert isinstance(fields, CorrectionFields)
    assert dict(fields) == {
        "ReferenceType": 1,
        "OrgInvoiceType": 1,
        "OrgInvTemplateNo": "1",
        "OrgInvSeries": "C26TAA",
        "OrgInvNo": "00000067",
        "OrgInvDate": DAY,
        "InvoiceNote": "Sai mã số thuế",
    }


def test_an_original_of_decree_51_keeps_its_own_spelling() -> None:
    """Template, series and number stay as printed."""
    original = Original.of_decree_51("01GTKT0/001", "AA/20E", "0000123", date(2021, 5, 3))
    fields = correct(Form.ADJUST, original, note="Sai đơn giá")
    assert isinstance(fields, CorrectionFields)
    assert (fields.ReferenceType, fields.OrgInvoiceType) == (2, 3)
    assert (fields.OrgInvTemplateNo, fields.OrgInvSeries, fields.OrgInvNo) == ("01GTKT0/001", "AA/20E", "0000123")


def test_a_status_gives_all_but_the_date() -> None:
    """Series, number and lookup code come from the row; the template digit may stand in a field of its own."""
    assert Original.of_status(status(), DAY) == ORIGINAL
    in_parts = status(InvSeries="C26TAA", InvTempl=1)
    assert Original.of_status(in_parts, DAY) == ORIGINAL
    assert refusal_of(Form.REPLACE, Original.of_status(in_parts, DAY), status=in_parts) is None
    assert Original.of_status(status(InvTempl="1"), DAY) == ORIGINAL


def test_a_corrected_invoice_can_be_sent() -> None:
    """The invoice keeps everything else, and lacks nothing of a correction."""
    invoice = InvoiceData.from_json((DATA / "invoice.json").read_text())
    fields = correct(Form.REPLACE, ORIGINAL, note="Sai tên hàng")
    assert isinstance(fields, CorrectionFields)
    whole = corrected(invoice, fields)
    assert whole.check_sendable() == ("InvSeries", "InvDate")
    assert '"OrgInvDate":"2026-10-02"' in whole.to_json()
    assert whole.TotalAmount == invoice.TotalAmount


@pytest.mark.parametrize(
    ("state", "replace", "adjust", "returned"),
    (
        (1, None, None, None),
        (2, Refusal.CANCELLED, Refusal.CANCELLED, Refusal.CANCELLED),
        (3, None, Refusal.FORM_OF_THE_FIRST, None),
        (5, Refusal.ADJUSTS_ANOTHER, Refusal.ADJUSTS_ANOTHER, Refusal.ADJUSTS_ANOTHER),
        (7, Refusal.REPLACED, Refusal.REPLACED, Refusal.REPLACED),
        (8, Refusal.ADJUSTED, None, None),
        (4, Refusal.STATE_UNKNOWN, Refusal.STATE_UNKNOWN, Refusal.STATE_UNKNOWN),
        (None, Refusal.STATE_UNKNOWN, Refusal.STATE_UNKNOWN, Refusal.STATE_UNKNOWN),
    ),
)
def test_the_state_of_the_original_decides(
    state: int | None, replace: Refusal | None, adjust: Refusal | None, returned: Refusal | None
) -> None:
    """Cancelled and replaced originals are done with; an adjusted one is adjusted again; a replacement replaced."""
    row = status(EInvoiceStatus=state)
    assert refusal_of(Form.REPLACE, ORIGINAL, status=row) is replace
    assert refusal_of(Form.ADJUST, ORIGINAL, status=row) is adjust
    assert refusal_of(Form.ADJUST, ORIGINAL, cause=Cause.RETURN, status=row) is returned


def test_a_cash_register_invoice_with_an_error_is_replaced() -> None:
    """The law knows no adjustment of its errors; returned goods are another matter."""
    refused = correct(Form.ADJUST, CASH_REGISTER, note="Sai giá")
    assert isinstance(refused, CannotCorrect)
    assert refused.refusal is Refusal.CASH_REGISTER
    assert "thay thế" in refused.vi
    assert "Replace" in refused.en
    assert refusal_of(Form.REPLACE, CASH_REGISTER) is None
    assert refusal_of(Form.ADJUST, CASH_REGISTER, cause=Cause.RETURN) is None


@pytest.mark.parametrize(
    ("changed", "refusal"),
    (
        ({"PublishStatus": 0}, Refusal.NOT_PUBLISHED),
        ({"PublishStatus": None}, Refusal.NOT_PUBLISHED),
        ({"InvNo": ""}, Refusal.NOT_PUBLISHED),
        ({"InvNo": "68"}, Refusal.ANOTHER_INVOICE),
        ({"InvSeries": "1C26TBB"}, Refusal.ANOTHER_INVOICE),
        ({"TransactionID": "T2"}, Refusal.ANOTHER_INVOICE),
        ({"SendTaxStatus": 3}, Refusal.CODE_REFUSED),
        ({"SendTaxStatus": 0}, None),
        ({"InvSeries": "C26TAA"}, None),
    ),
)
def test_the_status_must_be_that_of_the_issued_original(changed: dict[str, object], refusal: Refusal | None) -> None:
    """MeInvoice does not check that the original exists, so this does."""
    assert refusal_of(Form.REPLACE, ORIGINAL, status=status(**changed)) is refusal


def test_a_series_without_code_is_never_refused_one() -> None:
    """There 3 means that the data were not accepted: the invoice exists and is corrected."""
    original = Original.of_series("1K26TAA", "67", DAY)
    assert refusal_of(Form.REPLACE, original, status=status(InvSeries="1K26TAA", SendTaxStatus=3)) is None


def test_an_old_invoice_has_no_status_here() -> None:
    """A status row never speaks of an invoice of Decree 51."""
    original = Original.of_decree_51("01GTKT0/001", "AA/20E", "0000123", DAY)
    assert refusal_of(Form.REPLACE, original, status=status()) is Refusal.ANOTHER_INVOICE


@pytest.mark.parametrize(
    ("original", "refusal"),
    (
        (Original.of_series("C26TAA", "67", DAY), Refusal.NO_SUCH_SERIES),
        (Original.of_series("1C__TAA", "67", DAY), Refusal.NO_SUCH_SERIES),
        (Original.of_series("", "67", DAY), Refusal.NO_SUCH_SERIES),
        (Original.of_series("1C26TAA", "0", DAY), Refusal.NO_SUCH_NUMBER),
        (Original.of_series("1C26TAA", "123456789", DAY), Refusal.NO_SUCH_NUMBER),
        (Original.of_series("1C26TAA", "chưa có", DAY), Refusal.NO_SUCH_NUMBER),
        (Original.of_decree_51("1", "AA/20E", "67", DAY), Refusal.NO_SUCH_SERIES),
        (Original.of_decree_51("01GTKT0/001", "C26TAA", "67", DAY), Refusal.NO_SUCH_SERIES),
    ),
)
def test_a_misspelled_original_is_named(original: Original, refusal: Refusal) -> None:
    """Nobody at MISA looks whether the original exists: a slip would be found by the tax authority."""
    assert correct(Form.REPLACE, original, note="Sai") == CannotCorrect(refusal)


def test_a_reason_is_required() -> None:
    """`InvoiceNote` is printed on the invoice."""
    assert correct(Form.REPLACE, ORIGINAL, note="  ") == CannotCorrect(Refusal.NO_REASON)


def test_every_refusal_says_cause_and_next_step() -> None:
    """In both languages; of an adjusted original that meInvoice may refuse another adjustment, too (§14)."""
    assert all("MISA" in text for text in TEXTS[Refusal.ADJUSTED])
    assert set(TEXTS) == set(Refusal)
    assert [refusal for refusal, texts in TEXTS.items() if any(text.count(". ") < 1 for text in texts)] == []


@given(st.sampled_from(Form), st.text(max_size=9), st.text(max_size=9), st.integers() | st.none(), st.text(max_size=3))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_expected_refusals_are_never_raised(form: Form, series: str, number: str, state: int | None, note: str) -> None:
    """Whatever the original looks like, the answer is fields or a reason."""
    original = Original.of_series(series, number, DAY)
    row = status(InvSeries=series, InvNo=number, EInvoiceStatus=state)
    assert isinstance(correct(form, original, note=note, status=row), CorrectionFields | CannotCorrect)
