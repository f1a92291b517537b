"""CSV as Excel in Vietnam writes and reads it: cells that stay what they are, columns by name, every fault named.

Read: UTF-8 with or without byte order mark; comma, semicolon or tab; a first line `sep=;`. Written: UTF-8 with byte
order mark, without which Excel takes Vietnamese letters for others.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Delimiter = Literal[",", ";", "\t"]
DELIMITERS: Final[tuple[Delimiter, ...]] = (",", ";", "\t")
BYTE_ORDER_MARK: Final = "\ufeff"
MOST_ROWS: Final = 100_000

# What a spreadsheet takes for a formula (OWASP, "CSV Injection"), after quotes that were put before such a cell.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a file, with its remedy in both languages. Row 1 holds the names of the columns."""

    row: int
    column: str
    vi: str
    en: str


class BadFileError(ValueError):
    """A file that is not taken; nothing of it was stored."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep everything that is wrong with it."""
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Row:
    """One row's cells by column, as they are compared and stored: trimmed, single blanks, one Unicode form."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """A cell; empty where the file has no such column."""
        return self.cells.get(column, "")

    def problem(self, column: str, vi: str, en: str) -> Problem:
        """A fault of one cell."""
        return Problem(self.number, column, vi, en)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file that hold anything, and which of the columns it has."""

    columns: frozenset[str]
    rows: tuple[Row, ...]


def guarded(cell: str) -> str:
    """A cell that a spreadsheet shows and does not run: with a quote before what would be a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """What `guarded` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def tidy(cell: str) -> str:
    """A text without surrounding or repeated blanks and control characters, in one Unicode form."""
    visible = "".join(" " if unicodedata.category(letter) in {"Cc", "Cs"} else letter for letter in cell)
    return " ".join(unicodedata.normalize("NFC", visible).split())


def write_table(columns: Sequence[str], rows: Iterable[Sequence[str]], delimiter: Delimiter = ",") -> str:
    """A file's text, with byte order mark and guarded cells."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return BYTE_ORDER_MARK + text.getvalue()


def read_table(content: bytes, known: Sequence[str], needed: Iterable[str]) -> Table:
    """Read a file.

    Raises:
        BadFileError: when it is no CSV in UTF-8, has more than 100,000 rows, or its columns are not `known` ones, each
            once, with one of `needed` among them.
    """
    lines = _lines(_decoded(content))
    header = next(lines, None)
    if header is None:
        raise BadFileError([Problem(1, "", "tệp trống; ghi một dòng tên cột", "the file is empty; name its columns")])
    columns = [cell.strip().casefold() for cell in header[1]]
    while columns and not columns[-1]:
        columns.pop()
    if problems := _faults(header[0], columns, known, needed):
        raise BadFileError(problems)
    return Table(frozenset(columns), _rows(lines, columns))


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        vi = "tệp không phải UTF-8; trong Excel chọn Lưu thành: CSV UTF-8"
        en = "the file is not UTF-8; in Excel save as: CSV UTF-8"
        raise BadFileError([Problem(row, "", vi, en)]) from error


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Numbered records; a record's number is that of its row in a spreadsheet."""
    first, _, rest = text.partition("\n")
    if stated := re.fullmatch(r"sep=([,;\t])\r?", first, re.IGNORECASE):
        yield from _records(rest, stated[1], first_row=2)
        return
    delimiter = max(DELIMITERS, key=first.count)
    yield from _records(text, delimiter, first_row=1)


def _records(text: str, delimiter: str, *, first_row: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = first_row
    try:
        for record in reader:
            yield number, record
            number += 1
    except csv.Error as error:
        vi = "dấu nháy kép đặt sai chỗ hoặc ô quá dài; lưu lại tệp bằng Excel"
        en = "a double quote is out of place, or a cell is too long; save the file again with a spreadsheet"
        raise BadFileError([Problem(number, "", vi, en)]) from error


def _faults(row: int, columns: Sequence[str], known: Sequence[str], needed: Iterable[str]) -> list[Problem]:
    names = ", ".join(known)
    problems = [
        Problem(row, name or "-", f"không có cột này; các cột: {names}", f"there is no such column; columns: {names}")
        for name in columns
        if name not in known
    ]
    problems += [
        Problem(row, name, "cột ghi hai lần; bỏ bớt một cột", "the column is there twice; take one away")
        for name in sorted({each for each in columns if columns.count(each) > 1 and each in known})
    ]
    keys = tuple(needed)
    if not set(keys) & set(columns):
        either = " / ".join(keys)
        problems.append(Problem(row, either, "thiếu cột này; thêm vào", "this column is missing; add it"))
    return problems


def _rows(lines: Iterable[tuple[int, Sequence[str]]], columns: Sequence[str]) -> tuple[Row, ...]:
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, record in lines:
        cells = [unguarded(cell) for cell in record]
        if any(tidy(cell) for cell in cells[len(columns) :]):
            vi = "dòng có nhiều ô hơn số cột; đặt ô có dấu phân cách trong dấu nháy kép"
            en = "the row has more cells than there are columns; put cells that hold the separator in double quotes"
            problems.append(Problem(number, "", vi, en))
        row = Row(number, {name: tidy(cell) for name, cell in zip(columns, cells, strict=False)})
        if any(row.cells.values()):
            rows.append(row)
        if len(rows) > MOST_ROWS:
            vi, en = f"quá {MOST_ROWS} dòng; chia tệp", f"more than {MOST_ROWS} rows; split the file"
            raise BadFileError([Problem(number, "", vi, en)])
    if problems:
        raise BadFileError(problems)
    return tuple(rows)
