"""`hoadon invoices retry`: what will happen to each invoice is shown, and exactly that is done."""

from dataclasses import replace
from typing import Any

import pytest
from contracts.commands import IssueInvoice
from lanes.model import IntentState, LaneState, Position
from lanes.mongo.store import MongoLaneStore
from lanes.operations import LaneOperations
from lanes.settings import LaneSettings
from lanes.staging import StageKind, place
from motor.motor_asyncio import AsyncIOMotorDatabase
from orders.model import InvoiceState
from orders.store import OrderStore
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
    ref,
)
from support.topics import read_events

pytestmark = pytest.mark.usefixtures("stuck")


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


async def test_an_attempt_that_may_be_alive_is_never_sent(hoadon: Hoadon, commands: str) -> None:
    """Neither by name nor by filter, whatever is said; the lane goes on looking it up."""
    assert commands
    for arguments in (["#13"], [ref(13), "--resume"]):
        answer = await hoadon("invoices", "retry", *arguments, "--yes", "--json")
        assert (answer.code, answer.json()["sent"]) == (1, 0)
