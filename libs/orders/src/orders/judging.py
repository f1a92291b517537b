"""One state of an order judged by the shop's rules: what becomes of it, where to and with what content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from contracts.decisions import Outcome
from invoicing.buyer import buyer_of
from invoicing.convert import Converted, ConvertHold, SeriesFacts, convert
from invoicing.decide import Hold, Issue, Skip, Wait, decide
from invoicing.identity import ref_id
from invoicing.mapping import Target
from invoicing.order import Order
from invoicing.pages import Page, pages_of
from invoicing.portions import Portion
from invoicing.reasons import Finding, Reason, Stopped
from invoicing.release import Release
from invoicing.route import Routed, RouteHold, RouteWait, Routing, route
from shops.accounts import Account, Series

from orders.context import Context

SALE = "sale"
_NONE = Decimal(0)
_MOST_FACTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One invoice that covers the order or a part of it: which lane, and its content without date and series."""

    ref_id: str
    kind: str
    lane: str
    account: str
    content: str
    line_count: int
    portion: Portion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What becomes of the order, with the reason in code and in words, and the facts it rests on."""

    outcome: Outcome
    reason: str
    message_vi: str
    message_en: str
    facts: Mapping[str, str]
    plans: tuple[Plan, ...] = ()
    reread: bool = False
    """The state is partial: ask Haravan for the whole order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What invoices of the order that stand have settled for those that follow.

    Attributes:
        covered: units they carry, by order line; None where the order is not invoiced in parts.
        shipping_carried: whether one of them carries transport.
        target: the account and series that later parts go to.
        pages: into how many pages the order was split; 0 where it was not.
        ref_ids: what is planned already.
    """

    covered: Mapping[int, Decimal] | None = None
    shipping_carried: bool = True
    target: Target | None = None
    pages: int = 0
    ref_ids: frozenset[str] = frozenset()


def judge(order: Order, context: Context, *, reread: bool, standing: Standing = Standing()) -> Judgement:
    """Judge an order; `reread` says that the state was already read again by API."""
    judgement = _judged(order, context, reread=reread, standing=standing)
    return replace(judgement, facts={**judgement.facts, **_word(context.release)})


def _word(release: Release) -> dict[str, str]:
    """What a person decided, without who the buyer is."""
    buyer = release.buyer if isinstance(release.buyer, str) else "given"
    said = {
        "released_by": release.by,
        "released_issue": "yes" if release.issue else "",
        "released_accepts": ", ".join(sorted(release.accepts)),
        "released_buyer": buyer,
        "released_target": f"{release.target.account} {release.target.series}" if release.target else "",
    }
    return {name: value for name, value in said.items() if value}


def _judged(order: Order, context: Context, *, reread: bool, standing: Standing) -> Judgement:
    decision = decide(
        order,
        context.shop.rules,
        today=context.today,
        reread=reread,
        catalogue=context.catalogue,
        release=context.release,
        covered=standing.covered,
        shipping_carried=standing.shipping_carried,
    )
    match decision:
        case Issue():
            return _routed(order, context, decision, standing)
        case Wait():
            return _judgement(Outcome.WAITING, decision, reread=decision.reason is Reason.REREAD)
        case Skip():
            return _judgement(Outcome.SKIPPED, decision)
        case Hold(would=Issue() as would):
            return _dry(order, context, decision, would, standing)
        case Hold():
            return _judgement(Outcome.HELD, decision)


def _dry(order: Order, context: Context, decision: Hold, would: Issue, standing: Standing) -> Judgement:
    """A dry run: nothing is planned, but account, amount and rates are told as if it were."""
    told = _routed(order, context, would, standing)
    return _judgement(Outcome.HELD, decision, facts={**told.facts, "would_be": f"{told.outcome.value}: {told.reason}"})


def held(finding: Finding) -> Judgement:
    """A hold that the order's own history asks for."""
    return _judgement(Outcome.HELD, finding)


def _routed(order: Order, context: Context, decision: Issue, standing: Standing) -> Judgement:
    try:
        routing = _route(order, context, standing)
    except Stopped as stopped:  # who the buyer is decides the company, and that cannot be said
        return _judgement(Outcome.HELD, stopped.finding, facts=decision.facts)
    match routing:
        case RouteWait():
            return _judgement(Outcome.WAITING, routing, facts=decision.facts)
        case RouteHold():
            return _judgement(Outcome.HELD, routing, facts=decision.facts)
        case Routed():
            return _converted(order, context, decision, routing, standing)


def _route(order: Order, context: Context, standing: Standing) -> Routing:
    if standing.target is not None:
        return Routed(standing.target.account, standing.target.series, "first part")
    mapping, release = context.shop.mapping, context.release
    kind = None
    if release.target is None and any(each.dimension == "buyer_kind" for each in mapping.assignments):
        kind = buyer_of(order, context.shop.rules.buyer, release, context.buyer).kind
    return route(order, mapping, catalogue=context.catalogue, buyer_kind=kind, release=release)


