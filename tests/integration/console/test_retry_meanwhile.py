"""`hoadon invoices retry` while others work: a person who is asked, two retries at once, an order that changes."""

import os
import pty
import select
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest
from contracts.commands import IssueInvoice, WithdrawInvoice
from lanes.model import LaneState
from lanes.mongo.store import MongoLaneStore
from local_stack.processes import script
from motor.motor_asyncio import AsyncIOMotorDatabase
from orders.model import Attention, InvoiceFacts, InvoiceState, OrderRecord
from orders.retrying import retried
from orders.store import OrderStore
from pymongo import MongoClient
from support.console import Hoadon
from support.stuck_invoices import (
    BLOCKED,
    MOMENT,
    ref,
)
from support.topics import read_events

pytestmark = pytest.mark.usefixtures("stuck")


async def test_a_retry_that_died_before_its_command_is_finished_by_the_next(
    hoadon: Hoadon, commands: str, kafka_bootstrap_servers: str, database: AsyncIOMotorDatabase[dict[str, Any]]
) -> None:
    """Noted on the order and not in Kafka: the invoice is still refused in its lane, and the same retry sends it."""
    store = OrderStore(database)
    order = await store.get("demo", 11)
    assert order is not None
    assert await store.save(retried(order, ref(11), MOMENT))
    done = await hoadon("invoices", "retry", "#11", "--yes", "--json")
    assert (done.code, done.json()["sent"]) == (0, 1)
    assert len(read_events(kafka_bootstrap_servers, commands, lambda found: len(found) == 1)) == 1


