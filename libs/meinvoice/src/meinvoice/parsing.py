"""Reads the vendor's answers tolerantly, and never guesses.

Observed by several integrations beside the document: an envelope in camelCase or PascalCase; lists given as JSON
strings; whole refusals as HTTP 400 with the same envelope; numbers where texts are documented.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

import simplejson


class Odd(Enum):
    """What stands where a value should, and is none."""

    ABSENT = "absent"
    """The answer has no such member."""
    CONTRADICTORY = "contradictory"
    """It has several of one name, which say different things."""


UNREADABLE_CODE = "?"
"""In place of an error code that is there and is no text: there is an error, and nobody can tell which."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The frame of every answer (meInvoice Open API §1.3). `data` is `Odd.ABSENT` where there is no such member."""

    success: bool
    error_code: str
    description: str
    errors: tuple[str, ...]
    data: Any
    publish_result: Any
    create_result: Any = None


_HALF_PAIR = re.compile("[\ud800-\udfff]")
"""Half a surrogate pair, left where a text was cut inside one; no database, log or message can keep it."""
_ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")


def load(text: str) -> Any:
    """JSON with exact numbers, half characters replaced by U+FFFD; None when the text is no JSON."""
    try:
        value = simplejson.loads(text, parse_float=Decimal, object_pairs_hook=_object)
        return _whole(value) if _ESCAPED.search(text) or _HALF_PAIR.search(text) else value
    except (ValueError, RecursionError):
        return None


def _whole(value: Any) -> Any:
    match value:
        case str():
            return _HALF_PAIR.sub("\N{REPLACEMENT CHARACTER}", value)
        case list():
            return [_whole(item) for item in value]
        case dict():
            return {_whole(name): _whole(item) for name, item in value.items()}
        case _:
            return value


def lower_keys(value: Mapping[Any, Any]) -> dict[str, Any]:
    """The same members with their names in lower case.

    Of several spellings of one name the one that says something counts. Where they say different things none does:
    the member is `Odd.CONTRADICTORY`.
    """
    return _members((str(name).lower(), item) for name, item in value.items())


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    return members if len(members) == len(pairs) else _members(pairs)


def _members(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, item in pairs:
        members[name] = _both(members[name], item) if name in members else item
    return members


def _both(one: Any, other: Any) -> Any:
    if says_nothing(one) or says_nothing(other):
        return other if says_nothing(one) else one
    same = one == other or (text_of(one) != "" and text_of(one) == text_of(other))
    return one if same else Odd.CONTRADICTORY


def says_nothing(value: object) -> bool:
    """Whether a member is absent, null, blank, or a list or object without anything in it, also as JSON text."""
    if isinstance(value, str):
        text = value.strip()
        return not text or (text[0] in "[{" and load(text) in ([], {}))
    return value is None or value is Odd.ABSENT or (isinstance(value, Sequence | Mapping) and not value)


def text_of(value: object) -> str:
    """A text or number as trimmed text; anything else is empty."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else ""


def code_of(value: object) -> str:
    """An error code as text; empty when there is none, `UNREADABLE_CODE` for what is there and is no code."""
    return text_of(value) or ("" if says_nothing(value) else UNREADABLE_CODE)


def rows_of(value: object) -> list[Any] | None:
    """A list given as itself, as one object, or as JSON text of either; None when it is none of these."""
    parsed = load(value) if isinstance(value, str) else value
    match parsed:
        case list():
            return parsed
        case dict():
            return [parsed]
        case _:
            return None


def parse_envelope(text: str) -> Envelope | None:
    """The answer's frame, or None when the text has not its shape."""
    parsed = load(text)
    if isinstance(parsed, str):  # some gateways encode the whole answer once more
        parsed = load(parsed)
    if not isinstance(parsed, Mapping):
        return None
    members = lower_keys(parsed)
    if "success" not in members and not code_of(members.get("errorcode")):
        return None
    return Envelope(
        success=_is_true(members.get("success")),
        error_code=code_of(members.get("errorcode")),
        description=text_of(members.get("descriptionerrorcode")),
        errors=_sub_codes(members.get("errors")),
        data=members.get("data", Odd.ABSENT),
        publish_result=members.get("publishinvoiceresult"),
        create_result=members.get("createinvoiceresult"),
    )


def _is_true(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def _sub_codes(value: object) -> tuple[str, ...]:
    """Codes in `errors`: a text, a list, a JSON list in a text, or objects with a code in them.

    What is there and shows no code is `UNREADABLE_CODE`.
    """
    listed = load(value) if isinstance(value, str) and value.lstrip()[:1] in ("[", "{") else None
    parsed = value if listed is None else listed
    items = parsed if isinstance(parsed, Sequence) and not isinstance(parsed, str) else [parsed]
    return tuple(code for code in map(_sub_code, items) if code)


def _sub_code(item: object) -> str:
    if not isinstance(item, Mapping):
        return code_of(item)
    members = lower_keys(item)
    named = (code_of(members.get(name)) for name in ("errorcode", "code"))
    return next((code for code in named if code), code_of(item))
