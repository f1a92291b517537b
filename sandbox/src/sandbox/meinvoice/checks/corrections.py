"""What a replacing or adjusting invoice must say of its original (Open API §9)."""

import re
from collections.abc import Mapping
from datetime import date

from sandbox.meinvoice.checks.fields import check_date, read_date
from sandbox.meinvoice.checks.numbers import Fields, number
from sandbox.meinvoice.checks.refusal import RefusedError, invalid, missing

REPLACE, ADJUST = 1, 2
"""ReferenceType."""
_DECREE_123, _DECREE_51 = 1, 3
"""OrgInvoiceType."""
_REQUIRED = ("OrgInvoiceType", "OrgInvTemplateNo", "OrgInvSeries", "OrgInvNo", "OrgInvDate", "InvoiceNote")
_FORMS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "OrgInvTemplateNo": (re.compile(r"[1-9]"), "phải là ký tự đầu tiên của ký hiệu, ví dụ 1"),
    "OrgInvSeries": (re.compile(r"[CK]\d\d[A-Z][A-Z0-9]{2}"), "phải là 6 ký tự cuối của ký hiệu, ví dụ C26MAA"),
    "OrgInvNo": (re.compile(r"\d{1,8}"), "phải gồm tối đa 8 chữ số"),
}


def check_correction(invoice: Fields) -> None:
    """The original is named completely and consistently; only an adjustment's total may be negative.

    Of single lines no source says so: a negative one passes in any invoice.
    """
    kind = invoice.get("ReferenceType")
    if kind in (REPLACE, ADJUST):
        _check_original(invoice)
    elif kind not in (None, 0):
        raise invalid("ReferenceType", "chỉ nhận 1 (thay thế) hoặc 2 (điều chỉnh)")
    elif any(invoice.get(name) for name in _REQUIRED[:-1]):
        raise missing("ReferenceType")
    if kind != ADJUST and (number(invoice, "TotalAmountOC") or 0) < 0:
        raise invalid("TotalAmountOC", "chỉ hóa đơn điều chỉnh được âm")


def _check_original(invoice: Fields) -> None:
    for name in _REQUIRED:
        if invoice.get(name) in (None, ""):
            raise missing(name)
    if invoice["OrgInvoiceType"] not in (_DECREE_123, _DECREE_51):
        raise invalid("OrgInvoiceType", "chỉ nhận 1 (NĐ 123) hoặc 3 (NĐ 51)")
    if invoice["OrgInvoiceType"] == _DECREE_123:
        for name, (form, why) in _FORMS.items():
            if not isinstance(invoice[name], str) or not form.fullmatch(invoice[name]):
                raise invalid(name, why)
    if read_date(invoice, "OrgInvDate") > check_date(invoice):
        raise invalid("OrgInvDate", "sau ngày của hóa đơn thay thế/điều chỉnh")


def rate_date(invoice: Fields) -> date:
    """The day whose VAT rates count: the original's for a correction, else the invoice's own."""
    return (
        read_date(invoice, "OrgInvDate") if invoice.get("ReferenceType") in (REPLACE, ADJUST) else check_date(invoice)
    )


_REDUCED_FROM, _REDUCED_TO = date(2025, 7, 1), date(2026, 12, 31)


def check_reduced_rate(invoice: Fields, lines: list[Mapping[str, object]]) -> None:
    """8 % is the reduced rate of 1 July 2025 to 31 December 2026 (Resolution 204/2025/QH15)."""
    if not any(line.get("VATRateName") == "8%" for line in lines):
        return
    day = rate_date(invoice)
    if not _REDUCED_FROM <= day <= _REDUCED_TO:
        raise RefusedError("TaxReductionDateInValid", f"Ngày hóa đơn {day} không nằm trong thời gian giảm thuế")
