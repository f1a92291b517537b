"""What a retry would do to each invoice, in words. Pure: the rules are those of `lanes.retrying`, `orders.retrying`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from invoicing.corrections import CorrectionKind
from lanes.model import Intent, IntentState, LaneRecord, LaneView
from lanes.retrying import (
    AlreadyIssued,
    HeldAgain,
    LookedUp,
    OnItsWay,
    QueuedAgain,
    RetryEffect,
    StoppedBy,
    TakenBack,
    retry_effect,
)
from orders.model import OrderRecord, PlannedInvoice
from orders.retrying import NoRetry, retry_hindrance

from console.causes import cause
from console.output import moment
from console.session import Session

_CORRECTIONS = frozenset(kind.value for kind in CorrectionKind)


@dataclass(frozen=True, slots=True)
class Planned:
    """One invoice with what a retry does to it. `resumed` says that what stops it will be resumed with it."""

    intent: Intent
    order: OrderRecord | None
    effect: RetryEffect
    hindrance: NoRetry | None
    resumed: bool = False

    @property
    def is_sent(self) -> bool:
        """Whether its command will be sent."""
        return isinstance(self.effect, QueuedAgain) and self.hindrance is None

    @property
    def stored(self) -> PlannedInvoice | None:
        """The invoice on its order's document, with the command to send."""
        return self.order.invoice_of(self.intent.ref_id) if self.order else None

    @property
    def stopped(self) -> tuple[StoppedBy, ...]:
        """What has to be resumed for it to go on: its lane, its account, or both."""
        goes_on = self.is_sent or isinstance(self.effect, OnItsWay)
        return self.effect.stopped if goes_on and isinstance(self.effect, QueuedAgain | OnItsWay) else ()

    @property
    def key(self) -> str:
        """What happens, as a word for programs, texts and groups."""
        match self.effect:
            case QueuedAgain():
                return self.hindrance.value if self.hindrance else "sent"
            case HeldAgain():
                return "held"
            case LookedUp():
                return "looked-up"
            case OnItsWay(stopped):
                return "new-chances" if stopped and self.intent.state is not IntentState.STAGED else "on-its-way"
            case AlreadyIssued():
                return "issued"
            case TakenBack():
                return "withdrawn"


def planned(
    intents: Sequence[Intent], orders: Mapping[str, OrderRecord], lanes: Mapping[str, LaneView]
) -> list[Planned]:
    """The plan for these invoices, lane by lane in the order in which they were first asked for."""
    ordered = sorted(intents, key=lambda intent: (intent.command.lane, intent.position))
    return [_planned(intent, orders.get(intent.ref_id), lanes.get(intent.command.lane)) for intent in ordered]


def _planned(intent: Intent, order: OrderRecord | None, lane: LaneView | None) -> Planned:
    account = lane.account_states.get(intent.command.account) if lane else None
    effect = retry_effect(intent, lane.record if lane else None, account)
    hindrance = retry_hindrance(order, intent.ref_id) if order else NoRetry.NOT_PLANNED
    return Planned(intent, order, effect, hindrance)


def with_resume(plan: Sequence[Planned]) -> list[Planned]:
    """The plan when everything that stops it is resumed."""
    return [replace(each, resumed=bool(each.stopped)) for each in plan]


def stopped_by(plan: Sequence[Planned]) -> dict[str, StoppedBy]:
    """The lanes and accounts that have to be resumed for the plan to go on, by their keys."""
    return {key_of(stopped): stopped for each in plan for stopped in each.stopped}


def key_of(stopped: StoppedBy) -> str:
    """The key of a lane or account."""
    return stopped.lane if isinstance(stopped, LaneRecord) else stopped.account


def counts(plan: Sequence[Planned]) -> Counter[str]:
    """How many invoices each thing happens to."""
    return Counter(each.key for each in plan)


def sentence(session: Session, one: Planned) -> str:
    """What will happen to one invoice, and what a person has to do."""
    name = one.intent.command.labels.get("order_name", "")
    order = f"'{name}'" if name else ""
    key = one.key
    match one.effect:
        case LookedUp(until):
            end = moment(until) if until is not None and not _is_over(one) else session.word("retry-until-clear")
            return session.word("retry-looked-up", until=end)
        case QueuedAgain() if one.is_sent:
            return " ".join(
                filter(None, (session.word("retry-sent"), _refused_before(session, one, order), _stop(session, one)))
            )
        case OnItsWay():
            return " ".join(filter(None, (session.word(f"retry-{key}"), _stop(session, one))))
        case AlreadyIssued():
            return session.word("retry-issued")
        case _ if key in _REMADE and is_correction(one.intent):
            return session.word(f"retry-{key}-correction", ref_id=one.intent.ref_id, command=_asking_again(one))
        case _:
            return session.word(f"retry-{key}", order=order)


_REMADE = frozenset({"held", "withdrawn", "not-planned"})
"""What a sale is helped by having its order judged again; a correction is asked for again instead."""


def is_correction(intent: Intent) -> bool:
    """Whether it adjusts or replaces another invoice."""
    return intent.command.labels.get("kind") in _CORRECTIONS


def asking_again(intent: Intent, original: str | None) -> str:
    """The command that asks for a correction again, of this RefID or else of the order's invoice."""
    labels = intent.command.labels
    named = original or f"'{labels.get('order_name', '')}'"
    return f"`hoadon invoices {labels.get('kind')} {named} FILE --note …`"


def _asking_again(one: Planned) -> str:
    return asking_again(one.intent, one.stored.corrects if one.stored else None)


def _is_over(one: Planned) -> bool:
    """Whether the watch has ended and only an unclear look-up keeps it open."""
    intent = one.intent
    return bool(intent.watch_at and intent.watch_until and intent.watch_at > intent.watch_until)


def _refused_before(session: Session, one: Planned, order: str) -> str:
    if one.intent.state is not IntentState.REJECTED:
        return ""
    code = one.intent.code or "?"
    if is_correction(one.intent):
        return session.word("retry-refused-before-correction", code=code, command=_asking_again(one))
    return session.word("retry-refused-before", code=code, order=order)


def _stop(session: Session, one: Planned) -> str:
    if one.resumed:
        return session.word("retry-resumed")
    return " ".join(_behind(session, stopped) for stopped in one.stopped)


def _behind(session: Session, stopped: StoppedBy) -> str:
    key = "retry-behind-stopped" if isinstance(stopped, LaneRecord) else "retry-behind-stopped-account"
    return session.word(key, state=session.word(f"state-{stopped.state.value}"), name=key_of(stopped))


def state_and_why(session: Session, intent: Intent) -> str:
    """The state of an invoice with its code and reason."""
    why = cause(session, intent) if intent.state is not IntentState.ISSUED else ""
    code = f" [{intent.code}]" if intent.code else ""
    return f"{session.word(f'state-{intent.state.value}')}{code}" + (f": {why}" if why and why != intent.code else "")
