"""The use case around the judgement: store first, then publish; crashes and contention lose nothing."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from contracts.decisions import OrderDecided
from contracts.envelope import Event
from contracts.haravan import RawResource, RereadFailed, RereadRequested, Via
from contracts.topics import Topic
from invoicer.application.decide_order import ContendedError, DecideOrder, UndecidableError
from invoicer.application.ports import Events, Orders
from orders.model import OrderRecord
from support.haravan_orders import delivered, raw_order
from support.one_shop import NoBuyers, NoGoods, OneShop, Words
from typing_extensions import override

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
ORDER = 1701234567


@dataclass
class KeptOrders(Orders):
    """Orders in memory with the store's compare-and-set; `interfere` plays another writer."""

    kept: dict[int, OrderRecord] = field(default_factory=dict)
    interfere: Callable[[], None] | None = None

    @override
    async def get(self, shop: str, order_id: int) -> OrderRecord | None:
        return self.kept.get(order_id)

    @override
    async def save(self, record: OrderRecord) -> bool:
        if self.interfere is not None:
            self.interfere()
        stored = self.kept.get(record.order_id)
        if (stored.revision if stored else 0) != record.revision:
            return False
        self.kept[record.order_id] = record.model_copy(update={"revision": record.revision + 1})
        return True

    @override
    async def mark_published(self, shop: str, order_id: int, sequence: int) -> None:
        record = self.kept[order_id]
        assert record.decision is not None
        if record.decision.sequence == sequence:
            decision = record.decision.model_copy(update={"published": True})
            self.kept[order_id] = record.model_copy(update={"decision": decision, "revision": record.revision + 1})

    def touch(self) -> None:
        """Another writer changed the order."""
        record = self.kept[ORDER]
        self.kept[ORDER] = record.model_copy(update={"revision": record.revision + 1})


@dataclass
class Sent(Events):
    """What was published; `fails` plays a Kafka that is away."""

    events: list[tuple[Topic, Event]] = field(default_factory=list)
    fails: bool = False

    @override
    async def publish(self, messages: Sequence[tuple[Topic, Event]]) -> None:
        if self.fails:
            raise ConnectionError("Kafka is away")
        self.events += messages

    def topics(self) -> list[Topic]:
        return [topic for topic, _ in self.events]


@dataclass
class World:
    """The use case with its surroundings."""

    orders: KeptOrders = field(default_factory=KeptOrders)
    events: Sent = field(default_factory=Sent)
    words: Words = field(default_factory=Words)
    reported: list[OrderRecord] = field(default_factory=list)
    noted: list[OrderRecord] = field(default_factory=list)

    async def take(self, resource: RawResource) -> None:
        await self.decide()(resource)

    def decide(self) -> DecideOrder:
        return DecideOrder(
            OneShop(),
            self.orders,
            NoGoods(),
            NoBuyers(),
            self.words,
            self.events,
            lambda: NOW,
            lambda: date(2026, 11, 21),
            self.reported.append,
            self.noted.append,
        )


def resource(topic: str = "orders/updated", *, shop: str = "cua-hang-mau", body: object = None) -> RawResource:
    order: dict[str, Any] = raw_order(
        created_at="2026-11-20T01:00:00Z",
        updated_at="2026-11-20T02:00:00Z",
        fulfillments=[delivered("2026-11-20T02:00:00Z")],
    )
    raw = json.dumps(order if body is None else body, default=str).encode()
    return RawResource(shop, 1000114691, topic, str(ORDER), "2026-11-20T02:00:00Z", Via.WEBHOOK, NOW, raw)


@pytest.fixture
def world() -> World:
    return World()


async def test_a_decision_is_stored_before_it_is_sent(world: World) -> None:
    """Kafka away after the write: the redelivery sends what was stored, and reports no second decision."""
    world.events.fails = True
    with pytest.raises(ConnectionError):
        await world.take(resource())
    stored = world.orders.kept[ORDER]
    world.events.fails = False
    await world.take(resource())
    assert world.events.topics() == [Topic.INVOICING_DECISIONS, Topic.INVOICING_COMMANDS]
    assert world.orders.kept[ORDER].invoices == stored.invoices
    assert len(world.reported) == 1


async def test_what_kafka_has_is_not_sent_again(world: World) -> None:
    """After the acknowledgement a repeat sends nothing."""
    await world.take(resource())
    await world.take(resource())
    assert world.events.topics() == [Topic.INVOICING_DECISIONS, Topic.INVOICING_COMMANDS]


