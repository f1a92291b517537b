"""The shop's own facts of its goods as a CSV file, one row a SKU, several where its rate has dates.

A column that the file does not have stays as it is stored; an empty cell clears what is stored.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from invoicing.catalogue import Component
from invoicing.rates import DatedRate, folded, normalise_rate

from catalogue.cells import BadFileError, Delimiter, Problem, Row, read_table, write_table
from catalogue.changes import Change
from catalogue.components import BadComponentsError, read_components, write_components
from catalogue.entries import Entry

COLUMNS: Final = ("sku", "name", "invoice_name", "unit", "rate", "valid_from", "valid_to", "components")
LONGEST_NAME: Final = 500
"""Characters of an invoice's item name (the tax authority's XML schema, Decision 1450)."""
LONGEST_UNIT: Final = 50
"""Characters of an invoice's unit of measure (the same schema)."""
LONGEST_SKU: Final = 255
_TEXTS = {"invoice_name": LONGEST_NAME, "unit": LONGEST_UNIT}
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})[/-](?P<month>\d{1,2})[/-](?P<year>\d{4})")


def write_products(names: Mapping[str, str], entries: Iterable[Entry], delimiter: Delimiter = ",") -> str:
    """A file of all these SKUs (with Haravan's names, which are only to read) and entries, by SKU."""
    known = {entry.key: entry for entry in entries}
    named = {folded(sku): (sku, name) for sku, name in names.items()}
    rows = (
        row
        for key in sorted(known.keys() | named.keys())
        for row in _written(known.get(key) or Entry(sku=named[key][0]), named.get(key, ("", ""))[1])
    )
    return write_table(COLUMNS, rows, delimiter)


def _written(entry: Entry, name: str) -> Iterator[tuple[str, ...]]:
    for rate in entry.rates or (None,):
        first, last = (rate.valid_from, rate.valid_to) if rate else (None, None)
        dates = (each.isoformat() if each else "" for each in (first, last))
        words = (entry.sku, name, entry.invoice_name, entry.unit, rate.rate if rate else "")
        yield (*words, *dates, write_components(entry.components))


class ProductRows:
    """A file that was read: what it says of which SKU."""

    def __init__(self, columns: Collection[str], said: Mapping[str, Entry], rows: Mapping[str, int]) -> None:
        """Keep entries by key, and the first row of each."""
        self._columns = frozenset(columns)
        self._said = said
        self._rows = rows

    @property
    def skus(self) -> tuple[str, ...]:
        """The SKUs that it names."""
        return tuple(entry.sku for entry in self._said.values())

    def changes(self, stored: Mapping[str, Entry]) -> list[Change[Entry]]:
        """What storing the file would change.

        Raises:
            BadFileError: when a part of a combo would be a combo itself.
        """
        after = {key: self._merged(stored.get(key), entry) for key, entry in self._said.items()}
        self._check_parts({**stored, **after})
        return [
            Change(key, stored.get(key), None if entry.is_empty else entry)
            for key, entry in after.items()
            if _facts(entry) != _facts(stored.get(key))
        ]

    def _merged(self, stored: Entry | None, said: Entry) -> Entry:
        if stored is None:
            return said
        columns = {"invoice_name": "invoice_name", "unit": "unit", "rates": "rate", "components": "components"}
        kept = {field: getattr(stored, field) for field, column in columns.items() if column not in self._columns}
        return replace(said, sku=stored.sku, **kept)

    def _check_parts(self, entries: Mapping[str, Entry]) -> None:
        problems = [
            Problem(self._rows.get(key, 1), "components", *_nested(entry.sku, part.sku))
            for key, entry in entries.items()
            for part in entry.components
            if (other := entries.get(folded(part.sku))) is not None
            and other.components
            and {key, other.key} & self._said.keys()
        ]
        if problems:
            raise BadFileError(problems)


def _nested(sku: str, part: str) -> tuple[str, str]:
    return (
        f"{sku}: thành phần {part} cũng là combo; ghi thẳng các thành phần của nó",
        f"{sku}: its part {part} is a combo itself; write that one's parts instead",
    )


def _facts(entry: Entry | None) -> tuple[object, ...]:
    return (entry.invoice_name, entry.unit, entry.rates, entry.components) if entry else ("", "", (), ())


def read_products(content: bytes) -> ProductRows:
    """Read a file whole.

    Raises:
        BadFileError: with every fault of every row.
    """
    table = read_table(content, COLUMNS, ("sku",))
    if {"valid_from", "valid_to"} & table.columns and "rate" not in table.columns:
        vi, en = "có ngày mà thiếu cột rate; thêm vào", "there are dates and no rates; add the column"
        raise BadFileError([Problem(1, "rate", vi, en)])
    problems: list[Problem] = []
    said: dict[str, Entry] = {}
    first_rows: dict[str, int] = {}
    for key, rows in _by_sku(table.rows, problems).items():
        said[key] = _entry(rows, problems)
        first_rows[key] = rows[0].number
    if problems:
        raise BadFileError(sorted(problems, key=lambda each: each.row))
    return ProductRows(table.columns, said, first_rows)


