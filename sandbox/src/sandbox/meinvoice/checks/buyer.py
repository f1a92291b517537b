"""What the buyer's fields must look like (Open API §13.3; MISA's validation page for tax codes)."""

import re

from sandbox.meinvoice.checks.emails import is_address
from sandbox.meinvoice.checks.numbers import Fields
from sandbox.meinvoice.checks.refusal import RefusedError, invalid, missing

_TAX_CODE = re.compile(r"(\d{10})(?:-(\d{3}))?")
_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def is_tax_code(text: str) -> bool:
    """Whether it is a tax code of 10 digits, or 10-3, whose tenth digit is the right check digit."""
    found = _TAX_CODE.fullmatch(text)
    if found is None or found.group(2) == "000":
        return False
    digits = [int(digit) for digit in found.group(1)]
    return 10 - sum(w * d for w, d in zip(_WEIGHTS, digits[:9], strict=True)) % 11 == digits[9]


def check_buyer(invoice: Fields) -> None:
    """Tax code with name and address, 12-digit personal id, 7-character budget code, one e-mail."""
    tax_code = str(invoice.get("BuyerTaxCode") or "")
    if tax_code:
        if not is_tax_code(tax_code):
            raise RefusedError("InvalidTaxCode", f"Mã số thuế người mua không hợp lệ: {tax_code}")
        _need_name_and_address(invoice)
    budget_code = str(invoice.get("BuyerBudgetCode") or "")
    if budget_code:
        if len(budget_code) != 7:  # noqa: PLR2004  # Open API §13.3: 7 characters
            raise invalid("BuyerBudgetCode", "phải gồm 7 ký tự")
        _need_name_and_address(invoice)
    personal_id = str(invoice.get("BuyerIDNumber") or "")
    if personal_id and not re.fullmatch(r"\d{12}", personal_id):
        raise invalid("BuyerIDNumber", "phải gồm 12 chữ số")
    email = str(invoice.get("BuyerEmail") or "")
    if email and not is_address(email):
        raise invalid("BuyerEmail", "chỉ được phép 1 email")


def _need_name_and_address(invoice: Fields) -> None:
    for name in ("BuyerLegalName", "BuyerAddress"):
        if not str(invoice.get(name) or "").strip():
            raise missing(name)
