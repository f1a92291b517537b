"""The rules of a lane, state by state: without any one of them something breaks."""

import pytest
from lanes_model.model import Model
from lanes_model.rules import Rule
from lanes_model.search import search
from lanes_model.where import WHERE


@pytest.mark.parametrize("rule", Rule, ids=lambda rule: rule.name)
def test_without_a_rule_what_it_protects_breaks(rule: Rule) -> None:
    """No rule is superfluous: taken away, its property breaks, and the shortest way there is told step by step."""
    found = search(Model(WHERE[rule], rule), wanted=frozenset({rule.protects}))
    assert found.violation is not None
    assert found.violation.property is rule.protects
    assert found.violation.trace
    assert all(found.violation.trace)


def test_a_rule_is_missed_for_its_own_property() -> None:
    """The traces of a re-dated resend end with the second body, on another day than the first."""
    found = search(
        Model(WHERE[Rule.IDENTICAL_BODY], Rule.IDENTICAL_BODY), wanted=frozenset({Rule.IDENTICAL_BODY.protects})
    )
    assert found.violation is not None
    assert any("day 1" in step for step in found.violation.trace)
    assert "day 2" in found.violation.trace[-1]


def test_without_a_block_a_fault_comes_again_and_again() -> None:
    """Nobody is rejected, nobody is called: it shows by the requests that left, not by the rule that is missing."""
    found = search(Model(WHERE[Rule.FAULT_BLOCKS], Rule.FAULT_BLOCKS), wanted=frozenset({Rule.FAULT_BLOCKS.protects}))
    assert found.violation is not None
    assert sum("the account's fault" in step for step in found.violation.trace) == 3
    assert " sends " in found.violation.trace[-1]


def test_to_claim_before_settling_breaks_in_a_few_steps() -> None:
    """A claim is all that the missing rule lets happen too early; settling is still there."""
    found = search(Model(WHERE[Rule.SETTLE_FIRST], Rule.SETTLE_FIRST), wanted=frozenset({Rule.SETTLE_FIRST.protects}))
    assert found.violation is not None
    assert len(found.violation.trace) < 8
    assert "claims b" in found.violation.trace[-1]
