"""Every trap that the reference lists is covered by a test that is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs/reference/traps.md"
_TEST = re.compile(r"`(?P<file>tests/[\w/]+\.py)::(?P<name>test_\w+)`")
ROWS = [
    line for line in PAGE.read_text().splitlines() if line.startswith("| ") and not line.startswith(("| Trap", "| ---"))
]
NAMED = sorted({(found["file"], found["name"]) for row in ROWS for found in _TEST.finditer(row)})


@cache
def functions_of(file: str) -> set[str]:
    """The names of a file's tests."""
    tree = ast.parse((ROOT / file).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=[row[2:60] for row in ROWS])
def test_every_trap_names_how_it_is_avoided_and_its_test(row: str) -> None:
    """A trap without a test is a hope."""
    trap, avoided, test = (cell.strip() for cell in row.strip("|").split(" | "))
    assert trap
    assert avoided
    assert _TEST.search(test)


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_every_named_test_is_there(file: str, name: str) -> None:
    """The table does not outlive what it names."""
    assert name in functions_of(file)
