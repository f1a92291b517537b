"""Which of a shop's rules an order falls under, and which rules no order can ever reach."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from invoicing.order import Order
from invoicing.rates import folded
from invoicing.reading import vietnam_date
from invoicing.rule_list import DEFAULT, Kind, OrderRule, Then
from invoicing.rules import Rules

CorrectionMode = Literal["none", "flag", "draft", "automatic"]
_MODES: Final[Mapping[Then, CorrectionMode]] = {
    "issue": "automatic",
    "draft": "draft",
    "skip": "none",
    "hold": "flag",
    "manual": "flag",
}


@dataclass(frozen=True, slots=True)
class CorrectionRuling:
    """What a rule says of a return or a cancellation, in the place of the shop's setting for that kind."""

    rule: str
    mode: CorrectionMode


def rule_for(order: Order, rules: Rules) -> OrderRule | None:
    """The first rule that holds for the order itself; none: the shop's defaults."""
    return _first(order, "exchange" if order.refers_to else "sale", rules)


def correction_rule(order: Order, kind: Literal["return", "cancellation"], rules: Rules) -> CorrectionRuling | None:
    """What the first rule that names this kind and holds for the order says; none: the setting for corrections.

    A dry run, of the rule or of the shop, sends nothing: it flags what would have been done.
    """
    rule = _first(order, kind, rules)
    if rule is None:
        return CorrectionRuling(DEFAULT, "flag") if rules.dry_run else None
    mode = _MODES[rule.then]
    return CorrectionRuling(rule.name, "flag" if rule.dry_run or rules.dry_run else mode)


def shadowed(rules: Rules) -> list[tuple[int, int]]:
    """The rules that can never decide: each with the first one before it whose conditions are the same or wider."""
    found = []
    for index, rule in enumerate(rules.when):
        by = next((before for before in range(index) if _covers(rules.when[before], rule)), None)
        if by is not None:
            found.append((index, by))
    return found


def _first(order: Order, kind: Kind, rules: Rules) -> OrderRule | None:
    if not rules.when:
        return None
    values = _values(order)
    return next((rule for rule in rules.when if kind in rule.kinds and _holds(rule, order, values)), None)


def _values(order: Order) -> Mapping[str, frozenset[str]]:
    """What the order has for each condition that is a list, as it is compared; nothing for what it does not tell."""
    told = {
        "channel": (order.source_name,),
        "source": (order.source,),
        "gateway": (order.gateway, order.gateway_code),
        "tags": order.tags,
        "branch": (str(order.location_id or ""),),
        "financial_status": (order.financial_status,),
        "fulfillment_status": (order.fulfillment_status or "notfulfilled",),
    }
    return {name: frozenset(folded(each) for each in values if each) for name, values in told.items()}


def _holds(rule: OrderRule, order: Order, values: Mapping[str, frozenset[str]]) -> bool:
    return (
        all(wanted & values[name] for name, wanted in rule.alternatives.items())
        and not rule.excluded_tags & values["tags"]
        and (rule.min_total is None or order.total_price >= rule.min_total)
        and (rule.max_total is None or order.total_price <= rule.max_total)
        and _created_within(rule, order)
    )


def _created_within(rule: OrderRule, order: Order) -> bool:
    if rule.created_from is None and rule.created_to is None:
        return True
    if order.created_at is None:
        return False
    day = vietnam_date(order.created_at)
    return (rule.created_from is None or rule.created_from <= day) and (
        rule.created_to is None or day <= rule.created_to
    )


def _covers(wide: OrderRule, narrow: OrderRule) -> bool:
    """Whether every order that `narrow` holds for is one that `wide` holds for."""
    return (
        wide.kinds >= narrow.kinds
        and all(name in narrow.alternatives for name in wide.alternatives)
        and all(wide.alternatives[name] >= narrow.alternatives[name] for name in wide.alternatives)
        and wide.excluded_tags <= narrow.excluded_tags
        and _reaches(wide, narrow)
    )


def _reaches(wide: OrderRule, narrow: OrderRule) -> bool:
    from_below = wide.min_total is None or (narrow.min_total is not None and wide.min_total <= narrow.min_total)
    to_above = wide.max_total is None or (narrow.max_total is not None and narrow.max_total <= wide.max_total)
    since = wide.created_from is None or (narrow.created_from is not None and wide.created_from <= narrow.created_from)
    until = wide.created_to is None or (narrow.created_to is not None and narrow.created_to <= wide.created_to)
    return from_below and to_above and since and until
