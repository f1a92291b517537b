"""CSV cells and columns as spreadsheets in Vietnam write them, good and bad."""

import pytest
from catalogue.cells import (
    BYTE_ORDER_MARK,
    DELIMITERS,
    BadFileError,
    Delimiter,
    guarded,
    read_table,
    unguarded,
    write_table,
)
from hypothesis import given
from hypothesis import strategies as st

COLUMNS = ("sku", "unit")


def rows(content: bytes) -> list[tuple[int, str, str]]:
    return [(row.number, row["sku"], row["unit"]) for row in read_table(content, COLUMNS, ("sku",)).rows]


def problems(content: bytes) -> list[tuple[int, str]]:
    with pytest.raises(BadFileError) as caught:
        read_table(content, COLUMNS, ("sku",))
    assert all(each.vi and each.en for each in caught.value.problems)
    return [(each.row, each.column) for each in caught.value.problems]


@pytest.mark.parametrize(
    "content",
    (
        b"sku,unit\r\nA,h\xe1\xbb\x99p\r\n",
        b"\xef\xbb\xbfsku;unit\nA;h\xe1\xbb\x99p\n",
        b"sku\tunit\nA\th\xe1\xbb\x99p",
        b"sep=;\r\nsku;unit\r\nA;h\xe1\xbb\x99p\r\n",
        b" SKU , Unit ,,\n A ,ho\xcc\xa3\xcc\x82p,,\n,,,\n",
    ),
    ids=("comma", "excel in Vietnam", "tab", "told", "untidy"),
)
def test_every_usual_form_is_read(content: bytes) -> None:
    """Byte order mark, three separators, a line that names the separator, blanks, another Unicode form."""
    ((_, sku, unit),) = rows(content)
    assert (sku, unit) == ("A", "hộp")


def test_rows_are_numbered_as_a_spreadsheet_does() -> None:
    """Empty rows count, a cell of two lines is one row."""
    assert rows(b'sku,unit\n\nA,"two\nlines"\nB,\n') == [(3, "A", "two lines"), (4, "B", "")]


@pytest.mark.parametrize(
    ("content", "expected"),
    (
        (b"", [(1, "")]),
        ("sku,unit\nA,hộp\n".encode("cp1258", "replace") + b"B,\xff\n", [(3, "")]),
        ("sku,unit\nA,h".encode("utf-16"), [(1, "")]),
        (b"name,unit\nA,B\n", [(1, "name"), (1, "sku")]),
        (b"sku,unit,unit\nA,B,C\n", [(1, "unit")]),
        (b"sku,unit\nA,B,C\nB,,D\n", [(2, ""), (3, "")]),
        (b'sku,unit\n"A"B,C\n', [(2, "")]),
    ),
    ids=("empty", "not UTF-8", "UTF-16", "unknown column", "column twice", "too many cells", "quotes"),
)
def test_a_file_that_cannot_be_read_is_refused_with_the_place(content: bytes, expected: list[tuple[int, str]]) -> None:
    """Every fault has its row and column."""
    assert problems(content) == expected


@pytest.mark.parametrize("cell", ("=1+1", "+84", "-5", "@SUM(A1)", "\t=1", "'=1", "\uff1d1"))
def test_no_cell_runs_as_a_formula(cell: str) -> None:
    """What a spreadsheet would run stands behind a quote, and comes back as it was."""
    assert guarded(cell) == f"'{cell}"
    assert unguarded(guarded(cell)) == cell


@given(st.text())
def test_guarding_loses_nothing(cell: str) -> None:
    """Any cell comes back, and none that is written begins a formula."""
    assert unguarded(guarded(cell)) == cell
    assert guarded(cell)[:1] not in set("=+-@")


_CELL = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1)


@given(st.lists(st.tuples(_CELL, _CELL)), st.sampled_from(DELIMITERS))
def test_what_is_written_is_read(cells: list[tuple[str, str]], delimiter: Delimiter) -> None:
    """With every separator; one Unicode form apart."""
    text = write_table(COLUMNS, cells, delimiter)
    assert text.startswith(BYTE_ORDER_MARK)
    again = write_table(COLUMNS, [(sku, unit) for _, sku, unit in rows(text.encode())], delimiter)
    assert rows(again.encode()) == rows(text.encode())
    assert len(rows(text.encode())) == len(cells)
