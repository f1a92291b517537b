"""Rule 1, case by case: what a command at a position means for what is stored."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lanes.model import Command, Intent, IntentState, Position
from lanes.staging import StageKind, place, take_back

AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
COMMAND = Command(ref_id="a", lane="lane", account="account", content='{"n": 1}', weight=1)
OTHER = replace(COMMAND, content='{"n": 2}')


def stored(state: IntentState = IntentState.STAGED, **fields: object) -> Intent:
    """An intent staged at offset 5."""
    intent = Intent(command=COMMAND, position=Position(1, 5), seen={"lane": Position(1, 5)}, state=state)
    return replace(intent, **fields)  # type: ignore[arg-type]  # fields of Intent


def test_new_is_staged() -> None:
    """An unknown RefID is inserted at its position."""
    outcome = place(None, COMMAND, Position(1, 5), AT)
    assert (outcome.kind, outcome.intent.position, outcome.intent.version) == (StageKind.STAGED, Position(1, 5), 0)


@pytest.mark.parametrize("position", (Position(1, 5), Position(1, 4), Position(0, 99)))
@pytest.mark.parametrize("state", tuple(IntentState))
def test_not_above_is_a_redelivery(position: Position, state: IntentState) -> None:
    """Trap: a commit proves nothing, records are delivered again: at or below the stored position nothing happens."""
    known = stored(state)
    outcome = place(known, OTHER, position, AT)
    assert (outcome.kind, outcome.intent) == (StageKind.REDELIVERED, known)


@pytest.mark.parametrize("state", (IntentState.STAGED, IntentState.HELD))
def test_never_sent_takes_the_content_alone(state: IntentState) -> None:
    """What was never sent keeps its place with the new content."""
    outcome = place(stored(state), OTHER, Position(1, 9), AT)
    assert outcome.kind is StageKind.CONTENT_REPLACED
    assert (outcome.intent.position, outcome.intent.command) == (Position(1, 5), OTHER)
    assert outcome.intent.state is IntentState.STAGED


def test_replaced_content_survives_a_redelivery_of_the_older() -> None:
    """A redelivery of an older change never undoes a newer one."""
    once = place(stored(), OTHER, Position(1, 9), AT).intent
    again = place(once, COMMAND, Position(1, 7), AT)
    assert (again.kind, again.intent.command) == (StageKind.REDELIVERED, OTHER)


@pytest.mark.parametrize(
    "state", (IntentState.REJECTED, IntentState.STAGED, IntentState.HELD, IntentState.WITHDRAWN, IntentState.SET_ASIDE)
)
def test_refused_every_time_goes_to_the_tail(state: IntentState) -> None:
    """What was refused every time takes the new position and content."""
    outcome = place(stored(state, attempts=2, tries=2, code="x"), OTHER, Position(1, 9), AT)
    assert (outcome.kind, outcome.intent.position, outcome.intent.command) == (
        StageKind.REPOSITIONED,
        Position(1, 9),
        OTHER,
    )
    assert (outcome.intent.state, outcome.intent.tries, outcome.intent.code) == (IntentState.STAGED, 0, None)


@pytest.mark.parametrize(
    ("state", "open_attempts"),
    (
        (IntentState.ISSUED, 0),
        (IntentState.SENDING, 0),
        (IntentState.UNKNOWN, 1),
        (IntentState.ACCEPTED, 1),
        (IntentState.REJECTED, 1),
        (IntentState.SET_ASIDE, 1),
        (IntentState.STAGED, 1),
    ),
)
def test_first_stands_while_an_attempt_may_live(state: IntentState, open_attempts: int) -> None:
    """Trap: the same key with other content. What may be issued stays; other content is an alarm, the same is none."""
    known = stored(state, attempts=1, open_attempts=open_attempts)
    conflict = place(known, OTHER, Position(1, 9), AT)
    same = place(known, COMMAND, Position(1, 9), AT)
    assert (conflict.kind, same.kind) == (StageKind.CONFLICT, StageKind.STANDS)
    for outcome in (conflict, same):
        assert (outcome.intent.command, outcome.intent.position) == (COMMAND, Position(1, 5))
        assert outcome.intent.version == known.version


def test_moving_to_another_lane_is_not_undone() -> None:
    """Positions are compared within a lane: an old command of the first lane does not bring the intent back."""
    elsewhere = replace(OTHER, lane="other")
    moved = place(stored(IntentState.REJECTED, attempts=1), elsewhere, Position(1, 2), AT)
    assert (moved.kind, moved.intent.command.lane) == (StageKind.REPOSITIONED, "other")
    assert place(moved.intent, COMMAND, Position(1, 5), AT).kind is StageKind.REDELIVERED


def test_a_new_generation_is_above() -> None:
    """After the partition count has changed, every position is above every older one."""
    assert Position(2, 0) > Position(1, 10**9)


def test_a_withdrawal_takes_back_what_was_never_sent() -> None:
    """It is out of the lane, and its position counts as seen."""
    outcome = take_back(stored(), "lane", Position(1, 6), "cancelled", AT)
    assert (outcome.kind, outcome.intent.state) == (StageKind.WITHDRAWN, IntentState.WITHDRAWN)
    assert outcome.intent.seen == {"lane": Position(1, 6)}
    assert outcome.intent.unannounced


def test_a_redelivered_withdrawal_does_not_take_back_what_came_after_it() -> None:
    """Issue, withdraw, issue again, and all three delivered again: the last word stands."""
    withdrawn = take_back(stored(), "lane", Position(1, 6), "cancelled", AT).intent
    back = place(withdrawn, COMMAND, Position(1, 7), AT).intent
    again = take_back(back, "lane", Position(1, 6), "cancelled", AT)
    assert (again.kind, again.intent) == (StageKind.REDELIVERED, back)
    assert place(back, COMMAND, Position(1, 7), AT).intent.state is IntentState.STAGED


def test_a_withdrawal_that_comes_too_late_changes_nothing() -> None:
    """What is on its way stays as it is."""
    outcome = take_back(stored(IntentState.SENDING, attempts=1), "lane", Position(1, 6), "cancelled", AT)
    assert (outcome.kind, outcome.intent.state) == (StageKind.STANDS, IntentState.SENDING)


def test_a_withdrawal_of_an_older_lane_takes_nothing_back() -> None:
    """The order was planned anew for another lane meanwhile: what it is a word on is no longer there."""
    moved = place(stored(IntentState.REJECTED, attempts=1), replace(COMMAND, lane="other"), Position(1, 2), AT).intent
    outcome = take_back(moved, "lane", Position(1, 6), "cancelled", AT)
    assert (outcome.kind, outcome.intent.state) == (StageKind.STANDS, IntentState.STAGED)


def test_a_second_withdrawal_is_no_news() -> None:
    """What is taken back already is not announced again: its owner may have planned it anew meanwhile."""
    withdrawn = take_back(stored(), "lane", Position(1, 6), "cancelled", AT).intent
    again = take_back(withdrawn, "lane", Position(1, 7), "cancelled", AT)
    assert (again.kind, again.intent.version) == (StageKind.WITHDRAWN, withdrawn.version)
    assert again.intent.seen == {"lane": Position(1, 7)}
