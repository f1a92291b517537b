"""What fails is told once, tried ever later, and holds up nobody else; over a real MongoDB."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from contracts.status import InvoiceStatusChanged, OrderWrittenBack
from haravan.errors import NotFoundError, Refusal, TooManyRequestsError, UnauthorizedError, UnavailableError
from meinvoice.answers import NotSent, Unknown, WholeRefusal
from meinvoice.errors import classify
from shops.models import Shop
from status_poller.application.crew import Crew
from support.follow_ups import OneShop
from support.poller_world import LEASE, ORDER, World
from support.shops import example_shop
from typing_extensions import override


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


async def test_unexpected_failure_of_a_write_is_tried_ever_later(world: World) -> None:
    """An order that nobody can write is told of and tried with growing delays, not every minute for ever."""
    await world.issue()
    world.orders.failure = RuntimeError("bug")
    assert await world.writer.round() == 1
    (event,) = await world.events()
    assert isinstance(event, OrderWrittenBack)
    assert not event.succeeded
    attempts = 0
    for _ in range(24 * 6):
        world.clock.move(timedelta(minutes=10))
        attempts += await world.writer.round()
    assert 6 <= attempts <= 20
    world.orders.failure = None
    world.clock.move(timedelta(hours=7))
    assert await world.writer.round() == 1
    assert world.orders.attributes(ORDER)["Số hóa đơn"] == "00000067"


async def test_unexpected_failure_of_a_question_is_tried_ever_later(world: World) -> None:
    """A batch that nobody can ask for comes with growing delays; the account's other invoices are not put off."""
    await world.issue()
    world.vendor.failure = RuntimeError("bug")
    attempts = 0
    for _ in range(6 * 12):
        world.clock.move(timedelta(minutes=5))
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
