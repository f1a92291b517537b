"""Rule 2: which intents the next request names, with which bodies. Pure; the transaction is the store's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from lanes.deciding import Claim
from lanes.model import Body, Following, InFlight, Intent, IntentState, LaneRecord, LaneState, Phase
from lanes.ports import HoldIntent, Prepared, Request
from lanes.settings import LaneSettings
from lanes.store import Guard, IntentChange, Transition

Prepare = Callable[[Intent, date], Prepared | HoldIntent]

_SETTLED = frozenset({IntentState.ISSUED, IntentState.REJECTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What fits into the next request, and what can't be prepared. `full`: waiting longer would not add to it."""

    date: date
    parcels: tuple[tuple[Intent, Body], ...]
    held: tuple[tuple[Intent, HoldIntent], ...]
    full: bool


def next_date(lane: LaneRecord, today: date) -> date:
    """Today, but never before the last date used in the lane."""
    return max(today, lane.last_date) if lane.last_date else today


def assemble(
    lane: LaneRecord, claim: Claim, *, today: date, request_id: str, prepare: Prepare, settings: LaneSettings
) -> Batch:
    """Prepare candidates in order until the request is full. A body that may still be alive is taken as it was sent.

    A request has one date: an earlier day's body and today's may belong to two years, and so to two series.
    """
    day = next_date(lane, today)
    parcels: list[tuple[Intent, Body]] = []
    held: list[tuple[Intent, HoldIntent]] = []
    weight = 0
    for intent in claim.candidates:
        body = _body(intent, day, request_id, prepare, settings)
        if isinstance(body, HoldIntent):
            held.append((intent, body))
            continue
        if parcels and (weight + body.weight >= settings.weight_limit or body.date != parcels[0][1].date):
            return Batch(date=day, parcels=tuple(parcels), held=tuple(held), full=True)
        parcels.append((intent, body))
        weight += body.weight
    return Batch(date=day, parcels=tuple(parcels), held=tuple(held), full=claim.full)


def _body(intent: Intent, day: date, request_id: str, prepare: Prepare, settings: LaneSettings) -> Body | HoldIntent:
    if intent.open_attempts > 0:
        return intent.bodies[-1]
    prepared = prepare(intent, day)
    if isinstance(prepared, HoldIntent):
        return prepared
    if prepared.weight >= settings.weight_limit:
        return HoldIntent(
            f"{prepared.weight} lines do not fit into one request (fewer than {settings.weight_limit}): split it",
            code="TooManyLines",
        )
    return Body(text=prepared.body, date=day, weight=prepared.weight, request_id=request_id)


def claim_transition(
    lane: LaneRecord, batch: Batch, *, request_id: str, at: datetime, settings: LaneSettings
) -> Transition:
    """The lane names the intents of the batch; held ones leave the queue."""
    changes = [_claimed(intent, body, request_id, at) for intent, body in batch.parcels]
    changes += [_held(intent, hold, at) for intent, hold in batch.held]
    after = lane
    if batch.parcels:
        ref_ids = tuple(intent.ref_id for intent, _ in batch.parcels)
        last = max(body.date for _, body in batch.parcels)
        after = replace(
            lane,
            in_flight=InFlight(request_id=request_id, phase=Phase.SENDING, ref_ids=ref_ids, sending=ref_ids),
            last_date=max(last, lane.last_date) if lane.last_date else last,
        )
    return Transition(
        before=lane,
        after=after,
        intents=tuple(changes),
        lease_seconds=settings.lease_seconds if batch.parcels else None,
        guard=_nothing_skipped(batch) if batch.parcels else None,
    )


def claim_ahead_transition(
    lane: LaneRecord, batch: Batch, *, request_id: str, at: datetime, settings: LaneSettings
) -> tuple[Transition, Request]:
    """The lane names what may follow the request under way, and that request.

    Raises:
        ValueError: nothing is under way, or something follows it already.
    """
    flying = lane.in_flight
    if flying is None or flying.phase is not Phase.SENDING or flying.following is not None:
        raise ValueError("only a request under way that nothing follows can be claimed ahead of")
    alone = claim_transition(replace(lane, in_flight=None), batch, request_id=request_id, at=at, settings=settings)
    ref_ids = tuple(intent.ref_id for intent, _ in batch.parcels)
    both = replace(
        flying,
        ref_ids=(*flying.ref_ids, *ref_ids),
        sending=(*flying.sending, *ref_ids),
        following=Following(request_id=request_id, ref_ids=ref_ids),
    )
    transition = replace(alone, before=lane, after=replace(alone.after, in_flight=both))
    return transition, request_of(alone, resend=False)


