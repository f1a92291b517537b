"""Rule 4: what an answer changes. Pure; the transaction is the store's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from lanes.clock import backoff
from lanes.model import AccountRecord, Following, InFlight, Intent, IntentState, LaneRecord, LaneState, Phase, Scope
from lanes.outcomes import (
    Accepted,
    AccountFault,
    Answer,
    Answered,
    Issued,
    LeftOut,
    Lost,
    NotSent,
    Outcome,
    Rejected,
    TryAgain,
    Unknown,
    WholeAccountFault,
    WholeRefused,
    WholeTryAgain,
)
from lanes.settings import LaneSettings
from lanes.store import IntentChange, Transition

TRY_AGAIN_LIMIT = "TryAgainLimit"
UNKNOWN_OUTCOME = "UnknownOutcome"
LEAST_WAIT_SECONDS = 1.0
"""After a request that came to nothing, doubled with each further one; a lane may have no pause that could grow."""


@dataclass(frozen=True, slots=True)
class _Ours:
    """The answer left the intents where they were before the request: nothing was published, for sure."""

    delay_seconds: float = 0.0
    code: str | None = None
    reason: str | None = None
    """Why it is to be sent again later, for whoever asks what an intent waits for."""
    nowhere: bool = False
    """The request got nowhere: the next one waits longer with each of these."""


_Verdict = Outcome | _Ours
_Unpublished = Rejected | TryAgain | LeftOut | AccountFault | _Ours


def record_transition(
    lane: LaneRecord,
    sent: Sequence[Intent],
    answer: Answer,
    *,
    at: datetime,
    settings: LaneSettings,
    left: bool = True,
) -> Transition:
    """The lane and the intents after the answer. `lane` must still have this request in flight.

    `left`: whether a byte may have left. A publisher may answer by itself, before it sends anything.
    """
    if isinstance(answer, Answered) and all(isinstance(one, LeftOut) for one in answer.by_ref_id.values()):
        answer = NotSent("all of it was left out") if len(answer.by_ref_id) >= len(sent) else answer
    ahead = lane.in_flight.following if lane.in_flight else None
    if ahead is not None and not set(ahead.ref_ids) <= {intent.ref_id for intent in sent}:
        raise ValueError("what was claimed ahead has to be given back with it")
    verdicts = {intent.ref_id: _verdict(intent.ref_id, answer, len(sent)) for intent in sent}
    left = left and not isinstance(answer, NotSent)
    carried = [_as_it_left(intent, verdicts[intent.ref_id], left=left) for intent in sent]
    after = tuple(_after(intent, verdicts[intent.ref_id], at, settings) for intent in carried)
    if isinstance(answer, WholeRefused) and len(sent) > 1:
        after = tuple(_alone_next_time(intent, answer, settings) for intent in after)
    new_lane = replace(
        lane,
        in_flight=_remaining(lane, after),
        next_at=_next_at(lane, verdicts.values(), at, settings),
        failures=lane.failures + 1 if isinstance(answer, NotSent | WholeTryAgain) else 0,
    )
    new_lane, account = _blocked(new_lane, after, verdicts, at, settings)
    changes = tuple(IntentChange(before=b, after=a) for b, a in zip(sent, after, strict=True))
    return Transition(before=lane, after=new_lane, intents=changes, account=account)


def going_on_transition(
    lane: LaneRecord, sent: Sequence[Intent], answer: Answer, *, at: datetime, settings: LaneSettings
) -> Transition:
    """As `record_transition`, of an answer that settled everything, so that what follows it has left already."""
    following = _following_of(lane)
    recorded = record_transition(_without_following(lane), sent, answer, at=at, settings=settings)
    under_way = InFlight(
        request_id=following.request_id, phase=Phase.SENDING, ref_ids=following.ref_ids, sending=following.ref_ids
    )
    return replace(recorded, before=lane, after=replace(recorded.after, in_flight=under_way))


def giving_back_transition(
    lane: LaneRecord,
    sent: Sequence[Intent],
    answer: Answer,
    claimed_ahead: Sequence[Intent],
    *,
    at: datetime,
    settings: LaneSettings,
    left: bool = True,
) -> Transition:
    """As `record_transition`; what was claimed ahead has never left and goes back to the queue."""
    recorded = record_transition(_without_following(lane), sent, answer, at=at, settings=settings, left=left)
    back = [IntentChange(before=i, after=_as_before(_unsent(i), _Ours(), at, settings)) for i in claimed_ahead]
    return replace(recorded, before=lane, intents=(*recorded.intents, *back))


def _following_of(lane: LaneRecord) -> Following:
    if lane.in_flight is None or lane.in_flight.following is None:
        raise ValueError("nothing was claimed ahead")
    return lane.in_flight.following


def _without_following(lane: LaneRecord) -> LaneRecord:
    flying, ahead = lane.in_flight, set(_following_of(lane).ref_ids)
    if flying is None:
        raise ValueError("nothing in flight")
    alone = replace(
        flying,
        ref_ids=tuple(ref_id for ref_id in flying.ref_ids if ref_id not in ahead),
        sending=tuple(ref_id for ref_id in flying.sending if ref_id not in ahead),
        following=None,
    )
    return replace(lane, in_flight=alone)


def _as_it_left(intent: Intent, verdict: _Verdict, *, left: bool) -> Intent:
    """The intent as its request carried it; as it was before, if it never left and nothing can have come of it."""
    never_left = isinstance(verdict, LeftOut) or (not left and isinstance(verdict, _Unpublished))
    return _unsent(intent) if never_left else intent


def _unsent(intent: Intent) -> Intent:
    """Without the attempt and the body that no request has carried."""
    bodies = intent.bodies
    if bodies and bodies[-1].request_id == intent.request_id:
        bodies = bodies[:-1]
    return replace(intent, attempts=intent.attempts - 1, bodies=bodies)


def _alone_next_time(intent: Intent, answer: WholeRefused, settings: LaneSettings) -> Intent:
    resends = max(intent.resends, settings.whole_resends) if intent.state is IntentState.UNKNOWN else 0
    return replace(intent, alone=True, resends=resends, code=answer.code, reason=answer.reason)


def _verdict(ref_id: str, answer: Answer, number: int) -> _Verdict:
    match answer:
        case Answered(by_ref_id):
            return _checked(by_ref_id.get(ref_id, Unknown("the answer does not name it")))
        case WholeRefused(code, reason):
            return Rejected(code, reason) if number == 1 else _Ours()
        case WholeAccountFault(code, reason, scope):
            return AccountFault(code, reason, scope)
        case WholeTryAgain(code, delay_seconds, reason):
            return _Ours(delay_seconds, code, reason)
        case NotSent():
            return _Ours(nowhere=True)
        case Lost(reason):
            return Unknown(reason)
        case _:
            assert_never(answer)


def _checked(outcome: Outcome) -> Outcome:
    if isinstance(outcome, Issued) and not outcome.result:
        return Unknown("reported as issued, without a result")
    return outcome


def _after(intent: Intent, verdict: _Verdict, at: datetime, settings: LaneSettings) -> Intent:  # noqa: PLR0911 - as above
    match verdict:
        case Issued(result):
            return issued(intent, result, at)
        case Rejected(code, reason):
            return watched(intent.changed(at, state=IntentState.REJECTED, code=code, reason=reason), at, settings)
        case TryAgain(code, delay_seconds, reason):
            wait = backoff(intent.tries + 1, first=delay_seconds, longest=settings.longest_pause_seconds)
            again = _staged(intent, code, reason, at, settings)
            return replace(again, tries=intent.tries + 1, not_before=at + timedelta(seconds=wait))
        case LeftOut(code, reason):
            return _as_before(intent, _Ours(code=code, reason=reason), at, settings)
        case AccountFault(code, reason):
            return _staged(intent, code, reason, at, settings)
        case Accepted():
            soon = at + timedelta(seconds=settings.accepted_poll_seconds)
            return _open(intent, IntentState.ACCEPTED, None, at, look_up_at=soon)
        case Unknown(reason):
            deadline = (intent.sent_at or at) + timedelta(seconds=settings.deadline_seconds)
            quiet = timedelta(seconds=settings.quiet_seconds)
            return _open(intent, IntentState.UNKNOWN, reason, at, look_up_at=max(at, deadline) + quiet)
        case _Ours():
            return _as_before(intent, verdict, at, settings)
        case _:
            assert_never(verdict)


def issued(intent: Intent, result: Mapping[str, str], at: datetime) -> Intent:
    """The end of an intent, from an answer or from a look-up."""
    return intent.changed(
        at,
        state=IntentState.ISSUED,
        result=dict(result),
        code=None,
        reason=None,
        open_attempts=0,
        issued_at=at,
        not_before=None,
        look_up_at=None,
        watch_at=None,
        watch_until=None,
    )


def watched(intent: Intent, at: datetime, settings: LaneSettings) -> Intent:
    """An intent outside the lane's way, looked up for as long as an attempt without an answer may be alive."""
    if intent.open_attempts == 0 or intent.last_open_at is None:
        return replace(intent, look_up_at=None, watch_at=None, watch_until=None)
    until = intent.last_open_at + timedelta(seconds=settings.watch_seconds)
    watch_at = at + timedelta(seconds=settings.quiet_seconds)
    return replace(intent, look_up_at=None, watch_at=watch_at, watch_until=until)


