"""What is explored: small worlds, each with its own troubles."""

from lanes_model.model import Command, Scenario
from lanes_model.state import Budget, Verdict

A, B, C, D = 0, 1, 2, 3

CRASHES = Scenario(
    name="crashes",
    about="one worker, two intents in one request, crashes between any two steps",
    commands=(Command(A, 1), Command(B, 2)),
    staged=2,
    workers=1,
    counts=True,
    budget=Budget(crashes=2, losses=1, stragglers=1, hidden=1),
    deeper=Budget(crashes=3, losses=2, stragglers=2, hidden=2),
)
TAKEOVER = Scenario(
    name="takeover",
    about="two workers, one request at a time: crashes, ended leases, lost answers, stragglers, late visibility",
    commands=(Command(A, 1), Command(B, 2)),
    staged=2,
    most=1,
    budget=Budget(crashes=1, leases=2, losses=1),
    deeper=Budget(crashes=1, leases=2, losses=1, stragglers=1, hidden=1),
)
MIDNIGHT = Scenario(
    name="midnight",
    about="the date, and with it the year of the series, changes at each worker by itself",
    commands=(Command(A, 1), Command(B, 2)),
    staged=2,
    midnight=True,
    years=True,
    answers=frozenset({Verdict.RACE, Verdict.MISSING}),
    budget=Budget(leases=1, losses=1, faults=1),
    deeper=Budget(leases=1, losses=1, faults=2, stragglers=1),
)
NEW_YEAR = Scenario(
    name="new year",
    about="the same with one worker and more unkind answers",
    commands=(Command(A, 1), Command(B, 2)),
    staged=2,
    workers=1,
    midnight=True,
    years=True,
    answers=frozenset({Verdict.RACE, Verdict.MISSING, Verdict.FAULT}),
    counts=True,
    budget=Budget(crashes=1, losses=1, faults=3, stragglers=1),
    deeper=Budget(crashes=2, losses=2, faults=3, stragglers=2),
)
ANSWERS = Scenario(
    name="answers",
    about="every unkind answer, for two intents in one request, and a retry of the first with other content",
    commands=(Command(A, 1), Command(B, 2), Command(A, 3)),
    staged=2,
    workers=1,
    answers=frozenset(
        {Verdict.RACE, Verdict.FAULT, Verdict.REJECTED, Verdict.MISSING, Verdict.NO_NUMBER, Verdict.ACCEPTED}
    ),
    counts=True,
    budget=Budget(losses=1, faults=3, stragglers=1, hidden=1),
    deeper=Budget(crashes=1, losses=1, faults=3, stragglers=1, hidden=1),
)
POISON = Scenario(
    name="poison",
    about="an intent that the vendor never answers shares its requests with a good one",
    commands=(Command(A, 1), Command(B, 2)),
    staged=2,
    poison=frozenset({2}),
    operations=frozenset({"set aside"}),
    counts=True,
    budget=Budget(operations=2),
    deeper=Budget(operations=3, hidden=1),
)
REFUSED_WHOLE = Scenario(
    name="refused as a whole",
    about="one bad intent has the whole request refused, and nobody is named",
    commands=(Command(A, 1), Command(B, 2), Command(C, 3), Command(B, 4)),
    staged=3,
    most=3,
    workers=1,
    bad=frozenset({2}),
    refuses_whole=True,
    counts=True,
    budget=Budget(crashes=1, losses=1, stragglers=1),
    deeper=Budget(crashes=2, losses=2, stragglers=1),
)
ZOMBIES = Scenario(
    name="zombies",
    about="consumers that die, or go on after they have lost their partition, while a person withdraws",
    commands=(Command(A, 1), Command(A, 1), Command(A, 1)),
    workers=1,
    zombies=True,
    operations=frozenset({"withdraw"}),
    budget=Budget(redeliveries=2, operations=1),
    deeper=Budget(redeliveries=3, operations=2),
)
STAGING = Scenario(
    name="staging",
    about="two intents, changed, taken back and retried, redelivered at any time",
    commands=(Command(A, 1), Command(B, 2), Command(A, 3), Command(A, 0, withdraws=True), Command(A, 4)),
    workers=1,
    zombies=True,
    most=1,
    answers=frozenset({Verdict.REJECTED}),
    budget=Budget(redeliveries=1, faults=1),
    deeper=Budget(redeliveries=2, faults=1),
)
GENERATIONS = Scenario(
    name="generations",
    about="the topic's partitions change, and the offsets of later commands begin anew; redelivery at any time",
    commands=(Command(A, 1), Command(B, 2), Command(C, 3), Command(A, 4)),
    workers=1,
    zombies=True,
    most=1,
    renumbered=3,
    budget=Budget(redeliveries=1),
    deeper=Budget(redeliveries=2, losses=1),
)
ONE_ORDER = Scenario(
    name="one order",
    about="the command of one order, redelivered while it is being sent",
    commands=(Command(A, 1),),
    zombies=True,
    workers=1,
    budget=Budget(redeliveries=1, losses=1),
    deeper=Budget(redeliveries=3, losses=2, crashes=2),
)
OPERATORS = Scenario(
    name="operators",
    about="a person pauses, blocks, sets aside and withdraws while answers are lost and a retry comes",
    commands=(Command(A, 1), Command(B, 2), Command(A, 3)),
    staged=2,
    most=1,
    workers=1,
    operations=frozenset({"pause", "block", "set aside", "withdraw"}),
    answers=frozenset({Verdict.RACE, Verdict.REJECTED}),
    counts=True,
    budget=Budget(losses=1, faults=1, stragglers=1, operations=2),
    deeper=Budget(crashes=1, losses=1, faults=1, stragglers=1, operations=2),
)
PAUSED = Scenario(
    name="paused",
    about="a person pauses a lane before or after its request, whose answers are lost, is given up",
    commands=(Command(A, 1), Command(B, 2)),
    staged=2,
    most=1,
    workers=1,
    operations=frozenset({"pause", "set aside"}),
    counts=True,
    budget=Budget(losses=3, operations=2),
    deeper=Budget(crashes=1, losses=4, stragglers=1, hidden=1, operations=2),
)
SILENCE = Scenario(
    name="silence",
    about="a vendor that answers nothing, again and again",
    commands=(Command(A, 1), Command(B, 2)),
    staged=2,
    workers=1,
    counts=True,
    budget=Budget(losses=4, stragglers=1, hidden=1),
    deeper=Budget(losses=6, stragglers=2, hidden=1, crashes=1),
)
ANNOUNCING = Scenario(
    name="announcing",
    about="announcements that overtake each other, are lost, and are swept up",
    commands=(Command(A, 1),),
    staged=1,
    workers=1,
    announces=True,
    answers=frozenset({Verdict.REJECTED}),
    budget=Budget(crashes=1),
    deeper=Budget(crashes=1, losses=2, faults=1),
)
JOINED = Scenario(
    name="joined",
    about="an answer is recorded and the next request claimed in one transaction",
    commands=(Command(A, 1), Command(B, 2), Command(C, 3)),
    staged=3,
    most=1,
    joined=True,
    answers=frozenset({Verdict.RACE, Verdict.MISSING}),
    budget=Budget(crashes=1, leases=1, losses=1, faults=1),
    deeper=Budget(crashes=1, leases=1, losses=1, faults=2),
)

