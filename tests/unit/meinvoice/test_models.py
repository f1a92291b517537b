"""The vendor's objects: exact numbers, exact names, what is missing."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from meinvoice.models import (
    ClockInfo,
    FeeInfo,
    InvoiceData,
    InvoiceStatus,
    OptionUserDefined,
    OriginalInvoiceDetail,
    SeriesKind,
)
from pydantic import ValidationError

DATA = Path(__file__).parents[2] / "data" / "meinvoice"
INVOICE = (DATA / "invoice.json").read_text()
SEND_DATE = {"InvSeries": "1C26TAA", "InvDate": date(2026, 10, 2)}


def sample(**changed: Any) -> InvoiceData:
    """The sample invoice with some fields changed."""
    return InvoiceData.model_validate(InvoiceData.from_json(INVOICE).model_dump() | changed)


def test_text_is_exact_and_stable() -> None:
    """Reading an invoice's text and writing it again gives the same text, numbers untouched."""
    text = sample(**SEND_DATE).to_json()
    assert InvoiceData.from_json(text).to_json() == text
    assert '"UnitPrice":500000.1234' in text
    assert '"InvDate":"2026-10-02"' in text
    assert "Áo sơ mi" in text
    assert "null" not in text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15))
def test_numbers_are_written_without_exponent(value: Decimal) -> None:
    """Any amount is written as plain digits of the same value."""
    text = FeeInfo(FeeName="x", FeeAmountOC=value).to_json()
    written = text.removeprefix('{"FeeName":"x","FeeAmountOC":').removesuffix("}")
    assert "e" not in written.lower()
    assert Decimal(written) == value


@pytest.mark.parametrize("value", (1.5, True, "NaN", Decimal("Infinity"), Decimal("1E+400")))
def test_what_is_no_exact_number_is_refused(value: object) -> None:
    """Floats, flags, infinities and absurd sizes never become an amount."""
    with pytest.raises(ValidationError):
        FeeInfo.model_validate({"FeeName": "x", "FeeAmountOC": value})


def test_unchecked_values_make_the_same_object() -> None:
    """What was computed in the right kinds may be put together without being checked, and is written the same."""
    checked = sample(**SEND_DATE)
    made = InvoiceData.unchecked(**{name: getattr(checked, name) for name in checked.model_fields_set})
    assert made == checked
    assert made.to_json() == checked.to_json()
    assert made.model_copy(update={"InvDate": None}) == sample(InvSeries="1C26TAA")
    assert InvoiceData.unchecked(RefID=checked.RefID).BuyerTaxCode is None


def test_refusal_never_repeats_personal_data() -> None:
    """The error of a bad field names the field, not its content."""
    with pytest.raises(ValidationError) as caught:
        sample(BuyerIDNumber="0123456789XX")
    assert "BuyerIDNumber" in str(caught.value)
    assert "0123456789XX" not in str(caught.value)


@pytest.mark.parametrize(
    "changed",
    (
        {"BuyerIDNumber": "123"},
        {"BuyerPassport": "x" * 21},
        {"BuyerBudgetCode": "123456"},
        {"BuyerEmail": "a@b.vn;c@d.vn"},
        {"OriginalInvoiceDetail": []},
        {"NotAField": 1},
    ),
)
def test_documented_limits_hold(changed: dict[str, Any]) -> None:
    """Lengths and formats that the document states are enforced, and unknown names refused."""
    with pytest.raises(ValidationError):
        sample(**changed)


def test_date_and_series_are_named_until_set() -> None:
    """An invoice without series and date can be made, and says that they are missing."""
    assert sample().check_sendable() == ("InvSeries", "InvDate")
    assert sample(**SEND_DATE).check_sendable() == ()


def test_missing_fields_of_lines_and_buyer_are_named() -> None:
    """What the document requires is named with its line."""
    line = OriginalInvoiceDetail(ItemType=1, LineNumber=3, ItemName="Áo")
    missing = sample(**SEND_DATE, OriginalInvoiceDetail=[line], BuyerBudgetCode="1234567").check_sendable()
    assert "BuyerLegalName" in missing
    assert "OriginalInvoiceDetail[3].SortOrder" in missing
    assert "OriginalInvoiceDetail[3].VATRateName" in missing


