"""Makes the sample orders: the same run, moment and seed give the same orders."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from local_stack.demo import people
from local_stack.demo.cases import CASES, UNKNOWN_CHANNEL, WAITING_REASONS, Case
from local_stack.demo.draft import ZERO, Draft, DraftLine
from local_stack.demo.haravan_body import order_body
from local_stack.demo.life import Span
from local_stack.demo.model import Ending, Expectation, SampleOrder, State, whole
from local_stack.demo.places import Place, Storefront
from local_stack.demo.shops import DemoShop

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
DEFAULT_COUNT = 200
FIRST_ID = 1_900_000_000
IDS_PER_RUN = 10_000
_SHIPPING = (ZERO, Decimal(20_000), Decimal(25_000), Decimal(30_000), Decimal(35_500))


def sample_orders(
    shops: Sequence[DemoShop], *, run: int, now: datetime, count: int = DEFAULT_COUNT, seed: int = 2026
) -> tuple[SampleOrder, ...]:
    """Make the orders of one run of the demo, in the order in which they are sent.

    Args:
        shops: where they are placed.
        run: number of the run, from 1; orders of two runs never share an id.
        now: aware; no order's life goes beyond it.
        count: how many; each case comes at least once if they suffice.
        seed: of all chance.
    """
    chance = random.Random(f"{seed}:{run}")  # noqa: S311  (repeatable on purpose)
    picked = list(_cases(count, chance))
    chance.shuffle(picked)
    return tuple(
        _sample(shops, case, run=run, index=index, now=now, chance=chance) for index, case in enumerate(picked)
    )


def _cases(count: int, chance: random.Random) -> Iterator[Case]:
    yield from CASES[:count]
    weights = [case.weight for case in CASES]
    yield from chance.choices(CASES, weights, k=max(0, count - len(CASES)))


def _sample(
    shops: Sequence[DemoShop], case: Case, *, run: int, index: int, now: datetime, chance: random.Random
) -> SampleOrder:
    shop = _shop_of(shops, case, chance)
    span = _span(shop, case, now, chance)
    draft = _draft(shop, case, FIRST_ID + run * IDS_PER_RUN + index, span, chance)
    steps = list(case.life(draft, shop.trigger, span))
    return SampleOrder(
        shop=shop.id,
        org_id=shop.org_id,
        order_id=draft.order_id,
        name=draft.name,
        case=case.name,
        place=draft.place.name,
        states=tuple(State(topic, progress.at, order_body(draft, progress)) for topic, progress in steps),
        expected=_expectation(shop, case, draft),
    )


def _shop_of(shops: Sequence[DemoShop], case: Case, chance: random.Random) -> DemoShop:
    if case.shop is not None:
        return next(shop for shop in shops if shop.id == case.shop)
    suitable = [shop for shop in shops if case.channel == UNKNOWN_CHANNEL or shop.sells_by(case.channel)]
    return chance.choices(suitable, [shop.share for shop in suitable])[0]


def _span(shop: DemoShop, case: Case, now: datetime, chance: random.Random) -> Span:
    midnight = datetime.combine(now.astimezone(VIETNAM).date(), time(), VIETNAM).astimezone(UTC)
    end = max(now - timedelta(minutes=chance.randrange(1, 180), microseconds=chance.randrange(999_999)), midnight)
    start = shop.settings.rules.start_date
    if start is None or not case.before_start:
        return Span(created=end - timedelta(hours=chance.randrange(4, 72)), end=end, midnight=midnight)
    opened = datetime.combine(start, time(), VIETNAM).astimezone(UTC)
    if not case.ended_before_start:
        return Span(created=opened - timedelta(days=12), end=end, midnight=midnight)
    return Span(
        created=opened - timedelta(days=12), end=opened - timedelta(days=5), midnight=opened - timedelta(days=6)
    )


def _draft(shop: DemoShop, case: Case, order_id: int, span: Span, chance: random.Random) -> Draft:
    place = _place(shop, case, chance)
    marketplace, counter = place.storefront is not None, place.is_counter
    who = people.masked_person() if marketplace else people.person(chance)
    draft = Draft(
        order_id=order_id,
        name=_name(shop, order_id, place, span),
        place=place,
        created_at=span.created if not counter else span.end,
        who=who,
        address=people.address(chance, who),
        lines=tuple(_lines(shop, chance)),
        shipping=ZERO if counter else chance.choice(_SHIPPING),
        attributes=_attributes(place.storefront) if place.storefront else (),
        cash_on_delivery=not counter and not (marketplace and chance.random() < 0.5),  # noqa: PLR2004  (half and half)
        carrier=not counter,
    )
    return case.change(draft, chance)


def _place(shop: DemoShop, case: Case, chance: random.Random) -> Place:
    if case.channel == UNKNOWN_CHANNEL:
        return shop.places[0].of_channel(UNKNOWN_CHANNEL)
    wanted = [
        place for place in shop.places if case.channel in {None, place.channel} and case.place in {None, place.name}
    ]
    return chance.choices(wanted, [place.share for place in wanted])[0]


def _lines(shop: DemoShop, chance: random.Random) -> Iterator[DraftLine]:
    for product in chance.sample(shop.products, chance.randrange(1, 5)):
        yield DraftLine(product, Decimal(chance.choice((1, 1, 1, 2, 3))), product.price)


def _name(shop: DemoShop, order_id: int, place: Place, span: Span) -> str:
    """Marketplaces' orders carry their own code as the name."""
    if place.storefront is not None:
        return f"{span.created:%y%m%d}{order_id % 10_000_000:07d}SPE"
    return f"#{shop.id.removeprefix('demo-').upper().replace('-', '')}{order_id - FIRST_ID}"


def _attributes(storefront: Storefront) -> tuple[tuple[str, str], ...]:
    return (
        ("X-Haravan-SalesChannel-BranchName", storefront.name),
        ("X-Haravan-SalesChannel-BranchId", str(storefront.id)),
    )


def _expectation(shop: DemoShop, case: Case, draft: Draft) -> Expectation:
    if case.ending is not Ending.ISSUED:
        reason = WAITING_REASONS[shop.trigger] if case.ending is Ending.WAITING else case.reason
        return Expectation(case.ending, reason=reason)
    return Expectation(Ending.ISSUED, lane=shop.lane_of(draft.place), total=whole(draft.total))


def only_delivered_as_test(order: SampleOrder) -> SampleOrder:
    """The same order as one that only Haravan's "send test" button ever mentions."""
    return replace(order, case="test delivery", expected=Expectation(Ending.UNKNOWN))