def _nothing_skipped(batch: Batch) -> Guard:
    """Nobody stands before these; what may be alive goes first wherever it stands (see `deciding`)."""
    first = batch.parcels[0][0]
    taken = [intent.position for intent, _ in (*batch.parcels, *batch.held)]
    return Guard(account=first.command.account, position=None if first.open_attempts else max(taken))


def settles_everything(recorded: Transition, at: datetime) -> bool:
    """Whether an answer leaves nothing behind that has to be seen to before the next claim.

    That is: no outcome that is not known, nothing that goes back to the queue, no fault, no pause.
    """
    lane = recorded.after
    return (
        lane.in_flight is None
        and lane.state is LaneState.RUNNING
        and recorded.account is None
        and (lane.next_at is None or lane.next_at <= at)
        and all(change.after.state in _SETTLED for change in recorded.intents)
    )


def joined(recorded: Transition, claimed: Transition) -> Transition:
    """Recording an answer and claiming ahead in one step, as if nothing could happen between the two.

    `claimed` must begin with the lane as `recorded` leaves it.
    """
    return replace(claimed, before=recorded.before, intents=(*recorded.intents, *claimed.intents))


def _claimed(intent: Intent, body: Body, request_id: str, at: datetime) -> IntentChange:
    known = bool(intent.bodies) and replace(intent.bodies[-1], request_id=body.request_id) == body
    after = replace(
        intent,
        version=intent.version + 1,
        state=IntentState.SENDING,
        bodies=intent.bodies if known else (*intent.bodies, body),
        attempts=intent.attempts + 1,
        request_id=request_id,
        not_before=None,
        not_found=0,
        unclear=0,
        resends=0,
        sent_at=at,
        changed_at=at,
        watch_at=None,
        watch_until=None,
    )
    return IntentChange(before=intent, after=after)


def _held(intent: Intent, hold: HoldIntent, at: datetime) -> IntentChange:
    after = intent.changed(at, state=IntentState.HELD, code=hold.code, reason=hold.reason)
    return IntentChange(before=intent, after=after)


def resend_transition(
    lane: LaneRecord, intents: Sequence[Intent], *, request_id: str, at: datetime, settings: LaneSettings
) -> Transition:
    """The same bodies go out again under a new request; the rest of what is in flight waits."""
    if lane.in_flight is None:
        raise ValueError("nothing in flight to resend")
    sending = tuple(intent.ref_id for intent in intents)
    after = replace(
        lane,
        in_flight=replace(lane.in_flight, request_id=request_id, phase=Phase.SENDING, sending=sending),
    )
    changes = tuple(IntentChange(before=intent, after=_resent(intent, request_id, at)) for intent in intents)
    return Transition(
        before=lane,
        after=after,
        intents=changes,
        lease_seconds=settings.lease_seconds,
        guard=Guard(account=intents[0].command.account),
    )


def _resent(intent: Intent, request_id: str, at: datetime) -> Intent:
    return replace(
        intent,
        version=intent.version + 1,
        state=IntentState.SENDING,
        attempts=intent.attempts + 1,
        resends=intent.resends + 1,
        request_id=request_id,
        not_found=0,
        unclear=0,
        sent_at=at,
        changed_at=at,
    )


def request_of(transition: Transition, *, resend: bool) -> Request:
    """The request that a claim or a resend named, exactly as it was stored."""
    in_flight = transition.after.in_flight
    if in_flight is None:
        raise ValueError("this transition names no request")
    sent = [change.after for change in transition.intents if change.after.ref_id in in_flight.sending]
    return Request.of(in_flight.request_id, sent, resend=resend)
