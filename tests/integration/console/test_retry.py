"""`hoadon invoices retry`: what will happen to each invoice is shown, and exactly that is done."""

import os
import pty
import select
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from contracts.commands import IssueInvoice, WithdrawInvoice
from lanes.model import IntentState, LaneState, Position
from lanes.mongo.store import MongoLaneStore
from lanes.operations import LaneOperations
from lanes.settings import LaneSettings
from lanes.staging import StageKind, place
from local_stack.processes import script
from motor.motor_asyncio import AsyncIOMotorDatabase
from orders.model import Attention, InvoiceFacts, InvoiceState, OrderRecord
from orders.retrying import retried
from orders.store import OrderStore
from pymongo import MongoClient
from support.console import Hoadon
from support.stuck_invoices import (
    ACCOUNT,
    BLOCKED,
    EVERY_STATE,
    MOMENT,
    SHOWN,
    TRACE,
    UNTIL,
    command,
    fill_with_stuck_invoices,
    ref,
)
from support.topics import read_events


@pytest.fixture
async def stuck(filled: None, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
    """Fill the database with an invoice for everything that can happen to one."""
    await fill_with_stuck_invoices(database)


pytestmark = pytest.mark.usefixtures("stuck")


@pytest.fixture
def commands(hoadon: Hoadon, kafka_bootstrap_servers: str, topic_prefix: str) -> str:
    """Give the name of the topic that the command writes to."""
    hoadon.environment.update(KAFKA_BOOTSTRAP_SERVERS=kafka_bootstrap_servers, KAFKA_TOPIC_PREFIX=topic_prefix)
    return f"{topic_prefix}invoicing.commands"


async def test_everything_is_told_before_anything_is_done(hoadon: Hoadon) -> None:
    """Each invoice has its effect; nothing needs Kafka, nothing is changed."""
    answer = await hoadon("invoices", "retry", "--shop", "demo", *EVERY_STATE, "--dry-run", "--json")
    told = answer.json()
    by_order = {one["order_name"]: one for one in told["invoices"]}
    assert {number: by_order[f"#{number}"]["effect"] for number in SHOWN} == {n: e for n, (_, _, e) in SHOWN.items()}
    assert by_order["#13"]["look_ups_until"] == UNTIL.isoformat()
    assert by_order["#22"]["stopped_by"] == by_order["#21"]["stopped_by"] == [BLOCKED]
    assert (told["sent"], told["dry_run"], told["counts"]["sent"], answer.code) == (0, True, 3, 0)
    again = await hoadon("invoices", "retry", "--shop", "demo", *EVERY_STATE, "--dry-run", "--json")
    assert again.json() == told


@pytest.mark.parametrize(
    ("language", "texts"),
    (
        (
            "vi",
            (
                "gửi lại ở cuối hàng đợi",
                "hoadon orders recheck '#11'",
                "tra cứu đến 22/11/2026 10:00:00",
                "sẽ lại bị giữ",
                "hoadon lanes resume sandbox:0101243150:1C__TBB",
                "3 hóa đơn sẽ được gửi lại",
                "bị từ chối [InvalidTaxCode]",
            ),
        ),
        (
            "en",
            (
                "sent again at the tail, with the same content",
                "will be refused again unless",
                "look-ups go on until 22/11/2026 10:00:00",
                "would be held again",
                "judged again since",
                "3 invoices would be sent again",
                "rejected [InvalidTaxCode]",
            ),
        ),
    ),
)
async def test_the_plan_fits_80_columns(hoadon: Hoadon, language: str, texts: tuple[str, ...]) -> None:
    """Both languages say what will happen and what to do, no line is wider than the terminal."""
    answer = await hoadon("--lang", language, "invoices", "retry", "--shop", "demo", "--dry-run", COLUMNS="80")
    assert answer.code == 0, answer.error
    assert max(map(len, answer.out.splitlines())) <= 80
    flowing = " ".join(answer.out.split())
    assert [text for text in texts if text not in flowing] == []
    assert "Kín" not in answer.out


async def test_what_is_sent_is_the_stored_command(
    hoadon: Hoadon, commands: str, kafka_bootstrap_servers: str, database: AsyncIOMotorDatabase[dict[str, Any]]
) -> None:
    """Key, content and trace are the first command's; the order's document says that it is on its way again."""
    done = await hoadon("invoices", "retry", "--shop", "demo", "--yes", "--json")
    assert (done.code, done.json()["sent"], done.error) == (0, 3, "")
    assert {one["order_name"] for one in done.json()["invoices"] if one["sent"]} == {"#11", "#12", "#22"}
    events = read_events(kafka_bootstrap_servers, commands, lambda found: len(found) == 3)
    for event in events:
        issue = IssueInvoice.from_event(event)
        assert issue == command(issue.order_id, issue.lane)
        assert (event.key, event.traceparent) == (issue.lane, TRACE)
        assert event.id.startswith(f"{issue.ref_id}:1:retry:")
        order = await OrderStore(database).get("demo", issue.order_id)
        facts = order.invoices[0].invoice if order else None
        assert order is not None
        assert facts is not None
        assert (facts.state, facts.version, facts.code) == (InvoiceState.PENDING, 3, "planned")
        assert order.decision is not None
        assert order.decision.published
    shown = await hoadon("orders", "show", "#11", "--json")
    assert shown.json()["state"] == "pending"


async def test_a_retry_reaches_the_tail_once_staged(
    hoadon: Hoadon, commands: str, kafka_bootstrap_servers: str, database: AsyncIOMotorDatabase[dict[str, Any]]
) -> None:
    """What the publisher makes of the command is what was forecast."""
    assert (await hoadon("invoices", "retry", "#11", "--yes")).code == 0
    (event,) = read_events(kafka_bootstrap_servers, commands, lambda found: len(found) == 1)
    known = (await MongoLaneStore(database).known([ref(11)]))[ref(11)]
    issue = IssueInvoice.from_event(event)
    sent = replace(known.command, content=issue.content, lane=issue.lane, account=issue.account)
    outcome = place(known, sent, Position(2, 0), MOMENT)
    assert (outcome.kind, outcome.intent.state) == (StageKind.REPOSITIONED, IntentState.STAGED)
    assert outcome.intent.command == known.command


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


async def test_lanes_in_the_way_are_resumed_if_asked(
    hoadon: Hoadon, commands: str, kafka_bootstrap_servers: str, database: AsyncIOMotorDatabase[dict[str, Any]]
) -> None:
    """With --resume the unknown one gets new chances from its lane, never a command of its own."""
    done = await hoadon("invoices", "retry", "--lane", BLOCKED, "--resume", "--yes", "--json")
    assert (done.json()["resumed"], done.json()["sent"]) == ([BLOCKED], 1)
    events = read_events(kafka_bootstrap_servers, commands, lambda found: len(found) == 1)
    assert [event.subject for event in events] == [ref(22)]
    record = await MongoLaneStore(database).load(BLOCKED)
    unknown = (await MongoLaneStore(database).known([ref(21)]))[ref(21)]
    assert record is not None
    assert (record.state, unknown.state, unknown.resends) == (LaneState.RUNNING, IntentState.UNKNOWN, 2)


async def test_lane_and_account_are_both_resumed_if_both_stand_in_the_way(
    hoadon: Hoadon, commands: str, database: AsyncIOMotorDatabase[dict[str, Any]]
) -> None:
    """A dry run names both; one alone would leave the invoice where it is."""
    assert commands
    lane_operations = LaneOperations(MongoLaneStore(database), LaneSettings())
    [account] = (await lane_operations.show_lane(BLOCKED)).record.accounts
    await lane_operations.pause_account(account, "stocktaking")
    arguments = ("invoices", "retry", "#22", "--resume", "--json")
    told = (await hoadon(*arguments, "--dry-run")).json()
    assert told["invoices"][0]["stopped_by"] == [BLOCKED, account]
    done = (await hoadon(*arguments, "--yes")).json()
    assert sorted(done["resumed"]) == sorted([BLOCKED, account])
    view = await lane_operations.show_lane(BLOCKED)
    assert {view.record.state, view.account_states[account].state} == {LaneState.RUNNING}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    (
        (["#11"], ["#11"]),
        ([ref(12), "#11", ref(11)], ["#11", "#12"]),
        (["--lane", BLOCKED], ["#21", "#22"]),
        (["--state", "held"], ["#14"]),
        (["--account", ACCOUNT, "--state", "withdrawn"], ["#18"]),
        (["--code", "rate-expired"], ["#14"]),
        (["--code", "rate-expired", "--before", "2026-11-21"], []),
        (["--code", "rate-expired", "--since", "2026-11-21T03:30"], ["#14"]),
        (["--shop", "other"], []),
    ),
)
async def test_one_a_filter_or_a_lane(hoadon: Hoadon, arguments: list[str], expected: list[str]) -> None:
    """Names and filters choose; days and times are Vietnam's."""
    told = (await hoadon("invoices", "retry", *arguments, "--dry-run", "--json")).json()
    assert [one["order_name"] for one in told["invoices"]] == expected


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    (
        ([], 2, "say which invoices"),
        (["#11", "--state", "held"], 2, "not both"),
        (["#11", "--yes", "--dry-run"], 2, "not both"),
        (["#11"], 2, "--yes"),
        (["#11", "--json"], 2, "--yes"),
        (["#404", "--dry-run"], 1, "no invoice"),
        (["--lane", "sandbox:1:1C__TZZ"], 1, "no lane"),
    ),
)
async def test_what_is_asked_must_be_clear(hoadon: Hoadon, arguments: list[str], code: int, text: str) -> None:
    """Nothing by accident: without a terminal nothing is sent without --yes, and one line says so."""
    answer = await hoadon("--lang", "en", "invoices", "retry", *arguments)
    assert answer.code == code
    assert text in answer.error
    assert answer.error.count("\n") == 1


