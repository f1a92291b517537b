"""Where each rule is missed."""

from dataclasses import replace

from lanes_model.model import Scenario
from lanes_model.rules import Rule
from lanes_model.scenarios import (
    AHEAD,
    AHEAD_MIDNIGHT,
    AHEAD_OPEN,
    AHEAD_PARTLY,
    AHEAD_TAKEN_OVER,
    ANNOUNCING,
    ANSWERS,
    CRASHES,
    GENERATIONS,
    JOINED,
    MIDNIGHT,
    NEW_YEAR,
    ONE_ORDER,
    OPERATORS,
    PAUSED,
    POISON,
    REFUSED_WHOLE,
    SILENCE,
    STAGING,
    TAKEOVER,
    ZOMBIES,
)
from lanes_model.state import Budget

_WHERE = {
    TAKEOVER: (
        Rule.LANE_IS_THE_LOCK, Rule.COMPARE_AND_SET, Rule.FENCED_RECORD, Rule.DATABASE_TIME, Rule.COUNT_FROM_BEFORE,
        Rule.CLOCK_GOES_ON, Rule.LAST_CHECK, Rule.HARD_DEADLINE, Rule.QUIET_PERIOD, Rule.SETTLE_FIRST,
    ),
    CRASHES: (Rule.CLAIM_IN_ONE, Rule.RECORD_IN_ONE, Rule.WRITE_BEFORE_CALL, Rule.TWO_LOOK_UPS),
    ONE_ORDER: (Rule.STAGE_BEFORE_COMMIT, Rule.REF_ID_OF_SOURCE),
    STAGING: (
        Rule.STAGE_IN_ORDER, Rule.POSITION_OF_TOPIC, Rule.REDELIVERY_IGNORED, Rule.CHANGE_KEEPS_PLACE,
        Rule.COMMAND_TAKES_UNSENT,
    ),
    GENERATIONS: (Rule.GENERATION_COUNTS,),
    ZOMBIES: (Rule.SEEN_ONLY_RISES,),
    MIDNIGHT: (Rule.DATE_NEVER_BACK,),
    NEW_YEAR: (Rule.OPEN_FIRST, Rule.IDENTICAL_BODY),
    ANSWERS: (
        Rule.ONE_POST, Rule.UNNAMED_IS_UNKNOWN, Rule.RESULT_OR_UNKNOWN, Rule.FAULT_REJECTS_NOBODY, Rule.FAULT_BLOCKS,
        Rule.REFUSAL_PROVISIONAL, Rule.FIRST_STANDS,
    ),
    REFUSED_WHOLE: (Rule.WHOLE_REFUSAL_SPLITS, Rule.RETRY_AT_TAIL),
    POISON: (Rule.ONE_BY_ONE,),
    SILENCE: (Rule.RESENDS_END,),
    OPERATORS: (Rule.SET_ASIDE_WATCHED, Rule.WATCH_ENDS_ASKED, Rule.WITHDRAW_UNSENT, Rule.BLOCK_LOOKS_UP),
    PAUSED: (Rule.RUNNING_ONLY, Rule.PAUSE_SETTLES, Rule.PAUSE_OUTLASTS),
    ANNOUNCING: (Rule.VERSION_RISES, Rule.HIGHEST_KEPT, Rule.ANNOUNCED_IS_A_VERSION, Rule.SWEEP),
    JOINED: (Rule.JOIN_WHEN_SETTLED,),
    AHEAD: (
        Rule.AHEAD_IS_NAMED, Rule.FOLLOWS_ANSWER, Rule.FOLLOWS_SETTLED, Rule.ALL_NAMED_UNKNOWN,
        Rule.QUIET_FROM_CALL,
    ),
    AHEAD_TAKEN_OVER: (Rule.FOLLOWS_CHECKED,),
    AHEAD_PARTLY: (Rule.AHEAD_COMPARES, Rule.GIVEN_BACK_UNSENT),
    AHEAD_MIDNIGHT: (Rule.AHEAD_ONE_DATE, Rule.FOLLOWS_TODAY),
    AHEAD_OPEN: (Rule.FOLLOWING_STAYS, Rule.GIVEN_BACK_AS_IT_WAS),
}  # fmt: skip
_ENOUGH = {Rule.SETTLE_FIRST: Budget(crashes=1), Rule.BLOCK_LOOKS_UP: Budget(losses=1, operations=1)}
"""Budgets that suffice, where a dead end shows only when every state was visited."""
WHERE: dict[Rule, Scenario] = {
    rule: replace(scenario, budget=_ENOUGH.get(rule, scenario.budget))
    for scenario, rules in _WHERE.items()
    for rule in rules
}
"""In which scenario a rule's absence shows soonest."""
