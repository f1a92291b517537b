"""How each step is reached under each fault: who dies where, and what is wrong with the vendor meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.common.faults import FaultKind
from support.crash.faults import FAULTS, NONE, Fault, Leaves
from support.crash.steps import (
    AFTER_ANSWER,
    BEFORE_FIRST_BYTE,
    LOOK_UPS,
    RESEND,
    STEPS,
    TAKEOVER,
    VENDOR_WORKS,
    WATCHES,
    Step,
)

INVISIBLE_SECONDS = 3600.0
"""How long look-ups do not find what was issued: longer than a cell takes, unless it moves the vendor's clock."""
WORKING_SECONDS = 1.2
"""How long the vendor works where the process dies meanwhile; shorter than the call's deadline."""
HANGING_SECONDS = 30.0
"""Longer than the call's deadline."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One step under one fault."""

    step: Step
    fault: Fault

    @property
    def name(self) -> str:
        """As it is asked for on the command line, and its folder."""
        return f"{self.step.number}x{self.fault.name}"

    @property
    def deaths(self) -> tuple[Step, ...]:
        """Where one process after the other dies; the last death is the cell's own."""
        return (*_deaths_before(self.step, self.fault), self.step)

    @property
    def operator_waits_for_watch(self) -> bool:
        """Whether what is refused now was issued earlier, so that watching alone must find it."""
        return self.step in WATCHES and self.fault.issues

    def rules(self, tax_code: str) -> Sequence[Mapping[str, Any]]:
        """The faults of the sandbox."""
        return [{"tax_code": tax_code, "path": "*/invoice", **rule} for rule in _rules(self.step, self.fault)]


def every_cell() -> tuple[Cell, ...]:
    """The whole table."""
    return tuple(Cell(step, fault) for step in STEPS for fault in FAULTS)


def sample_cells() -> tuple[Cell, ...]:
    """Every step without a fault, and every fault where it hurts most: after an answer that nobody has recorded."""
    return tuple(c for c in every_cell() if c.fault is NONE or c.step == AFTER_ANSWER)


def _deaths_before(step: Step, fault: Fault) -> tuple[Step, ...]:
    """What leaves an unknown outcome behind where the fault alone does not, or not of the kind that the step needs."""
    if step == TAKEOVER:
        return (AFTER_ANSWER,)
    if step in LOOK_UPS or step in WATCHES:
        return () if fault.in_doubt else (AFTER_ANSWER,)
    if step == RESEND:
        return _deaths_before_resend(fault)
    return ()


def _deaths_before_resend(fault: Fault) -> tuple[Step, ...]:
    if fault.leaves is Leaves.DOUBT_NOTHING:
        return ()
    # What the vendor has refused, or issued and does not show yet, is not found; else nothing may have left at all.
    unseen = fault.leaves is Leaves.REFUSAL or fault.kind is FaultKind.DELAYED_VISIBILITY
    return (AFTER_ANSWER,) if unseen else (BEFORE_FIRST_BYTE,)


def _rules(step: Step, fault: Fault) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = []
    if fault.kind is not None:
        rules.append(_rule(fault))
    if step == VENDOR_WORKS and fault.kind is not FaultKind.HANG_BEFORE:
        later = 0 if fault.reaches_vendor else 1
        rules.append({"kind": "latency", "seconds": WORKING_SECONDS, "skip": later, "count": 1})
    if step in WATCHES:
        rules += _refused_later(fault)
    return rules


def _rule(fault: Fault) -> dict[str, Any]:
    rule: dict[str, Any] = {"kind": fault.name, "retry_after": "0.5"}
    if not fault.lasting:
        rule["count"] = 1
    if fault.kind is FaultKind.DELAYED_VISIBILITY:
        rule["seconds"] = INVISIBLE_SECONDS
    if fault.code is not None:
        rule["code"] = fault.code
    if fault.kind in {FaultKind.ACCEPT_THEN_HANG, FaultKind.HANG_BEFORE, FaultKind.SLOW}:
        rule["seconds"] = HANGING_SECONDS
    return rule


def _refused_later(fault: Fault) -> list[dict[str, Any]]:
    """The first request stays without an answer and unseen, what comes after it is refused."""
    rules: list[dict[str, Any]] = []
    if fault.issues and fault.kind is not FaultKind.DELAYED_VISIBILITY:
        rules.append({"kind": "delayed-visibility", "seconds": INVISIBLE_SECONDS, "count": fault.posts})
    if not fault.lasting:
        rules.append({"kind": "licence-used-up", "skip": fault.posts})
    return rules
