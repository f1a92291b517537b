"""`hoadon lanes show`: why a lane does or does not move, what it has in flight, and what to do."""

from typing import Any

from lanes.deciding import AskAbout, Claim, GiveUp, Idle, MarkUnknown, Resend, Step, WaitUntil
from lanes.inspecting import LaneDetail, inspect_lane
from lanes.model import Intent, IntentState, LaneRecord, LaneState, Phase
from lanes.operations import OperationRefused
from lanes.retrying import StoppedBy
from lanes.settings import LaneSettings
from meinvoice.errors import classify

from console.backend import backend
from console.causes import cause_of
from console.invoices_view import intent_json
from console.lanes_view import lane_json
from console.output import Column, moment
from console.retry_plan import key_of
from console.session import CommandError, Session

_SHOWN = 10
_STUCK = (IntentState.REJECTED, IntentState.SET_ASIDE, IntentState.HELD)
_OWN_CODES = frozenset(
    {
        "Paused",
        "Stopped",
        "UnknownOutcome",
        "TryAgainLimit",
        "SeriesNotConfigured",
        "AccountNotConfigured",
        "EnvironmentMismatch",
        "ShopUnreadable",
    }
)


async def show_lane(session: Session, lane: str) -> None:
    """Show one lane.

    Raises:
        CommandError: when there is none of that name.
    """
    async with backend() as stores:
        try:
            detail = await inspect_lane(stores.lane_store, LaneSettings(), lane, queue=_SHOWN)
        except OperationRefused as error:
            raise CommandError("no-lane", lane=lane) from error
    if session.out.as_json:
        session.out.json(_json(session, detail))
    else:
        _print(session, detail)


def _stopped(detail: LaneDetail) -> list[StoppedBy]:
    both: list[StoppedBy] = [detail.view.record, *detail.view.account_states.values()]
    return [each for each in both if each.state is not LaneState.RUNNING]


def _json(session: Session, detail: LaneDetail) -> dict[str, Any]:
    record = detail.view.record
    return {
        **lane_json(detail.view),
        "lane_state": record.state.value,
        "accounts": [
            {"account": each.account, "state": each.state.value, "code": each.code, "reason": each.reason}
            for each in detail.view.account_states.values()
        ],
        "lease_end": record.lease_end,
        "next_request_not_before": record.next_at,
        "in_flight": [
            {
                **intent_json(intent),
                "open_attempts": intent.open_attempts,
                "resends": intent.resends,
                "not_found": intent.not_found,
                "unclear": intent.unclear,
                "look_up_at": intent.look_up_at,
            }
            for intent in detail.in_flight
        ],
        "queue": [{**intent_json(intent), "not_before": intent.not_before} for intent in detail.queue],
        "next_step": next_step(session, detail),
        "to_do": to_do(session, detail),
    }


def _print(session: Session, detail: LaneDetail) -> None:
    session.out.facts(_facts(session, detail))
    if detail.in_flight:
        session.out.text(f"\n{session.word('in-flight-list')}")
        session.out.table(_flight_columns(session), [_flight_row(session, intent) for intent in detail.in_flight])
    waiting = detail.view.counts.get(IntentState.STAGED, 0)
    if detail.queue:
        session.out.text(f"\n{session.word('queue-list', shown=len(detail.queue), count=waiting)}")
        columns = [
            Column(session.word("order"), whole=True),
            Column(session.word("invoice"), whole=True),
            Column(session.word("created"), whole=True),
            Column(session.word("not-before"), whole=True),
            Column(session.word("waits-for")),
        ]
        session.out.table(columns, [_queue_row(session, intent) for intent in detail.queue])


def _facts(session: Session, detail: LaneDetail) -> dict[str, str]:
    record, counts = detail.view.record, detail.view.counts
    facts = {
        session.word("lane"): record.lane,
        session.word("state"): _state(session, record),
        session.word("since"): moment(record.state_since) if record.state is not LaneState.RUNNING else "",
    }
    for account in detail.view.account_states.values():
        facts[session.word("account-state-of", account=account.account)] = _state(session, account)
    return facts | {
        session.word("counts"): ", ".join(
            f"{session.word(f'state-{state.value}')}: {counts[state]}" for state in IntentState if counts.get(state)
        ),
        session.word("oldest"): moment(detail.view.oldest_waiting_at),
        session.word("last-date"): f"{record.last_date:%d/%m/%Y}" if record.last_date else "",
        session.word("next-request"): moment(record.next_at) if record.next_at and record.next_at > record.now else "",
        session.word("holder"): _holder(session, record),
        session.word("next-step"): next_step(session, detail),
        session.word("to-do"): to_do(session, detail),
    }


