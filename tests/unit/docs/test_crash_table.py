"""The page of the crash table has every step and every fault that the code has."""

from pathlib import Path

import pytest
from lanes.ports import FailPoint
from sandbox.common.faults import FaultKind
from support.crash.faults import FAULTS, NOT_IN_THE_TABLE
from support.crash.page import MARKER
from support.crash.plan import Cell, every_cell, sample_cells
from support.crash.steps import STEPS, VENDOR_WORKS

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "crash-table.md"


def _rows() -> list[list[str]]:
    text = PAGE.read_text(encoding="utf-8").partition(MARKER)[2]
    return [[part.strip() for part in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]


def test_every_fail_point_is_a_step() -> None:
    """A new fail point is a new row, under a number of its own."""
    assert {step.point for step in STEPS} == {*FailPoint, None}
    assert len({step.number for step in STEPS}) == len(STEPS)


def test_every_fault_is_a_column_or_says_why_not() -> None:
    """A new fault of the sandbox has to be placed."""
    placed = {fault.kind for fault in FAULTS if fault.kind is not None}
    assert placed | set(NOT_IN_THE_TABLE) == set(FaultKind)
    assert not placed & set(NOT_IN_THE_TABLE)


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_the_page_explains_every_step(step: object) -> None:
    """Write it again with `make test-crash WRITE=1`."""
    assert str(step) in [f"{row[0]} {row[1]}" for row in _rows()]


def test_every_cell_held() -> None:
    """The page has a result for every step under every fault, and each is good."""
    header: list[str] = []
    marks: dict[tuple[str, str], str] = {}
    for row in _rows():
        if row[0] == "fault":
            header = row[1:]
        marks |= {(number, row[0]): mark for number, mark in zip(header, row[1:], strict=False)}
    assert all(marks[cell.step.number, cell.fault.name].startswith("ok") for cell in every_cell())


def test_every_cell_ends_with_a_death_at_its_own_step() -> None:
    """Whatever has to happen before, the kill that a cell is about is the last."""
    assert all(cell.deaths[-1] == cell.step for cell in every_cell())


def test_the_reduced_table_misses_no_step_and_no_fault() -> None:
    """Every row and every column is in it."""
    cells = sample_cells()
    assert {cell.step for cell in cells} == set(STEPS)
    assert {cell.fault for cell in cells} == set(FAULTS)


def test_the_vendor_works_when_it_is_killed() -> None:
    """What the vendor refuses at once cannot be caught at work: its next request is made to last."""
    rules = Cell(VENDOR_WORKS, next(fault for fault in FAULTS if fault.name == "reset-before")).rules("0101243150")
    assert [rule["kind"] for rule in rules] == ["reset-before", "latency"]
    assert rules[1]["skip"] == 1
