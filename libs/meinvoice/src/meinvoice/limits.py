"""Limits of meInvoice, looked at before anything is sent (meInvoice Open API §1.6, §8, §11, §13.3, §14)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from meinvoice.models import InvoiceData
from meinvoice.parsing import load, text_of

MOST_INVOICES = 30
"""Invoices in one request (§14, `InvoiceQuantityTooLarge`)."""
MOST_IDS = 50
"""Lookup codes or RefIDs in one request (§8, §11, §12)."""
LINES_BELOW = 200
"""An invoice, and a request, has fewer lines than this (§14, `XMLTooLong`)."""

_EMAIL = re.compile(r"[^\s;,@]+@[^\s;,@]+")
_DECREE_123 = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """A field that breaks a limit, with the limit and the remedy in Vietnamese and English; never its content."""

    field: str
    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What keeps a request from being sent: as a whole, and per invoice in the order they were given."""

    request: tuple[Problem, ...]
    invoices: tuple[tuple[Problem, ...], ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All of them."""
        return (*self.request, *(problem for one in self.invoices for problem in one))


class LimitError(ValueError):
    """Nothing was sent: the request breaks a limit. `check_invoices` tells the same without raising."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Name every field with its limit and remedy."""
        super().__init__("; ".join(f"{problem.field}: {problem.en}" for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class _Rule:
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


_RULES = (
    _Rule(
        "BuyerIDNumber",
        _matches(r"[0-9]{12}"),
        "Số định danh cá nhân gồm đúng 12 chữ số. Sửa lại hoặc bỏ trống.",
        "a personal id has exactly 12 digits. Correct it or leave it out.",
    ),
    _Rule(
        "BuyerPassport",
        lambda text: len(text) <= 20,  # noqa: PLR2004 (the limit is the rule)
        "Số hộ chiếu dài tối đa 20 ký tự. Rút ngắn hoặc bỏ trống.",
        "a passport number has at most 20 characters. Shorten it or leave it out.",
    ),
    _Rule(
        "BuyerBudgetCode",
        lambda text: len(text) == 7,  # noqa: PLR2004 (the limit is the rule)
        "Mã số đơn vị quan hệ ngân sách gồm đúng 7 ký tự. Sửa lại hoặc bỏ trống.",
        "a budget unit's code has exactly 7 characters. Correct it or leave it out.",
    ),
    _Rule(
        "BuyerEmail",
        lambda text: _EMAIL.fullmatch(text) is not None,
        "Chỉ được một địa chỉ email người mua. Để các địa chỉ khác ở ReceiverEmail.",
        "one e-mail address only. Put more of them into ReceiverEmail.",
    ),
    _Rule(
        "ReceiverEmail",
        is_email_list,
        "Các địa chỉ email nhận phải hợp lệ và cách nhau bằng dấu chấm phẩy.",
        "e-mail addresses are separated by a semicolon. Correct the list.",
    ),
    _Rule(
        "OrgInvNo",
        _matches(r"[0-9]{1,8}"),
        "Số hóa đơn gốc gồm tối đa 8 chữ số. Lấy đúng số của hóa đơn gốc.",
        "the original's number has at most 8 digits. Take it from the original.",
    ),
)
_RULES_OF_DECREE_123 = (
    _Rule(
        "OrgInvTemplateNo",
        _matches(r"[1-9]"),
        "Mẫu số hóa đơn gốc theo NĐ 123 là ký tự đầu của ký hiệu, ví dụ 1.",
        "under Decree 123 it is the first character of the original's series, as 1 of 1C24MAA.",
    ),
    _Rule(
        "OrgInvSeries",
        lambda text: len(text) == 6,  # noqa: PLR2004 (the limit is the rule)
        "Ký hiệu hóa đơn gốc theo NĐ 123 là 6 ký tự cuối, ví dụ C24MAA.",
        "under Decree 123 it is the last 6 characters of the original's series, as C24MAA of 1C24MAA.",
    ),
)
_NO_INVOICE = Problem(
    "InvoiceData",
    "Nội dung gửi không phải một hóa đơn JSON.",
    "it is not the JSON text of one InvoiceData. Make it with InvoiceData.to_json().",
)
_NO_REF_ID = Problem("RefID", "Hóa đơn thiếu RefID. Đặt một UUID riêng cho nó.", "it is missing. Give it a UUID.")
_SAME_REF_ID = Problem(
    "RefID",
    "Hai hóa đơn trong một lần gửi trùng RefID. Gửi mỗi hóa đơn một lần.",
    "two invoices of the request have the same RefID. Send each once.",
)
_TOO_MANY_LINES = Problem(
    "OriginalInvoiceDetail",
    f"Hóa đơn phải có dưới {LINES_BELOW} dòng. Tách thành nhiều hóa đơn.",
    f"an invoice has fewer than {LINES_BELOW} lines. Split it.",
)
_REQUEST_TOO_LONG = Problem(
    "InvoiceData",
    f"Một lần gửi phải có tổng cộng dưới {LINES_BELOW} dòng hàng. Gửi ít hóa đơn hơn mỗi lần.",
    f"all invoices of a request have fewer than {LINES_BELOW} lines together. Send fewer invoices at once.",
)
_WRONG_COUNT = Problem(
    "InvoiceData",
    f"Một lần gửi có từ 1 đến {MOST_INVOICES} hóa đơn, RefID khác nhau. Chia thành nhiều lần gửi.",
    f"a request takes 1 to {MOST_INVOICES} invoices with different RefIDs. Send the others in further requests.",
)


def lines_of(invoice: Mapping[str, Any]) -> int:
    """How many lines an invoice has."""
    lines = invoice.get("OriginalInvoiceDetail")
    return len(lines) if isinstance(lines, Sequence) and not isinstance(lines, str) else 0


def limits_of(invoice: object) -> tuple[Problem, ...]:
    """Limits that one invoice, already read from its JSON, breaks; cheap enough to ask before every request."""
    if not isinstance(invoice, Mapping):
        return (_NO_INVOICE,)
    named = () if text_of(invoice.get("RefID")) else (_NO_REF_ID,)
    old = text_of(invoice.get("OrgInvoiceType")) not in ("", str(_DECREE_123))
    rules = _RULES if old else (*_RULES, *_RULES_OF_DECREE_123)
    broken = tuple(problem for rule in rules if (problem := rule.of(invoice)))
    lines = (_TOO_MANY_LINES,) if lines_of(invoice) >= LINES_BELOW else ()
    return (*named, *broken, *_missing_of_budget_unit(invoice), *lines)


def _missing_of_budget_unit(invoice: Mapping[str, Any]) -> tuple[Problem, ...]:
    if not text_of(invoice.get("BuyerBudgetCode")):
        return ()
    return tuple(
        Problem(
            name,
            f"Có mã đơn vị quan hệ ngân sách thì phải có {name}. Bổ sung rồi phát hành lại.",
            "it is required beside BuyerBudgetCode. Add it.",
        )
        for name in ("BuyerLegalName", "BuyerAddress")
        if not text_of(invoice.get(name))
    )


def check_request(invoices: Sequence[object]) -> Checked:
    """Limits that a publish request of these invoices, already read from their JSON, breaks."""
    ref_ids = [text_of(one.get("RefID")).lower() for one in invoices if isinstance(one, Mapping)]
    lines = sum(lines_of(one) for one in invoices if isinstance(one, Mapping))
    whole = (
        *(() if 0 < len(invoices) <= MOST_INVOICES else (_WRONG_COUNT,)),
        *(() if len(set(ref_ids)) == len(ref_ids) else (_SAME_REF_ID,)),
        *(() if lines < LINES_BELOW else (_REQUEST_TOO_LONG,)),
    )
    return Checked(whole, tuple(map(limits_of, invoices)))


def check_invoices(invoices: Sequence[str]) -> Checked:
    """What would keep `publish` from sending these invoices (JSON texts), per invoice; it never raises."""
    return check_request([load(invoice) for invoice in invoices])


def check_invoice(invoice: str) -> tuple[Problem, ...]:
    """Everything that is wrong with one invoice's JSON text as far as the document says, without sending it.

    Beside the limits of `publish`: unknown fields, wrong types and what is required and missing (§13.3, §13.4).
    """
    found = limits_of(load(invoice))
    named = {problem.field for problem in found}
    return (*found, *(problem for problem in _of_model(invoice) if problem.field not in named))


def _of_model(invoice: str) -> tuple[Problem, ...]:
    try:
        missing = InvoiceData.from_json(invoice).check_sendable()
    except ValidationError as error:
        return tuple(_not_valid(".".join(map(str, one["loc"])), one["msg"]) for one in error.errors())
    except ValueError:
        return (_NO_INVOICE,)
    return tuple(
        Problem(name, f"Thiếu {name}. Bổ sung rồi phát hành lại.", "it is required and missing. Add it.")
        for name in missing
    )


def _not_valid(field: str, message: str) -> Problem:
    return Problem(field, f"Trường {field} thiếu hoặc không hợp lệ. Sửa rồi phát hành lại.", f"{message}. Correct it.")


def guard_ids(ids: Sequence[str], field: str) -> None:
    """Let 1 to 50 ids pass.

    Raises:
        LimitError: None, more than 50, or an empty one.

    """
    if 0 < len(ids) <= MOST_IDS and all(one.strip() for one in ids):
        return
    vi = f"Mỗi lần gửi từ 1 đến {MOST_IDS} mã, không mã nào trống. Chia thành nhiều lần."
    en = f"a request takes 1 to {MOST_IDS} ids, none of them empty. Ask for the others in further requests."
    raise LimitError([Problem(field, vi, en)])