def _staged(intent: Intent, code: str | None, reason: str | None, at: datetime, settings: LaneSettings) -> Intent:
    return watched(intent.changed(at, state=IntentState.STAGED, code=code, reason=reason), at, settings)


def _open(intent: Intent, state: IntentState, reason: str | None, at: datetime, *, look_up_at: datetime) -> Intent:
    return intent.changed(
        at,
        state=state,
        code=None,
        reason=reason,
        open_attempts=intent.open_attempts + 1,
        last_open_at=at,
        not_found=0,
        unclear=0,
        look_up_at=look_up_at,
    )


def _as_before(intent: Intent, verdict: _Ours, at: datetime, settings: LaneSettings) -> Intent:
    """Back to where it was: in flight and looked up enough if this was a resend, else in the queue, with the reason."""
    if intent.resends > 0 and intent.open_attempts > 0:
        return intent.changed(at, state=IntentState.UNKNOWN, resends=intent.resends - 1, not_found=2, look_up_at=at)
    told = (verdict.code, verdict.reason) if verdict.code else (intent.code, intent.reason)
    return _staged(intent, *told, at, settings)


def _remaining(lane: LaneRecord, after: Sequence[Intent]) -> InFlight | None:
    if lane.in_flight is None:
        raise ValueError("nothing in flight to record")
    states = {intent.ref_id: intent.state for intent in after}
    unsettled = {IntentState.UNKNOWN, IntentState.ACCEPTED}
    left = tuple(r for r in lane.in_flight.ref_ids if r not in states or states[r] in unsettled)
    return replace(lane.in_flight, phase=Phase.SETTLING, ref_ids=left, sending=(), following=None) if left else None


