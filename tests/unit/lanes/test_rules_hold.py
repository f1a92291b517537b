"""The real engine under everything that can happen, in virtual time: crash, redelivery, timeout, takeover, operators.

Workers are whole `LaneEngine`s with their `Stager`s over one store and one vendor. After every step the rules must
hold; at the end everything is healed, and all that was asked for must be settled and announced.

`LANE_STEPS=200000` makes more steps than a usual run, from another beginning each time; `LANE_QUICK=1` tells a
violation as it was found, without looking for a shorter way to it, which takes minutes.
"""

import logging
import os
import random
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, Phase, seed
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import run_state_machine_as_test
from lanes.ports import Count, FailPoint
from lanes.staging import StageKind
from support.lane_machine import LaneMachine
from support.lane_scene import Report
from support.strict_vendor import Fate

STEPS = 10_000
STEPS_EACH = 80
ROUNDS = 3
"""At most; the first is nearly always enough, and none is needed once everything has been seen."""
SELDOM = frozenset({Count.ERRORS, Count.STALLED})
ARRIVE = tuple(fate.name for fate in Fate if fate not in {Fate.UNREACHABLE, Fate.NO_CONNECTION})
"""Fates of requests that reach the vendor, or its sender's limits."""
THINGS = (
    *(f"at {point.name}" for point in FailPoint),
    *(f"crash at {point.name}" for point in FailPoint),
    *(f"command {kind.value}" for kind in StageKind),
    "fate PARTLY of several",
    "fate FIRST_REJECTED of several",
    "resend of the whole remainder",
    "one by one",
    "deduplicated",
    "overlap in the window after the last check",
    "a write whose receipt was lost",
    "a claim ahead whose receipt was lost, and the next reading",
    "a claim ahead that was written after it was given up",
    "fate FIRST_UNSENDABLE of several",
    "fate LAST_LEFT_OUT of several",
    "look-up raises",
    "look-up unclear",
    "look-up partly",
    "claimed ahead",
    "what was claimed ahead has left",
    "what was claimed ahead is given back",
    "what was claimed ahead is taken over",
    "refused withdraw",
    "refused set aside",
    "a stopped lane is resumed",
)
"""What must have happened, beside every rule and count: a machine that never gets there proves nothing."""


@pytest.fixture
def quiet() -> Iterator[None]:
    """Crashes by the thousand fill no log."""
    names = ("lanes", "asyncio")
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.usefixtures("quiet")
@pytest.mark.timeout(0)
def test_no_violation_in_ten_thousand_steps(record_property: Callable[[str, object], None]) -> None:
    """Trap: crash, redelivery, timeout, takeover, lost receipts of writes, results told twice: all holds."""
    wanted = int(os.environ.get("LANE_STEPS", STEPS))
    first = random.SystemRandom().randrange(2**32) if "LANE_STEPS" in os.environ else 0
    report = Report()
    for further in range(ROUNDS):
        play(report, wanted, first + further)
        if not missing(report):
            break
    record_property("steps", report.steps)
    print(f"{report.steps} steps in {report.examples} examples; {dict(report.counts)}")  # noqa: T201  (the run's result)
    assert report.steps >= wanted
    assert missing(report) == set()


def play(report: Report, steps: int, number: int) -> None:
    """So many steps, from the beginning of this number: what comes then depends on what else is imported, too."""
    run_state_machine_as_test(
        seed(number)(lambda: LaneMachine(report)),  # type: ignore[arg-type]  # any callable that makes a machine
        settings=hypothesis_settings(
            max_examples=steps // (STEPS_EACH - 15),
            stateful_step_count=STEPS_EACH,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink][: 2 - ("LANE_QUICK" in os.environ)],
            suppress_health_check=list(HealthCheck),
        ),
    )


def missing(report: Report) -> set[str]:
    """What must have happened and has not."""
    things = (*THINGS, *(f"rule {name}" for name in RULES), *(f"done {name}" for name in DONE))
    gone = {thing for thing in things if not report.seen[thing]}
    gone |= {f"fate {f}" for f in ARRIVE if not report.seen[f"fate {f}"] + report.seen[f"fate {f} of several"]}
    gone |= {f"count {count}" for count in Count if not report.counts[count] and count not in SELDOM}
    if sum(f"suspended at {point.name}" in report.seen for point in FailPoint) <= len(FailPoint) / 2:
        gone.add("suspended at most points")
    return gone


RULES = (
    *(
        "stage",
        "rush",
        "trouble",
        "redeliver",
        "withdraw by command",
        "withdraw",
        "set aside",
        "vendor will",
        "endless trouble",
        "one fate",
        "first there dies",
    ),
    *("pause lane", "block lane", "resume lane", "pause account", "resume account", "pause under a claim"),
    *(
        "look-ups will",
        "announcements fail",
        "store fails",
        "a claim ahead is in doubt",
        "crash at",
        "crash now",
        "die in a call",
        "suspend at",
        "wake",
    ),
    *("sleep over the lease", "suspend after", "stop", "cancel", "wrong date", "time passes"),
    *("much time passes", "a new day"),
)
DONE = (
    *("withdraw", "set aside", "pause lane", "block lane", "resume lane", "pause account", "resume account"),
    "pause under a claim",
)
"""What operators did, and were not refused."""
