"""What an answer changes, where the integration tests do not look."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from lanes.deciding import Claim, Idle, MarkUnknown, WaitUntil, decide
from lanes.model import (
    AccountRecord,
    Body,
    Command,
    InFlight,
    Intent,
    IntentState,
    LaneRecord,
    LaneState,
    Phase,
    Position,
    Scope,
)
from lanes.outcomes import (
    AccountFault,
    Answer,
    Answered,
    Issued,
    LeftOut,
    Lost,
    NotSent,
    Rejected,
    TryAgain,
    WholeAccountFault,
    WholeRefused,
    WholeTryAgain,
)
from lanes.recording import record_transition
from lanes.settings import LaneSettings
from lanes.store import Transition

AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SETTINGS = LaneSettings()


def sending(ref_id: str, offset: int = 0, **fields: object) -> Intent:
    """An intent whose first request is under way."""
    intent = Intent(
        command=Command(ref_id=ref_id, lane="lane", account="account", content="{}", weight=1),
        position=Position(1, offset),
        seen={"lane": Position(1, offset)},
        state=IntentState.SENDING,
        bodies=(Body("{}", date(2026, 11, 21), 1, "request"),),
        attempts=1,
        request_id="request",
        sent_at=AT,
    )
    return replace(intent, **fields)  # type: ignore[arg-type]  # fields of Intent


def lane(*ref_ids: str, **fields: object) -> LaneRecord:
    """A lane that sends these."""
    in_flight = InFlight(request_id="request", phase=Phase.SENDING, ref_ids=ref_ids, sending=ref_ids)
    record = LaneRecord(lane="lane", revision=7, epoch=1, now=AT, in_flight=in_flight if ref_ids else None)
    return replace(record, **fields)  # type: ignore[arg-type]  # fields of LaneRecord


def recorded(answer: Answer, *sent: Intent) -> Transition:
    """The transition of one answer."""
    return record_transition(lane(*(i.ref_id for i in sent)), sent, answer, at=AT, settings=SETTINGS)


def test_first_look_up_comes_a_quiet_period_after_the_deadline() -> None:
    """An answer lost early is looked up only when the request can no longer be under way."""
    after = recorded(Lost("reset"), sending("a")).intents[0].after
    assert after.look_up_at == AT + timedelta(seconds=SETTINGS.deadline_seconds + SETTINGS.quiet_seconds)
    assert (after.state, after.open_attempts) == (IntentState.UNKNOWN, 1)


def test_nothing_sent_leaves_no_body() -> None:
    """A request that never left leaves neither an attempt nor a body."""
    after = recorded(NotSent("refused"), sending("a")).intents[0].after
    assert (after.state, after.attempts, after.bodies) == (IntentState.STAGED, 0, ())


@pytest.mark.parametrize(
    "told",
    (
        WholeAccountFault("AccountNotConfigured", "add it again"),
        WholeRefused("BrokenLimit", "too long"),
        WholeTryAgain("SigningLater", 1.0),
        Answered({"a": TryAgain("OriginalUnclear", 30.0), "b": TryAgain("OriginalUnclear", 30.0)}),
        Answered({"a": Rejected("original-replaced", "no"), "b": LeftOut("NextRequest", "goes later")}),
    ),
)
def test_what_the_publisher_answers_by_itself_was_not_sent(told: Answer) -> None:
    """Before the first byte nothing is an attempt, and no body stays: the content may still change in its place."""
    sent = [sending("a"), sending("b", 1)]
    transition = record_transition(lane("a", "b"), sent, told, at=AT, settings=SETTINGS, left=False)
    assert [(c.after.attempts, c.after.bodies) for c in transition.intents] == [(0, ()), (0, ())]
    left = recorded(told, *sent)
    assert left.intents[0].after.attempts == 1


def test_what_may_have_come_of_it_keeps_its_body() -> None:
    """Whatever the publisher says before the first byte: an outcome that is unknown is resent as it was."""
    transition = record_transition(lane("a"), [sending("a")], Lost("?"), at=AT, settings=SETTINGS, left=False)
    after = transition.intents[0].after
    assert (after.state, after.attempts, len(after.bodies)) == (IntentState.UNKNOWN, 1, 1)


def test_what_a_whole_request_waits_for_is_told() -> None:
    """Whoever asks why an invoice waits learns it from the invoice; once it is issued, nothing of it stays."""
    after = recorded(WholeTryAgain("SignServiceUnavailable", 1.0, "turn it on"), sending("a")).intents[0].after
    assert (after.state, after.code, after.reason) == (IntentState.STAGED, "SignServiceUnavailable", "turn it on")
    done = recorded(Answered({"a": Issued({"n": "1"})}), replace(after, state=IntentState.SENDING)).intents[0].after
    assert (done.code, done.reason) == (None, None)


@pytest.mark.parametrize("answer", (NotSent("refused"), WholeTryAgain("429", 1.0)))
def test_a_resend_that_was_not_taken_stays_in_flight(answer: Answer) -> None:
    """What may be alive does not leave the lane because its resend was not taken; the resend does not count."""
    resent = sending("a", open_attempts=1, resends=1, request_id="second")
    transition = recorded(answer, resent)
    after = transition.intents[0].after
    assert (after.state, after.resends, after.not_found) == (IntentState.UNKNOWN, 0, 2)
    assert transition.after.in_flight is not None


def test_a_resend_refused_as_a_whole_goes_one_by_one() -> None:
    """A refusal of a whole resend does not repeat it as a whole."""
    sent = [sending(r, open_attempts=1, resends=1) for r in ("a", "b")]
    transition = recorded(WholeRefused("code", "bad"), *sent)
    assert {c.after.resends for c in transition.intents} == {SETTINGS.whole_resends}


@pytest.mark.parametrize("pause", (0.0, 0.2, 1.0))
def test_vendor_away_is_asked_less_and_less(pause: float) -> None:
    """Trap: a vendor that cannot be reached is asked without a pause; waits grow, and begin anew after an answer."""
    settings = LaneSettings(pause_seconds=pause)
    waits = []
    record = lane("a")
    for _ in range(8):
        after = record_transition(record, [sending("a")], NotSent("away"), at=AT, settings=settings).after
        assert after.next_at is not None
        waits.append((after.next_at - AT).total_seconds())
        record = replace(record, failures=after.failures)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    answered = record_transition(record, [sending("a")], Answered({"a": Issued({"n": "1"})}), at=AT, settings=SETTINGS)
    assert answered.after.failures == 0


def test_what_is_left_out_waits_for_the_next_request_and_no_longer() -> None:
    """However often: nothing is counted against it, its lane is not blocked for it and pauses no longer than ever."""
    record, waiting = lane("a", "b"), sending("b", 2)
    for _ in range(3 * SETTINGS.try_again_limit):
        answer = Answered({"a": Rejected("BrokenLimit", "too long"), "b": LeftOut("NextRequest", "goes later")})
        transition = record_transition(record, [sending("a"), waiting], answer, at=AT, settings=SETTINGS)
        after = transition.intents[1].after
        assert (after.state, after.tries, after.not_before) == (IntentState.STAGED, 0, None)
        assert (after.attempts, after.code, after.open_attempts) == (waiting.attempts - 1, "NextRequest", 0)
        assert transition.after.state is LaneState.RUNNING
        assert transition.after.next_at == AT + timedelta(seconds=SETTINGS.pause_seconds)
        waiting = replace(after, state=IntentState.SENDING, attempts=waiting.attempts)


def test_a_request_of_which_all_was_left_out_was_not_sent() -> None:
    """A publisher that leaves out everything is asked less and less, like one that reaches nobody."""
    transition = recorded(Answered({"a": LeftOut("NextRequest", "goes later")}), sending("a"))
    assert (transition.after.failures, transition.intents[0].after.state) == (1, IntentState.STAGED)


def test_pause_is_longer_after_a_race() -> None:
    """1 s between requests, 3 s after a race for the number."""
    won = recorded(Answered({"a": Issued({"n": "1"})}), sending("a")).after.next_at
    lost = recorded(Answered({"a": TryAgain("race", 3.0)}), sending("a")).after.next_at
    assert (won, lost) == (AT + timedelta(seconds=1), AT + timedelta(seconds=3))


def test_fault_of_an_account_named_by_an_intent_reaches_the_account() -> None:
    """A fault whose scope is the account blocks the account, not the lane alone."""
    transition = recorded(Answered({"a": AccountFault("Licence", "used up", Scope.ACCOUNT)}), sending("a"))
    assert transition.account is not None
    assert (transition.account.account, transition.account.state) == ("account", LaneState.BLOCKED)
    assert transition.intents[0].after.state is IntentState.STAGED


def staged(ref_id: str, offset: int, **fields: object) -> Intent:
    """An intent in the queue."""
    return sending(ref_id, offset, **{"state": IntentState.STAGED, "attempts": 0, "bodies": (), **fields})


def step(record: LaneRecord, *queue: Intent, accounts: tuple[AccountRecord, ...] = ()) -> object:
    """What to do next."""
    known = {a.account: a for a in accounts}
    return decide(record, in_flight=(), queue=queue, accounts=known, now=AT, settings=SETTINGS)


def test_a_waiting_head_holds_the_queue() -> None:
    """Trap: a later invoice overtakes a head that waits; nothing does."""
    later = AT + timedelta(seconds=3)
    assert step(lane(), staged("a", 1, not_before=later), staged("b", 2)) == WaitUntil(later)


def test_candidates_end_where_another_account_begins() -> None:
    """One request, one account; nothing is skipped."""
    other = staged("b", 2)
    other = replace(other, command=replace(other.command, account="other"))
    claim = step(lane(), staged("a", 1), other, staged("c", 3))
    assert isinstance(claim, Claim)
    assert [intent.ref_id for intent in claim.candidates] == ["a"]


@pytest.mark.parametrize("state", (LaneState.PAUSED, LaneState.BLOCKED))
def test_no_claims_while_stopped(state: LaneState) -> None:
    """Neither a stopped lane nor a stopped account claims."""
    assert step(lane(state=state), staged("a", 1)) == Idle()
    assert step(lane(), staged("a", 1), accounts=(AccountRecord(account="account", state=state),)) == Idle()


def test_what_was_left_behind_comes_first() -> None:
    """Trap: a takeover begins with new work; what was in flight is marked unknown first, in a blocked lane too."""
    sent = sending("a")
    found = decide(
        lane("a", state=LaneState.BLOCKED), in_flight=[sent], queue=[], accounts={}, now=AT, settings=SETTINGS
    )
    assert found == MarkUnknown((sent,))
