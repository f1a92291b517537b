"""What a request or a look-up can come to: closed unions, matched exhaustively."""

from collections.abc import Mapping
from dataclasses import dataclass

from lanes.model import Scope


@dataclass(frozen=True, slots=True)
class Issued:
    """Published. `result` is opaque to the engine and never empty (an empty one is taken as unknown)."""

    result: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rejected:
    """Refused for its own content: the lane goes on without it."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Refused for now (a race for the number, "try later"): the same again, not before `delay_seconds`."""

    code: str
    delay_seconds: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Never sent, for no fault of its own: it goes with the next request, and nothing is counted against it."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class AccountFault:
    """Refused for something that is not the intent's: blocks the lane or the account, loses nothing."""

    code: str
    reason: str
    scope: Scope = Scope.LANE


@dataclass(frozen=True, slots=True)
class Accepted:
    """Taken by the vendor, who works on it; look-ups tell when it is done."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The answer does not say what became of it."""

    reason: str


Outcome = Issued | Rejected | TryAgain | LeftOut | AccountFault | Accepted | Unknown


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that speaks of intents one by one; one it does not name (or names twice: leave it out) is unknown."""

    by_ref_id: Mapping[str, Outcome]


@dataclass(frozen=True, slots=True)
class WholeRefused:
    """The whole request was refused and no intent named: next time one by one."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class WholeAccountFault:
    """The whole request was refused for a fault of the lane or of the account."""

    code: str
    reason: str
    scope: Scope = Scope.ACCOUNT


@dataclass(frozen=True, slots=True)
class WholeTryAgain:
    """The whole request was refused for now (throttled, "try later"), surely unprocessed: the same again, later."""

    code: str
    delay_seconds: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NotSent:
    """Nothing reached the server."""

    reason: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The request left and no usable answer came: unknown for all."""

    reason: str


Answer = Answered | WholeRefused | WholeAccountFault | WholeTryAgain | NotSent | Lost


@dataclass(frozen=True, slots=True)
class Found:
    """The vendor has issued it. `result` as in `Issued`."""

    result: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NotFound:
    """The vendor was asked in every way there is and does not know it (yet)."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """The look-up itself failed or cannot be understood: counts as not asked."""

    reason: str


LookUp = Found | NotFound | Unclear