def _by_sku(rows: Iterable[Row], problems: list[Problem]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        sku = row["sku"]
        if not sku or len(sku) > LONGEST_SKU:
            vi, en = f"ghi mã SKU, nhiều nhất {LONGEST_SKU} ký tự", f"name the SKU, at most {LONGEST_SKU} characters"
            problems.append(row.problem("sku", vi, en))
            continue
        found.setdefault(folded(sku), []).append(row)
    return found


def _entry(rows: Sequence[Row], problems: list[Problem]) -> Entry:
    texts = {column: _text(column, most, rows, problems) for column, most in _TEXTS.items()}
    rates, components = _rates(rows, problems), _components(rows, problems)
    return Entry(sku=rows[0]["sku"], rates=rates, components=components, **texts)


def _one(column: str, rows: Sequence[Row], problems: list[Problem]) -> tuple[Row, str]:
    """The one value that the rows of a SKU have; empty cells beside it say nothing."""
    given = [row for row in rows if row[column]]
    for row in given[1:]:
        if row[column] != given[0][column]:
            vi = f"khác với dòng {given[0].number} của cùng SKU; ghi giống nhau hoặc để trống"
            en = f"differs from row {given[0].number} of the same SKU; write the same or leave it empty"
            problems.append(row.problem(column, vi, en))
    return (given[0], given[0][column]) if given else (rows[0], "")


def _text(column: str, most: int, rows: Sequence[Row], problems: list[Problem]) -> str:
    row, text = _one(column, rows, problems)
    if len(text) > most:
        vi, en = f"dài quá {most} ký tự; rút ngắn lại", f"longer than {most} characters; shorten it"
        problems.append(row.problem(column, vi, en))
    return text


def _components(rows: Sequence[Row], problems: list[Problem]) -> tuple[Component, ...]:
    row, cell = _one("components", rows, problems)
    try:
        found = read_components(cell)
    except BadComponentsError:
        vi = "ghi như SKU-A*2 + SKU-B, số lượng lớn hơn 0"
        en = "write it as SKU-A*2 + SKU-B, quantities above 0"
        problems.append(row.problem("components", vi, en))
        return ()
    if any(folded(each.sku) == folded(row["sku"]) for each in found):
        vi, en = "combo chứa chính nó; bỏ SKU này ra", "the combo is a part of itself; take this SKU out"
        problems.append(row.problem("components", vi, en))
    return found


def _rates(rows: Sequence[Row], problems: list[Problem]) -> tuple[DatedRate, ...]:
    read = [(row, rate) for row in rows if (rate := _rate(row, problems)) is not None]
    found: list[tuple[Row, DatedRate]] = []
    for row, rate in read:
        if any(rate == other for _, other in found):
            continue  # the same said twice
        if (clash := next((earlier for earlier, other in found if rate.overlaps(other)), None)) is not None:
            vi = f"trùng ngày với dòng {clash.number} của cùng SKU; sửa valid_from hoặc valid_to"
            en = f"shares days with row {clash.number} of the same SKU; mend valid_from or valid_to"
            problems.append(row.problem("valid_from", vi, en))
        found.append((row, rate))
    return tuple(sorted((rate for _, rate in found), key=lambda each: each.valid_from or dt.date.min))


def _rate(row: Row, problems: list[Problem]) -> DatedRate | None:
    first, last = (_date(row, column, problems) for column in ("valid_from", "valid_to"))
    if not row["rate"]:
        if row["valid_from"] or row["valid_to"]:
            vi, en = "có ngày mà thiếu thuế suất; ghi vào", "there is a date and no rate; write it"
            problems.append(row.problem("rate", vi, en))
        return None
    try:
        rate = normalise_rate(row["rate"])
    except ValueError as error:
        vi, _, en = str(error).partition(" / ")
        problems.append(row.problem("rate", vi, en))
        return None
    if first and last and first > last:
        vi, en = "sau valid_to; đổi lại hai ngày", "is after valid_to; swap the two dates"
        problems.append(row.problem("valid_from", vi, en))
        return None
    return DatedRate(rate=rate, valid_from=first, valid_to=last)


def _date(row: Row, column: str, problems: list[Problem]) -> dt.date | None:
    """A date as 2026-12-31, or as a spreadsheet in Vietnam writes it, 31/12/2026."""
    text = row[column]
    if not text:
        return None
    day_first = _DAY_FIRST.fullmatch(text)
    iso = f"{day_first['year']}-{day_first['month']:0>2}-{day_first['day']:0>2}" if day_first else text
    try:
        return dt.date.fromisoformat(iso)
    except ValueError:
        vi, en = "ghi ngày như 2026-12-31 hoặc 31/12/2026", "write the date as 2026-12-31 or 31/12/2026"
        problems.append(row.problem(column, vi, en))
        return None
