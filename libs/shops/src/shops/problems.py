"""What is wrong with a shop document, said so that it can be mended: path, line, what, remedy."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from shops.base import TEXT_ERROR
from shops.texts import Language, Text

Path = tuple[str | int, ...]
"""Where something stands in the document: keys and list positions from its root."""


def path_text(path: Sequence[str | int]) -> str:
    """Spell a path as in `accounts[0].series[1].sign_type`."""
    spelled = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return spelled.removeprefix(".")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: `where` is a path in the document, `line` the line of the file if it came from one."""

    where: str
    text: Text
    line: int | None = None

    def in_language(self, language: Language) -> str:
        """Return one line that names the place, what is wrong and the remedy."""
        word = "dòng" if language == "vi" else "line"
        place = ", ".join(part for part in (self.where, f"{word} {self.line}" if self.line else "") if part)
        message = self.text.in_language(language)
        return f"{place}: {message}" if place else message


class InvalidShopError(Exception):
    """A shop document cannot be used; `problems` says all that is wrong, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.in_language("en") for problem in self.problems))

    def in_language(self, language: Language) -> str:
        """Return all problems, one a line."""
        return "\n".join(problem.in_language(language) for problem in self.problems)


def problems_of(error: ValidationError, lines: Mapping[Path, int] | None = None) -> list[Problem]:
    """Translate what pydantic found; values are never repeated, since they may be secrets."""
    problems = []
    errors = error.errors(include_url=False, include_input=False)
    for found in errors:
        if found["type"] == "too_short" and any(_inside(other["loc"], found["loc"]) for other in errors):
            continue  # an entry that is wrong is not counted, but it is there
        context = found.get("ctx", {})
        path = (*_document_path(found["loc"], lines or {}), *context.get("where", ()))
        text = _text(found["type"], found["msg"], context)
        problems.append(Problem(where=path_text(path), text=text, line=line_of(path, lines or {})))
    return problems


def _inside(loc: Path, around: Path) -> bool:
    return len(loc) > len(around) and loc[: len(around)] == around


def line_of(path: Path, lines: Mapping[Path, int]) -> int | None:
    """Find the line of `path`, or of the nearest part around it that stands in the file."""
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return None


def _document_path(loc: Path, lines: Mapping[Path, int]) -> Path:
    """Leave out what pydantic adds for unions and dictionary keys, which no file has."""
    path: Path = ()
    for position, part in enumerate(loc):
        last = position == len(loc) - 1
        if lines and (*path, part) not in lines and not last:
            continue
        path = (*path, part)
    return path


def _text(kind: str, message: str, context: Mapping[str, Any]) -> Text:
    if kind == TEXT_ERROR:
        return Text(vi=str(context["vi"]), en=str(context["en"]))
    known = _TEXTS.get(kind)
    if known is None:
        return _both_languages(message.removeprefix("Value error, "))
    return Text(vi=known.vi.format_map(context).replace(" or ", " hoặc "), en=known.en.format_map(context))


def _both_languages(message: str) -> Text:
    """Split what the rules say as "Vietnamese / English"; anything else is said as it is."""
    vi, slash, en = message.partition(" / ")
    return Text(vi=vi, en=en) if slash else Text(vi=f"giá trị không hợp lệ ({message})", en=message)


_STRING = Text("phải là chữ; hãy đặt giá trị trong dấu nháy", "must be text; put the value in quotes")
_WHOLE = Text("phải là số nguyên", "must be a whole number")
_BOOLEAN = Text("chỉ nhận true hoặc false", "must be true or false")
_DATE = Text("phải là ngày dạng 2026-01-31", "must be a date such as 2026-01-31")
_DECIMAL = Text("phải là số, ví dụ 8 hoặc 8.5", "must be a number, for instance 8 or 8.5")
_LIST = Text("phải là một danh sách", "must be a list")
_PART = Text("phải là một nhóm có các khóa bên trong", "must be a group of keys")
_CHOICE = Text("chỉ nhận: {expected}", "must be one of: {expected}")

_TEXTS: dict[str, Text] = {
    "missing": Text("thiếu; hãy thêm khóa này", "is missing; add this key"),
    "extra_forbidden": Text(
        "khóa này không tồn tại; kiểm tra chính tả hoặc xóa đi", "there is no such key; check its spelling or remove it"
    ),
    "string_type": _STRING,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "bool_type": _BOOLEAN,
    "bool_parsing": _BOOLEAN,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "decimal_type": _DECIMAL,
    "decimal_parsing": _DECIMAL,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "model_type": _PART,
    "model_attributes_type": _PART,
    "dict_type": _PART,
    "enum": _CHOICE,
    "literal_error": _CHOICE,
    "union_tag_invalid": Text("chỉ nhận: {expected_tags}", "must be one of: {expected_tags}"),
    "too_short": Text("cần ít nhất {min_length} mục", "needs at least {min_length} entries"),
    "too_long": Text("tối đa {max_length} mục", "at most {max_length} entries are allowed"),
    "string_too_short": Text("không được để trống", "must not be empty"),
    "string_too_long": Text("tối đa {max_length} ký tự", "at most {max_length} characters are allowed"),
    "greater_than": Text("phải lớn hơn {gt}", "must be greater than {gt}"),
    "greater_than_equal": Text("phải từ {ge} trở lên", "must be {ge} or more"),
    "less_than": Text("phải nhỏ hơn {lt}", "must be less than {lt}"),
    "less_than_equal": Text("phải từ {le} trở xuống", "must be {le} or less"),
}
