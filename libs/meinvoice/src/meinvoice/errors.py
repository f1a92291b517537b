"""From an error code to what it means and asks for (meInvoice Open API §14)."""

import re
from dataclasses import dataclass

from meinvoice.error_texts import CODES, ErrorClass

TOKEN_CODES = frozenset({"unauthorize", "tokenexpiredcode", "invalidtokencode"})
"""Codes, in lower case, that a new token may cure."""

LOGIN_CODES = frozenset({"misaiderror", "taxcodenotexist", "usernotexist"})
"""Sub-codes of `UnAuthorize`, in lower case, that no new token cures: the login itself is wrong."""


@dataclass(frozen=True, slots=True)
class ErrorMeaning:
    """An error code understood: what it asks for, and cause with next step in Vietnamese and English.

    `field` is the vendor's field that the code names, if it names one. `known` is False for a code that is in no
    table: its outcome then counts as unknown, never as a refusal.
    """

    code: str
    error_class: ErrorClass
    vi: str
    en: str
    field: str | None = None
    known: bool = True


_BY_LOWER_CODE = {code.lower(): (code, *row) for code, row in CODES.items()}

_FIELD_PATTERNS = (
    re.compile(r"^InvoiceDetail_(?P<field>.+)$", re.IGNORECASE),
    re.compile(r"^RequireError_(?P<field>.+)$", re.IGNORECASE),
    re.compile(r"^RequireInfo_(?P<field>.+)$", re.IGNORECASE),
    re.compile(r"^Invalid_\[(?:Invoice\.)?(?P<field>.+)\]$", re.IGNORECASE),
)
_STOCK_PATTERN = re.compile(r"^StockInTaxCode_NotInfo(?:_(?P<kind>[^_]*)_(?P<field>.+))?", re.IGNORECASE)


def classify(code: str) -> ErrorMeaning:
    """Say what an error code means (meInvoice Open API §14); letter case and surrounding blanks do not matter."""
    text = code.strip()
    row = _BY_LOWER_CODE.get(text.lower())
    if row is not None:
        return ErrorMeaning(*row)
    return _named_field(text) or _stock(text) or _refused_login(text) or _licence(text) or _unknown(text)


def _named_field(code: str) -> ErrorMeaning | None:
    for pattern in _FIELD_PATTERNS:
        match = pattern.match(code)
        if match:
            field = match["field"]
            return ErrorMeaning(
                code,
                ErrorClass.ORDER_FAULT,
                f"Trường {field} thiếu, sai hoặc quá dài. Sửa thông tin này rồi phát hành lại.",
                f"Field {field} is missing, not valid or too long. Correct it and issue again.",
                field,
            )
    return None


def _stock(code: str) -> ErrorMeaning | None:
    match = _STOCK_PATTERN.match(code)
    if match is None:
        return None
    field = match["field"] or "StockInLegalName"
    return ErrorMeaning(
        code,
        ErrorClass.ORDER_FAULT,
        f"Có mã số thuế bên nhận hàng nhưng thiếu {field}. Bổ sung rồi phát hành lại.",
        f"The receiver's tax code is given but {field} is missing. Add it and issue again.",
        field,
    )


def _refused_login(code: str) -> ErrorMeaning | None:
    if not code.lower().startswith("unauthorize"):
        return None
    _, error_class, vi, en = _BY_LOWER_CODE["unauthorize"]
    return ErrorMeaning(code, error_class, vi, en)


def _licence(code: str) -> ErrorMeaning | None:
    """`LicenseInfo_…`: of the three that §14 lists each says the same of every invoice, and so do further ones."""
    if not code.lower().startswith("licenseinfo_"):
        return None
    return ErrorMeaning(
        code,
        ErrorClass.ACCOUNT_FAULT,
        f"Gói hóa đơn không dùng được ({code}). Liên hệ MISA rồi chạy tiếp.",
        f"The invoice package cannot be used ({code}). Contact MISA, then resume.",
    )


def _unknown(code: str) -> ErrorMeaning:
    name = code or "?"
    return ErrorMeaning(
        name,
        ErrorClass.UNKNOWN_OUTCOME,
        f"meInvoice trả mã lỗi lạ {name}. Hệ thống tra cứu hóa đơn; hãy hỏi MISA ý nghĩa của mã này.",
        f"meInvoice answered with a code we do not know, {name}. The invoice is looked up; ask MISA what it means.",
        known=False,
    )
