"""Tables for people, JSON for programs; identifiers are never broken over lines."""

import os
import shutil
import sys
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_PIPED_WIDTH = 200
_GAP = 2
_LEAST_ROOM = 24


@dataclass(frozen=True, slots=True)
class Column:
    """A column; one that is `whole` holds identifiers and is never broken, `right` holds numbers."""

    header: str
    whole: bool = False
    right: bool = False


class Output:
    """Where answers go: standard output."""

    def __init__(self, *, as_json: bool, nothing: str = "-") -> None:
        """Write tables, or with `as_json` only one JSON value; `nothing` is said instead of an empty table."""
        self.as_json = as_json
        self._nothing = nothing

    def json(self, value: Any) -> None:
        """Write one JSON value: exact numbers, times as ISO 8601."""
        import simplejson  # noqa: PLC0415  (the help needs none of it)

        text = simplejson.dumps(value, ensure_ascii=False, indent=2, use_decimal=True, default=_plain, for_json=False)
        self.text(text)

    def json_line(self, value: Any) -> None:
        """Write one JSON value on one line, at once: a program may be waiting for it."""
        import simplejson  # noqa: PLC0415  (the help needs none of it)

        self.text(simplejson.dumps(value, ensure_ascii=False, use_decimal=True, default=_plain))
        sys.stdout.flush()

    def text(self, line: str) -> None:
        """Write a line as it is."""
        sys.stdout.write(line if line.endswith("\n") else f"{line}\n")

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Write a table; where it does not fit, each row as a block. Columns that stay empty are left out."""
        if not rows:
            self.text(self._nothing)
            return
        from console import tables  # noqa: PLC0415  (the help needs none of it)

        terminal = sys.stdout.isatty()
        tables.write(columns, rows, width=None if terminal or "COLUMNS" in os.environ else _PIPED_WIDTH)

    def facts(self, facts: Mapping[str, str]) -> None:
        """Write names and values, one a line or wrapped beside the name; empty values are left out."""
        longest = max((len(name) for name in facts), default=0)
        room = max(_width() - longest - _GAP, _LEAST_ROOM)
        for name, value in facts.items():
            lines = textwrap.wrap(value, room, break_long_words=False, break_on_hyphens=False)
            for at, line in enumerate(lines):
                self.text(f"{'' if at else name:<{longest}}{' ' * _GAP}{line}")


def _width() -> int:
    """How wide the terminal is; without one as `COLUMNS` says, or 200."""
    if sys.stdout.isatty() or "COLUMNS" in os.environ:
        return shutil.get_terminal_size().columns
    return _PIPED_WIDTH


def moment(at: datetime | None) -> str:
    """Return a time as people in Vietnam read it."""
    return at.astimezone(_VIETNAM).strftime("%d/%m/%Y %H:%M:%S") if at else ""


def money(amount: Decimal | int | str | None) -> str:
    """Return an amount or a quantity as it is read in Vietnam: 1.234.567 or 2,5."""
    if amount in (None, ""):
        return ""
    whole, _, digits = f"{Decimal(str(amount)):,f}".partition(".")
    kept = digits.rstrip("0")
    return whole.replace(",", ".") + (f",{kept}" if kept else "")


def _plain(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case Enum():
            return value.value
        case frozenset() | set():
            return sorted(value)
        case _:
            return str(value)
