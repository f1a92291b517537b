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

    `posts` is how many POSTs one request becomes: a refused token is renewed and the request goes out once more. `code`
    is what the vendor refuses with, where it can refuse with several; `seconds` how long it lasts, where that matters.
    """

    name: str
    meaning: str
    leaves: Leaves
    kind: FaultKind | None = None
    lasting: bool = False
    reaches_vendor: bool = True
    posts: int = 1
    code: str | None = None
    seconds: float | None = None

    @property
    def in_doubt(self) -> bool:
        """Whether the fault alone makes an outcome unknown."""
        return self.leaves in {Leaves.DOUBT_ISSUED, Leaves.DOUBT_NOTHING}

    @property
    def issues(self) -> bool:
        """Whether the first request issues invoices in spite of the fault."""
        return self.leaves in {Leaves.ANSWER, Leaves.DOUBT_ISSUED}


def _issued(kind: FaultKind, meaning: str, *, code: str | None = None) -> Fault:
    """The first request is issued, and its answer says less than that."""
    return Fault(kind.value, meaning, Leaves.DOUBT_ISSUED, kind, code=code)


def _lost(kind: FaultKind, meaning: str) -> Fault:
    """The first request is lost before it is processed."""
    return Fault(kind.value, meaning, Leaves.DOUBT_NOTHING, kind, reaches_vendor=False)


def _refused(kind: FaultKind, meaning: str, *, lasting: bool = False, reaches: bool = True, posts: int = 1) -> Fault:
    return Fault(kind.value, meaning, Leaves.REFUSAL, kind, lasting=lasting, reaches_vendor=reaches, posts=posts)


NONE = Fault("none", "nothing is wrong", Leaves.ANSWER)
FAULTS: tuple[Fault, ...] = (
    NONE,
    _issued(FaultKind.ACCEPT_THEN_HANG, "issued, then no answer until the deadline"),
    _issued(FaultKind.ACCEPT_THEN_RESET, "issued, then the connection is reset"),
    _issued(FaultKind.ACCEPT_THEN_ERROR, "issued, then HTTP 500"),
    _issued(FaultKind.GARBAGE, "issued, then an answer that is not JSON"),
    _issued(FaultKind.PARTIAL, "issued, then half of the answer"),
    _issued(FaultKind.SLOW, "issued, then an answer that is not over by the deadline"),
    _issued(FaultKind.ACCEPT_THEN_REFUSE, "issued, and each invoice is answered with `Exception`", code="Exception"),
    _issued(FaultKind.ELEMENT_MISSING, "issued, and the answer leaves one invoice out"),
    _issued(FaultKind.ELEMENT_TWICE, "issued, and the answer names one invoice twice"),
    _issued(FaultKind.ELEMENT_WITHOUT_NUMBER, "issued, and the answer gives neither number nor lookup code"),
    Fault("delayed-visibility", "issued, and look-ups do not find it", Leaves.ANSWER, FaultKind.DELAYED_VISIBILITY),
    _lost(FaultKind.HANG_BEFORE, "not processed, and no answer until the deadline"),
    _lost(FaultKind.RESET_BEFORE, "not processed, the connection is reset"),
    _lost(FaultKind.ERROR_BEFORE, "not processed, HTTP 500"),
    _refused(FaultKind.TOO_MANY_REQUESTS, "not processed, HTTP 429 with Retry-After", reaches=False),
    Fault(
        "refuse-all",
        "refused as a whole without naming an invoice: the next requests carry one each",
        Leaves.REFUSAL,
        FaultKind.REFUSE_ALL,
        code="InvalidInvoiceData",
    ),
    _refused(FaultKind.NUMBER_RACE, "refused: another request took the number"),
    Fault("token-expired", "the token is refused once; it is renewed", Leaves.ANSWER, FaultKind.TOKEN_EXPIRED, posts=2),
    _refused(FaultKind.TOKEN_INVALID, "every token is refused until somebody sees to it", lasting=True, posts=2),
    _refused(FaultKind.LICENCE_USED_UP, "no invoices are left until somebody buys some", lasting=True),
)
"""Every fault of the table."""

ASYNCHRONOUS: tuple[Fault, ...] = (
    Fault(
        "asynchronous-slow",
        "accepted, and issued six seconds later: look-ups find nothing until then",
        Leaves.ANSWER,
        FaultKind.ASYNCHRONOUS_SLOW,
        seconds=6,
    ),
    Fault(
        "asynchronous-late",
        "accepted, and issued only after the lane has begun to doubt it",
        Leaves.DOUBT_ISSUED,
        FaultKind.ASYNCHRONOUS_SLOW,
        seconds=12,
    ),
    Fault("asynchronous-never", "accepted, and lost", Leaves.DOUBT_NOTHING, FaultKind.ASYNCHRONOUS_NEVER),
)
"""Faults that only an invoice can meet that is accepted first and issued later."""

NOT_IN_THE_TABLE: Mapping[FaultKind, str] = {
    FaultKind.LATENCY: "makes step 3.3 last long enough to die in it",
    FaultKind.UNAUTHORIZED: "for a lane the same as token-invalid",
    FaultKind.REFUSE: "a refusal of one invoice is in every cell: the third order's",
    FaultKind.STATUS_EMPTY: "for a lane the same as delayed-visibility",
    FaultKind.STATUS_UNCLEAR: "a fault of look-ups, not of publishing: such a look-up counts as not made",
    FaultKind.VERDICT_REFUSED: "comes after publishing, and is the status poller's",
    FaultKind.VERDICT_ERROR: "the same",
}
"""Faults of the sandbox that are no row of either table, and why."""
