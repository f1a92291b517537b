"""Tables that fit the terminal: nothing is cut off."""

from collections.abc import Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from console.output import Column

_READABLE = 24  # a column of sentences that is narrower is no pleasure to read
_GAP = 2

Rows = Sequence[Sequence[str]]


def write(columns: Sequence[Column], rows: Rows, *, width: int | None) -> None:
    """Write a table to standard output, as wide as the terminal or as `width`; without a terminal no colour.

    Columns without any value are left out. A table that does not fit becomes one block of names and values a row.
    """
    console = Console(width=width, highlight=False)
    kept = [at for at in range(len(columns)) if any(row[at] for row in rows)]
    shown = [columns[at] for at in kept]
    cells = [[row[at] for at in kept] for row in rows]
    console.print(_table(shown, cells) if _needed(shown, cells) <= console.width else _blocks(shown, cells))


def _needed(columns: Sequence[Column], rows: Rows) -> int:
    """How wide the table must be for every identifier to stand whole and every sentence to be readable."""
    longest = [max(_longest(row[at]) for row in rows) for at in range(len(columns))]
    least = [most if column.whole else min(most, _READABLE) for column, most in zip(columns, longest, strict=True)]
    return sum(max(cell_len(column.header), each) + _GAP for column, each in zip(columns, least, strict=True))


def _longest(cell: str) -> int:
    return max((cell_len(line) for line in cell.split("\n")), default=0)


def _table(columns: Sequence[Column], rows: Rows) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for at, column in enumerate(columns):
        least = max(_longest(row[at]) for row in rows) if column.whole else cell_len(column.header)
        table.add_column(
            column.header,
            no_wrap=column.whole,
            min_width=max(least, cell_len(column.header)),
            overflow="fold",
            justify="right" if column.right else "left",
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _blocks(columns: Sequence[Column], rows: Rows) -> Table:
    table = Table.grid(padding=(0, _GAP, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row("", "")
        for column, cell in zip(columns, row, strict=True):
            if cell:
                table.add_row(Text(column.header), Text(cell))
    return table