AHEAD = Scenario(
    name="ahead",
    about="the next request is named ahead: crashes, ended leases, lost answers, races, with two workers",
    commands=(Command(A, 1), Command(B, 2), Command(C, 3)),
    staged=3,
    most=1,
    joined=True,
    ahead=True,
    answers=frozenset({Verdict.RACE, Verdict.MISSING}),
    budget=Budget(crashes=1, leases=1, losses=1, faults=1),
    deeper=Budget(crashes=2, leases=1, losses=1, faults=1, hidden=1),
)
AHEAD_TAKEN_OVER = Scenario(
    name="ahead, taken over",
    about="two workers of which each may be suspended past its lease with the next request named ahead",
    commands=(Command(A, 1), Command(B, 2)),
    staged=2,
    most=1,
    ahead=True,
    budget=Budget(crashes=1, leases=2, losses=1),
    deeper=Budget(crashes=1, leases=2, losses=1, stragglers=1, hidden=1),
)
AHEAD_PARTLY = Scenario(
    name="ahead, partly refused",
    about="two intents a request, one refused for its own fault; a person pauses and withdraws, a command changes",
    commands=(Command(A, 1), Command(B, 2), Command(C, 3), Command(D, 4), Command(C, 5)),
    staged=4,
    workers=1,
    ahead=True,
    bad=frozenset({2}),
    operations=frozenset({"pause", "block", "withdraw", "set aside"}),
    answers=frozenset({Verdict.MISSING, Verdict.FAULT}),
    budget=Budget(crashes=1, faults=1, operations=1),
    deeper=Budget(crashes=1, losses=1, faults=1, operations=1),
)
AHEAD_MIDNIGHT = Scenario(
    name="ahead of midnight",
    about="the date changes at each worker by itself while the next request is named ahead; one is refused",
    commands=(Command(A, 1), Command(B, 2), Command(C, 3)),
    staged=3,
    most=1,
    ahead=True,
    midnight=True,
    years=True,
    bad=frozenset({1}),
    answers=frozenset({Verdict.RACE}),
    budget=Budget(leases=1, faults=1),
    deeper=Budget(crashes=1, leases=1, losses=1, stragglers=1),
)
AHEAD_OPEN = Scenario(
    name="ahead, attempts open",
    about="what is named ahead may be alive already from an older attempt, which arrives late",
    commands=(Command(A, 1), Command(B, 2)),
    staged=2,
    most=1,
    workers=1,
    ahead=True,
    midnight=True,
    answers=frozenset({Verdict.RACE}),
    counts=True,
    budget=Budget(crashes=1, faults=3, stragglers=1),
    deeper=Budget(crashes=2, losses=1, faults=3, stragglers=1, hidden=1),
)
AHEAD_TOLD = Scenario(
    name="ahead, announced",
    about="what is named ahead, given back and recorded late is announced",
    commands=(Command(A, 1), Command(B, 2)),
    staged=2,
    most=1,
    workers=1,
    ahead=True,
    announces=True,
    answers=frozenset({Verdict.RACE}),
    budget=Budget(crashes=1),
    deeper=Budget(crashes=1, faults=1),
)

SCENARIOS = (
    CRASHES, TAKEOVER, MIDNIGHT, NEW_YEAR, ANSWERS, POISON, REFUSED_WHOLE, ZOMBIES, STAGING, GENERATIONS, ONE_ORDER,
    OPERATORS, PAUSED, SILENCE, ANNOUNCING, JOINED, AHEAD, AHEAD_TAKEN_OVER, AHEAD_PARTLY, AHEAD_MIDNIGHT, AHEAD_OPEN,
    AHEAD_TOLD,
)  # fmt: skip