async def test_another_writer_in_between_makes_it_read_again(world: World) -> None:
    """A result that arrives during the decision is not overwritten."""
    await world.take(resource())
    newer = resource(body=json.loads(resource().body) | {"updated_at": "2026-11-20T03:00:00Z", "tags": "x"})
    interferences = iter((world.orders.touch, lambda: None))

    def once() -> None:
        next(interferences)()

    world.orders.interfere = once
    await world.take(newer)
    assert world.orders.kept[ORDER].newest.event_id == newer.event_id


async def test_endless_contention_is_given_back_to_be_tried_again(world: World) -> None:
    """It does not spin for ever."""
    await world.take(resource())
    world.orders.interfere = world.orders.touch
    newer = resource(body=json.loads(resource().body) | {"updated_at": "2026-11-20T03:00:00Z"})
    with pytest.raises(ContendedError):
        await world.take(newer)


async def test_an_unknown_shop_is_named(world: World) -> None:
    """A shop that was removed: for the dead letters, with its name."""
    with pytest.raises(UndecidableError, match="khong-co") as caught:
        await world.take(resource(shop="khong-co"))
    assert caught.value.reason == "UNKNOWN_SHOP"


async def test_a_body_that_is_no_order_names_the_field_and_no_value(world: World) -> None:
    """The field, not the buyer's data."""
    with pytest.raises(UndecidableError, match="line_items") as caught:
        await world.take(resource(body=json.loads(resource().body) | {"line_items": "0900000001"}))
    assert caught.value.reason == "UNREADABLE_ORDER"
    assert "0900000001" not in str(caught.value)


async def test_a_refund_asks_for_the_order(world: World) -> None:
    """A refund tells that the order changed, not what it now is."""
    await world.take(resource("refunds/create", body={"id": 5, "order_id": ORDER}))
    assert world.events.topics() == [Topic.HARAVAN_REREADS]
    request = RereadRequested.from_event(world.events.events[0][1])
    assert (request.resource_id, request.reason) == (str(ORDER), "refunds/create")


async def test_a_deletion_that_overtakes_its_order_is_remembered(world: World) -> None:
    """The creation that comes later is old news; only a read by API shows that the order is there after all."""
    await world.take(resource("orders/delete", body={"id": ORDER}))
    await world.take(resource("orders/create"))
    assert world.events.topics() == [Topic.INVOICING_DECISIONS]
    told = OrderDecided.from_event(world.events.events[0][1])
    assert (told.outcome.value, told.reason) == ("skipped", "deleted")
    await world.take(replace(resource(), via=Via.REREAD))
    assert world.events.topics()[1:] == [Topic.INVOICING_DECISIONS, Topic.INVOICING_COMMANDS]


async def test_a_deleted_order_is_announced_as_skipped(world: World) -> None:
    """Deleted while it waited for its delivery."""
    waiting = json.loads(resource().body) | {"fulfillments": [], "fulfillment_status": None}
    await world.take(resource(body=waiting))
    await world.take(resource("orders/delete", body={"id": ORDER}))
    last = OrderDecided.from_event(world.events.events[-1][1])
    assert (last.outcome.value, last.reason, last.sequence) == ("skipped", "deleted", 2)


async def test_what_asks_for_a_person_is_told_once(world: World) -> None:
    """An edit under way is alerted when it is seen, not with every echo of it."""
    await world.take(resource())
    assert world.noted == []
    body = json.loads(resource().body)
    for moment in ("03", "04"):
        edited = body | {"updated_at": f"2026-11-20T{moment}:00:00Z", "total_price": 1, "total_discounts": 107_999}
        await world.take(resource(body=edited))
    assert [each.attention.code for each in world.noted if each.attention] == ["changed-after-planned"]


async def test_an_order_that_cannot_be_read_again_is_held(world: World) -> None:
    """Ingest says so among the order's events; an order that nobody knows is nothing."""
    failed = RereadFailed(shop="cua-hang-mau", org_id=1, resource_id=str(ORDER), cause="c", reason="ACCESS_REFUSED")
    decide = world.decide()
    await decide.unreadable(failed)
    assert world.orders.kept == {}
    await world.take(resource(body=json.loads(resource().body) | {"total_price": 1}))
    await decide.unreadable(failed)
    last = OrderDecided.from_event(world.events.events[-1][1])
    assert (last.outcome.value, last.reason) == ("held", "reread-failed")