def test_notes_and_sales_invoices_ask_for_less() -> None:
    """A note line needs no amounts; a sales series (2) needs no VAT fields."""
    note = OriginalInvoiceDetail(ItemType=4, LineNumber=2, ItemName="Ghi chú")
    assert note.missing(with_vat=True) == ()
    sold = (
        InvoiceData.from_json(INVOICE)
        .OriginalInvoiceDetail[0]
        .model_copy(update={"VATRateName": None, "VATAmountOC": None, "VATAmount": None})
    )
    body = sample(**SEND_DATE | {"InvSeries": "2C26TAA"}, OriginalInvoiceDetail=[sold, note], TaxRateInfo=None)
    assert body.check_sendable() == ()


def test_correction_names_what_it_lacks() -> None:
    """A replacing invoice must say which invoice it replaces and why."""
    missing = sample(**SEND_DATE, ReferenceType=1, OrgInvNo="00000001").check_sendable()
    assert missing == ("OrgInvoiceType", "OrgInvTemplateNo", "OrgInvSeries", "OrgInvDate", "InvoiceNote")


@pytest.mark.parametrize(
    ("changed", "missing"),
    (
        ({"OrgInvNo": "00000001"}, "ReferenceType"),
        ({"OrgInvoiceType": 1}, "ReferenceType"),
        ({"ReferenceType": 2, "InvoiceNote": " "}, "InvoiceNote"),
        ({"ReferenceType": 2, "OrgInvNo": ""}, "OrgInvNo"),
    ),
)
def test_half_a_correction_is_none(changed: dict[str, Any], missing: str) -> None:
    """Without its kind it would be published as an ordinary invoice; a blank reason is no reason."""
    assert missing in sample(**SEND_DATE, **changed).check_sendable()


def test_a_ticket_has_the_vat_fields_of_an_invoice() -> None:
    """§13.4 requires them of every line; totals by rate are asked of VAT invoices alone."""
    sold = InvoiceData.from_json(INVOICE).OriginalInvoiceDetail[0].model_copy(update={"VATAmount": None})
    ticket = sample(**SEND_DATE | {"InvSeries": "5C26TVE"}, OriginalInvoiceDetail=[sold], TaxRateInfo=None)
    assert ticket.check_sendable() == ("OriginalInvoiceDetail[1].VATAmount",)


def test_decimals_that_nobody_set_are_not_sent() -> None:
    """§13.9 names no defaults: to set the unit price's must not tell the vendor that quantities are whole."""
    assert OptionUserDefined(UnitPriceOCDecimalDigits="4").to_json() == '{"UnitPriceOCDecimalDigits":"4"}'


def test_times_are_told_in_vietnam() -> None:
    """An aware time of a special trade is written as Vietnam's clock shows it."""
    text = sample(CheckIn=datetime(2026, 1, 1, 20, 0, tzinfo=UTC)).to_json()
    assert '"CheckIn":"2026-01-02T03:00:00"' in text


def test_meters_are_sent_as_a_list() -> None:
    """A utility invoice carries its meters."""
    text = sample(ClockInfos=[ClockInfo(ClockOrder=1, LastIndex=Decimal("12.50"))]).to_json()
    assert '"ClockInfos":[{"ClockOrder":1,"LastIndex":12.50}]' in text


def test_received_rows_are_read_in_any_case() -> None:
    """Keys in any case, numbers as texts, a number that lost its zeros: all read."""
    row = InvoiceStatus.model_validate({"refid": "A", "INVNO": 67, "sendtaxstatus": "2", "InvoiceCode": None})
    assert (row.RefID, row.InvNo, row.SendTaxStatus, row.InvoiceCode) == ("A", "00000067", 2, None)


@pytest.mark.parametrize(
    ("series", "with_code", "machine", "ticket"),
    (
        ("1C26TAA", True, False, False),
        ("1K26TAA", False, False, False),
        ("2C26MAB", True, True, False),
        ("5K26TVE", False, False, True),
        ("1C__MAA", True, True, False),
    ),
)
def test_a_series_tells_its_flags(series: str, with_code: bool, machine: bool, ticket: bool) -> None:
    """The second character says with or without code, the fifth the cash register, the first a ticket."""
    kind = SeriesKind.of(series)
    assert (kind.invoice_with_code, kind.calculating_machine, kind.ticket) == (with_code, machine, ticket)


@pytest.mark.parametrize("series", ("", "C26TAA", "1c26TAA", "1X26TAA", "1C26TAAA", "1C26TA"))
def test_what_is_no_series_is_refused(series: str) -> None:
    """A wrong flag finds nothing and is no error, so a wrong series must be one."""
    with pytest.raises(ValueError, match="no series"):
        SeriesKind.of(series)
