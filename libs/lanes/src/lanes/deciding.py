"""What to do next with a lane: pure functions over its documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lanes.model import AccountRecord, Intent, IntentState, LaneRecord, LaneState, Phase
from lanes.settings import LaneSettings

LOOK_UPS_BEFORE_RESEND = 2


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing to do until somebody wakes the lane."""


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Nothing to do before this time (the database's)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """Send the first of these that fit into one request, at `at` or later. `full`: more could not fit anyway."""

    candidates: tuple[Intent, ...]
    at: datetime
    full: bool


@dataclass(frozen=True, slots=True)
class MarkUnknown:
    """A request was left behind by a worker that is gone: nobody knows what became of these."""

    intents: tuple[Intent, ...]


@dataclass(frozen=True, slots=True)
class AskAbout:
    """Look these up."""

    intents: tuple[Intent, ...]


@dataclass(frozen=True, slots=True)
class Resend:
    """Send these again with the identical bodies, at `at` or later."""

    intents: tuple[Intent, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Neither look-ups nor resends settled it: block the lane and call a person."""

    intents: tuple[Intent, ...]
    reason: str


Step = Idle | WaitUntil | Claim | MarkUnknown | AskAbout | Resend | GiveUp


def decide(
    lane: LaneRecord,
    *,
    in_flight: Sequence[Intent],
    queue: Sequence[Intent],
    accounts: Mapping[str, AccountRecord],
    now: datetime,
    settings: LaneSettings,
) -> Step:
    """The next step of a lane that is ours. What is in flight always comes first."""
    if lane.in_flight is None:
        return _from_queue(lane, queue, accounts, now, settings)
    ordered = sorted(in_flight, key=lambda intent: intent.position)
    if lane.in_flight.phase is Phase.SENDING:
        return MarkUnknown(tuple(intent for intent in ordered if intent.ref_id in lane.in_flight.sending))
    return _settle(lane, ordered, accounts, now, settings)


def _from_queue(
    lane: LaneRecord,
    queue: Sequence[Intent],
    accounts: Mapping[str, AccountRecord],
    now: datetime,
    settings: LaneSettings,
) -> Step:
    ordered = _open_first(queue)
    if lane.state is not LaneState.RUNNING or not ordered or not _runs(accounts, ordered[0].command.account):
        return Idle()
    head = ordered[0]
    if head.not_before is not None and head.not_before > now:
        return WaitUntil(head.not_before)
    candidates = _candidates(ordered, now, settings.most_intents)
    at = max(now, lane.next_at) if lane.next_at else now
    full = len(candidates) == settings.most_intents or len(candidates) < len(queue)
    return Claim(candidates, at, full)


def _open_first(queue: Sequence[Intent]) -> Sequence[Intent]:
    """What may be alive goes before what is not: its date stands already, and those before it may get a later one."""
    return sorted(queue, key=lambda intent: intent.open_attempts == 0)


def _runs(accounts: Mapping[str, AccountRecord], account: str) -> bool:
    record = accounts.get(account)
    return record is None or record.state is LaneState.RUNNING


def _candidates(queue: Sequence[Intent], now: datetime, most: int) -> tuple[Intent, ...]:
    """The longest run from the head that may share a request; nothing is ever skipped."""
    head = queue[0]
    if head.alone:
        return (head,)
    chosen: list[Intent] = []
    for intent in queue[:most]:
        waits = intent.not_before is not None and intent.not_before > now
        other = intent.command.account != head.command.account or bool(intent.open_attempts) != bool(head.open_attempts)
        if intent.alone or waits or other:
            break
        chosen.append(intent)
    return tuple(chosen)


def _settle(
    lane: LaneRecord,
    intents: Sequence[Intent],
    accounts: Mapping[str, AccountRecord],
    now: datetime,
    settings: LaneSettings,
) -> Step:
    may_resend = lane.state is not LaneState.BLOCKED and all(_runs(accounts, i.command.account) for i in intents)
    if may_resend and (tired := [i for i in intents if i.unclear >= settings.unclear_limit]):
        return GiveUp(tuple(tired), "look-ups bring no clear answer")
    asking = [i for i in intents if not may_resend or not _asked_enough(i)]
    if due := [i for i in asking if i.look_up_at is None or i.look_up_at <= now]:
        return AskAbout(tuple(due))
    if asking:
        return WaitUntil(min(i.look_up_at for i in asking if i.look_up_at is not None))
    at = max(now, lane.next_at) if lane.next_at else now
    return _resend(intents, at, settings)


def _asked_enough(intent: Intent) -> bool:
    return intent.state is IntentState.UNKNOWN and intent.not_found >= LOOK_UPS_BEFORE_RESEND


def _resend(intents: Sequence[Intent], at: datetime, settings: LaneSettings) -> Step:
    together = _one_request_of(intents, settings)
    if all(intent.resends < settings.whole_resends for intent in together):
        return Resend(together, at)
    head = intents[0]
    if head.resends < settings.resend_limit:
        return Resend((head,), at)
    return GiveUp((head,), f"sent {head.attempts} times, never answered, and look-ups do not find it")


def _one_request_of(intents: Sequence[Intent], settings: LaneSettings) -> tuple[Intent, ...]:
    """The longest run from the head that goes into one request: two may have been named when their worker died."""
    head = intents[0]
    chosen: list[Intent] = []
    weight = 0
    for intent in intents[: settings.most_intents]:
        weight += intent.bodies[-1].weight
        same = (intent.bodies[-1].date, intent.command.account) == (head.bodies[-1].date, head.command.account)
        if chosen and (weight >= settings.weight_limit or not same):
            break
        chosen.append(intent)
    return tuple(chosen)
