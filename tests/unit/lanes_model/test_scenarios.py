"""The rules of a lane, state by state: with all of them everything holds, in the budgets of `make model`."""

from dataclasses import replace

import pytest
from lanes_model.model import Model, Scenario
from lanes_model.rules import Rule
from lanes_model.scenarios import SCENARIOS
from lanes_model.search import TooLarge, search
from lanes_model.state import Budget
from lanes_model.where import WHERE

SMALLER = {
    "ahead": Budget(crashes=1, losses=1),
    "ahead, announced": Budget(),
    "staging": Budget(redeliveries=1),
}
"""Those that take longest are visited whole by `make model` only."""


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_with_every_rule_every_property_holds(scenario: Scenario) -> None:
    """No interleaving breaks a property, and from everywhere there is a way to the end."""
    found = search(Model(replace(scenario, budget=SMALLER.get(scenario.name, scenario.budget))))
    assert found.violation is None
    assert found.states > 1


def test_only_few_scenarios_are_made_smaller() -> None:
    """A name that is no scenario's would make nothing smaller."""
    assert set(SMALLER) < {scenario.name for scenario in SCENARIOS}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_larger_budgets_are_larger(scenario: Scenario) -> None:
    """More may go wrong in a long run than in a short one."""
    assert sum(scenario.deeper) > sum(scenario.budget)


def test_three_workers_hold_as_two_do() -> None:
    """More workers are an option; they change nothing."""
    crowded = replace(WHERE[Rule.LAST_CHECK], workers=3, budget=Budget(leases=1))
    assert search(Model(crowded)).violation is None


def test_a_search_that_grows_too_large_says_so() -> None:
    """A budget that is too large ends in a message, not in the machine's memory."""
    with pytest.raises(TooLarge, match="takeover: more than 100 states"):
        search(Model(WHERE[Rule.LAST_CHECK]), most=100)
