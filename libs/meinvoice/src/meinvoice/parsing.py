"""Reads the vendor's answers tolerantly, and never guesses.

Observed by several integrations beside the document: an envelope in camelCase or PascalCase; lists given as JSON
strings; whole refusals as HTTP 400 with the same envelope; numbers where texts are documented.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import simplejson


@dataclass(frozen=True, slots=True)
class Envelope:
    """The frame of every answer (meInvoice Open API §1.3)."""

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
        value = simplejson.loads(text, parse_float=Decimal)
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
    """The same members with their names in lower case."""
    return {str(name).lower(): item for name, item in value.items()}


def text_of(value: object) -> str:
    """A text or number as trimmed text; anything else is empty."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else ""


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
    if "success" not in members and not text_of(members.get("errorcode")):
        return None
    return Envelope(
        success=_is_true(members.get("success")),
        error_code=text_of(members.get("errorcode")),
        description=text_of(members.get("descriptionerrorcode")),
        errors=_sub_codes(members.get("errors")),
        data=members.get("data"),
        publish_result=members.get("publishinvoiceresult"),
        create_result=members.get("createinvoiceresult"),
    )


def _is_true(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def _sub_codes(value: object) -> tuple[str, ...]:
    """Codes in `errors`: a text, a list, a JSON list in a text, or objects with a code in them."""
    parsed = load(value) if isinstance(value, str) and value.lstrip()[:1] in ("[", "{") else value
    items = parsed if isinstance(parsed, Sequence) and not isinstance(parsed, str) else [parsed]
    return tuple(code for code in map(_sub_code, items) if code)


def _sub_code(item: object) -> str:
    if not isinstance(item, Mapping):
        return text_of(item)
    members = lower_keys(item)
    return next((found for name in ("errorcode", "code") if (found := text_of(members.get(name)))), "")
