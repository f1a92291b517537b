"""Asking, writing back and announcing, over a real MongoDB."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from contracts.status import InvoiceStatusChanged, OrderWrittenBack, Verdict
from haravan.errors import NotFoundError, Refusal, TooManyRequestsError, UnauthorizedError, UnavailableError
from meinvoice.answers import NotSent, Unknown, WholeRefusal
from meinvoice.errors import classify
from runtime.kafka import KafkaUnavailableError
from shops.models import Shop
from status_poller.adapters.mongo import MongoFollowUps
from status_poller.application.announce import announce_stored
from status_poller.application.crew import Crew
from status_poller.application.poll import Poller
from status_poller.application.ports import Job, StatusEvent, WriteResult
from status_poller.application.take_in import take_in
from status_poller.application.write_back import Writer
from status_poller.domain.schedule import FailureBackoff, PollSchedule, WriteSchedule
from support.follow_ups import START, Announced, FakeOrders, FakeVendor, ManualClock, OneShop, issued
from support.shops import example_shop
from typing_extensions import override

LEASE = timedelta(minutes=5)
ORDER = 1849587434


class World:
    """One shop, its vendor and orders, a store, a clock."""

    def __init__(self, store: MongoFollowUps) -> None:
        """Nothing is issued yet."""
        self.store = store
        self.clock = ManualClock()
        self.shops = OneShop(example_shop())
        self.vendor = FakeVendor()
        self.orders = FakeOrders({ORDER: {"id": ORDER, "tags": "VIP", "note_attributes": [{"name": "a", "value": 1}]}})
        self.poller = Poller(
            follow_ups=store,
            shops=self.shops,
            vendor=self.vendor,
            clock=self.clock,
            schedule=PollSchedule(),
            backoff=FailureBackoff(),
            lease=LEASE,
            crew=Crew(),
        )
        self.writer = Writer(
            follow_ups=store,
            shops=self.shops,
            orders=self.orders,
            clock=self.clock,
            schedule=WriteSchedule(),
            lease=LEASE,
            crew=Crew(),
        )

    async def issue(self, **changed: Any) -> str:
        """Take in an issued invoice."""
        event = issued(**changed)
        await take_in(event, follow_ups=self.store, schedule=PollSchedule(), clock=self.clock, traceparent=None)
        return event.ref_id

    async def events(self) -> list[StatusEvent]:
        """Announce what is stored and return it."""
        announced = Announced()
        await announce_stored(self.store, announced, limit=1000)
        return announced.events


@pytest.fixture
def world(follow_ups: MongoFollowUps) -> World:
    """A fresh world."""
    return World(follow_ups)


async def test_lookup_code_is_written_before_any_question(world: World) -> None:
    """The write-back follows the issue at once and keeps what others wrote."""
    await world.issue()
    assert await world.writer.round() == 1
    assert world.vendor.asked == []
    assert world.orders.attributes(ORDER)["Mã tra cứu hóa đơn"] == "ABC123XYZ"
    assert world.orders.attributes(ORDER)["a"] == 1
    assert world.orders.orders[ORDER]["tags"] == "VIP,da-xuat-hoa-don"
    (event,) = await world.events()
    assert isinstance(event, OrderWrittenBack)
    assert event.succeeded


async def test_the_same_event_again_changes_nothing(world: World) -> None:
    """A redelivery and the echo of our own write lead to no second write."""
    ref_id = await world.issue()
    await world.writer.round()
    await world.issue(ref_id=ref_id)
    assert await world.writer.round() == 0
    assert world.orders.writes == ["attributes", "tags"]


async def test_nothing_is_written_when_nothing_changes(world: World) -> None:
    """A higher version with the same facts reads the order and leaves it alone."""
    ref_id = await world.issue()
    await world.writer.round()
    await world.issue(ref_id=ref_id, version=2)
    assert await world.writer.round() == 1
    assert world.orders.writes == ["attributes", "tags"]
    assert world.orders.reads == 2


async def test_a_lower_version_is_ignored(world: World) -> None:
    """Events may come twice and late; the highest version stands."""
    ref_id = await world.issue(version=3, number="00000070")
    await world.issue(ref_id=ref_id, version=2, number="00000001")
    await world.writer.round()
    assert world.orders.attributes(ORDER)["Số hóa đơn"] == "00000070"


async def test_verdict_is_announced_and_written(world: World) -> None:
    """What the tax authority says becomes an event and stands on the order; the same answer again is no news."""
    ref_id = await world.issue()
    await world.writer.round()
    world.vendor.tells(ref_id, SendTaxStatus=2, InvoiceCode="00A1B2")
    world.clock.move(timedelta(seconds=6))
    assert await world.poller.round() == 1
    await world.writer.round()
    assert world.orders.attributes(ORDER)["Mã cơ quan thuế"] == "00A1B2"
    assert world.orders.attributes(ORDER)["Trạng thái hóa đơn"] == "Cơ quan thuế đã chấp nhận"
    events = await world.events()
    changes = [event for event in events if isinstance(event, InvoiceStatusChanged)]
    assert [(event.verdict, event.authority_code) for event in changes] == [(Verdict.ACCEPTED, "00A1B2")]
    assert [event.sequence for event in events] == [1, 2]
    world.clock.move(timedelta(days=1, seconds=1))
    assert await world.poller.round() == 1
    assert await world.events() == []
    assert await world.writer.round() == 0


async def test_questions_are_batched_by_fifty_and_kind(world: World) -> None:
    """Fifty ids at most in a question, and one question per pair of flags."""
    for number in range(60):
        await world.issue(order_id=number)
    await world.issue(order_id=99, invoice_with_code=False, series="1K26TAA")
    world.clock.move(timedelta(seconds=6))
    assert await world.poller.round() == 61
    first = [(len(ids), with_code) for ids, with_code in world.vendor.asked if len(ids) in (50, 10)]
    assert (50, True) in first
    assert (10, True) in first
    assert max(len(ids) for ids, _ in world.vendor.asked) == 50


async def test_wrong_flag_is_found_out(world: World) -> None:
    """The vendor answers nothing under a wrong flag: the other one is asked, and remembered."""
    ref_id = await world.issue(invoice_with_code=True)
    world.vendor.tells(ref_id, with_code=False, SendTaxStatus=1)
    world.clock.move(timedelta(seconds=6))
    await world.poller.round()
    assert [with_code for _, with_code in world.vendor.asked] == [True, False]
    world.clock.move(timedelta(minutes=2))
    await world.poller.round()
    assert [with_code for _, with_code in world.vendor.asked] == [True, False, False]


async def test_not_found_yet_is_asked_again(world: World) -> None:
    """Right after issue the vendor may not know the invoice; nothing is concluded from that."""
    await world.issue()
    for wait in (6, 61, 301):
        world.clock.move(timedelta(seconds=wait))
        assert await world.poller.round() == 1
    assert [event for event in await world.events() if isinstance(event, InvoiceStatusChanged)] == []


@pytest.mark.parametrize(
    "failure",
    (
        Unknown("HTTP 500"),
        NotSent("ConnectError"),
        WholeRefusal("UnAuthorize", "", (), classify("UnAuthorize")),
        WholeRefusal("TooManyRequests", "", (), classify("TooManyRequests"), 5.0),
    ),
)
async def test_failing_account_is_put_off_as_a_whole(world: World, failure: Any) -> None:
    """One failed question puts off all of the account with growing delays; it goes on when the vendor answers."""
    ref_id = await world.issue()
    world.vendor.failure = failure
    world.clock.move(timedelta(seconds=6))
    await world.poller.round()
    await world.issue()
    world.clock.move(timedelta(seconds=6))
    assert await world.poller.round() <= 1
    world.vendor.failure = None
    world.vendor.tells(ref_id, SendTaxStatus=2)
    world.clock.move(timedelta(minutes=1))
    await world.poller.round()
    assert any(isinstance(event, InvoiceStatusChanged) for event in await world.events())


async def test_unexpected_failure_stays_leased_and_comes_again(world: World) -> None:
    """A bug in one batch loses nothing: the lease ends and it is asked again."""
    await world.issue()
    world.vendor.failure = RuntimeError("bug")
    world.clock.move(timedelta(seconds=6))
    assert await world.poller.round() == 1
    assert await world.poller.round() == 0
    world.vendor.failure = None
    world.clock.move(LEASE + timedelta(seconds=1))
    assert await world.poller.round() == 1


@pytest.mark.parametrize("error", (UnauthorizedError(Refusal(401)), NotFoundError(Refusal(404, "không tìm thấy"))))
async def test_failure_is_told_once_and_never_lost(world: World, error: Exception) -> None:
    """A revoked token or a deleted order is announced once, tried again and again, and written when it works."""
    await world.issue()
    world.orders.failure = error
    for _ in range(4):
        assert await world.writer.round() == 1
        world.clock.move(timedelta(hours=7))
    (event,) = await world.events()
    assert isinstance(event, OrderWrittenBack)
    assert not event.succeeded
    assert event.message_vi
    world.orders.failure = None
    assert await world.writer.round() == 1
    (event,) = await world.events()
    assert isinstance(event, OrderWrittenBack)
    assert event.succeeded
    assert world.orders.attributes(ORDER)["Số hóa đơn"] == "00000067"


async def test_passing_failure_is_no_news(world: World) -> None:
    """A short outage of Haravan is retried without telling anybody."""
    await world.issue()
    world.orders.failure = UnavailableError(Refusal(502))
    await world.writer.round()
    world.orders.failure = TooManyRequestsError(Refusal(429), 30.0)
    world.clock.move(timedelta(seconds=6))
    await world.writer.round()
    assert await world.events() == []
    world.clock.move(timedelta(seconds=20))
    assert await world.writer.round() == 0
    world.orders.failure = None
    world.clock.move(timedelta(seconds=11))
    await world.writer.round()
    (event,) = await world.events()
    assert isinstance(event, OrderWrittenBack)
    assert event.succeeded


async def test_one_dead_shop_is_asked_once_per_round(world: World) -> None:
    """With many orders due, a shop that cannot be reached is tried once and then left alone for a while."""
    for number in range(20):
        await world.issue(order_id=number)
    world.orders.failure = UnavailableError(Refusal(None, "ConnectError"))
    assert await world.writer.round() == 20
    assert world.orders.reads == 1


async def test_hanging_shop_holds_up_nobody(world: World) -> None:
    """While one shop's Haravan hangs, orders of another are written round after round."""
    free, hanging = asyncio.Event(), example_shop().model_copy(update={"shop": "treo"})

    class TwoShops(OneShop):
        @override
        async def get(self, shop_id: str) -> Shop | None:
            if shop_id == hanging.shop:
                await free.wait()
                return hanging
            return await super().get(shop_id)

    crew = Crew(patience=0.05)
    writer = replace(world.writer, crew=crew, shops=TwoShops(world.shops.shop))
    await world.issue(shop=hanging.shop, order_id=5)
    await writer.round()
    await world.issue()
    await world.issue(shop=hanging.shop, order_id=6)
    for _ in range(3):
        await writer.round()
    assert world.orders.attributes(ORDER)["Số hóa đơn"] == "00000067"
    assert crew.busy() == [hanging.shop]
    world.orders.orders |= {5: {"id": 5}, 6: {"id": 6}}
    free.set()
    await crew.end(5)
    await writer.round()
    await crew.end(5)
    assert world.orders.attributes(6)["Số hóa đơn"] == "00000067"


