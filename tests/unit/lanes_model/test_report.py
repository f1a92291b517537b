"""What the run prints, and the page about it."""

import ast
import json
from dataclasses import replace
from pathlib import Path

import lanes_model
import pytest
from lanes_model import report
from lanes_model.page import filled
from lanes_model.report import Options, run
from lanes_model.rules import Rule
from lanes_model.state import Budget
from lanes_model.stories import STORIES
from lanes_model.where import WHERE

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "lane-model.md"


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """One scenario and one rule."""
    scenario = replace(WHERE[Rule.CLAIM_IN_ONE], budget=Budget(crashes=1))
    monkeypatch.setattr(report, "SCENARIOS", (scenario,))
    monkeypatch.setattr(report, "Rule", (Rule.CLAIM_IN_ONE,))
    monkeypatch.setattr(report, "WHERE", {Rule.CLAIM_IN_ONE: scenario})


def test_the_last_line_is_the_figures(little: None) -> None:
    """People read a table, machines the last line."""
    lines = list(run(Options()))
    figures = json.loads(lines[-1])
    assert figures["ok"] is True
    assert (figures["rules"], figures["violations_without"]) == (1, 1)
    assert figures["states"] > 1
    assert any(line.startswith("CLAIM_IN_ONE") and "violated" in line for line in lines)


def test_a_superfluous_rule_is_no_success(little: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule without which nothing breaks is said, and the run fails."""
    calm = replace(WHERE[Rule.CLAIM_IN_ONE], budget=Budget())
    monkeypatch.setattr(report, "WHERE", {Rule.CLAIM_IN_ONE: calm})
    figures = json.loads(list(run(Options()))[-1])
    assert figures["ok"] is False
    assert figures["superfluous"] == ["CLAIM_IN_ONE"]


def test_every_rule_is_told_and_looked_for_somewhere() -> None:
    """Each rule has its counterexample in words and a scenario in which it shows."""
    assert set(STORIES) == set(WHERE) == set(Rule)


def test_the_page_is_current() -> None:
    """`make docs` would change nothing."""
    page = PAGE.read_text(encoding="utf-8")
    assert filled(page) == page


def test_the_model_shares_no_code_with_the_engine() -> None:
    """It imports itself and the standard library: an error of the engine cannot be an error of the model too."""
    allowed = {"lanes_model", "argparse", "collections", "concurrent", "dataclasses", "enum", "gc", "itertools", "json"}
    allowed |= {"os", "pathlib", "sys", "time", "typing"}
    for file in Path(lanes_model.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= allowed, file
