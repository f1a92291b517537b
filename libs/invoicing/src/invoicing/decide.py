"""Whether an order is to be invoiced now, later, never, or not without a person."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from invoicing.amounts import Amounts, amounts_of
from invoicing.catalogue import EMPTY, Catalogue
from invoicing.conditions import rule_for
from invoicing.deliveries import NothingNew, Untold, next_portion
from invoicing.order import Order
from invoicing.portions import Portion
from invoicing.reading import vietnam_date
from invoicing.reasons import Explanation, Finding, Reason, Stopped
from invoicing.release import NOTHING, Release
from invoicing.rule_list import DEFAULT, OrderRule, Then
from invoicing.rules import Rules, Trigger
from invoicing.triggers import Met, NotYet, Part, TriggerState, trigger_state

__all__ = ["Decision", "Explanation", "Hold", "Issue", "Reason", "Skip", "Wait", "decide"]


@dataclass(frozen=True, slots=True)
class Issue(Finding):
    """Invoice it.

    Attributes:
        portion: which units; none for the whole order.
        draft: whether the invoice waits for a person's approval.
        rule: name of the rule that decided, or `default`.
        amounts: what the whole order comes to, worked out on the way; none for a part. It saves `convert` doing so.
    """

    portion: Portion | None = None
    draft: bool = False
    rule: str = DEFAULT
    amounts: Amounts | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Wait(Finding):
    """Not yet: judged anew when the order, or the shop's rules, change. ``reread`` asks for the order by API."""


@dataclass(frozen=True, slots=True)
class Skip(Finding):
    """Never, as the order stands."""


@dataclass(frozen=True, slots=True)
class Hold(Finding):
    """Nothing is issued until a person decided or the order was corrected.

    Attributes:
        would: in a dry run, the decision that it stands for; none where nothing would have been issued either.
    """

    would: Issue | None = None


Decision = Issue | Wait | Skip | Hold


def decide(
    order: Order,
    rules: Rules,
    *,
    today: dt.date,
    reread: bool = False,
    catalogue: Catalogue = EMPTY,
    release: Release = NOTHING,
    covered: Mapping[int, Decimal] | None = None,
    shipping_carried: bool = True,
) -> Decision:
    """Judge one state of an order.

    Args:
        order: the newest known state.
        rules: the shop's rules.
        today: the date in Vietnam; stands for the moment of the trigger where the order does not tell it.
        reread: whether this state was read again by API because an earlier one was partial.
        catalogue: the items that the order's lines are.
        release: what a person decided about the order. His word to issue it goes before trigger, start date,
            confirmation, drafts and the rule list, never before a test, a cancellation or a partial payload.
        covered: units that earlier invoices of the order carry; none where it is not invoiced in parts.
        shipping_carried: whether one of those carries transport.
    """
    rule = rule_for(order, rules)
    case = _Case(order, rules, today, catalogue, release, covered, rule, shipping_carried=shipping_carried)
    decision = case.before_trigger(reread=reread) or case.by_rule()
    return replace(decision, facts={**case.facts(), **decision.facts})


