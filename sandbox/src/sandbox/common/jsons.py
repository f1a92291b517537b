"""JSON in and out, with every fraction an exact Decimal."""

import re
from collections.abc import Mapping
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import Any

import simplejson

_EXACT = Context(prec=5000, Emax=MAX_EMAX, Emin=MIN_EMIN)
"""Holds every number that JSON may have here: Python reads no integer of more than 4300 digits."""


class BadJsonError(ValueError):
    """The text is not JSON."""


_DEEPEST = 100
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def loads(text: str | bytes) -> Any:
    """Parse JSON; numbers with a fraction or an exponent become Decimal.

    What can be parsed but neither kept nor walked through counts as no JSON: half a character, and nesting without end.

    Raises:
        BadJsonError: the text is not JSON (in UTF-8, where bytes are given).
    """
    try:
        plain = text if isinstance(text, str) else text.decode()
        value = simplejson.loads(plain, use_decimal=True)
        if _HALF.search(plain):
            dumps(value).encode()
    except (ValueError, RecursionError) as error:  # what cannot be decoded or encoded is a ValueError, too
        raise BadJsonError(f"not JSON: {error}") from error
    if plain.count("[") + plain.count("{") > _DEEPEST and _is_deep(value):
        raise BadJsonError("not JSON: nested too deeply")
    return value


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        inside = (inner for each in level for inner in (each.values() if isinstance(each, dict) else each))
        level = [inner for inner in inside if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def dumps(value: Any) -> str:
    """Write JSON without spaces; a Decimal is written digit by digit, trailing zeros included."""
    return simplejson.dumps(value, use_decimal=True, ensure_ascii=False, separators=(",", ":"), default=_plain)


def canonical(text: str) -> str:
    """The same JSON with its keys sorted and every number in one spelling: 5000000.0 as 5E+6 like 5000000."""
    parsed = simplejson.loads(text, parse_int=_number, parse_float=_number)
    return simplejson.dumps(parsed, use_decimal=True, ensure_ascii=False, sort_keys=True)


def _number(text: str) -> Decimal:
    value = Decimal(text)
    return _EXACT.normalize(value) if value else Decimal(0)


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return dict(value)
        case frozenset() | set():
            return sorted(value)
        case _:
            raise TypeError(f"cannot write {type(value).__name__} as JSON")
