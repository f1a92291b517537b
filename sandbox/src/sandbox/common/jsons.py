"""JSON in and out, with every fraction an exact Decimal."""

from collections.abc import Mapping
from typing import Any

import simplejson


class BadJsonError(ValueError):
    """The text is not JSON."""


def loads(text: str | bytes) -> Any:
    """Parse JSON; numbers with a fraction or an exponent become Decimal.

    Raises:
        BadJsonError: the text is not JSON (in UTF-8, where bytes are given).
    """
    try:
        return simplejson.loads(text, use_decimal=True)
    except ValueError as error:  # UnicodeDecodeError is one too
        raise BadJsonError(f"not JSON: {error}") from error


def dumps(value: Any) -> str:
    """Write JSON without spaces; a Decimal is written digit by digit, trailing zeros included."""
    return simplejson.dumps(value, use_decimal=True, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return dict(value)
        case frozenset() | set():
            return sorted(value)
        case _:
            raise TypeError(f"cannot write {type(value).__name__} as JSON")