async def test_an_order_cancelled_while_its_retry_is_sent_has_it_taken_back(
    hoadon: Hoadon,
    commands: str,
    kafka_bootstrap_servers: str,
    database: AsyncIOMotorDatabase[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The withdrawal stands behind the retry in the topic, whichever of both the order's own withdrawal overtook."""
    mark_published = OrderStore.mark_published

    async def cancelled_meanwhile(self: OrderStore, shop: str, order_id: int, sequence: int) -> None:
        await mark_published(self, shop, order_id, sequence)
        order = await self.get(shop, order_id)
        assert order is not None
        note = Attention(code="cancelled-after-planned", message_vi="Đơn bị hủy.", message_en="Cancelled.", at=MOMENT)
        assert await self.save(order.model_copy(update={"attention": note}))

    monkeypatch.setattr(OrderStore, "mark_published", cancelled_meanwhile)
    done = await hoadon("invoices", "retry", "#11", "--yes", "--json")
    assert (done.json()["sent"], done.json()["changed_meanwhile"]) == (0, [ref(11)])
    events = read_events(kafka_bootstrap_servers, commands, lambda found: len(found) == 2)
    assert [event.type for event in events] == [IssueInvoice.event_type, WithdrawInvoice.event_type]
    assert WithdrawInvoice.from_event(events[1]).reason == "Đơn bị hủy."


async def test_two_who_retry_the_same_take_nothing_from_what_was_issued_meanwhile(
    hoadon: Hoadon,
    commands: str,
    kafka_bootstrap_servers: str,
    database: AsyncIOMotorDatabase[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the other one's retry brought to an end while this one was under way keeps its number, and is told."""
    mark_published = OrderStore.mark_published

    async def the_others_are_issued(self: OrderStore, shop: str, order_id: int, sequence: int) -> None:
        await mark_published(self, shop, order_id, sequence)
        for number in {11, 12, 22} - {order_id}:
            await _issue(self, number)

    monkeypatch.setattr(OrderStore, "mark_published", the_others_are_issued)
    done = await hoadon("invoices", "retry", "--shop", "demo", "--yes", "--json")
    (sent,) = [one["ref_id"] for one in done.json()["invoices"] if one["sent"]]
    changed = {ref(11), ref(12), ref(22)} - {sent}
    assert (done.code, set(done.json()["changed_meanwhile"])) == (0, changed)
    assert [event.subject for event in read_events(kafka_bootstrap_servers, commands, bool)] == [sent]
    for ref_id in changed:
        assert await _number_of(OrderStore(database), ref_id) == "00000077"


async def test_when_everything_changed_meanwhile_the_exit_code_is_1(
    hoadon: Hoadon, commands: str, database: AsyncIOMotorDatabase[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was sent, as for what could not be sent from the beginning."""
    assert commands
    get_by_ref_id, asked = OrderStore.get_by_ref_id, list[str]()

    async def issued_after_the_plan(self: OrderStore, ref_id: str) -> OrderRecord | None:
        if ref_id in asked:
            await _issue(self, 11)
        asked.append(ref_id)
        return await get_by_ref_id(self, ref_id)

    monkeypatch.setattr(OrderStore, "get_by_ref_id", issued_after_the_plan)
    done = await hoadon("invoices", "retry", "#11", "--yes", "--json")
    assert (done.code, done.json()["sent"], done.json()["changed_meanwhile"]) == (1, 0, [ref(11)])
    assert await _number_of(OrderStore(database), ref(11)) == "00000077"


async def _issue(store: OrderStore, number: int) -> None:
    facts = InvoiceFacts(version=9, state=InvoiceState.ISSUED, at=MOMENT, number="00000077", lookup_code="CODE77")
    await store.record_invoice("demo", number, ref(number), facts)


async def _number_of(store: OrderStore, ref_id: str) -> str | None:
    order = await store.get_by_ref_id(ref_id)
    planned = order.invoice_of(ref_id) if order else None
    return planned.invoice.number if planned and planned.invoice else None


@pytest.mark.parametrize(("answer", "sent"), (("c\n", True), ("\n", False)))
async def test_a_person_is_asked(
    hoadon: Hoadon,
    commands: str,
    database: AsyncIOMotorDatabase[dict[str, Any]],
    answer: str,
    sent: bool,
) -> None:
    """On a terminal the plan is shown, then a question; only a yes sends."""
    assert commands
    screen = _on_a_terminal(hoadon, ["invoices", "retry", "#11"], "[c/K]", answer)
    assert "gửi lại ở cuối hàng đợi" in screen
    assert ("1 hóa đơn đã được gửi lại" in screen) is sent
    order = await OrderStore(database).get("demo", 11)
    assert order is not None
    assert order.invoices[0].invoice is not None
    assert (order.invoices[0].invoice.state is InvoiceState.PENDING) is sent


async def test_a_stop_that_nobody_was_shown_is_not_resumed(
    hoadon: Hoadon, commands: str, mongo_url: str, database: AsyncIOMotorDatabase[dict[str, Any]]
) -> None:
    """While the question stood, the lane was blocked for another reason: a yes was said to the first."""
    assert commands

    def blocked_anew() -> None:
        with MongoClient[dict[str, Any]](mongo_url) as client:
            change = {"$set": {"code": "LicenseInfo_Expired"}, "$inc": {"version": 1, "revision": 1}}
            assert client[database.name]["lanes"].update_one({"_id": BLOCKED}, change).modified_count == 1

    arguments = ["invoices", "retry", "#21", "--resume"]
    screen = _on_a_terminal(hoadon, arguments, "[c/K]", "c\n", meanwhile=blocked_anew, code=1)
    assert "lý do dừng đã đổi trong lúc chờ" in screen
    lane = await MongoLaneStore(database).load(BLOCKED)
    assert lane is not None
    assert (lane.state, lane.code) == (LaneState.BLOCKED, "LicenseInfo_Expired")


def _on_a_terminal(
    hoadon: Hoadon,
    arguments: list[str],
    question: str,
    answer: str,
    *,
    meanwhile: Callable[[], None] = lambda: None,
    code: int = 0,
) -> str:
    """Run the real command on a terminal, wait for its question and answer it; all that was on the screen."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, **hoadon.environment, "LANG": "vi_VN.UTF-8", "LC_ALL": ""}
    process = subprocess.Popen(  # noqa: S603 - our own command
        [script("hoadon"), *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    screen, answered, deadline = b"", False, time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([ours], [], [], 0.2)[0]:
            try:
                screen += os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
        elif process.poll() is not None:
            break
        if not answered and question.encode() in screen:
            meanwhile()
            os.write(ours, answer.encode())
            answered = True
    process.wait(10)
    os.close(ours)
    assert process.returncode == code, screen.decode()
    return screen.decode()
