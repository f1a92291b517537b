"""What an operator does to single invoices, lanes and accounts."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from console.invoice_view import find_the_original
from lanes.model import IntentState, LaneRecord, LaneState, Position
from lanes.mongo.store import MongoLaneStore
from lanes.operations import LaneOperations
from lanes.queries import IntentQueries
from lanes.settings import LaneSettings
from motor.motor_asyncio import AsyncIOMotorDatabase
from orders.retrying import retried
from orders.store import OrderStore
from support.console import Hoadon
from support.stuck_invoices import ACCOUNT, BLOCKED, LANE, fill_with_stuck_invoices, ref

if TYPE_CHECKING:
    from console.backend import Backend

ISSUED = "0b0a3c1d-6f0c-5b0e-9c57-0f5d2f8e4a11"


@pytest.fixture
async def stuck(filled: None, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
    """Fill the database with an invoice for everything that can happen to one."""
    await fill_with_stuck_invoices(database)


pytestmark = pytest.mark.usefixtures("stuck")


async def test_set_aside_and_withdraw(hoadon: Hoadon, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
    """Each says what it means, does it, and refuses what its lane would not survive."""
    store = MongoLaneStore(database)

    async def state(number: int) -> IntentState:
        return (await store.known([ref(number)]))[ref(number)].state

    names = ("#21", "#20", "--reason", "gấp", "--dry-run")
    dry = await hoadon("--lang", "en", "invoices", "set-aside", *names, COLUMNS="80")
    assert (dry.code, await state(21)) == (0, IntentState.UNKNOWN)
    assert all(text in " ".join(dry.out.split()) for text in ("adopted when found", "leaves the queue", "dry run"))
    assert (await hoadon("invoices", "set-aside", "#21", "--reason", "khách gấp")).code == 0
    assert await state(21) is IntentState.SET_ASIDE
    record = await store.load(BLOCKED)
    assert record is not None
    assert (record.state, record.in_flight) == (LaneState.RUNNING, None)
    refused = await hoadon("invoices", "withdraw", "#21", "#19", "#20", "--reason", "lập nhầm", COLUMNS="80")
    assert refused.code == 1
    assert " ".join(refused.out.split()).count("không rút được") == 2
    assert (await state(20), await state(19)) == (IntentState.WITHDRAWN, IntentState.ISSUED)
    aside = await hoadon("--lang", "en", "invoices", "set-aside", "#19", "--reason", "x", COLUMNS="80")
    assert (aside.code, "does not wait for it" in " ".join(aside.out.split())) == (1, True)
    assert (await hoadon("invoices", "withdraw", "#20", "--reason", " ")).code == 2


async def test_what_changes_an_invoice_is_told_which_one(
    hoadon: Hoadon, database: AsyncIOMotorDatabase[dict[str, Any]], tmp_path: Path
) -> None:
    """Each series has a number 42, each shop an order #20: by such a name nothing is corrected, retried, withdrawn."""
    orders, lanes, other = OrderStore(database), MongoLaneStore(database), ref(90)
    mine = await orders.get("demo", 1001)
    assert mine is not None
    issued, (sale,) = (await lanes.known([ISSUED]))[ISSUED], mine.invoices
    namesake = {"shop": "z", "order_name": "#20", "invoices": (sale.model_copy(update={"ref_id": other}),)}
    await orders.save(mine.model_copy(update={**namesake, "revision": 0}))
    await lanes.stage([replace(issued, command=replace(issued.command, ref_id=other), position=Position(1, 90))])
    content = tmp_path / "content.json"
    content.write_text(
        (Path(__file__).parents[2] / "data/meinvoice/invoice.json").read_text(encoding="utf-8"), encoding="utf-8"
    )
    adjust = ("--lang", "en", "invoices", "adjust", "42", str(content), "--note", "x", "--dry-run")
    refused = await hoadon(*adjust)
    assert refused.code == 1
    assert "several invoices go by '42'" in refused.error
    assert all(one in "".join(refused.error.split()) for one in (ISSUED, other))
    assert "several" not in (await hoadon(*adjust, "--shop", "z")).error
    assert (await hoadon("invoices", "show", "42")).code == 0
    for command in (
        ("retry", "42", "--dry-run"),
        ("withdraw", "#20", "--reason", "x"),
        ("set-aside", "20", "--reason", "x"),
    ):
        assert "several" in (await hoadon("--lang", "en", "invoices", *command)).error


