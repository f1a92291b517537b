"""Asking, writing back and announcing, over a real MongoDB."""

import asyncio
from datetime import timedelta

from contracts.status import InvoiceStatusChanged, OrderWrittenBack, Verdict
from runtime.kafka import KafkaUnavailableError
from status_poller.application.announce import announce_stored
from status_poller.application.ports import Job, WriteResult
from support.follow_ups import START, Announced
from support.poller_world import LEASE, ORDER, World
from support.shops import example_shop


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


async def test_a_question_is_on_record_under_everything_it_is_about(world: World) -> None:
    """The log of exchanges finds it from shop, order, RefID and lane, as it finds the request that published."""
    first, second = await world.issue(), await world.issue(order_id=ORDER + 1)
    world.clock.move(timedelta(seconds=6))
    await world.poller.round()
    about = world.vendor.about[0]
    assert (about.shop, about.lane) == ("cua-hang-mau", "sandbox:0101243150:1C__TAA")
    assert set(about.orders) == {str(ORDER), str(ORDER + 1)}
    assert set(about.ref_ids) == {first, second}


async def test_what_is_due_of_two_lanes_is_found_from_each(world: World) -> None:
    """One account, two series: each lane's invoices are asked for by themselves."""
    of_lane = {
        lane: await world.issue(order_id=number, lane=lane)
        for number, lane in ((1, "sandbox:0101243150:1C__TAA"), (2, "sandbox:0101243150:1C__TBB"))
    }
    world.clock.move(timedelta(seconds=6))
    assert await world.poller.round() == 2
    asked = {(about.lane, about.ref_ids) for about in world.vendor.about}
    assert asked == {(lane, (ref_id,)) for lane, ref_id in of_lane.items()}
