"""The shop's own facts of its goods, out and in: nothing changes unasked, everything wrong is named."""

import datetime as dt
from decimal import Decimal

import pytest
from catalogue.cells import DELIMITERS, BadFileError, Delimiter
from catalogue.components import read_components, write_components
from catalogue.entries import Entry
from catalogue.product_rows import read_products, write_products
from hypothesis import given
from hypothesis import strategies as st
from invoicing.catalogue import Component
from invoicing.rates import DatedRate, folded

YEAR_END = dt.date(2026, 12, 31)
HEAD = "sku,invoice_name,unit,rate,valid_from,valid_to,components\n"


def said(rows: str, stored: dict[str, Entry] | None = None, head: str = HEAD) -> dict[str, Entry | None]:
    """What a file would make of these entries."""
    changes = read_products((head + rows).encode()).changes(stored or {})
    return {change.key: change.after for change in changes}


def problems(rows: str, head: str = HEAD) -> list[tuple[int, str]]:
    with pytest.raises(BadFileError) as caught:
        said(rows, head=head)
    assert all(each.vi and each.en for each in caught.value.problems)
    return [(each.row, each.column) for each in caught.value.problems]


def test_a_sku_with_rates_of_two_years() -> None:
    """One row for each window of dates, which Excel may have written its own way; other cells once or repeated."""
    found = said("Ao-1,Áo thun,cái,8%,,31/12/2026,\nao-1 ,,cái,10%,2027-01-01,,\n")
    rates = (DatedRate(rate="8%", valid_to=YEAR_END), DatedRate(rate="10%", valid_from=dt.date(2027, 1, 1)))
    assert found == {"ao-1": Entry(sku="Ao-1", invoice_name="Áo thun", unit="cái", rates=rates)}


def test_a_combo() -> None:
    """Parts and quantities in one cell, with a comma or point before decimals."""
    parts = (Component("A+B", Decimal(2)), Component("C", Decimal(1)), Component("D*2", Decimal("0.5")))
    assert read_components(" A+B*2 +  C + D*2*0,5 ") == parts
    assert write_components(parts) == "A+B*2 + C + D*2*0.5"


def test_a_column_that_is_not_there_changes_nothing_and_an_empty_cell_clears() -> None:
    """So a file of two columns is enough to enter units."""
    stored = {"a": Entry(sku="A", invoice_name="Tên", unit="hộp", rates=(DatedRate(rate="5%"),))}
    assert said("A,cái\n", stored, head="sku,unit\n") == {
        "a": Entry(sku="A", invoice_name="Tên", unit="cái", rates=(DatedRate(rate="5%"),))
    }
    assert said("A,,,5%,,,\n", stored) == {"a": Entry(sku="A", rates=(DatedRate(rate="5%"),))}
    assert said("A,,,,,,\n", stored) == {"a": None}
    assert said("a,Tên,hộp,5%,,,\n", stored) == {}


@pytest.mark.parametrize(
    ("rows", "expected"),
    (
        (",x,,,,,\n", [(2, "sku")]),
        ("A,,,7%,,,\n", [(2, "rate")]),
        ("A,,,0.08,,,\n", [(2, "rate")]),
        ("A,,,8%,12/31/2026,,\n", [(2, "valid_from")]),
        ("A,,,8%,2027-01-01,2026-01-01,\n", [(2, "valid_from")]),
        ("A,,,,2027-01-01,,\n", [(2, "rate")]),
        ("A,,,8%,,2026-12-31,\nA,,,10%,2026-12-31,,\n", [(3, "valid_from")]),
        ("A,,,8%,,,\nA,,,10%,,,\n", [(3, "valid_from")]),
        ("A,một,,,,,\nB,,,,,,\nA,hai,,,,,\n", [(4, "invoice_name")]),
        (f"A,{'x' * 501},{'y' * 51},,,,\n", [(2, "invoice_name"), (2, "unit")]),
        ("A,,,,,,B*0\n", [(2, "components")]),
        ("A,,,,,,a*2\n", [(2, "components")]),
        ("A,,,,,,B + C*2\nB,,,,,,D*2\n", [(2, "components")]),
        ("A,,,7%,,,*2\nB,,,,2026-13-01,,\n", [(2, "rate"), (2, "components"), (3, "valid_from"), (3, "rate")]),
    ),
)
def test_every_bad_row_is_named(rows: str, expected: list[tuple[int, str]]) -> None:
    """All of them at once, and nothing is taken."""
    assert problems(rows) == expected


def test_dates_without_a_column_of_rates() -> None:
    """They would date nothing."""
    assert problems("A,2026-01-01\n", head="sku,valid_from\n") == [(1, "rate")]


def test_a_part_that_becomes_a_combo_is_refused_from_either_side() -> None:
    """Whether the file names the combo or its part."""
    stored = {"a": Entry(sku="A", components=(Component("B", Decimal(1)),))}
    with pytest.raises(BadFileError):
        said("B,,,,,,C*2\n", stored)
    assert said("Z,,,,,,C*2\n", stored).keys() == {"z"}


_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z", "Cn")), min_size=1, max_size=12)
_RATE = st.sampled_from(("KCT", "KKKNT", "0%", "5%", "8%", "10%", "KHAC:3.5%"))
_QUANTITY = st.decimals("0.0001", 9999, places=4).filter(bool)


@st.composite
def _rates(draw: st.DrawFn) -> tuple[DatedRate, ...]:
    """Windows that share no day, some open at their ends."""
    days = sorted(draw(st.sets(st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), max_size=6)))
    if len(days) < 2:
        return draw(st.sampled_from(((), (DatedRate(rate="8%"),))))
    pairs = list(zip(days[::2], days[1::2], strict=False))
    return tuple(
        DatedRate(
            rate=draw(_RATE),
            valid_from=None if at == 0 and draw(st.booleans()) else first,
            valid_to=None if at == len(pairs) - 1 and draw(st.booleans()) else last,
        )
        for at, (first, last) in enumerate(pairs)
    )


@st.composite
def _entry(draw: st.DrawFn) -> Entry:
    components = draw(st.lists(st.builds(Component, st.builds("part-{}".format, _TEXT), _QUANTITY), max_size=3))
    entry = Entry(
        sku=draw(_TEXT),
        invoice_name=draw(st.just("") | _TEXT),
        unit=draw(st.just("") | _TEXT),
        rates=draw(_rates()),
        components=tuple(components),
    )
    # What is stored came in by a file before: in the form that files are read in.
    first = said_by(write_products({}, [entry]))
    return next(iter(first.values())) or Entry(sku=entry.sku)


def said_by(text: str) -> dict[str, Entry | None]:
    return {each.key: each.after for each in read_products(text.encode()).changes({})} or {"": None}


@given(st.lists(_entry(), max_size=8), st.dictionaries(_TEXT, _TEXT, max_size=4), st.sampled_from(DELIMITERS))
def test_what_is_exported_and_imported_changes_nothing(
    entries: list[Entry], names: dict[str, str], delimiter: Delimiter
) -> None:
    """Whatever is stored, with Haravan's products of the same and of other SKUs beside it."""
    stored = {entry.key: entry for entry in entries if not entry.is_empty}
    text = write_products(names, stored.values(), delimiter)
    read = read_products(text.encode())
    assert read.changes(stored) == []
    assert {folded(sku) for sku in read.skus} >= stored.keys()
    made_anew = {each.key: each.after for each in read.changes({})}
    assert made_anew == stored
