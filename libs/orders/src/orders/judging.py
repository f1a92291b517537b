"""One state of an order judged by the shop's rules: issue, wait, skip or hold; where to and with what content."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from contracts.decisions import Outcome
from invoicing.convert import Converted, ConvertHold, SeriesFacts, convert
from invoicing.decide import Hold, Issue, Skip, Wait, decide
from invoicing.identity import ref_id
from invoicing.order import Order
from invoicing.reasons import Finding, Reason
from invoicing.route import Routed, RouteHold, RouteWait, route
from shops.models import Shop

SALE = "sale"


@dataclass(frozen=True, slots=True)
class Plan:
    """The invoice that covers the order: which lane, and its content without date and series."""

    ref_id: str
    kind: str
    lane: str
    account: str
    content: str
    line_count: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of the order, with the reason in code and in words, and the facts it rests on."""

    outcome: Outcome
    reason: str
    message_vi: str
    message_en: str
    facts: Mapping[str, str]
    plan: Plan | None = None
    reread: bool = False
    """The state is partial: ask Haravan for the whole order."""


def judge(order: Order, shop: Shop, *, today: date, reread: bool) -> Judgement:
    """Judge an order. `today` is the date in Vietnam; `reread` says that the state was already read again by API."""
    decision = decide(order, shop.rules, today=today, reread=reread)
    match decision:
        case Issue():
            return _routed(order, shop, today, decision)
        case Wait():
            return _judgement(Outcome.WAITING, decision, reread=decision.reason is Reason.REREAD)
        case Skip():
            return _judgement(Outcome.SKIPPED, decision)
        case Hold():
            return _judgement(Outcome.HELD, decision)


def _routed(order: Order, shop: Shop, today: date, decision: Issue) -> Judgement:
    routing = route(order, shop.mapping)
    match routing:
        case RouteWait():
            return _judgement(Outcome.WAITING, routing)
        case RouteHold():
            return _judgement(Outcome.HELD, routing)
        case Routed():
            return _converted(order, shop, today, decision, routing)


def _converted(order: Order, shop: Shop, today: date, decision: Issue, routed: Routed) -> Judgement:
    account = shop.account(routed.account)
    series = account.find_series(routed.series) if account else None
    if account is None or series is None:
        raise LookupError(f"mapping of {shop.shop} names {routed.account}/{routed.series}, which it does not have")
    name = ref_id(account.environment.value, shop.shop, order.id, SALE)
    facts = SeriesFacts(series=series.series, sign_type=series.sign_type.value, shop_code=account.seller_shop_code)
    converted = convert(order, facts, shop.rules, ref_id=name, invoice_date=today)
    if isinstance(converted, ConvertHold):
        return _judgement(Outcome.HELD, converted)
    plan = Plan(
        ref_id=str(name),
        kind=SALE,
        lane=account.lane_key(series.series),
        account=account.key,
        content=converted.content.to_json(),
        line_count=converted.line_count,
    )
    return _judgement(Outcome.PLANNED, decision, plan=plan, facts=_plan_facts(routed, converted))


def _plan_facts(routed: Routed, converted: Converted) -> Mapping[str, str]:
    named = {
        "account": routed.account,
        "series": routed.series,
        "routed_by": routed.why,
        "total": str(converted.total),
        "rates": ", ".join(f"{fact.line}: {fact.rate} ({fact.level})" for fact in converted.rates),
        "flags": ", ".join(converted.flags),
    }
    return {name: value for name, value in named.items() if value}


def _judgement(
    outcome: Outcome,
    finding: Finding,
    *,
    plan: Plan | None = None,
    facts: Mapping[str, str] | None = None,
    reread: bool = False,
) -> Judgement:
    text = finding.explain()
    return Judgement(
        outcome=outcome,
        reason=finding.reason.value,
        message_vi=text.vi,
        message_en=text.en,
        facts={**finding.facts, **(facts or {})},
        plan=plan,
        reread=reread,
    )
