"""Every error code has a class and says what to do next."""

import json

import pytest
from meinvoice.error_texts import CODES, ErrorClass
from meinvoice.errors import ErrorMeaning, classify
from support.recorded_vendor import DATA

RECORDED = json.loads((DATA / "error_codes.json").read_text())
DOCUMENTED: dict[str, str] = RECORDED["codes"] | RECORDED["observed"]


def faults_of(code: str, error_class: str, meaning: ErrorMeaning) -> list[str]:
    """What is wrong with how a documented code is understood."""
    texts = {"vi": meaning.vi, "en": meaning.en}
    return [
        *([] if meaning.known else [f"{code} is not known"]),
        *([] if meaning.error_class.value == error_class else [f"{code} is {meaning.error_class.value}"]),
        *(f"{code} has no cause and next step in {name}" for name, text in texts.items() if not is_advice(text)),
    ]


def is_advice(text: str) -> bool:
    """Whether a text has a sentence for the cause and one for the next step."""
    sentences = [sentence for sentence in text.split(". ") if sentence.strip()]
    return len(sentences) > 1 and text.endswith(".") and all(len(one) > 1 for one in sentences)


@pytest.mark.parametrize("code", DOCUMENTED)
def test_every_documented_code_is_known(code: str) -> None:
    """Class, Vietnamese and English: in the document's spelling, with a field for its placeholder, in any case."""
    named = code.replace("{0}", "ItemName").replace("{1}", "StockInAddress")
    for spelled in (code, named, named.upper(), named.lower(), f"  {named}\n"):
        assert faults_of(code, DOCUMENTED[code], classify(spelled)) == []


def test_a_code_that_is_missing_or_badly_told_is_found() -> None:
    """The walk above fails for what it is there for."""
    assert faults_of("BrandNew", "order-fault", classify("BrandNew")) == [
        "BrandNew is not known",
        "BrandNew is unknown-outcome",
    ]
    silent = ErrorMeaning("X", ErrorClass.ORDER_FAULT, "Lỗi.", "Wrong")
    assert len(faults_of("X", "order-fault", silent)) == 2


def test_nothing_is_known_that_nobody_told() -> None:
    """Every code of ours stands in the document, was observed, or is made from an HTTP status."""
    assert set(CODES) - set(DOCUMENTED) == {"TooManyRequests"}


@pytest.mark.parametrize(
    ("code", "field"),
    (
        ("InvoiceDetail_ItemName", "ItemName"),
        ("RequireError_BuyerAddress", "BuyerAddress"),
        ("RequireInfo_InvDate", "InvDate"),
        ("Invalid_[Invoice.TotalSaleAmount]", "TotalSaleAmount"),
        ("StockInTaxCode_NotInfo_2_StockInAddress", "StockInAddress"),
        ("StockInTaxCode_NotInfo", "StockInLegalName"),
    ),
)
def test_codes_with_a_field_name_it(code: str, field: str) -> None:
    """A code that carries a field's name is that order's fault and names the field in both languages."""
    meaning = classify(code)
    assert (meaning.error_class, meaning.field) == (ErrorClass.ORDER_FAULT, field)
    assert field in meaning.vi
    assert field in meaning.en


@pytest.mark.parametrize(
    "code", ("InvoiceNumberNotCotinuous", "InvoiceNumberNotContinuous", " invoicenumbernotcotinuous ")
)
def test_both_spellings_are_a_number_race(code: str) -> None:
    """MISA misspells the code; the right spelling and other cases count too."""
    assert classify(code).error_class == ErrorClass.NUMBER_RACE


def test_every_fault_of_the_licence_is_the_accounts() -> None:
    """`LicenseInfo_…` would meet each invoice alike, also where the document does not list what follows."""
    for code in ("LicenseInfo_Locked", "licenseinfo_x"):
        meaning = classify(code)
        assert (meaning.known, meaning.error_class) == (True, ErrorClass.ACCOUNT_FAULT)
        assert faults_of(code, "account-fault", meaning) == []
        assert code in meaning.vi
        assert code in meaning.en


def test_an_adjusted_original_can_be_neither_adjusted_nor_replaced() -> None:
    """§14 says so of `HasAdjustmentInvoice`: no sentence may send a person on to another adjustment."""
    meaning = classify("HasAdjustmentInvoice")
    assert "không điều chỉnh hay thay thế được nữa" in meaning.vi
    assert "neither adjusted nor replaced" in meaning.en


def test_an_unknown_code_is_an_unknown_outcome() -> None:
    """A code nobody knows is never read as a refusal."""
    meaning = classify("BrandNew")
    assert (meaning.known, meaning.error_class) == (False, ErrorClass.UNKNOWN_OUTCOME)
    assert "BrandNew" in meaning.vi