async def test_what_cannot_be_sent_is_1(hoadon: Hoadon) -> None:
    """Asked for one that must not be sent, the answer says why, and the exit code that it was not."""
    answer = await hoadon("--lang", "en", "invoices", "retry", "#16", "--yes")
    assert answer.code == 1
    assert "judged again since" in " ".join(answer.out.split())
    assert "There is no invoice to send again." in answer.out


async def test_kafka_away_changes_nothing(hoadon: Hoadon, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
    """Before anything is written on the order, Kafka must be there."""
    answer = await hoadon("invoices", "retry", "#11", "--yes", KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:9")
    assert (answer.code, "127.0.0.1:9" in answer.error) == (2, True)
    order = await OrderStore(database).get("demo", 11)
    assert order is not None
    assert order.invoices[0].invoice is not None
    assert order.invoices[0].invoice.state is InvoiceState.REJECTED


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


async def test_an_attempt_that_may_be_alive_is_never_sent(hoadon: Hoadon, commands: str) -> None:
    """Neither by name nor by filter, whatever is said; the lane goes on looking it up."""
    assert commands
    for arguments in (["#13"], [ref(13), "--resume"]):
        answer = await hoadon("invoices", "retry", *arguments, "--yes", "--json")
        assert (answer.code, answer.json()["sent"]) == (1, 0)
