"""Every error code has a class and says what to do next."""

import json
from pathlib import Path

import pytest
from meinvoice.error_texts import CODES, ErrorClass
from meinvoice.errors import classify

CODE_LIST = Path(__file__).parents[2] / "data" / "meinvoice" / "error_codes.json"


@pytest.mark.parametrize("code", json.loads(CODE_LIST.read_text())["codes"])
def test_every_documented_code_is_known(code: str) -> None:
    """No code of §14 falls through to the unknown ones; placeholders stand for a field."""
    meaning = classify(code.replace("{0}", "ItemName").replace("{1}", "StockInAddress"))
    assert meaning.known
    assert meaning.vi.endswith(".")
    assert meaning.en.endswith(".")


@pytest.mark.parametrize(
    "code",
    ("MisaIdError", "TaxCodeNotExist", "UserNotExist", "APINotSupportTypeInvoice", "InvoicePublishNotExist"),
)
def test_observed_codes_are_account_faults(code: str) -> None:
    """Codes that integrators met beside the document stop the account, not each order."""
    assert classify(code).error_class == ErrorClass.ACCOUNT_FAULT


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


def test_an_unknown_code_is_an_unknown_outcome() -> None:
    """A code nobody knows is never read as a refusal."""
    meaning = classify("BrandNew")
    assert (meaning.known, meaning.error_class) == (False, ErrorClass.UNKNOWN_OUTCOME)
    assert "BrandNew" in meaning.vi


def test_sentences_say_cause_and_next_step() -> None:
    """Each text holds at least two sentences."""
    assert [code for code, (_, vi, en) in CODES.items() if vi.count(". ") < 1 or en.count(". ") < 1] == []
