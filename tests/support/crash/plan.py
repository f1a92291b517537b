"""How each step is reached under each fault: who dies where, and what is wrong with the vendor meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.common.faults import FaultKind
from support.crash.faults import ASYNCHRONOUS, FAULTS, NONE, Fault, Leaves
from support.crash.steps import (
    AFTER_ANSWER,
    AFTER_LOOK_UP,
    AFTER_RECORD,
    BEFORE_FIRST_BYTE,
    CLAIMED,
    LOOK_UPS,
    OF_THE_SECOND,
    RESEND,
    STEPS,
    TAKEOVER,
    VENDOR_WORKS,
    WATCHES,
    WHILE_TWO_ARE_NAMED,
    Step,
)
from support.crash.ways import AT_ONCE, OTHERS, Way

INVISIBLE_SECONDS = 3600.0
"""How long look-ups do not find what was issued: longer than a cell takes, unless it moves the vendor's clock."""
WORKING_SECONDS = 1.2
"""How long the vendor works where the process dies meanwhile; shorter than the call's deadline."""
CLAIMING_SECONDS = 0.8
"""How long the first request takes where the next is to be claimed meanwhile."""
HANGING_SECONDS = 30.0
"""Longer than the call's deadline."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One step under one fault, with orders that are sent in one way."""

    step: Step
    fault: Fault
    way: Way = AT_ONCE

    @property
    def name(self) -> str:
        """As it is asked for on the command line, and its folder."""
        name = f"{self.step.number}x{self.fault.name}"
        return name if self.way is AT_ONCE else f"{name}x{self.way.name}"

    @property
    def deaths(self) -> tuple[Step, ...]:
        """Where one process after the other dies; the last death is the cell's own."""
        return (*_deaths_before(self.step, self.fault, self.way), self.step)

    def skip(self, step: Step) -> int:
        """How often a process passes a step before it dies at it."""
        return OF_THE_SECOND.get(step, 0) if self.way.ahead else 0

    def names_two(self, step: Step) -> bool:
        """Whether a lane must name two requests when its process dies at this step."""
        return self.way.ahead and self.fault is NONE and step in WHILE_TWO_ARE_NAMED

    @property
    def operator_waits_for_watch(self) -> bool:
        """Whether what is refused now was issued earlier, so that watching alone must find it."""
        return self.step in WATCHES and self.fault.issues

    def rules(self, tax_code: str) -> Sequence[Mapping[str, Any]]:
        """The faults of the sandbox. Creating XML issues nothing, and is spared."""
        about = {"tax_code": tax_code, "path": "*/invoice", "action": "publish"}
        return [{**about, **rule} for rule in _rules(self.step, self.fault, self.way)]


def every_cell() -> tuple[Cell, ...]:
    """The whole table."""
    return tuple(Cell(step, fault) for step in STEPS for fault in FAULTS)


def other_cells() -> tuple[Cell, ...]:
    """The table of other ways: every step without a fault, and telling faults where they differ."""
    cells = (Cell(step, fault, way) for way in OTHERS for step in STEPS for fault in faults_of(way))
    return tuple(cell for cell in cells if _told(cell))


def faults_of(way: Way) -> tuple[Fault, ...]:
    """The faults that a way's table has."""
    if way is AT_ONCE:
        return FAULTS
    telling = tuple(fault for fault in FAULTS if fault.kind in _TELLING)
    return (NONE, *telling, *ASYNCHRONOUS) if way.looks_up_always else (NONE, *telling)


def sample_cells() -> tuple[Cell, ...]:
    """Every step without a fault, and every fault where it hurts most: after an answer that nobody has recorded.

    Of the other ways that step alone, and what only they can meet.
    """
    own = tuple(c for c in every_cell() if c.fault is NONE or c.step == AFTER_ANSWER)
    others = (c for c in other_cells() if c.step == AFTER_ANSWER and c.fault in (NONE, *ASYNCHRONOUS))
    return (*own, *others)


