"""What is wrong with the vendor: every fault of the sandbox that has to do with publishing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto

from sandbox.common.faults import FaultKind


class Leaves(StrEnum):
    """What a request that meets the fault leaves behind."""

    ANSWER = auto()
    """Issued, and the caller knows."""
    REFUSAL = auto()
    """Nothing is issued, and the caller knows."""
    DOUBT_ISSUED = auto()
    """Issued, and the caller does not know of all."""
    DOUBT_NOTHING = auto()
    """Nothing is issued, and the caller does not know."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One column of the table. The fault meets the first publish request, or lasts until it is lifted.

    `posts` is how many POSTs one request becomes: a refused token is renewed and the request goes out once more.
    """

    name: str
    leaves: Leaves
    kind: FaultKind | None = None
    lasting: bool = False
    reaches_vendor: bool = True
    posts: int = 1

    @property
    def in_doubt(self) -> bool:
        """Whether the fault alone makes an outcome unknown."""
        return self.leaves in {Leaves.DOUBT_ISSUED, Leaves.DOUBT_NOTHING}

    @property
    def issues(self) -> bool:
        """Whether the first request issues invoices in spite of the fault."""
        return self.leaves in {Leaves.ANSWER, Leaves.DOUBT_ISSUED}


def _fault(kind: FaultKind, leaves: Leaves, *, lasting: bool = False, reaches: bool = True, posts: int = 1) -> Fault:
    return Fault(kind.value, leaves, kind, lasting, reaches, posts)


NONE = Fault("none", Leaves.ANSWER)
FAULTS: tuple[Fault, ...] = (
    NONE,
    _fault(FaultKind.ACCEPT_THEN_HANG, Leaves.DOUBT_ISSUED),
    _fault(FaultKind.ACCEPT_THEN_RESET, Leaves.DOUBT_ISSUED),
    _fault(FaultKind.ACCEPT_THEN_ERROR, Leaves.DOUBT_ISSUED),
    _fault(FaultKind.GARBAGE, Leaves.DOUBT_ISSUED),
    _fault(FaultKind.ELEMENT_MISSING, Leaves.DOUBT_ISSUED),
    _fault(FaultKind.ELEMENT_TWICE, Leaves.DOUBT_ISSUED),
    _fault(FaultKind.ELEMENT_WITHOUT_NUMBER, Leaves.DOUBT_ISSUED),
    _fault(FaultKind.DELAYED_VISIBILITY, Leaves.ANSWER),
    _fault(FaultKind.HANG_BEFORE, Leaves.DOUBT_NOTHING, reaches=False),
    _fault(FaultKind.RESET_BEFORE, Leaves.DOUBT_NOTHING, reaches=False),
    _fault(FaultKind.ERROR_BEFORE, Leaves.DOUBT_NOTHING, reaches=False),
    _fault(FaultKind.TOO_MANY_REQUESTS, Leaves.REFUSAL, reaches=False),
    _fault(FaultKind.NUMBER_RACE, Leaves.REFUSAL),
    _fault(FaultKind.TOKEN_EXPIRED, Leaves.ANSWER, posts=2),
    _fault(FaultKind.TOKEN_INVALID, Leaves.REFUSAL, lasting=True, posts=2),
    _fault(FaultKind.LICENCE_USED_UP, Leaves.REFUSAL, lasting=True),
)
"""Every fault of the table."""

NOT_IN_THE_TABLE: Mapping[FaultKind, str] = {
    FaultKind.LATENCY: "makes step 3.3 last long enough to die in it",
    FaultKind.UNAUTHORIZED: "for a lane the same as token-invalid",
    FaultKind.VERDICT_REFUSED: "comes after publishing, and is the status poller's",
}
"""Faults of the sandbox that are no column, and why."""
