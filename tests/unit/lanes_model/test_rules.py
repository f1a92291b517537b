"""The rules of a lane, state by state: with all of them everything holds, without any one something breaks."""

from dataclasses import replace

import pytest
from lanes_model.model import Model, Scenario
from lanes_model.rules import Rule
from lanes_model.scenarios import SCENARIOS, WHERE
from lanes_model.search import TooLarge, search
from lanes_model.state import Budget

SMALLER = {
    "poison": Budget(operations=2),
    "takeover": Budget(crashes=1, leases=1),
    "midnight": Budget(losses=1, faults=1),
    "zombies": Budget(redeliveries=1, operations=1),
    "staging": Budget(redeliveries=1),
    "paused": Budget(losses=3, operations=2),
    "operators": Budget(losses=1, stragglers=1, operations=1),
    "joined": Budget(leases=1, losses=1),
    "ahead": Budget(crashes=1, losses=1),
    "ahead, taken over": Budget(crashes=1, leases=1),
    "ahead, partly refused": Budget(faults=1, operations=1),
    "ahead of midnight": Budget(crashes=1, losses=1),
    "ahead, announced": Budget(),
}


def small(scenario: Scenario) -> Scenario:
    """A scenario in which each trouble comes once at most, and some never."""
    once = Budget(*(min(amount, 1) for amount in scenario.budget))
    return replace(scenario, budget=SMALLER.get(scenario.name, once))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_with_every_rule_every_property_holds(scenario: Scenario) -> None:
    """No interleaving breaks a property, and from everywhere there is a way to the end."""
    found = search(Model(small(scenario)))
    assert found.violation is None
    assert found.states > 1


@pytest.mark.parametrize("rule", Rule, ids=lambda rule: rule.name)
def test_without_a_rule_what_it_protects_breaks(rule: Rule) -> None:
    """No rule is superfluous: taken away, its property breaks, and the shortest way there is told step by step."""
    found = search(Model(WHERE[rule], rule), wanted=frozenset({rule.protects}))
    assert found.violation is not None
    assert found.violation.property is rule.protects
    assert all(found.violation.trace)


def test_a_rule_is_missed_for_its_own_property() -> None:
    """The traces of a re-dated resend end with the second body, on another day than the first."""
    found = search(
        Model(WHERE[Rule.IDENTICAL_BODY], Rule.IDENTICAL_BODY), wanted=frozenset({Rule.IDENTICAL_BODY.protects})
    )
    assert found.violation is not None
    assert any("day 1" in step for step in found.violation.trace)
    assert "day 2" in found.violation.trace[-1]


def test_three_workers_hold_as_two_do() -> None:
    """More workers are an option; they change nothing."""
    crowded = replace(WHERE[Rule.LAST_CHECK], workers=3, budget=Budget(leases=1))
    assert search(Model(crowded)).violation is None


def test_a_search_that_grows_too_large_says_so() -> None:
    """A budget that is too large ends in a message, not in the machine's memory."""
    with pytest.raises(TooLarge, match="takeover: more than 100 states"):
        search(Model(WHERE[Rule.LAST_CHECK]), most=100)