async def test_a_lane_is_shown_in_depth(hoadon: Hoadon) -> None:
    """State, cause, what is in flight, the next step and what to do, in both languages within 80 columns."""
    vi = await hoadon("lanes", "show", BLOCKED, COLUMNS="80")
    en = await hoadon("--lang", "en", "lanes", "show", BLOCKED, COLUMNS="80")
    assert (vi.code, en.code) == (0, 0)
    assert all(text in vi.out for text in ("bị chặn [UnknownOutcome]", ref(21), "hoadon lanes resume", "Đang gửi"))
    assert all(text in en.out for text in ("blocked [UnknownOutcome]", "looks 1 invoices up", "set-aside REFID"))
    told = (await hoadon("lanes", "show", LANE, "--json")).json()
    assert (told["state"], told["in_flight"]) == ("running", [])
    assert told["to_do"].startswith("7 hóa đơn cần người xem: `hoadon invoices retry --lane")
    assert [one["order_name"] for one in told["queue"]] == ["#1004", "#20"]
    unknown = await hoadon("--lang", "en", "lanes", "show", "nowhere")
    assert (unknown.code, "there is no lane 'nowhere'" in unknown.error) == (1, True)


async def test_lanes_and_accounts_are_paused_and_resumed(
    hoadon: Hoadon, database: AsyncIOMotorDatabase[dict[str, Any]]
) -> None:
    """Resends can be stopped too, an account stops all its lanes, a dry run does nothing, a block is not weakened."""
    operations = LaneOperations(MongoLaneStore(database), LaneSettings())

    async def lane(key: str) -> LaneRecord:
        return (await operations.show_lane(key)).record

    dry = await hoadon("--lang", "en", "lanes", "pause", LANE, "--reason", "x", "--dry-run")
    assert (dry.code, "running → paused" in dry.out) == (0, True)
    assert (await lane(LANE)).state is LaneState.RUNNING
    assert (await hoadon("lanes", "pause", LANE, "--reason", "MISA bảo trì", "--resends")).code == 0
    assert ((await lane(LANE)).state, (await lane(LANE)).code) == (LaneState.BLOCKED, "Stopped")
    weaker = await hoadon("--lang", "en", "lanes", "pause", LANE, "--reason", "x")
    assert (weaker.code, "stops more than a pause" in weaker.error) == (1, True)
    assert (await hoadon("lanes", "pause", "--account", ACCOUNT, "--reason", "kiểm kê")).code == 0
    view = await operations.show_lane(LANE)
    assert view.account_states[ACCOUNT].reason == "kiểm kê"
    would = await hoadon("--lang", "en", "lanes", "resume", LANE, "--dry-run")
    assert f"{ACCOUNT}: paused → running" in would.out
    assert "waiting invoices that go on: 2" in would.out
    assert (await hoadon("lanes", "resume", "--account", ACCOUNT)).code == 0
    assert (await lane(LANE)).state is LaneState.BLOCKED
    assert (await hoadon("lanes", "resume", LANE)).code == 0
    assert (await lane(LANE)).state is LaneState.RUNNING


