"""Whether an order is to be invoiced now, later, never, or not without a person."""

import datetime as dt
from dataclasses import dataclass, replace

from invoicing.amounts import amounts_of
from invoicing.catalogue import EMPTY, Catalogue
from invoicing.order import Order
from invoicing.reading import vietnam_date
from invoicing.reasons import Explanation, Finding, Reason, Stopped
from invoicing.release import NOTHING, Release
from invoicing.rules import Rules, Trigger
from invoicing.triggers import Met, NotYet, Part, TriggerState, trigger_state

__all__ = ["Decision", "Explanation", "Hold", "Issue", "Reason", "Skip", "Wait", "decide"]


@dataclass(frozen=True, slots=True)
class Issue(Finding):
    """Invoice it."""


@dataclass(frozen=True, slots=True)
class Wait(Finding):
    """Not yet: judged anew when the order, or the shop's rules, change. ``reread`` asks for the order by API."""


@dataclass(frozen=True, slots=True)
class Skip(Finding):
    """Never, as the order stands."""


@dataclass(frozen=True, slots=True)
class Hold(Finding):
    """Nothing is issued until a person decided or the order was corrected."""


Decision = Issue | Wait | Skip | Hold


def decide(
    order: Order,
    rules: Rules,
    *,
    today: dt.date,
    reread: bool = False,
    catalogue: Catalogue = EMPTY,
    release: Release = NOTHING,
) -> Decision:
    """Judge one state of an order.

    Args:
        order: the newest known state.
        rules: the shop's rules.
        today: the date in Vietnam; stands for the moment of the trigger where the order does not tell it.
        reread: whether this state was read again by API because an earlier one was partial.
        catalogue: what the shop knows of its goods.
        release: what a person decided about this order.
    """
    trigger = rules.trigger_of(order.source_name)
    decision = _before_trigger(order, rules, reread=reread) or _by_trigger(order, rules, today, catalogue, release)
    return replace(decision, facts={**_facts(order, rules, trigger), **decision.facts})


def _facts(order: Order, rules: Rules, trigger: Trigger) -> dict[str, str]:
    facts = {
        "trigger": trigger,
        "financial_status": order.financial_status,
        "fulfillment_status": order.fulfillment_status,
        "start_date": rules.start_date.isoformat() if rules.start_date else "",
        "created_on": vietnam_date(order.created_at).isoformat() if order.created_at else "",
        "updated_at": order.updated_at.isoformat() if order.updated_at else "",
    }
    return {name: value for name, value in facts.items() if value}


def _before_trigger(order: Order, rules: Rules, *, reread: bool) -> Decision | None:
    """What ends the matter whatever the trigger says."""
    if order.test:
        return Skip(Reason.TEST_ORDER)
    if order.cancelled:
        return Skip(Reason.CANCELLED)
    if rules.start_date is None:
        return Wait(Reason.NO_START_DATE)
    partial = order.partial_reason(reread=reread)
    if partial is None or (partial == "totals" and reread):
        return None
    facts = {"partial": partial}
    return Hold(Reason.PARTIAL_PAYLOAD, facts) if reread else Wait(Reason.REREAD, facts)


def _by_trigger(order: Order, rules: Rules, today: dt.date, catalogue: Catalogue, release: Release) -> Decision:
    state = trigger_state(order, rules.trigger_of(order.source_name))
    due = vietnam_date(state.at) if isinstance(state, Met) and state.at else today
    early = _before_start(order, rules, state, due)
    if early is not None:
        return early
    found = _content_problem(order, rules, catalogue, release)
    if isinstance(found, Skip):
        return found
    return _not_due(order, rules, state) or found or Issue(Reason.TRIGGERED, {"triggered_on": due.isoformat()})


def _before_start(order: Order, rules: Rules, state: TriggerState, due: dt.date) -> Decision | None:
    """An order from before the shop's start date is never issued by itself, but never forgotten either."""
    created = order.created_at
    if created is None or rules.start_date is None or vietnam_date(created) >= rules.start_date:
        return None
    facts = {"triggered_on": due.isoformat()}
    match state:
        case Met():
            return Skip(Reason.BOTH_BEFORE_START, facts) if due < rules.start_date else Hold(Reason.BEFORE_START, facts)
        case NotYet(reason):
            return Wait(reason)
        case Part():
            return Hold(Reason.BEFORE_START, facts)


def _not_due(order: Order, rules: Rules, state: TriggerState) -> Decision | None:
    match state:
        case NotYet(reason):
            return Wait(reason)
        case Part(done, fulfilments):
            facts = {"delivered": str(done), "fulfilments": str(fulfilments)}
            waits = rules.part_delivery == "wait"
            return Wait(Reason.PART_NOT_DELIVERED, facts) if waits else Hold(Reason.PART_DELIVERED, facts)
        case Met():
            return Wait(Reason.NOT_CONFIRMED) if rules.unconfirmed == "wait" and not order.confirmed else None


def _content_problem(order: Order, rules: Rules, catalogue: Catalogue, release: Release) -> Hold | Skip | None:
    if order.cancel_unclear:
        return Hold(Reason.CANCEL_UNCLEAR)
    if order.financial_status == "voided":
        return Hold(Reason.PAYMENT_VOIDED)
    try:
        total = amounts_of(order, rules, catalogue, release=release).total
    except Stopped as stopped:
        found = stopped.finding
        kind = Skip if found.reason in {Reason.NOTHING_KEPT, Reason.ONLY_GIFT_CARDS} else Hold
        return kind(found.reason, found.facts)
    return _zero_total(rules) if total == 0 else None


def _zero_total(rules: Rules) -> Hold | Skip | None:
    match rules.zero_total:
        case "issue":
            return None
        case "skip":
            return Skip(Reason.ZERO_TOTAL_SKIPPED)
        case "hold":
            return Hold(Reason.ZERO_TOTAL)
