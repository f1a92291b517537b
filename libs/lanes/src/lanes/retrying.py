"""What a retry by a person would do to an intent, by the rules of staging: a retry is a new command at the tail."""

from dataclasses import dataclass
from datetime import UTC, datetime

from lanes.model import (
    IN_FLIGHT_STATES,
    AccountRecord,
    Intent,
    IntentState,
    LaneRecord,
    LaneState,
    Position,
)
from lanes.staging import StageKind, place

StoppedBy = LaneRecord | AccountRecord
_ANY_TIME = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class QueuedAgain:
    """Its stored command, sent again, goes to the tail of the lane with the same content.

    `stopped` is what keeps the lane from sending it until all of that is resumed.
    """

    stopped: tuple[StoppedBy, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldAgain:
    """It could not be prepared, and the same content would be held again: it needs a command with other content."""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A request without an answer may still be alive: a command changes nothing, look-ups go on until `until`.

    None, or a time that has passed: until a look-up brings a clear answer.
    """

    until: datetime | None


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """It waits for its turn, is being sent or is being settled: a command would at best cost it its place.

    `stopped` is what keeps it from going on until all of that is resumed.
    """

    stopped: tuple[StoppedBy, ...] = ()


@dataclass(frozen=True, slots=True)
class AlreadyIssued:
    """Final: a command changes nothing."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """It was withdrawn: only whoever owns the command can want it again."""


RetryEffect = QueuedAgain | HeldAgain | LookedUp | OnItsWay | AlreadyIssued | TakenBack


def retry_effect(intent: Intent, lane: LaneRecord | None, account: AccountRecord | None) -> RetryEffect:
    """What sending the stored command of an intent again would do, or why it is not to be sent."""
    kind = place(intent, intent.command, _tail(intent), _ANY_TIME).kind
    match intent.state:
        case IntentState.ISSUED:
            return AlreadyIssued()
        case IntentState.SENDING | IntentState.ACCEPTED | IntentState.UNKNOWN | IntentState.STAGED:
            return OnItsWay(stopped_by(lane, account, settling=intent.state in IN_FLIGHT_STATES))
        case IntentState.WITHDRAWN:
            return TakenBack()
        case IntentState.REJECTED | IntentState.SET_ASIDE | IntentState.HELD:
            if kind in {StageKind.STANDS, StageKind.CONFLICT}:
                return LookedUp(intent.watch_until)
            return HeldAgain() if intent.state is IntentState.HELD else QueuedAgain(stopped_by(lane, account))


def _tail(intent: Intent) -> Position:
    """A position above everything that was seen of it."""
    return Position(max(seen.generation for seen in (intent.position, *intent.seen.values())) + 1, 0)


def stopped_by(
    lane: LaneRecord | None, account: AccountRecord | None, *, settling: bool = False
) -> tuple[StoppedBy, ...]:
    """What keeps a lane from claiming, or with `settling` from sending again what it has in flight: lane and account.

    A paused lane settles what it has in flight, a blocked one only looks it up; a stopped account is as a blocked lane.
    """
    stops = {LaneState.BLOCKED} if settling else {LaneState.BLOCKED, LaneState.PAUSED}
    of_lane = (lane,) if lane is not None and lane.state in stops else ()
    of_account = (account,) if account is not None and account.state is not LaneState.RUNNING else ()
    return (*of_lane, *of_account)
