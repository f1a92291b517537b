"""The order in which the sample orders are delivered."""

import datetime as dt
import itertools
import json
from collections import defaultdict

import pytest
from local_stack.demo.model import SampleOrder
from local_stack.demo.oddities import signature
from local_stack.demo.orders import only_delivered_as_test, sample_orders
from local_stack.demo.script import Delivery, deliveries
from local_stack.demo.shops import addresses, demo_shops

NOW = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def orders() -> tuple[SampleOrder, ...]:
    """The orders of one run."""
    return sample_orders(demo_shops(addresses("http://127.0.0.1:1", "http://127.0.0.1:2")), run=1, now=NOW)


def _by_order(script: tuple[Delivery, ...]) -> dict[int, list[Delivery]]:
    found: dict[int, list[Delivery]] = defaultdict(list)
    for delivery in script:
        found[delivery.order_id].append(delivery)
    return found


def test_every_state_is_delivered(orders: tuple[SampleOrder, ...]) -> None:
    """Nothing of an order is left out, whatever the sequence."""
    told = _by_order(deliveries(orders))
    for order in orders:
        bodies = [json.loads(each.text) for each in told[order.order_id]]
        moments = sorted(body.get("data", body)["updated_at"] for body in bodies)
        assert moments == sorted(state.body["updated_at"] for state in order.states)


def test_some_come_twice_and_some_the_wrong_way_round(orders: tuple[SampleOrder, ...]) -> None:
    """Duplicates, reversed sequences, payment before creation and wrapped bodies all occur; most is ordinary."""
    script = deliveries(orders)
    told = _by_order(script)
    topics = {number: [each.topic for each in each_order] for number, each_order in told.items()}
    assert sum(each.copies > 1 for each in script) > 20
    assert sum(each.text.startswith('{"data"') for each in script) > 3
    assert any(len(each) > 2 and each[-1] == "orders/create" for each in topics.values())
    assert any(len(each) > 2 and each[:2] == ["orders/paid", "orders/create"] for each in topics.values())
    assert sum(each[0] == "orders/create" for each in topics.values()) > 150


def test_orders_are_interleaved_and_the_script_repeatable(orders: tuple[SampleOrder, ...]) -> None:
    """Neighbours belong to different orders, and the same orders give the same script."""
    script = deliveries(orders)
    same = sum(one.order_id == other.order_id for one, other in itertools.pairwise(script))
    assert same < len(script) / 10
    assert script == deliveries(orders)


def test_a_test_order_is_delivered_as_test_only(orders: tuple[SampleOrder, ...]) -> None:
    """What Haravan's button sends is marked in every delivery."""
    script = deliveries([only_delivered_as_test(orders[0])])
    assert script
    assert all(each.test for each in script)


def test_the_signature_is_haravans() -> None:
    """The signature of a known body under a known secret."""
    assert signature("s3cr3t-demo", b"{}") == "sHy2oTAzGemHZ3gieXYL+GXNf8W2i+EHGPha1KdjGRA="