async def test_only_what_goes_on_is_counted(hoadon: Hoadon, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
    """Not what waits in a lane that stays stopped; and of a lane's account, what waits in its other lanes, too."""
    operations = LaneOperations(MongoLaneStore(database), LaneSettings())

    async def told(*arguments: str) -> str:
        return " ".join((await hoadon("--lang", "en", "lanes", "resume", *arguments, "--dry-run")).out.split())

    await operations.pause_account(ACCOUNT, "x")
    of_account = await told("--account", ACCOUNT)
    assert "waiting invoices that go on: 2" in of_account
    assert "unknown outcome" not in of_account  # it is in flight in the lane that stays blocked
    both = await told(BLOCKED)
    assert "waiting invoices that go on: 2" in both
    assert "1 of unknown outcome" in both
    await operations.pause(LANE, "x")
    assert "go on" not in await told("--account", ACCOUNT)


async def test_a_fault_keeps_its_name(hoadon: Hoadon, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
    """A block over a fault stops resends already; its code and reason tell what to do."""
    for more in ((), ("--resends",)):
        refused = await hoadon("--lang", "en", "lanes", "pause", BLOCKED, "--reason", "x", *more)
        assert (refused.code, "keeps its reason" in refused.error) == (1, True)
    record = await MongoLaneStore(database).load(BLOCKED)
    assert record is not None
    assert record.code == "UnknownOutcome"
    await hoadon("lanes", "pause", LANE, "--reason", "x", "--resends")
    assert (await hoadon("lanes", "pause", LANE, "--reason", "y", "--resends")).code == 0


async def test_a_block_that_lands_before_the_pause_stays_and_is_told(
    hoadon: Hoadon, database: AsyncIOMotorDatabase[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine called for a person while this one was looking at a lane that still ran."""
    store, pause = MongoLaneStore(database), LaneOperations.pause

    async def blocked_before(self: LaneOperations, lane: str, reason: str) -> LaneRecord:
        await self.block(lane, "LicenseInfo_Expired", "hết hạn")
        return await pause(self, lane, reason)

    monkeypatch.setattr(LaneOperations, "pause", blocked_before)
    told = await hoadon("--lang", "en", "lanes", "pause", LANE, "--reason", "x")
    assert (told.code, "is blocked already" in told.error) == (1, True)
    record = await store.load(LANE)
    assert record is not None
    assert (record.state, record.code, record.reason) == (LaneState.BLOCKED, "LicenseInfo_Expired", "hết hạn")


async def test_what_helps_a_correction_is_asking_again(
    hoadon: Hoadon, database: AsyncIOMotorDatabase[dict[str, Any]]
) -> None:
    """Its order, judged anew, plans sales only: to whoever retries or withdraws one it is said what plans another."""
    intents = database["intents"]
    await intents.update_many(
        {"_id": {"$in": [ref(n) for n in (11, 14, 15, 18, 20)]}}, {"$set": {"labels.kind": "adjust"}}
    )
    orders = OrderStore(database)
    order = await orders.get("demo", 11)
    assert order is not None
    (planned,) = order.invoices
    correction = planned.model_copy(update={"corrects": ISSUED, "kind": "adjust"})
    await orders.save(order.model_copy(update={"invoices": (correction,)}))
    names = [ref(number) for number in (11, 14, 15, 18)]
    found = (await hoadon("--lang", "en", "invoices", "retry", *names, "--dry-run", "--json")).json()["invoices"]
    messages = {one["order_name"]: one["message"] for one in found}
    assert set(messages) == {"#11", "#14", "#15", "#18"}
    assert not [message for message in messages.values() if "recheck" in message]
    assert f"`hoadon invoices adjust {ISSUED} FILE" in messages["#11"]
    assert "hoadon invoices withdraw" in messages["#14"]
    taken = (await hoadon("--lang", "en", "invoices", "withdraw", "#20", "--reason", "x", "--dry-run", "--json")).json()
    assert "`hoadon invoices adjust '#20' FILE" in taken[0]["message"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    (
        (["pause", "--reason", "x"], 2),
        (["pause", LANE, "--account", ACCOUNT, "--reason", "x"], 2),
        (["pause", "--account", ACCOUNT, "--resends", "--reason", "x"], 2),
        (["pause", "--account", "sandbox:999", "--reason", "x"], 1),
        (["resume"], 2),
        (["resume", "--account", "sandbox:999"], 1),
    ),
)
async def test_lane_or_account_must_be_said_and_known(hoadon: Hoadon, arguments: list[str], code: int) -> None:
    """Neither both nor none, and no account that was mistyped."""
    answer = await hoadon("lanes", *arguments)
    assert answer.code == code
    assert answer.error.count("\n") == 1


async def test_an_order_whose_invoice_was_corrected_still_names_that_invoice(
    hoadon: Hoadon, database: AsyncIOMotorDatabase[dict[str, Any]]
) -> None:
    """To be corrected, an order's name means the invoice of its sale; to be looked at, its newest, with the others."""
    orders, lanes, correction = OrderStore(database), MongoLaneStore(database), ref(91)
    mine = await orders.get("demo", 1001)
    assert mine is not None
    (sale,) = mine.invoices
    adjusting = sale.model_copy(update={"ref_id": correction, "kind": "adjust", "corrects": ISSUED})
    await orders.save(mine.model_copy(update={"invoices": (sale, adjusting)}))
    issued = (await lanes.known([ISSUED]))[ISSUED]
    await lanes.stage([replace(issued, command=replace(issued.command, ref_id=correction), position=Position(1, 91))])
    stores = SimpleNamespace(orders=orders, intents=IntentQueries(lanes))
    assert (await find_the_original(cast("Backend", stores), "#1001", None)).ref_id == ISSUED
    shown = (await hoadon("--lang", "en", "invoices", "show", "#1001")).out
    assert correction in shown.splitlines()[0]
    assert f"sales invoice 1C26TAA 00000042 {ISSUED}" in shown


@pytest.mark.parametrize(
    ("text", "code", "told"),
    (
        ("[1]", 2, "phải chứa một đối tượng JSON {…}"),
        ('{"a": ', 2, "không phải JSON"),
        ('{"Foo": 1}', 1, "không có trường Foo; xóa đi hoặc sửa tên"),
        (None, 2, "không đọc được tệp"),
    ),
)
async def test_a_file_that_is_no_invoice_is_refused_with_what_it_should_be(
    hoadon: Hoadon, tmp_path: Path, text: str | None, code: int, told: str
) -> None:
    """The answer names the file, what is wrong with it and what is wanted, and speaks no exception's language."""
    content = tmp_path / "content.json"
    if text is not None:
        content.write_text(text, encoding="utf-8")
    refused = await hoadon("invoices", "adjust", "#1001", str(content), "--note", "x", "--dry-run")
    assert (refused.code, told in refused.error, "Errno" in refused.error) == (code, True, False)


@pytest.mark.parametrize(
    "half", (("--agreement-number", "12/TT"), ("--agreement-number", " ", "--agreement-date", "2026-11-19"))
)
async def test_an_agreement_has_number_and_date(hoadon: Hoadon, half: tuple[str, ...]) -> None:
    """Half of it is a slip of the pen, told before the file is read."""
    refused = await hoadon("invoices", "replace", "#1001", "nowhere.json", "--note", "x", "--dry-run", *half)
    assert (refused.code, "--agreement-date" in refused.error) == (2, True)


async def test_what_is_just_sent_again_is_not_withdrawn_before_it_arrives(
    hoadon: Hoadon, database: AsyncIOMotorDatabase[dict[str, Any]]
) -> None:
    """The retry, staged behind the withdrawal, would bring the invoice back and have it issued."""
    orders, lanes = OrderStore(database), MongoLaneStore(database)
    order = await orders.get("demo", 11)
    assert order is not None
    assert await orders.save(retried(order, ref(11), order.newest.received_at))
    refused = await hoadon("--lang", "en", "invoices", "withdraw", "#11", "--reason", "x", "--json")
    assert (refused.code, refused.json()[0]["refused"]) == (1, True)
    assert "on its way" in refused.json()[0]["message"]
    assert (await lanes.known([ref(11)]))[ref(11)].state is IntentState.REJECTED
