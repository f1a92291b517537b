"""The limits that the document names, each with its remedy in two languages (meInvoice Open API §13.3, §14)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from meinvoice.parsing import text_of

MOST_INVOICES = 30
"""Invoices in one request (§14, `InvoiceQuantityTooLarge`)."""
MOST_IDS = 50
"""Lookup codes or RefIDs in one request (§8, §11, §12)."""
LINES_BELOW = 200
"""An invoice, and a request, has fewer lines than this (§14, `XMLTooLong`)."""


_EMAIL = re.compile(r"[^\s;,@]+@[^\s;,@]+")
DECREE_123 = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """A field that breaks a limit, with the limit and the remedy in Vietnamese and English; never its content."""

    field: str
    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A limit of one field; an absent or empty field keeps every limit."""

    field: str
    holds: Callable[[str], bool]
    vi: str
    en: str

    def of(self, invoice: Mapping[str, Any]) -> Problem | None:
        text = text_of(invoice.get(self.field))
        return Problem(self.field, self.vi, self.en) if text and not self.holds(text) else None


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text, re.ASCII) is not None


def is_email_list(text: str) -> bool:
    """Whether a text is one address, or several separated by `;` (§10, §13.3)."""
    return all(_EMAIL.fullmatch(part.strip()) for part in text.split(";"))


RULES = (
    Rule(
        "BuyerIDNumber",
        _matches(r"[0-9]{12}"),
        "Số định danh cá nhân gồm đúng 12 chữ số. Sửa lại hoặc bỏ trống.",
        "a personal id has exactly 12 digits. Correct it or leave it out.",
    ),
    Rule(
        "BuyerPassport",
        lambda text: len(text) <= 20,  # noqa: PLR2004 (the limit is the rule)
        "Số hộ chiếu dài tối đa 20 ký tự. Rút ngắn hoặc bỏ trống.",
        "a passport number has at most 20 characters. Shorten it or leave it out.",
    ),
    Rule(
        "BuyerBudgetCode",
        lambda text: len(text) == 7,  # noqa: PLR2004 (the limit is the rule)
        "Mã số đơn vị quan hệ ngân sách gồm đúng 7 ký tự. Sửa lại hoặc bỏ trống.",
        "a budget unit's code has exactly 7 characters. Correct it or leave it out.",
    ),
    Rule(
        "BuyerEmail",
        lambda text: _EMAIL.fullmatch(text) is not None,
        "Chỉ được một địa chỉ email người mua. Để các địa chỉ khác ở ReceiverEmail.",
        "one e-mail address only. Put more of them into ReceiverEmail.",
    ),
    Rule(
        "ReceiverEmail",
        is_email_list,
        "Các địa chỉ email nhận cách nhau bằng dấu chấm phẩy. Sửa lại danh sách.",
        "e-mail addresses are separated by a semicolon. Correct the list.",
    ),
    Rule(
        "OrgInvNo",
        _matches(r"[0-9]{1,8}"),
        "Số hóa đơn gốc gồm tối đa 8 chữ số. Lấy đúng số của hóa đơn gốc.",
        "the original's number has at most 8 digits. Take it from the original.",
    ),
)
RULES_OF_DECREE_123 = (
    Rule(
        "OrgInvTemplateNo",
        _matches(r"[1-9]"),
        "Mẫu số hóa đơn gốc theo NĐ 123 là ký tự đầu của ký hiệu. Ghi 1 nếu ký hiệu là 1C24MAA.",
        "under Decree 123 it is the first character of the original's series. Write 1 for 1C24MAA.",
    ),
    Rule(
        "OrgInvSeries",
        lambda text: len(text) == 6,  # noqa: PLR2004 (the limit is the rule)
        "Ký hiệu hóa đơn gốc theo NĐ 123 là 6 ký tự cuối. Ghi C24MAA nếu ký hiệu là 1C24MAA.",
        "under Decree 123 it is the last 6 characters of the original's series. Write C24MAA for 1C24MAA.",
    ),
)
NO_INVOICE = Problem(
    "InvoiceData",
    "Nội dung gửi không phải một hóa đơn JSON.",
    "it is not the JSON text of one InvoiceData. Make it with InvoiceData.to_json().",
)
NO_REF_ID = Problem("RefID", "Hóa đơn thiếu RefID. Đặt một UUID riêng cho nó.", "it is missing. Give it a UUID.")
SAME_REF_ID = Problem(
    "RefID",
    "Hai hóa đơn trong một lần gửi trùng RefID. Gửi mỗi hóa đơn một lần.",
    "two invoices of the request have the same RefID. Send each once.",
)
TOO_MANY_LINES = Problem(
    "OriginalInvoiceDetail",
    f"Hóa đơn phải có dưới {LINES_BELOW} dòng. Tách thành nhiều hóa đơn.",
    f"an invoice has fewer than {LINES_BELOW} lines. Split it.",
)
REQUEST_TOO_LONG = Problem(
    "InvoiceData",
    f"Một lần gửi phải có tổng cộng dưới {LINES_BELOW} dòng hàng. Gửi ít hóa đơn hơn mỗi lần.",
    f"all invoices of a request have fewer than {LINES_BELOW} lines together. Send fewer invoices at once.",
)
WRONG_COUNT = Problem(
    "InvoiceData",
    f"Một lần gửi có từ 1 đến {MOST_INVOICES} hóa đơn, RefID khác nhau. Chia thành nhiều lần gửi.",
    f"a request takes 1 to {MOST_INVOICES} invoices with different RefIDs. Send the others in further requests.",
)
NO_SERIES = Problem(
    "InvSeries",
    "Ký hiệu hóa đơn gồm 7 ký tự như 1C26TAA. Chép đúng ký hiệu của mẫu hóa đơn.",
    "a series has 7 characters, as 1C26TAA. Copy it from the template.",
)


def sort_order_of(line_number: int) -> Problem:
    """A trade discount or a note that has a `SortOrder` (§13.4)."""
    return Problem(
        f"OriginalInvoiceDetail[{line_number}].SortOrder",
        "Dòng chiết khấu thương mại và dòng ghi chú không có SortOrder. Bỏ trống.",
        "trade discounts and notes have none. Leave it out.",
    )
