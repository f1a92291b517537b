"""What a retry by a person would do, compared with what staging does with the command."""

from datetime import UTC, datetime, timedelta

import pytest
from lanes.model import AccountRecord, Command, Intent, IntentState, LaneRecord, LaneState, Position
from lanes.retrying import (
    AlreadyIssued,
    HeldAgain,
    LookedUp,
    OnItsWay,
    QueuedAgain,
    RetryEffect,
    TakenBack,
    retry_effect,
)
from lanes.staging import StageKind, place

AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
UNTIL = AT + timedelta(hours=24)
LANE = "sandbox:1:1C__TAA"
COMMAND = Command(ref_id="a", lane=LANE, account="sandbox:1", content="{}", weight=1)
RUNNING = LaneRecord(lane=LANE, revision=1, epoch=1, now=AT)
PAUSED = LaneRecord(lane=LANE, revision=1, epoch=1, now=AT, state=LaneState.PAUSED, code="Paused")
BLOCKED = LaneRecord(lane=LANE, revision=1, epoch=1, now=AT, state=LaneState.BLOCKED, code="UnknownOutcome")
ACCOUNT = AccountRecord(account="sandbox:1", state=LaneState.BLOCKED, code="LicenseInfo_OutOfInvoice")
TAIL = Position(9, 0)


def intent(state: IntentState, *, open_attempts: int = 0, attempts: int = 1) -> Intent:
    """An intent in this state at a place of its own."""
    return Intent(
        command=COMMAND,
        position=Position(1, 5),
        seen={LANE: Position(1, 5)},
        state=state,
        attempts=attempts,
        open_attempts=open_attempts,
        watch_until=UNTIL if open_attempts else None,
    )


@pytest.mark.parametrize(
    ("state", "open_attempts", "expected"),
    (
        (IntentState.REJECTED, 0, QueuedAgain()),
        (IntentState.REJECTED, 1, LookedUp(UNTIL)),
        (IntentState.SET_ASIDE, 0, QueuedAgain()),
        (IntentState.SET_ASIDE, 2, LookedUp(UNTIL)),
        (IntentState.HELD, 0, HeldAgain()),
        (IntentState.HELD, 1, LookedUp(UNTIL)),
        (IntentState.STAGED, 0, OnItsWay()),
        (IntentState.STAGED, 1, OnItsWay()),
        (IntentState.SENDING, 0, OnItsWay()),
        (IntentState.ACCEPTED, 1, OnItsWay()),
        (IntentState.UNKNOWN, 1, OnItsWay()),
        (IntentState.WITHDRAWN, 0, TakenBack()),
        (IntentState.ISSUED, 0, AlreadyIssued()),
    ),
)
def test_each_state_has_its_effect(state: IntentState, open_attempts: int, expected: RetryEffect) -> None:
    """Only what was refused every time, or set aside and never left open, is sent again."""
    assert retry_effect(intent(state, open_attempts=open_attempts), RUNNING, None) == expected


@pytest.mark.parametrize("state", IntentState)
@pytest.mark.parametrize("open_attempts", (0, 1))
@pytest.mark.parametrize("attempts", (0, 1))
def test_the_forecast_is_what_staging_does(state: IntentState, open_attempts: int, attempts: int) -> None:
    """What is forecast to be queued again goes to the tail; what may be alive or was issued is not touched."""
    known = intent(state, open_attempts=open_attempts, attempts=max(attempts, open_attempts))
    effect, outcome = retry_effect(known, RUNNING, None), place(known, COMMAND, TAIL, AT)
    match effect:
        case QueuedAgain():
            assert outcome.kind is StageKind.REPOSITIONED
            assert (outcome.intent.state, outcome.intent.position) == (IntentState.STAGED, TAIL)
        case LookedUp() | AlreadyIssued():
            assert outcome.kind is StageKind.STANDS
            assert (outcome.intent.state, outcome.intent.position) == (known.state, known.position)
        case HeldAgain() | OnItsWay() | TakenBack():
            pass  # never sent, whatever staging would do


@pytest.mark.parametrize(
    ("state", "lane", "account", "stopped"),
    (
        (IntentState.REJECTED, BLOCKED, None, (BLOCKED,)),
        (IntentState.REJECTED, PAUSED, None, (PAUSED,)),
        (IntentState.REJECTED, PAUSED, ACCOUNT, (PAUSED, ACCOUNT)),
        (IntentState.REJECTED, RUNNING, ACCOUNT, (ACCOUNT,)),
        (IntentState.STAGED, PAUSED, None, (PAUSED,)),
        (IntentState.UNKNOWN, BLOCKED, None, (BLOCKED,)),
        (IntentState.UNKNOWN, PAUSED, None, ()),  # settled all the same
        (IntentState.UNKNOWN, PAUSED, ACCOUNT, (ACCOUNT,)),
        (IntentState.UNKNOWN, None, None, ()),
    ),
)
def test_what_stops_it_is_named(
    state: IntentState, lane: LaneRecord | None, account: AccountRecord | None, stopped: object
) -> None:
    """A lane or account that must be resumed first is part of the forecast."""
    effect = retry_effect(intent(state, open_attempts=int(state is IntentState.UNKNOWN)), lane, account)
    assert isinstance(effect, QueuedAgain | OnItsWay)
    assert effect.stopped == stopped