_TELLING = frozenset(
    {FaultKind.ACCEPT_THEN_HANG, FaultKind.ACCEPT_THEN_RESET, FaultKind.TOO_MANY_REQUESTS, FaultKind.NUMBER_RACE}
)


def _told(cell: Cell) -> bool:
    """Whether the table of a way has this cell."""
    step, fault, way = cell.step, cell.fault, cell.way
    if fault is NONE:
        return True
    if fault in ASYNCHRONOUS:
        return step in {AFTER_ANSWER, AFTER_RECORD, TAKEOVER, RESEND, *LOOK_UPS}
    if way.ahead and step == CLAIMED:
        return True  # the request that meets the fault is under way, another is claimed
    return step in {AFTER_ANSWER, AFTER_RECORD, AFTER_LOOK_UP}


def _deaths_before(step: Step, fault: Fault, way: Way) -> tuple[Step, ...]:
    """What leaves an unknown outcome behind where the fault alone does not, or not of the kind that the step needs."""
    if step == TAKEOVER:
        return (AFTER_ANSWER,)
    if step in LOOK_UPS and way.looks_up_always:
        return ()
    if step in LOOK_UPS or step in WATCHES:
        return () if fault.in_doubt else (AFTER_ANSWER,)
    if step == RESEND:
        return _deaths_before_resend(fault)
    return ()


def _deaths_before_resend(fault: Fault) -> tuple[Step, ...]:
    if fault.leaves is Leaves.DOUBT_NOTHING or (fault in ASYNCHRONOUS and fault.in_doubt):
        return ()
    # What the vendor has refused, or issued and does not show yet, is not found; else nothing may have left at all.
    unseen = fault.leaves is Leaves.REFUSAL or fault.kind is FaultKind.DELAYED_VISIBILITY
    return (AFTER_ANSWER,) if unseen else (BEFORE_FIRST_BYTE,)


def _rules(step: Step, fault: Fault, way: Way) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = []
    if fault.kind is not None:
        rules.append(_rule(fault))
    if way.ahead and step != VENDOR_WORKS and fault.reaches_vendor:
        rules.append({"kind": "latency", "seconds": CLAIMING_SECONDS, "count": 1})
    if step == VENDOR_WORKS and fault.kind is not FaultKind.HANG_BEFORE:
        later = 0 if fault.reaches_vendor and not way.ahead else 1
        rules.append({"kind": "latency", "seconds": WORKING_SECONDS, "skip": later, "count": 1})
    if step in WATCHES:
        rules += _refused_later(fault, way)
    return rules


def _rule(fault: Fault) -> dict[str, Any]:
    rule: dict[str, Any] = {"kind": fault.kind, "retry_after": "0.5"}
    if not fault.lasting:
        rule["count"] = 1
    if fault.seconds is not None:
        rule["seconds"] = fault.seconds
    if fault.kind is FaultKind.DELAYED_VISIBILITY:
        rule["seconds"] = INVISIBLE_SECONDS
    if fault.code is not None:
        rule["code"] = fault.code
    if fault.kind in {FaultKind.ACCEPT_THEN_HANG, FaultKind.HANG_BEFORE, FaultKind.SLOW}:
        rule["seconds"] = HANGING_SECONDS
    return rule


def _refused_later(fault: Fault, way: Way) -> list[dict[str, Any]]:
    """The first request stays without an answer and unseen, what comes after it is refused."""
    rules: list[dict[str, Any]] = []
    if fault.issues and fault.kind is not FaultKind.DELAYED_VISIBILITY:
        rules.append({"kind": "delayed-visibility", "seconds": INVISIBLE_SECONDS, "count": fault.posts})
    if not fault.lasting:
        # Without a licence no XML is created either, which else would tell that the RefID is known.
        skip, action = (2 * fault.posts, None) if way.signs_by_token else (fault.posts, "publish")
        rules.append({"kind": "licence-used-up", "skip": skip, "action": action})
    return rules
