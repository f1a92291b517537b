"""`make model` with its options: `DEEP=1`, `LANE_WORKERS`, `--page`."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lanes_model import __main__ as command
from lanes_model import report
from lanes_model.report import Job, Options, jobs, run
from lanes_model.rules import Rule
from lanes_model.scenarios import SCENARIOS
from lanes_model.state import Budget
from lanes_model.where import WHERE

MAKEFILE = Path(__file__).parents[3] / "Makefile"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, Options]]:
    """The command with these words, and the options that it runs with."""

    def call(*words: str) -> tuple[int, Options]:
        ran: list[Options] = []

        def told(options: Options) -> Iterator[str]:
            ran.append(options)
            yield json.dumps({"ok": True})

        monkeypatch.setattr(command, "run", told)
        monkeypatch.setattr(sys, "argv", ["lanes_model", *words])
        return command.main(), ran[0]

    return call


def test_the_command_takes_its_options(given: Callable[..., tuple[int, Options]]) -> None:
    """What the Makefile passes is what is run."""
    assert given("--processes", "2") == (0, Options(processes=2))
    assert given("--deep", "--workers", "3", "--processes", "1") == (0, Options(deep=True, workers=3))


def test_the_makefile_passes_them() -> None:
    """`DEEP=1` and `LANE_WORKERS=3` are words of the Makefile only."""
    recipe = next(line for line in MAKEFILE.read_text(encoding="utf-8").splitlines() if "$(if $(DEEP)" in line)
    assert "$(if $(DEEP),--deep)" in recipe
    assert "$(if $(LANE_WORKERS),--workers $(LANE_WORKERS))" in recipe


def test_deep_and_crowded_runs_are_larger() -> None:
    """Every scenario gets its larger budget, and at least so many workers."""
    usual, _ = jobs(Options())
    larger, rules = jobs(Options(deep=True, workers=3))
    assert [job.scenario.name for job in larger] == [job.scenario.name for job in usual]
    assert [job.scenario.budget for job in larger] == [scenario.deeper for scenario in SCENARIOS]
    assert {job.scenario.workers for job in larger} == {3}
    assert {job.without for job in rules} == set(Rule)


def test_a_larger_run_holds() -> None:
    """One whose larger budget is soon visited is, and finds more than the usual one."""
    found, usual = [
        next(job for job in jobs(options)[0] if job.scenario.name == "crashes").run()[1]
        for options in (Options(deep=True), Options())
    ]
    assert found.violation is None
    assert not found.too_large
    assert found.states > usual.states


@pytest.mark.parametrize("without", (None, Rule.CLAIM_IN_ONE))
def test_a_search_that_grows_too_large_is_reported(monkeypatch: pytest.MonkeyPatch, without: Rule | None) -> None:
    """The rest of the run goes on; it says what was not visited, and is no success."""
    little = replace(WHERE[Rule.CLAIM_IN_ONE], budget=Budget(crashes=1))
    work = (
        [Job(little, most=20 if without is None else 2_000)],
        [Job(little, Rule.CLAIM_IN_ONE, most=20 if without else 2_000)],
    )
    monkeypatch.setattr(report, "jobs", lambda _: work)
    lines = list(run(Options()))
    figures = json.loads(lines[-1])
    assert figures["ok"] is False
    assert figures["too_large"] == ([without.name] if without else ["crashes"])
    assert figures["superfluous"] == []
    assert figures["rules"] == 1
    assert any("not all was visited" in line for line in lines)


def test_a_run_that_is_no_success_ends_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs look at the exit code."""
    monkeypatch.setattr(command, "run", lambda _: iter([json.dumps({"ok": False})]))
    monkeypatch.setattr(sys, "argv", ["lanes_model"])
    assert command.main() == 1
