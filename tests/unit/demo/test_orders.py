"""The sample orders, held against the rules that will judge them."""

import datetime as dt
from collections import Counter
from uuid import uuid4

import pytest
from invoicing.convert import Converted, ConvertHold, SeriesFacts, convert
from invoicing.decide import Hold, Issue, Skip, Wait, decide
from invoicing.order import Order, parse_order
from invoicing.reading import vietnam_date
from invoicing.route import Routed, route
from local_stack.demo.cases import CASES
from local_stack.demo.model import Ending, Expectation, SampleOrder
from local_stack.demo.orders import sample_orders
from local_stack.demo.shops import DemoShop, addresses, demo_shops

NOW = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)
NEW_RATES = dt.datetime(2026, 12, 31, 17, 0, 1, tzinfo=dt.UTC)
"""One second after midnight in Vietnam, on the first day of the 10 % rate."""
_ENDINGS = {Hold: Ending.HELD, Wait: Ending.WAITING, Skip: Ending.SKIPPED}


@pytest.fixture(scope="module")
def shops() -> tuple[DemoShop, ...]:
    """The demo's shop files."""
    return demo_shops(addresses("http://127.0.0.1:1", "http://127.0.0.1:2/api/integration"))


def test_there_are_four_companies_with_seven_series(shops: tuple[DemoShop, ...]) -> None:
    """Three shops, one of them with two companies and five branches, and seven series in all."""
    lanes = [lane for shop in shops for lane in shop.settings.lanes()]
    assert len(shops) == 3
    assert len(set(lanes)) == 7
    assert len({lane.rsplit(":", 1)[0] for lane in lanes}) == 4
    assert sorted(len(shop.branches) for shop in shops) == [1, 1, 5]
    assert sorted(len(shop.settings.accounts) for shop in shops) == [1, 1, 2]
    assert {shop.trigger for shop in shops} == {"delivered", "paid", "fulfilled"}


def test_a_run_is_repeatable_and_no_two_share_an_id(shops: tuple[DemoShop, ...]) -> None:
    """The same run at the same moment is the same; another has other ids and other orders."""
    first, again, second = (sample_orders(shops, run=run, now=NOW) for run in (1, 1, 2))
    assert [order.final.text for order in first] == [order.final.text for order in again]
    assert not {order.order_id for order in first} & {order.order_id for order in second}
    assert Counter(order.case for order in first) != Counter(order.case for order in second)


def test_every_case_and_every_lane_comes(shops: tuple[DemoShop, ...]) -> None:
    """Two hundred orders hold every kind and reach all lanes and places; most are invoiced."""
    orders = sample_orders(shops, run=1, now=NOW)
    assert len(orders) == len({order.order_id for order in orders}) == 200
    assert {order.case for order in orders} == {case.name for case in CASES}
    assert len({order.expected.lane for order in orders if order.expected.lane}) == 7
    issued = {(order.shop, order.place) for order in orders if order.expected.ending is Ending.ISSUED}
    assert issued >= {(shop.id, place.name) for shop in shops for place in shop.places}
    assert sum(order.expected.ending is Ending.ISSUED for order in orders) > 140
    assert len({str(order.final.body["total_price"].__class__) for order in orders}) == 3


@pytest.mark.parametrize("now", (NOW, NEW_RATES), ids=("today", "new rates"))
def test_states_follow_each_other(shops: tuple[DemoShop, ...], now: dt.datetime) -> None:
    """Each state is newer than the one before, none lies in the future by more than a moment."""
    for order in sample_orders(shops, run=3, now=now):
        moments = [state.updated_at for state in order.states]
        assert moments == sorted(set(moments)), order.case
        assert moments[-1] <= now + dt.timedelta(seconds=5), order.case


@pytest.mark.parametrize("now", (NOW, NEW_RATES), ids=("today", "new rates"))
def test_the_rules_agree_with_what_is_expected(shops: tuple[DemoShop, ...], now: dt.datetime) -> None:
    """Judged, routed and converted by the rules, every order ends as the demo says, over the amount it says."""
    by_id = {shop.id: shop for shop in shops}
    for sample in sample_orders(shops, run=1, now=now):
        assert _judged(by_id[sample.shop], sample, now) == sample.expected, sample.case


@pytest.mark.parametrize("now", (NOW, NEW_RATES), ids=("today", "new rates"))
def test_no_earlier_state_leads_elsewhere(shops: tuple[DemoShop, ...], now: dt.datetime) -> None:
    """An order whose newest state is not to be invoiced is not to be invoiced in any state on the way either."""
    by_id = {shop.id: shop for shop in shops}
    for sample in sample_orders(shops, run=1, now=now):
        for state in sample.states:
            earlier = _judge(by_id[sample.shop], parse_order(state.text), now)
            if sample.expected.ending is Ending.ISSUED:
                assert earlier.ending is Ending.WAITING or earlier == sample.expected, sample.case
            else:
                assert earlier.ending is not Ending.ISSUED, sample.case


def _judged(shop: DemoShop, sample: SampleOrder, now: dt.datetime) -> Expectation:
    return _judge(shop, parse_order(sample.final.text), now)


def _judge(shop: DemoShop, order: Order, now: dt.datetime) -> Expectation:
    today, rules = vietnam_date(now), shop.settings.rules
    decision = decide(order, rules, today=today)
    if decision.reason == "reread":
        decision = decide(order, rules, today=today, reread=True)
    if not isinstance(decision, Issue):
        return Expectation(_ENDINGS[type(decision)], reason=decision.reason.value)
    routed = route(order, shop.settings.mapping)
    assert isinstance(routed, Routed)
    account = shop.settings.account(routed.account)
    assert account is not None
    series = SeriesFacts(series=routed.series, sign_type=2)
    converted = convert(order, series, rules, ref_id=uuid4(), invoice_date=today)
    match converted:
        case ConvertHold(reason):
            return Expectation(Ending.HELD, reason=reason.value)
        case Converted():
            return Expectation(Ending.ISSUED, lane=account.lane_key(routed.series), total=converted.total)