def _converted(order: Order, context: Context, decision: Issue, routed: Routed, standing: Standing) -> Judgement:
    facts = {**decision.facts, "account": routed.account, "series": routed.series, "routed_by": routed.why}
    job = _Job(order, context, decision, routed, standing)
    pages = standing.pages or 1
    made = job.invoices(pages)
    too_long = isinstance(made, ConvertHold) and made.reason is Reason.TOO_MANY_LINES
    if isinstance(made, ConvertHold) and too_long and context.shop.rules.too_many_lines == "split":
        pages = pages_of(int(made.facts["lines"]))
        made = job.invoices(pages)
    if isinstance(made, ConvertHold):
        return _judgement(Outcome.HELD, made, facts=facts)
    plans = tuple(plan for plan, _ in made if plan.ref_id not in standing.ref_ids)
    outcome = Outcome.DRAFT if decision.draft else Outcome.PLANNED
    facts |= _plan_facts([converted for _, converted in made]) | ({"pages": str(pages)} if pages > 1 else {})
    return _judgement(outcome, decision, plans=plans, facts=facts)


@dataclass(frozen=True, slots=True)
class _Job:
    """The invoices of an order that was decided and routed."""

    order: Order
    context: Context
    decision: Issue
    routed: Routed
    standing: Standing

    def invoices(self, pages: int) -> Sequence[tuple[Plan, Converted]] | ConvertHold:
        """One for each page, or why there is none."""
        account, series = self._target()
        made = []
        for page in (Page(number=number, of=pages) for number in range(1, pages + 1)):
            kind, name = self._name(account, page)
            converted = self._convert(account, series, name, page if pages > 1 else None)
            if isinstance(converted, ConvertHold):
                return converted
            made.append((self._plan(account, series, kind, name, converted), converted))
        return made

    def _target(self) -> tuple[Account, Series]:
        shop = self.context.shop
        account = shop.account(self.routed.account)
        series = account.find_series(self.routed.series) if account else None
        if account is None or series is None:
            raise LookupError(f"{shop.shop} has no {self.routed.account}/{self.routed.series}, which was chosen")
        return account, series

    def _convert(self, account: Account, series: Series, name: UUID, page: Page | None) -> Converted | ConvertHold:
        facts = SeriesFacts(
            series=series.series,
            sign_type=series.sign_type.value,
            several_rates=not series.one_rate,
            summary=series.summary,
            shop_code=account.seller_shop_code,
        )
        context = self.context
        return convert(
            self.order,
            facts,
            context.shop.rules,
            ref_id=name,
            invoice_date=context.today,
            catalogue=context.catalogue,
            portion=self.decision.portion,
            release=context.release,
            page=page,
            known=context.buyer,
            amounts=self.decision.amounts,
        )

    def _name(self, account: Account, page: Page) -> tuple[str, UUID]:
        """The kind and the RefID of one page."""
        kind = SALE if page.of == 1 else f"{SALE}-{page.number}-of-{page.of}"
        source = _source(self.order, self.decision.portion)
        name = ref_id(account.environment.value, self.context.shop.shop, self.order.id, kind, source)
        if self.decision.portion is not None and str(name) in self.standing.ref_ids:  # a parcel sent anew
            source = f"{source}:{sum(self.decision.portion.before.values())}"
            name = ref_id(account.environment.value, self.context.shop.shop, self.order.id, kind, source)
        return kind, name

    def _plan(self, account: Account, series: Series, kind: str, name: UUID, converted: Converted) -> Plan:
        return Plan(
            ref_id=str(name),
            kind=kind,
            lane=account.lane_key(series.series),
            account=account.key,
            content=converted.content.to_json(),
            line_count=converted.line_count,
            portion=self.decision.portion,
        )


def _source(order: Order, portion: Portion | None) -> str:
    """The fulfilment a part begins with: the first that has units no earlier invoice carries; empty for the whole."""
    if portion is None:
        return ""
    carried = dict(portion.before)
    for parcel in sorted((each for each in order.fulfilments if not each.cancelled), key=lambda each: each.id):
        for line in parcel.lines:
            before = min(line.quantity, carried.get(line.line_item_id, _NONE))
            carried[line.line_item_id] = carried.get(line.line_item_id, _NONE) - before
            if line.quantity > before and line.line_item_id in portion.now:
                return str(parcel.id)
    return f"after:{sum(portion.before.values())}"


def _plan_facts(made: Sequence[Converted]) -> dict[str, str]:
    named = {
        "total": str(sum(one.total for one in made)),
        "rates": _listed([f"{fact.line}: {fact.rate} ({fact.level})" for one in made for fact in one.rates]),
        "flags": _listed([flag for one in made for flag in one.flags]),
    }
    return {name: value for name, value in named.items() if value}


def _listed(texts: Sequence[str]) -> str:
    """The first of them, and how many more: a decision travels as one record, however long the order is."""
    more = len(texts) - _MOST_FACTS
    return ", ".join(texts[:_MOST_FACTS]) + (f", … (+{more})" if more > 0 else "")


def _judgement(
    outcome: Outcome,
    finding: Finding,
    *,
    plans: tuple[Plan, ...] = (),
    facts: Mapping[str, str] | None = None,
    reread: bool = False,
) -> Judgement:
    text = finding.explain()
    return Judgement(
        outcome=outcome,
        reason=finding.reason.value,
        message_vi=text.vi,
        message_en=text.en,
        facts={**(facts or {}), **finding.facts},
        plans=plans,
        reread=reread,
    )
