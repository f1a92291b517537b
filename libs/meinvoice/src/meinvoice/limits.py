"""Limits of meInvoice, looked at before anything is sent (meInvoice Open API §1.6, §8, §11, §13.3, §14)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from meinvoice.limit_rules import (
    DECREE_123,
    LINES_BELOW,
    MOST_IDS,
    MOST_INVOICES,
    NO_INVOICE,
    NO_REF_ID,
    NO_SERIES,
    REQUEST_TOO_LONG,
    RULES,
    RULES_OF_DECREE_123,
    SAME_REF_ID,
    TOO_MANY_LINES,
    WRONG_COUNT,
    Problem,
    sort_order_of,
)
from meinvoice.models import InvoiceData
from meinvoice.models.series import is_series
from meinvoice.parsing import load, text_of

__all__ = [
    "LINES_BELOW",
    "MOST_IDS",
    "MOST_INVOICES",
    "Checked",
    "LimitError",
    "Problem",
    "check_invoice",
    "check_invoices",
    "check_request",
    "guard_filled",
    "guard_ids",
    "limits_of",
    "lines_of",
]


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


def lines_of(invoice: Mapping[str, Any]) -> int:
    """How many lines an invoice has."""
    lines = invoice.get("OriginalInvoiceDetail")
    return len(lines) if isinstance(lines, Sequence) and not isinstance(lines, str) else 0


def limits_of(invoice: object) -> tuple[Problem, ...]:
    """Limits that one invoice, already read from its JSON, breaks; cheap enough to ask before every request."""
    if not isinstance(invoice, Mapping):
        return (NO_INVOICE,)
    named = () if text_of(invoice.get("RefID")) else (NO_REF_ID,)
    old = text_of(invoice.get("OrgInvoiceType")) not in ("", str(DECREE_123))
    rules = RULES if old else (*RULES, *RULES_OF_DECREE_123)
    broken = tuple(problem for rule in rules if (problem := rule.of(invoice)))
    lines = (TOO_MANY_LINES,) if lines_of(invoice) >= LINES_BELOW else ()
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
    """Limits (§1.6, §13.3, §14) that a publish request of these invoices, already read from their JSON, breaks."""
    ref_ids = [text_of(one.get("RefID")).lower() for one in invoices if isinstance(one, Mapping)]
    lines = sum(lines_of(one) for one in invoices if isinstance(one, Mapping))
    whole = (
        *(() if 0 < len(invoices) <= MOST_INVOICES else (WRONG_COUNT,)),
        *(() if len(set(ref_ids)) == len(ref_ids) else (SAME_REF_ID,)),
        *(() if lines < LINES_BELOW else (REQUEST_TOO_LONG,)),
    )
    return Checked(whole, tuple(map(limits_of, invoices)))


def check_invoices(invoices: Sequence[str]) -> Checked:
    """What would keep `publish` from sending these invoices (JSON texts), per invoice; it never raises.

    The limits are those of meInvoice Open API §13.3 and §14.
    """
    return check_request([load(invoice) for invoice in invoices])


def check_invoice(invoice: str) -> tuple[Problem, ...]:
    """Everything that is wrong with one invoice's JSON text as far as the document says, without sending it.

    Beside the limits of `publish`: unknown fields, wrong types, what is required and missing (§13.3, §13.4, §9) and
    what does not fit (§1.6, §13.4).
    """
    found = limits_of(load(invoice))
    named = {problem.field for problem in found}
    return (*found, *(problem for problem in _of_model(invoice) if problem.field not in named))


def _of_model(invoice: str) -> tuple[Problem, ...]:
    try:
        read = InvoiceData.from_json(invoice)
    except ValidationError as error:
        return _innermost({".".join(map(str, one["loc"])): one["msg"] for one in error.errors()})
    except ValueError:
        return (NO_INVOICE,)
    return (*map(_missing, read.check_sendable()), *_misfits(read))


def _misfits(invoice: InvoiceData) -> tuple[Problem, ...]:
    """What is there and does not fit: a series that is none (§1.6), `SortOrder` where it must be empty (§13.4)."""
    series = () if invoice.InvSeries is None or is_series(invoice.InvSeries) else (NO_SERIES,)
    counted = (line.LineNumber for line in invoice.OriginalInvoiceDetail if line.out_of_order)
    return (*series, *(sort_order_of(number) for number in counted))


def _missing(field: str) -> Problem:
    return Problem(field, f"Thiếu {field}. Bổ sung rồi gửi lại.", "it is required and missing. Add it.")


def _innermost(errors: Mapping[str, str]) -> tuple[Problem, ...]:
    """A list with a bad item counts as short of it, too: only the item is told."""
    outer = {field for field in errors if any(other.startswith(f"{field}.") for other in errors)}
    return tuple(_not_valid(field, message) for field, message in errors.items() if field not in outer)


def _not_valid(field: str, message: str) -> Problem:
    return Problem(field, f"Trường {field} thiếu hoặc không hợp lệ. Sửa rồi phát hành lại.", f"{message}. Correct it.")


def guard_filled(text: str, field: str) -> None:
    """Let a text pass that is not blank.

    Raises:
        LimitError: It is.

    """
    if not text.strip():
        raise LimitError([_missing(field)])


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
