"""What every invoice must say (Open API §13.3), apart from sums."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sandbox.meinvoice.checks.numbers import Fields, decimals, digits_of, number
from sandbox.meinvoice.checks.refusal import RefusedError, invalid, missing

TOTALS = ("TotalSaleAmount", "TotalDiscountAmount", "TotalAmountWithoutVAT", "TotalVATAmount", "TotalAmount")
_LENGTHS = {
    "BuyerLegalName": 400,
    "BuyerAddress": 400,
    "BuyerFullName": 100,
    "BuyerPassport": 20,
    "BuyerCode": 50,
    "BuyerPhoneNumber": 20,
    "BuyerEmail": 50,
    "BuyerBankAccount": 30,
    "BuyerBankName": 400,
    "PaymentMethodName": 50,
    "TotalAmountInWords": 255,
    "InvoiceNote": 255,
}
"""Characters; the passport's by Open API §13.3, the others by the tax authority's XML schema (Decision 1450)."""
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LEGAL_CODE = re.compile(r"[A-Z]{3}")


def check_reference(invoice: Fields) -> str:
    """The RefID, which must be a GUID written in the one usual form (8-4-4-4-12 digits): duplicates go by its text."""
    value = invoice.get("RefID")
    if not isinstance(value, str) or not value:
        raise missing("RefID")
    if not _GUID.fullmatch(value):
        raise invalid("RefID", "không phải GUID")
    return value


def read_date(invoice: Fields, name: str) -> date:
    """A field as a day, written yyyy-MM-dd."""
    value = invoice.get(name)
    if not value:
        raise missing(name)
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise invalid(name, "định dạng phải là yyyy-MM-dd")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise invalid(name, "ngày không tồn tại") from error


def check_date(invoice: Fields) -> date:
    """InvDate as a day."""
    return read_date(invoice, "InvDate")


def check_fields(invoice: Fields) -> None:
    """Currency, totals present in both sets, words, lengths.

    Both sets of totals are needed: without the converted ones MISA answers `Invalid_[Invoice.TotalSaleAmount]`.
    """
    _check_currency(invoice)
    _check_digits(invoice)
    _check_totals_present(invoice)
    words = invoice.get("TotalAmountInWords")
    if not isinstance(words, str) or not words.strip():
        raise missing("TotalAmountInWords")
    for name, length in _LENGTHS.items():
        if len(str(invoice.get(name) or "")) > length:
            raise invalid(name, f"dài quá {length} ký tự")


def _check_currency(invoice: Fields) -> None:
    currency = invoice.get("CurrencyCode") or "VND"
    if not isinstance(currency, str) or not _LEGAL_CODE.fullmatch(currency):
        raise invalid("CurrencyCode", "không phải mã tiền tệ")
    rate = number(invoice, "ExchangeRate")
    if invoice.get("ExchangeRate") is not None and (rate is None or rate <= 0):
        raise invalid("ExchangeRate", "tỷ giá phải lớn hơn 0")
    if currency == "VND" and rate not in {None, Decimal(1)}:
        raise invalid("ExchangeRate", "tỷ giá của VND là 1")


def _check_digits(invoice: Fields) -> None:
    """OptionUserDefined (§13.9): numbers of decimals as text, and the invoice's own currency."""
    options = invoice.get("OptionUserDefined")
    if options is None:
        return
    if not isinstance(options, Mapping):
        raise invalid("OptionUserDefined", "phải là một đối tượng")
    for name, value in options.items():
        if name.endswith("DecimalDigits") and value is not None and not re.fullmatch(r"\d", str(value)):
            raise invalid("OptionUserDefined", f"{name} phải là số chữ số thập phân, từ 0 đến 9")
    if options.get("MainCurrency") not in (None, "", invoice.get("CurrencyCode") or "VND"):
        raise invalid("OptionUserDefined", "MainCurrency khác CurrencyCode")


def _check_totals_present(invoice: Fields) -> None:
    digits = digits_of(invoice)
    for stem in TOTALS:
        for name, allowed in ((stem, digits.amount), (f"{stem}OC", digits.amount_oc)):
            value = number(invoice, name)
            if value is None:
                raise invalid(name, "thiếu hoặc không phải là số")
            if decimals(value) > allowed:
                raise invalid(name, f"quá {allowed} chữ số thập phân")


def check_not_in_future(day: date, today: date) -> None:
    """InvDate is not after today in Vietnam."""
    if day > today:
        raise RefusedError("InvalidInvoiceDate", f"Ngày hóa đơn {day} lớn hơn ngày hiện tại {today}")