async def test_shop_that_is_gone_keeps_its_follow_ups(world: World) -> None:
    """Without a shop document nothing is lost; applying it again writes what was due."""
    await world.issue()
    shop, world.shops.shop = world.shops.shop, None
    await world.writer.round()
    world.clock.move(timedelta(seconds=6))
    await world.poller.round()
    world.shops.shop = shop
    world.clock.move(timedelta(minutes=1))
    assert await world.writer.round() == 1
    assert world.orders.attributes(ORDER)["Số hóa đơn"] == "00000067"


async def test_change_during_a_write_is_written_too(world: World) -> None:
    """What changes while an order is being written is due again at once."""
    ref_id = await world.issue()
    (claimed,) = await world.store.claim(Job.WRITE_BACK, now=START, lease=LEASE, limit=10)
    await world.issue(ref_id=ref_id, version=2, number="00000099")
    assert await world.store.finish_write(claimed, WriteResult(None), None, START)
    await world.writer.round()
    assert world.orders.attributes(ORDER)["Số hóa đơn"] == "00000099"


async def test_replicas_never_share_work(world: World) -> None:
    """However many claim at once, each follow-up goes to one; who has lost the lease changes nothing."""
    for number in range(40):
        await world.issue(order_id=number)
    claims = await asyncio.gather(
        *(world.store.claim(Job.WRITE_BACK, now=START, lease=LEASE, limit=15) for _ in range(6))
    )
    taken = [one.follow_up.invoice.ref_id for claim in claims for one in claim]
    assert len(taken) == len(set(taken))
    late = START + LEASE + timedelta(seconds=1)
    again = await world.store.claim(Job.WRITE_BACK, now=late, lease=LEASE, limit=100)
    assert len(again) == 40
    stale = next(claim for claim in claims if claim)[0]
    assert not await world.store.finish_write(stale, WriteResult(None), None, late)