def _state(session: Session, record: StoppedBy) -> str:
    state = session.word(f"state-{record.state.value}")
    if record.state is LaneState.RUNNING:
        return state
    return f"{state} [{record.code}]: {cause_of(session, record.code, record.reason)}"


def _holder(session: Session, record: LaneRecord) -> str:
    if record.holder is None or record.lease_end is None or record.lease_end <= record.now:
        return ""
    return session.word("until-time", who=record.holder, until=moment(record.lease_end))


def _flight_columns(session: Session) -> list[Column]:
    whole = ("invoice", "order", "state", "attempts", "resends")
    columns = [Column(session.word(name), whole=True) for name in whole]
    return [*columns, Column(session.word("look-ups")), Column(session.word("next-look-up"), whole=True)]


def _flight_row(session: Session, intent: Intent) -> list[str]:
    counted = (("found-not", intent.not_found), ("unclear-times", intent.unclear))
    return [
        intent.ref_id,
        intent.command.labels.get("order_name", ""),
        session.word(f"state-{intent.state.value}"),
        str(intent.attempts),
        str(intent.resends),
        ", ".join(session.word(key, count=count) for key, count in counted if count),
        moment(intent.look_up_at),
    ]


def _queue_row(session: Session, intent: Intent) -> list[str]:
    why = cause_of(session, intent.code, intent.reason)
    return [
        intent.command.labels.get("order_name", ""),
        intent.ref_id,
        moment(intent.staged_at),
        moment(intent.not_before),
        " ".join(filter(None, (f"[{intent.code}]" if intent.code else "", why if why != intent.code else ""))),
    ]


def next_step(session: Session, detail: LaneDetail) -> str:
    """What a worker would do next with the lane, and when."""
    record = detail.view.record
    served = record.holder is not None and record.lease_end is not None and record.lease_end > record.now
    if record.in_flight is not None and record.in_flight.phase is Phase.SENDING and served:
        return session.word("step-sending")
    if isinstance(detail.step, Idle) and detail.queue and _stopped(detail):
        return session.word("step-stopped")
    return _step_text(session, detail.step)


def _step_text(session: Session, step: Step) -> str:  # noqa: PLR0911 - one for each step
    match step:
        case Idle():
            return session.word("step-idle")
        case WaitUntil(at):
            return session.word("step-wait", at=moment(at))
        case Claim(candidates, at, _):
            return session.word("step-claim", count=len(candidates), at=moment(at))
        case MarkUnknown():
            return session.word("step-mark-unknown")
        case AskAbout(intents):
            return session.word("step-ask", count=len(intents))
        case Resend(intents, at):
            return session.word("step-resend", count=len(intents), at=moment(at))
        case GiveUp(_, reason):
            return session.word("step-give-up", reason=reason)


def to_do(session: Session, detail: LaneDetail) -> str:
    """What a person has to do for the lane to go on."""
    remedies = [_remedy(session, each) for each in _stopped(detail)]
    if stuck := sum(detail.view.counts.get(state, 0) for state in _STUCK):
        remedies.append(session.word("do-stuck", count=stuck, lane=detail.view.record.lane))
    return " ".join(remedies) or session.word("do-nothing")


def _remedy(session: Session, stopped: StoppedBy) -> str:
    option = "" if isinstance(stopped, LaneRecord) else "--account "
    command = f"hoadon lanes resume {option}'{key_of(stopped)}'"
    return session.word("do-unblock", cause=_cause(session, stopped.code), command=command)


def _cause(session: Session, code: str | None) -> str:
    if code in _OWN_CODES:
        return session.word(f"do-{code}")
    meaning = classify(code) if code else None
    if meaning is None or not meaning.known:
        return session.word("do-other")
    return meaning.vi if session.language == "vi" else meaning.en
