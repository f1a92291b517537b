"""The page of the crash table has every step and every fault that the code has."""

from pathlib import Path

import pytest
from lanes.ports import FailPoint
from sandbox.common.faults import FaultKind
from support.crash.exceptions import UNEXPLAINED
from support.crash.faults import ASYNCHRONOUS, FAULTS, NONE, NOT_IN_THE_TABLE
from support.crash.page import MARKER
from support.crash.plan import Cell, every_cell, faults_of, other_cells, sample_cells
from support.crash.steps import STEPS, VENDOR_WORKS
from support.crash.ways import AT_ONCE, OTHERS

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "crash-table.md"


def _rows(text: str) -> list[list[str]]:
    return [[part.strip() for part in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]


def test_every_fail_point_is_a_step() -> None:
    """A new fail point is a new row, under a number of its own."""
    assert {step.point for step in STEPS} == {*FailPoint, None}
    assert len({step.number for step in STEPS}) == len(STEPS)


def test_every_fault_is_a_column_or_says_why_not() -> None:
    """A new fault of the sandbox has to be placed."""
    placed = {fault.kind for fault in (*FAULTS, *ASYNCHRONOUS) if fault.kind is not None}
    assert placed | set(NOT_IN_THE_TABLE) == set(FaultKind)
    assert not placed & set(NOT_IN_THE_TABLE)


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_the_page_explains_every_step(step: object) -> None:
    """Write it again with `make test-crash WRITE=1`."""
    assert str(step) in [f"{row[0]} {row[1]}" for row in _rows(_text())]


def test_every_cell_held() -> None:
    """The page has a result for every step under every fault, of other ways for those of theirs, and each is good."""
    own, others = _text().split("## Other ways of sending")
    found = _marks(own)
    assert all(found[cell.step.number, cell.fault.name].startswith("ok") for cell in every_cell())
    for way in OTHERS:
        of_way = _marks(others.partition(f"### {way.name}\n")[2].partition("### ")[0])
        wanted = {(cell.step.number, cell.fault.name) for cell in other_cells() if cell.way is way}
        names = {fault.name for fault in faults_of(way)}
        assert {place for place, mark in of_way.items() if mark and place[1] in names} == wanted
        assert all(of_way[place].startswith("ok") for place in wanted)


def test_whatever_was_asked_for_again_has_a_reason() -> None:
    """The page lists what came out of order of position, and why."""
    assert "why an order was asked for again" in _text()
    assert UNEXPLAINED not in _text()


def _text() -> str:
    return PAGE.read_text(encoding="utf-8").partition(MARKER)[2]


def _marks(text: str) -> dict[tuple[str, str], str]:
    header: list[str] = []
    marks: dict[tuple[str, str], str] = {}
    for row in _rows(text):
        if len(row) > 1 and row[0] == "fault":
            header = row[1:]
        marks |= {(number, row[0]): mark for number, mark in zip(header, row[1:], strict=False)}
    return marks


def test_every_cell_ends_with_a_death_at_its_own_step() -> None:
    """Whatever has to happen before, the kill that a cell is about is the last."""
    assert all(cell.deaths[-1] == cell.step for cell in (*every_cell(), *other_cells()))


def test_every_other_way_dies_at_every_step() -> None:
    """Without a fault at each step; a way's faults where they differ."""
    for way in OTHERS:
        cells = [cell for cell in other_cells() if cell.way is way]
        assert {cell.step for cell in cells if cell.fault is NONE} == set(STEPS)
        assert {cell.fault for cell in cells} == set(faults_of(way))


def test_the_reduced_table_misses_no_step_and_no_fault() -> None:
    """Every row and every column is in it."""
    cells = sample_cells()
    assert {cell.step for cell in cells} == set(STEPS)
    assert {cell.fault for cell in cells} == {*FAULTS, *ASYNCHRONOUS}
    assert {cell.way for cell in cells if cell.way is not AT_ONCE} == set(OTHERS)


def test_the_vendor_works_when_it_is_killed() -> None:
    """What the vendor refuses at once cannot be caught at work: its next request is made to last."""
    rules = Cell(VENDOR_WORKS, next(fault for fault in FAULTS if fault.name == "reset-before")).rules("0101243150")
    assert [rule["kind"] for rule in rules] == ["reset-before", "latency"]
    assert rules[1]["skip"] == 1