@dataclass(frozen=True, slots=True)
class _Case:
    """One order with everything it is judged by."""

    order: Order
    rules: Rules
    today: dt.date
    catalogue: Catalogue
    release: Release
    covered: Mapping[int, Decimal] | None
    rule: OrderRule | None
    shipping_carried: bool
    trigger: Trigger = field(init=False)

    def __post_init__(self) -> None:
        """Choose the trigger: the rule's, the channel's or the shop's."""
        by_rule = self.rule.trigger if self.rule else None
        chosen = "manual" if self._then("manual") else by_rule or self.rules.trigger_of(self.order.source_name)
        object.__setattr__(self, "trigger", chosen)

    def facts(self) -> dict[str, str]:
        """What the decision was based on."""
        order, start = self.order, self.rules.start_date
        facts = {
            "rule": self.rule.name if self.rule else DEFAULT,
            "trigger": self.trigger,
            "financial_status": order.financial_status,
            "fulfillment_status": order.fulfillment_status,
            "start_date": start.isoformat() if start else "",
            "created_on": vietnam_date(order.created_at).isoformat() if order.created_at else "",
            "updated_at": order.updated_at.isoformat() if order.updated_at else "",
        }
        return {name: value for name, value in facts.items() if value}

    def before_trigger(self, *, reread: bool) -> Decision | None:
        """What ends the matter whatever the rules say."""
        if self.order.test:
            return Skip(Reason.TEST_ORDER)
        if self.order.cancelled:
            return Skip(Reason.CANCELLED)
        if self.rules.start_date is None and not self.release.issue:
            return Wait(Reason.NO_START_DATE)
        partial = self.order.partial_reason(reread=reread)
        if partial is None or (partial == "totals" and reread):
            return None
        facts = {"partial": partial}
        return Hold(Reason.PARTIAL_PAYLOAD, facts) if reread else Wait(Reason.REREAD, facts)

    def by_rule(self) -> Decision:
        """What the rule, or the shop's defaults, make of the order; in a dry run only told."""
        dry_rule = self.rule is not None and self.rule.dry_run
        decision = self._skipped_by_rule() or self._by_trigger()
        if isinstance(decision, Issue) and (dry_rule or self.rules.dry_run):
            return Hold(Reason.DRY_RUN, {**decision.facts, "would": _would(decision)}, would=decision)
        if decision.reason is Reason.RULE_SKIPPED and dry_rule:
            return Hold(Reason.DRY_RUN, {"would": "skip"})
        return decision

    def _skipped_by_rule(self) -> Skip | None:
        skipped = self._then("skip") and self.covered is None and not self.release.issue
        return Skip(Reason.RULE_SKIPPED) if skipped else None

    def _then(self, outcome: Then) -> bool:
        return self.rule is not None and self.rule.then == outcome

    def _by_trigger(self) -> Decision:
        state = Met(None) if self.release.issue else trigger_state(self.order, self.trigger)
        due = self.today if isinstance(state, NotYet) or state.at is None else vietnam_date(state.at)
        if early := self._before_start(state, due):
            return early
        made = self._amounts()
        if isinstance(made, Skip):
            return made
        if isinstance(state, NotYet):
            return Wait(state.reason)
        return self._waiting(state) or (made if isinstance(made, Hold) else self._due(made, state, due))

    def _before_start(self, state: TriggerState, due: dt.date) -> Decision | None:
        """An order from before the shop's start date is never issued by itself, but never forgotten either."""
        created, start = self.order.created_at, self.rules.start_date
        settled = self.covered is not None or self._accepted(Reason.BEFORE_START)
        if settled or created is None or start is None or vietnam_date(created) >= start:
            return None
        facts = {"triggered_on": due.isoformat()}
        match state:
            case Met():
                return Skip(Reason.BOTH_BEFORE_START, facts) if due < start else Hold(Reason.BEFORE_START, facts)
            case NotYet(reason):
                return Wait(reason)
            case Part():
                return Hold(Reason.BEFORE_START, facts)

    def _waiting(self, state: Met | Part) -> Wait | None:
        if isinstance(state, Part) and self.rules.part_delivery == "wait":
            return Wait(Reason.PART_NOT_DELIVERED, _parcels(state))
        waits = self.rules.unconfirmed == "wait" and not self.order.confirmed and not self.release.issue
        return Wait(Reason.NOT_CONFIRMED) if waits else None

    def _amounts(self) -> Amounts | Hold | Skip:
        """What the order comes to, unless it, or its payment, needs a person first."""
        if self.order.cancel_unclear and not self.release.passes(Reason.CANCEL_UNCLEAR):
            return Hold(Reason.CANCEL_UNCLEAR)
        if self.order.financial_status == "voided" and not self.release.passes(Reason.PAYMENT_VOIDED):
            return Hold(Reason.PAYMENT_VOIDED)
        # What came back after the first part's invoice is for corrections and for the units of this one.
        order = self.order if self.covered is None else _without_refunds(self.order)
        try:
            made = amounts_of(order, self.rules, self.catalogue, release=self.release)
        except Stopped as stopped:
            found = stopped.finding
            kind = Skip if found.reason in {Reason.NOTHING_KEPT, Reason.ONLY_GIFT_CARDS} else Hold
            return kind(found.reason, found.facts)
        return (self._zero_total() if made.total == 0 else None) or made

    def _zero_total(self) -> Hold | Skip | None:
        if self._accepted(Reason.ZERO_TOTAL):
            return None
        match self.rules.zero_total:
            case "issue":
                return None
            case "skip":
                return Skip(Reason.ZERO_TOTAL_SKIPPED)
            case "hold":
                return Hold(Reason.ZERO_TOTAL)

    def _due(self, made: Amounts, state: Met | Part, due: dt.date) -> Decision:
        parcels = None if isinstance(state, Met) or self.release.passes(Reason.PART_DELIVERED) else state.done
        charged = bool(made.shipping) or not any(each.price for each in self.order.shipping_lines)
        carried = self.shipping_carried
        portion = next_portion(self.order, parcels, self.covered, shipping=charged, shipping_carried=carried)
        if isinstance(portion, Untold):
            return Hold(Reason.PART_DELIVERED, _parcels(state))
        if isinstance(portion, NothingNew):
            return self._nothing_new(state, complete=portion.complete)
        # A rule that skips gets here only for the rest of an order that is partly invoiced: it must not be forgotten.
        if (self._then("hold") or self._then("skip")) and not self._accepted(Reason.RULE_HELD):
            return Hold(Reason.RULE_HELD, {"triggered_on": due.isoformat()})
        return self._issue(made, portion, due)

    def _nothing_new(self, state: Met | Part, *, complete: bool) -> Skip | Wait:
        if complete:
            return Skip(Reason.ALL_PARTS_INVOICED)
        return Wait(Reason.PART_NOT_DELIVERED, _parcels(state))

    def _issue(self, made: Amounts, portion: Portion | None, due: dt.date) -> Issue:
        draft = not self.release.issue and (self._then("draft") or self.rules.drafts.wanted_for(made.total))
        reason = Reason.TRIGGERED if portion is None else Reason.PART_TRIGGERED
        return Issue(
            Reason.RELEASED if self.release.issue else reason,
            {"triggered_on": due.isoformat(), **_units(portion), **({"draft": "yes"} if draft else {})},
            portion=portion,
            draft=draft,
            rule=self.rule.name if self.rule else DEFAULT,
            amounts=made if portion is None and self.covered is None else None,
        )

    def _accepted(self, reason: Reason) -> bool:
        return self.release.issue or self.release.passes(reason)


def _parcels(state: Met | Part) -> dict[str, str]:
    if isinstance(state, Met):
        return {}
    return {"delivered": str(len(state.done)), "fulfilments": str(state.fulfilments)}


def _units(portion: Portion | None) -> dict[str, str]:
    if portion is None:
        return {}
    now, before = (f"{sum(units.values()):f}" for units in (portion.now, portion.before))
    return {"units": now, "units_before": before, "last_part": "yes" if portion.last else "no"}


def _would(decision: Issue) -> str:
    return "make a draft" if decision.draft else "issue"


def _without_refunds(order: Order) -> Order:
    paid = tuple(each for each in order.transactions if each.kind != "refund")
    return replace(order, refunds=(), transactions=paid, financial_status="paid")