async def test_events_wait_for_kafka(world: World) -> None:
    """What Kafka does not take stays stored and is announced later, once."""
    await world.issue()
    await world.writer.round()
    refusing = Announced(failure=KafkaUnavailableError("invoicing.status", "away"))
    assert await announce_stored(world.store, refusing, limit=10) == 0
    assert len(await world.events()) == 1
    assert await world.events() == []


async def test_two_jobs_number_their_events_apart(world: World) -> None:
    """An answer and a write-back at the same time get different sequences."""
    ref_id = await world.issue()
    world.vendor.tells(ref_id, SendTaxStatus=2)
    world.clock.move(timedelta(seconds=6))
    await asyncio.gather(world.poller.round(), world.writer.round())
    events = await world.events()
    assert sorted(event.sequence for event in events) == [1, 2]


async def test_several_invoices_of_one_order_stand_side_by_side(world: World) -> None:
    """The second invoice of an order does not overwrite the first."""
    await world.issue()
    await world.issue(number="00000068", lookup_code="DEF", at=START + timedelta(seconds=1))
    await world.writer.round()
    assert world.orders.attributes(ORDER)["Số hóa đơn"] == "00000067; 00000068"


async def test_write_back_can_be_switched_off(world: World) -> None:
    """A shop that wants nothing on its orders gets nothing."""
    shop = example_shop()
    world.shops.shop = shop.model_copy(update={"write_back": shop.write_back.model_copy(update={"enabled": False})})
    await world.issue()
    assert await world.writer.round() == 1
    assert await world.writer.round() == 0
    assert world.orders.reads == 0


