"""`hoadon orders recheck`: asks for orders to be read and judged again."""

import pytest
from contracts.haravan import RereadRequested
from support.console import Hoadon
from support.topics import read_events

pytestmark = pytest.mark.usefixtures("filled")


@pytest.fixture
def rereads(hoadon: Hoadon, kafka_bootstrap_servers: str, topic_prefix: str) -> str:
    """Give the name of the topic that the command writes to."""
    hoadon.environment.update(KAFKA_BOOTSTRAP_SERVERS=kafka_bootstrap_servers, KAFKA_TOPIC_PREFIX=topic_prefix)
    return f"{topic_prefix}haravan.rereads"


async def test_held_orders_are_asked_for(hoadon: Hoadon, rereads: str, kafka_bootstrap_servers: str) -> None:
    """Only the held one, and each call is a cause of its own."""
    first = await hoadon("orders", "recheck", "--held", "--json")
    second = await hoadon("orders", "recheck", "1002")
    assert first.json() == [{"shop": "demo", "order_id": 1002, "order_name": "#1002"}]
    assert (first.code, second.code) == (0, 0)
    events = read_events(kafka_bootstrap_servers, rereads, lambda found: len(found) == 2)
    requests = [RereadRequested.from_event(event) for event in events]
    assert {(one.shop, one.resource_id, one.reason) for one in requests} == {("demo", "1002", "recheck")}
    assert len({event.id for event in events}) == 2


async def test_a_dry_run_sends_nothing(hoadon: Hoadon) -> None:
    """It works without Kafka, because it does not need it."""
    answer = await hoadon("orders", "recheck", "--held", "--dry-run")
    assert answer.code == 0
    assert "#1002" in answer.out
    assert "chưa gửi gì" in answer.out


@pytest.mark.parametrize(("arguments", "code"), ((["orders", "recheck"], 2), (["orders", "recheck", "#404"], 1)))
async def test_what_to_read_must_be_said_and_known(hoadon: Hoadon, arguments: list[str], code: int) -> None:
    """Everything by accident, or an order nobody knows, is refused with one line."""
    answer = await hoadon(*arguments)
    assert answer.code == code
    assert answer.error.startswith("hoadon: ")
    assert answer.error.count("\n") == 1


async def test_kafka_away_is_said_in_one_line(hoadon: Hoadon) -> None:
    """Nothing was asked for, and the command says so."""
    answer = await hoadon("orders", "recheck", "--held", KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:9")
    assert answer.code == 2
    assert "127.0.0.1:9" in answer.error
