"""The steps at which the process dies: every fail point of the engine, and the one that is no place in its code."""

from dataclasses import dataclass

from lanes.ports import FailPoint
from typing_extensions import override


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One row of the table. `point` is where the process kills itself; None: it is killed from outside."""

    number: str
    label: str
    point: FailPoint | None = None

    @property
    def rule(self) -> int:
        """Which rule of the lane it belongs to."""
        return int(self.number.partition(".")[0])

    @override
    def __str__(self) -> str:
        """As people and logs name it."""
        return f"{self.number} {self.label}"


def _step(point: FailPoint) -> Step:
    number, _, label = point.value.partition(" ")
    return Step(number, label, point)


VENDOR_WORKS = Step("3.3", "call: sent, the vendor works")
STEPS: tuple[Step, ...] = tuple(sorted((*map(_step, FailPoint), VENDOR_WORKS), key=lambda step: step.number))
"""Every step, in order."""

BY_POINT = {step.point: step for step in STEPS if step.point is not None}
"""The step of each fail point."""

CLAIMED = BY_POINT[FailPoint.CLAIM_AFTER_COMMIT]
BEFORE_FIRST_BYTE = BY_POINT[FailPoint.CALL_AFTER_LAST_CHECK]
AFTER_ANSWER = BY_POINT[FailPoint.CALL_AFTER_ANSWER]
AFTER_RECORD = BY_POINT[FailPoint.RECORD_AFTER_COMMIT]
AFTER_LOOK_UP = BY_POINT[FailPoint.SETTLE_AFTER_LOOK_UP]
RESEND = BY_POINT[FailPoint.SETTLE_AFTER_RESEND_CLAIM]
LOOK_UPS = frozenset(BY_POINT[point] for point in (FailPoint.SETTLE_AFTER_LOOK_UP, FailPoint.SETTLE_AFTER_RECORD))
TAKEOVER = BY_POINT[FailPoint.SETTLE_AFTER_TAKEOVER]
WATCHES = frozenset(BY_POINT[point] for point in (FailPoint.WATCH_AFTER_LOOK_UP, FailPoint.WATCH_AFTER_RECORD))

OF_THE_SECOND = {
    BY_POINT[FailPoint.CLAIM_AFTER_PREPARE]: 1,
    CLAIMED: 1,
    BY_POINT[FailPoint.CALL_AT_LAST_CHECK]: 3,
    BEFORE_FIRST_BYTE: 3,
}
"""Where requests are claimed ahead: so often a process passes these before it comes to them for the second request,
directly before its first byte (the last check is asked before connecting, too), while the first is not recorded."""
WHILE_TWO_ARE_NAMED = frozenset(OF_THE_SECOND) - {BY_POINT[FailPoint.CLAIM_AFTER_PREPARE]} | {AFTER_ANSWER}
"""The lane names both requests there."""
