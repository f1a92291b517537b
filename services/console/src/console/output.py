"""Tables for people, JSON for programs; identifiers are never broken over lines."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_PIPED_WIDTH = 200


@dataclass(frozen=True, slots=True)
class Column:
    """A column; one that is `whole` holds identifiers and is never broken, `right` holds numbers."""

    header: str
    whole: bool = False
    right: bool = False


class Output:
    """Where answers go: standard output."""

    def __init__(self, *, as_json: bool) -> None:
        """Write tables, or with `as_json` one JSON value and nothing else."""
        self.as_json = as_json

    def json(self, value: Any) -> None:
        """Write one JSON value: exact numbers, times as ISO 8601."""
        import simplejson  # noqa: PLC0415  (the help needs none of it)

        text = simplejson.dumps(value, ensure_ascii=False, indent=2, use_decimal=True, default=_plain, for_json=False)
        self.text(text)

    def text(self, line: str) -> None:
        """Write a line as it is."""
        sys.stdout.write(line if line.endswith("\n") else f"{line}\n")

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], title: str | None = None) -> None:
        """Write a table; without a terminal no colour and no lines."""
        from rich import box  # noqa: PLC0415  (the help needs none of it)
        from rich.console import Console  # noqa: PLC0415  (the same)
        from rich.table import Table  # noqa: PLC0415  (the same)
        from rich.text import Text  # noqa: PLC0415  (the same)

        terminal = sys.stdout.isatty()
        width = None if terminal or "COLUMNS" in os.environ else _PIPED_WIDTH
        table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
        for at, column in enumerate(columns):
            longest = max((len(line) for row in rows for line in row[at].split("\n")), default=0)
            table.add_column(
                column.header,
                no_wrap=column.whole,
                min_width=longest if column.whole else None,
                overflow="fold",
                justify="right" if column.right else "left",
            )
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        Console(width=width, highlight=False).print(table)

    def facts(self, facts: Mapping[str, str]) -> None:
        """Write names and values, one a line; empty values are left out."""
        longest = max((len(name) for name in facts), default=0)
        for name, value in facts.items():
            if value:
                self.text(f"{name:<{longest}}  {value}")


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
