"""What is wrong with a rules document, field by field, in Vietnamese and English."""

from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "missing": ("thiếu, hãy điền vào", "is missing, fill it in"),
    "extra_forbidden": (
        "không có trường này, kiểm tra lại tên hoặc bỏ đi",
        "is no known field, check its name or remove it",
    ),
    "literal_error": ("phải là một trong: {expected}", "must be one of: {expected}"),
    "string_type": ("phải là chữ, đặt trong dấu nháy", "must be text, put it in quotes"),
    "string_too_short": ("không được để trống", "must not be empty"),
    "too_short": ("cần ít nhất một giá trị", "needs at least one value"),
    "bool_parsing": ("phải là true hoặc false", "must be true or false"),
    "bool_type": ("phải là true hoặc false", "must be true or false"),
    "tuple_type": ("phải là một danh sách", "must be a list"),
    "model_type": ("phải là một nhóm trường", "must be a group of fields"),
    "dict_type": ("phải là một nhóm trường", "must be a group of fields"),
}
_DATE: Final = ("phải là ngày dạng 2026-01-31", "must be a date such as 2026-01-31")
_OTHER: Final = ("không hợp lệ: {message}", "is not valid: {message}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One field and what to do about it."""

    field: str
    vi: str
    en: str


def problems_of(error: ValidationError) -> tuple[Problem, ...]:
    """Every problem of a document; our own messages already carry both languages, parted by a slash."""
    details = error.errors(include_url=False, include_input=False)
    return tuple(
        _problem(".".join(map(str, each["loc"])), each["type"], each["msg"], each.get("ctx", {})) for each in details
    )


def _problem(field: str, kind: str, message: str, context: dict[str, object]) -> Problem:
    if kind == "value_error":
        vi, _, en = message.removeprefix("Value error, ").partition(" / ")
        return Problem(field, vi, en or vi)
    vi, en = _DATE if kind.startswith("date_") else _TEXTS.get(kind, _OTHER)
    facts = {"expected": context.get("expected", ""), "message": message}
    return Problem(field, vi.format_map(facts), en.format_map(facts))