def _next_at(lane: LaneRecord, verdicts: Iterable[_Verdict], at: datetime, settings: LaneSettings) -> datetime:
    pause = settings.pause_seconds
    for verdict in verdicts:
        if isinstance(verdict, TryAgain):
            pause = max(pause, settings.race_pause_seconds)
        elif isinstance(verdict, _Ours) and (verdict.nowhere or verdict.delay_seconds):
            first = max(settings.pause_seconds, LEAST_WAIT_SECONDS)
            wait = backoff(lane.failures + 1, first=first, longest=settings.longest_pause_seconds)
            pause = max(pause, wait, verdict.delay_seconds)
    return at + timedelta(seconds=pause)


def _blocked(
    lane: LaneRecord,
    after: Sequence[Intent],
    verdicts: Mapping[str, _Verdict],
    at: datetime,
    settings: LaneSettings,
) -> tuple[LaneRecord, AccountRecord | None]:
    """Block for the gravest of the reasons there are: the account, the lane, or an intent refused "for now" forever."""
    faults = [v for v in verdicts.values() if isinstance(v, AccountFault)]
    wide = next((fault for fault in faults if fault.scope is Scope.ACCOUNT), None)
    if wide:
        account = AccountRecord(
            account=after[0].command.account,
            state=LaneState.BLOCKED,
            code=wide.code,
            reason=wide.reason,
            state_since=at,
        )
        return lane, account
    if faults:
        return lane.with_state(LaneState.BLOCKED, code=faults[0].code, reason=faults[0].reason, at=at), None
    tired = [i for i in after if i.state is IntentState.STAGED and i.tries and i.tries % settings.try_again_limit == 0]
    if tired and any(isinstance(v, TryAgain) for v in verdicts.values()):
        reason = f"{tired[0].ref_id}: refused {tired[0].tries} times in a row with {tired[0].code}"
        return lane.with_state(LaneState.BLOCKED, code=TRY_AGAIN_LIMIT, reason=reason, at=at), None
    return lane, None