async def test_unexpected_failure_of_a_write_is_tried_ever_later(world: World) -> None:
    """An order that nobody can write is told of and tried with growing delays, not every minute for ever."""
    await world.issue()
    world.orders.failure = RuntimeError("bug")
    assert await world.writer.round() == 1
    (event,) = await world.events()
    assert isinstance(event, OrderWrittenBack)
    assert not event.succeeded
    attempts = 0
    for _ in range(24 * 60):
        world.clock.move(timedelta(minutes=1))
        attempts += await world.writer.round()
    assert 10 <= attempts <= 20
    world.orders.failure = None
    world.clock.move(timedelta(hours=7))
    assert await world.writer.round() == 1
    assert world.orders.attributes(ORDER)["Số hóa đơn"] == "00000067"


async def test_unexpected_failure_of_a_question_is_tried_ever_later(world: World) -> None:
    """A batch that nobody can ask for comes with growing delays; the account's other invoices are not put off."""
    await world.issue()
    world.vendor.failure = RuntimeError("bug")
    attempts = 0
    for _ in range(6 * 60):
        world.clock.move(timedelta(minutes=1))
        attempts += await world.poller.round()
    assert 5 <= attempts <= 20


async def test_nothing_is_asked_for_ever(world: World) -> None:
    """An account that is gone or never answers is left alone after the time that an invoice is followed."""
    await world.issue()
    world.vendor.failure = NotSent("ConnectError")
    world.clock.move(timedelta(days=31))
    assert await world.poller.round() == 1
    for _ in range(3):
        world.clock.move(timedelta(days=1))
        assert await world.poller.round() == 0
