"""Unknown outcomes: look up, adopt, or find that a resend is due. Pure; the transaction is the store's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from lanes.deciding import LOOK_UPS_BEFORE_RESEND, GiveUp
from lanes.model import PAUSED_CODE, Intent, IntentState, LaneRecord, LaneState
from lanes.outcomes import Found, LookUp, Lost, NotFound, Unclear
from lanes.ports import Request
from lanes.recording import UNKNOWN_OUTCOME, issued, record_transition
from lanes.settings import LaneSettings
from lanes.store import IntentChange, Transition

LONGEST_LOOK_UP_SECONDS = 600.0
"""Between look-ups of what a blocked lane has in flight."""


def takeover_transition(
    lane: LaneRecord, intents: Sequence[Intent], *, at: datetime, settings: LaneSettings
) -> Transition:
    """A request left behind is an unknown outcome. Its deadline has passed, since the lease outlasts it."""
    return record_transition(lane, intents, Lost("its worker is gone"), at=at, settings=settings)


def requests_left_behind(lane: LaneRecord, intents: Sequence[Intent]) -> Sequence[Request]:
    """What the lane named without an answer: the request under way, and what may have followed it."""
    flying = lane.in_flight
    if flying is None:
        return ()
    following = flying.following
    ahead = following.ref_ids if following else ()
    named = {flying.request_id: tuple(ref_id for ref_id in flying.sending if ref_id not in ahead)}
    if following is not None:
        named[following.request_id] = following.ref_ids
    carried = [(name, [intent for intent in intents if intent.ref_id in refs]) for name, refs in named.items()]
    return [Request.of(name, some, resend=any(intent.resends for intent in some)) for name, some in carried if some]


def look_up_transition(
    lane: LaneRecord,
    intents: Sequence[Intent],
    found: Mapping[str, LookUp],
    *,
    at: datetime,
    settings: LaneSettings,
) -> Transition:
    """Adopt what was found; count for the rest. `lane` must still be settling the same request."""
    changes = tuple(
        IntentChange(before=intent, after=_looked_up(intent, _result(found, intent), at, settings))
        for intent in intents
    )
    done = {change.after.ref_id for change in changes if change.after.state is IntentState.ISSUED}
    return Transition(before=lane, after=without(lane, done, at), intents=changes)


def without(lane: LaneRecord, ref_ids: set[str], at: datetime) -> LaneRecord:
    """The lane with these no longer in flight; as it was before if an unsettled one was all that blocked it."""
    if lane.in_flight is None:
        return lane
    left = tuple(ref_id for ref_id in lane.in_flight.ref_ids if ref_id not in ref_ids)
    if left:
        return replace(lane, in_flight=replace(lane.in_flight, ref_ids=left))
    settled = replace(lane, in_flight=None)
    if lane.state is LaneState.BLOCKED and lane.code == UNKNOWN_OUTCOME:
        if lane.paused_for is not None:  # a person's word stands until a person takes it back
            return settled.with_state(LaneState.PAUSED, code=PAUSED_CODE, reason=lane.paused_for, at=at)
        return settled.with_state(LaneState.RUNNING, code=None, reason=None, at=at)
    return settled


def _result(found: Mapping[str, LookUp], intent: Intent) -> LookUp:
    result = found.get(intent.ref_id, Unclear("the look-up does not name it"))
    if isinstance(result, Found) and not result.result:
        return Unclear("found without a result")
    return result


def _looked_up(intent: Intent, result: LookUp, at: datetime, settings: LaneSettings) -> Intent:
    match result:
        case Found(values):
            return issued(intent, values, at)
        case NotFound():
            return _not_found(intent, at, settings)
        case Unclear(reason):
            again = at + timedelta(seconds=settings.quiet_seconds)
            return intent.changed(at, unclear=intent.unclear + 1, reason=reason, look_up_at=again)
        case _:
            assert_never(result)


def _not_found(intent: Intent, at: datetime, settings: LaneSettings) -> Intent:
    if intent.state is IntentState.ACCEPTED:
        return _still_accepted(intent, at, settings)
    count = intent.not_found + 1
    wait = settings.quiet_seconds * max(1, count - LOOK_UPS_BEFORE_RESEND + 1)
    again = at + timedelta(seconds=min(wait, max(settings.quiet_seconds, LONGEST_LOOK_UP_SECONDS)))
    return intent.changed(at, not_found=count, unclear=0, look_up_at=again)


def _still_accepted(intent: Intent, at: datetime, settings: LaneSettings) -> Intent:
    accepted_at = intent.last_open_at or at
    if at - accepted_at < timedelta(seconds=settings.accepted_seconds):
        again = at + timedelta(seconds=settings.accepted_poll_seconds)
        return replace(intent, version=intent.version + 1, unclear=0, look_up_at=again, changed_at=at)
    again = at + timedelta(seconds=settings.quiet_seconds)
    reason = "accepted long ago and not found since"
    return intent.changed(at, state=IntentState.UNKNOWN, reason=reason, unclear=0, not_found=0, look_up_at=again)


def give_up_transition(lane: LaneRecord, give_up: GiveUp, *, at: datetime) -> Transition:
    """Block the lane; what is in flight stays there and is looked up on and on."""
    reason = f"{give_up.intents[0].ref_id}: {give_up.reason}"
    after = lane.with_state(LaneState.BLOCKED, code=UNKNOWN_OUTCOME, reason=reason, at=at)
    if lane.state is LaneState.PAUSED:
        after = replace(after, paused_for=lane.reason or "")
    return Transition(before=lane, after=after)


def watch_change(intent: Intent, found: Mapping[str, LookUp], *, at: datetime, settings: LaneSettings) -> IntentChange:
    """A look-up outside the lane's way: adopt, wait longer, or after the watch call every attempt refused."""
    result = _result(found, intent)
    if isinstance(result, Found):
        return IntentChange(before=intent, after=issued(intent, result.result, at))
    over = intent.watch_until is not None and at >= intent.watch_until
    if over and isinstance(result, NotFound):
        return IntentChange(before=intent, after=intent.changed(at, open_attempts=0, watch_at=None, watch_until=None))
    age = (at - (intent.last_open_at or at)).total_seconds()
    wait = min(max(settings.quiet_seconds, age / 2), 3600.0)
    again = at + timedelta(seconds=wait)
    if intent.watch_until is not None and at < intent.watch_until:
        again = min(again, intent.watch_until)
    return IntentChange(before=intent, after=replace(intent, watch_at=again))
