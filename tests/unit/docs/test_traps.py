"""Every trap that the reference lists is covered by a test that is there and says so."""

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
TRAPS = [tuple(cell.strip() for cell in row.strip("|").split(" | ")) for row in ROWS]
NAMED = [
    pytest.param(trap, found["file"], found["name"], id=f"{trap[:40]}: {found['name']}")
    for trap, _, tests in TRAPS
    for found in _TEST.finditer(tests)
]
_STEM = 5
"""So many letters tell a word, whatever its ending."""
_COMMON = {"again", "after", "before", "which", "while", "whoev", "there", "their", "other", "every", "harml", "never"}


@cache
def docstrings_of(file: str) -> dict[str, str]:
    """The docstrings of a file's tests, by name."""
    tree = ast.parse((ROOT / file).read_text())
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {node.name: ast.get_docstring(node) or "" for node in found}


def words(text: str) -> set[str]:
    """What a text is about."""
    found = re.findall(r"[a-z]{4,}|\d+\w*", text.lower().replace("_", " "))
    return {word[:_STEM] for word in found} - _COMMON


def test_the_page_is_read_whole() -> None:
    """A row that cannot be told from text would go unchecked."""
    assert len(TRAPS) > 80
    assert {len(cells) for cells in TRAPS} == {3}


@pytest.mark.parametrize(("trap", "avoided", "tests"), TRAPS, ids=[row[2:60] for row in ROWS])
def test_every_trap_names_how_it_is_avoided_and_its_test(trap: str, avoided: str, tests: str) -> None:
    """A trap without a test is a hope."""
    assert trap
    assert avoided
    assert tests
    assert not _TEST.sub("", tests).strip(", "), "not the name of a test"


@pytest.mark.parametrize(("trap", "file", "name"), NAMED)
def test_every_named_test_says_which_trap_it_is_about(trap: str, file: str, name: str) -> None:
    """The table does not outlive what it names, and whoever changes the test knows what for it is there."""
    docstring = docstrings_of(file).get(name)
    assert docstring is not None, "there is no such test"
    assert docstring.startswith("Trap: "), docstring
    assert len(words(docstring) & words(trap)) >= 2, (docstring, trap)
