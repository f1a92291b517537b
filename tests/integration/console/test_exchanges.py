"""`hoadon exchanges`: every request with its answer, found by whatever is at hand, buyers' data masked."""

from datetime import UTC, datetime
from typing import Any

import pytest
from invoicer.adapters.meinvoice_publisher import LEFT_BEHIND
from meinvoice.exchanges import Exchange
from motor.motor_asyncio import AsyncIOMotorDatabase
from orders.store import OrderStore
from runtime.exchanges import ExchangeLog, Subject
from runtime.settings import ExchangeSettings
from support.console import Hoadon
from support.told_exchange import LONG

MOMENT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
LANE = "sandbox:0101243150:1C__TAA"
ISSUED = "0b0a3c1d-6f0c-5b0e-9c57-0f5d2f8e4a11"
BATCH = tuple(f"{n:08d}-6f0c-5b0e-9c57-0f5d2f8e4a11" for n in range(30))
REQUEST = (
    '{"SignType":2,"InvoiceData":[{"RefID":"x","BuyerLegalName":"Công ty Kín","BuyerAddress":"1 Lê Lợi",'
    '"TotalAmount":5500000.10,"OriginalInvoiceDetail":[{"ItemName":"Áo"}]}],"PublishInvoiceData":null}'
)
ANSWER = (
    '{"success":true,"publishInvoiceResult":"[{\\"RefID\\":\\"x\\",\\"InvNo\\":\\"00000042\\",'
    '\\"BuyerEmail\\":\\"kin@example.com\\"}]","data":"<HDon><Ten>Công ty Kín</Ten></HDon>"}'
)


@pytest.fixture
async def log(filled: None, database: AsyncIOMotorDatabase[dict[str, Any]]) -> ExchangeLog:
    """A batch of thirty, a look-up that failed, and an answer that was cut."""
    made = ExchangeLog(database, ExchangeSettings(keep=LONG, body_length=400))
    about = Subject(
        shop="demo",
        orders=tuple(str(3000 + n) for n in range(30)),
        ref_ids=BATCH,
        lane=LANE,
        trace_ids=tuple(f"{n:032x}" for n in range(1, 31)),
    )
    await made.record(Exchange("POST", "/invoice", REQUEST, 200, ANSWER, None, MOMENT, 1.25, 1), "meinvoice", about)
    failed = Exchange("POST", "/invoice/status?x=1", "[]", None, None, "ReadTimeout", MOMENT, 20.0, 2)
    await made.record(failed, "meinvoice", Subject(shop="demo", ref_ids=BATCH[:1], lane=LANE))
    cut = Exchange("GET", "/com/orders/1001.json", None, 200, '{"order": {"email": "kin@example.com"' + " " * 999, None,
                   MOMENT, 0.1, 1)  # fmt: skip
    await made.record(cut, "haravan", Subject(shop="demo", orders=("1001",)))
    return made


pytestmark = pytest.mark.usefixtures("log")


@pytest.mark.parametrize(
    "arguments",
    (
        ["--ref-id", BATCH[29]],
        ["--order", "3029"],
        ["--trace", f"{30:032x}"],
        ["--trace", f" {30:032X}"],
        ["--ref-id", BATCH[29].upper()],
        ["--order", "3000", "--shop", "demo", "--lane", LANE, "--since", "2026-11-21T08:00"],
    ),
)
async def test_a_batch_is_found_from_each_of_its_parts(hoadon: Hoadon, arguments: list[str]) -> None:
    """The last invoice, order and trace of thirty lead to the one request that carried them."""
    (found,) = (await hoadon("exchanges", "list", "--json", *arguments)).json()
    assert (found["operation"], found["sign_type"], found["status"]) == ("POST /invoice", 2, 200)
    assert (len(found["orders"]), len(found["ref_ids"]), len(found["trace_ids"])) == (30, 30, 30)
    assert "request_body" not in found


async def test_no_body_is_read_for_a_list(
    hoadon: Hoadon, log: ExchangeLog, database: AsyncIOMotorDatabase[dict[str, Any]]
) -> None:
    """Five hundred of them are most of what there is to read; one that cannot be unpacked is listed all the same."""
    await database["exchanges"].update_many({}, {"$set": {"request_body": b"broken"}})
    assert len((await hoadon("exchanges", "list", "--json")).json()) == 4
    assert (await hoadon("invoices", "show", ISSUED)).code == 0
    (found,) = await log.find(ref_id=BATCH[29], bodies=False)
    assert (found.request_body, found.response_body, found.sign_type) == (None, None, 2)


async def test_an_order_that_several_shops_have_is_not_guessed(
    hoadon: Hoadon, database: AsyncIOMotorDatabase[dict[str, Any]]
) -> None:
    """The newest shop's would be shown in place of the one that was meant."""
    orders = OrderStore(database)
    mine = await orders.get("demo", 1001)
    assert mine is not None
    await orders.save(mine.model_copy(update={"shop": "z", "order_id": 7, "revision": 0}))
    refused = await hoadon("exchanges", "list", "--order", "#1001")
    assert (refused.code, "demo, z" in refused.error, "--shop" in refused.error) == (1, True, True)
    listed = (await hoadon("exchanges", "list", "--order", "#1001", "--shop", "demo", "--json")).json()
    assert len(listed) == 2


@pytest.mark.parametrize(
    ("kept", "told"),
    (
        ("no answer within 0.2 s", "không có trả lời trong 0.2 giây"),
        ("the caller stopped waiting for the answer", "bên gửi ngừng chờ câu trả lời"),
        (LEFT_BEHIND, "tiến trình kết thúc trước khi ghi câu trả lời"),
        ("ReadTimeout", "ReadTimeout"),
    ),
)
async def test_why_there_is_no_answer_is_told_in_the_readers_language(
    hoadon: Hoadon, log: ExchangeLog, kept: str, told: str
) -> None:
    """Clients keep English; programs get what was kept."""
    failed = Exchange("POST", "/invoice", "[]", None, None, kept, MOMENT, 20.0, 1)
    await log.record(failed, "meinvoice", Subject(shop="odd"))
    (listed,) = (await hoadon("exchanges", "list", "--shop", "odd", "--json")).json()
    assert listed["error"] == kept
    assert told in " ".join((await hoadon("exchanges", "show", listed["id"], COLUMNS="200")).out.split())
    assert kept in " ".join(
        (await hoadon("--lang", "en", "exchanges", "show", listed["id"], COLUMNS="200")).out.split()
    )


async def test_exchanges_are_listed_within_80_columns(hoadon: Hoadon) -> None:
    """Newest first, failures with their reason, a batch by its first and how many more; nothing of a buyer."""
    answer = await hoadon("--lang", "en", "exchanges", "list", COLUMNS="80")
    assert (answer.code, max(map(len, answer.out.splitlines())) <= 80) == (0, True)
    assert all(text in answer.out for text in ("SignType 2", "ReadTimeout", "and 29 more", "1.25"))
    assert "Kín" not in answer.out
    listed = (await hoadon("exchanges", "list", "--order", "#1001", "--json")).json()
    assert [one["operation"] for one in listed] == ["GET /com/orders/{id}.json", "POST /invoice"]
    assert (await hoadon("exchanges", "list", "--since", "2026-11-22", "--json")).json() == []


async def test_buyers_are_masked_unless_asked_for(hoadon: Hoadon) -> None:
    """Bodies are readable JSON, texts inside texts too; whoever needs the buyer's data says so."""
    (found,) = (await hoadon("exchanges", "list", "--trace", f"{1:032x}", "--json")).json()
    masked = await hoadon("exchanges", "show", found["id"])
    assert masked.code == 0
    assert all(text in masked.out for text in ('"RefID": "x"', "5500000.10", '"InvNo": "00000042"', "Áo"))
    assert not any(text in masked.out for text in ("Kín", "Lê Lợi", "kin@example.com"))
    assert "--personal-data" in masked.out
    whole = await hoadon("exchanges", "show", found["id"], "--personal-data", "--json")
    assert whole.json()["request_body"]["InvoiceData"][0]["BuyerLegalName"] == "Công ty Kín"
    assert whole.json()["response_body"]["data"].startswith("<HDon>")


async def test_what_was_cut_says_so_and_is_masked_whole(hoadon: Hoadon) -> None:
    """A body that cannot be read cannot be masked in parts."""
    found = (await hoadon("exchanges", "list", "--order", "1001", "--json")).json()[0]
    masked = await hoadon("--lang", "en", "exchanges", "show", found["id"])
    assert found["truncated"] is True
    assert all(text in masked.out for text in ("cut when it was kept", "400 characters, not JSON"))
    assert "kin@example.com" not in masked.out
    whole = await hoadon("exchanges", "show", found["id"], "--personal-data")
    assert "kin@example.com" in whole.out


@pytest.mark.parametrize("name", ("nonsense", "0" * 24))
async def test_unknown_exchange_is_1(hoadon: Hoadon, name: str) -> None:
    """What is not there, or no longer, ends with 1 and one line."""
    answer = await hoadon("--lang", "en", "exchanges", "show", name)
    assert (answer.code, answer.error.count("\n"), "was forgotten" in answer.error) == (1, 1, True)


async def test_orders_and_invoices_point_to_their_exchanges(hoadon: Hoadon) -> None:
    """From what an accountant looks at it is one command to what was sent and answered."""
    assert "hoadon exchanges list --shop demo --order 1001" in (await hoadon("orders", "show", "#1001")).out
    shown = await hoadon("invoices", "show", ISSUED)
    (listed,) = (await hoadon("exchanges", "list", "--ref-id", ISSUED, "--json")).json()
    assert listed["id"] in shown.out


async def test_an_order_is_found_by_a_name_of_digits(
    hoadon: Hoadon, database: AsyncIOMotorDatabase[dict[str, Any]], log: ExchangeLog
) -> None:
    """`55` is how people call order #55, whatever Haravan's number of it."""
    orders = OrderStore(database)
    known = await orders.get("demo", 1002)
    assert known is not None
    await orders.save(known.model_copy(update={"order_id": 7001, "order_name": "#55", "revision": 0}))
    about = Subject(shop="demo", orders=("7001",))
    await log.record(Exchange("GET", "/com/orders/7001.json", None, 200, "{}", None, MOMENT, 0.1, 1), "haravan", about)
    found = (await hoadon("exchanges", "list", "--order", "55", "--json")).json()
    assert [one["path"] for one in found] == ["/com/orders/7001.json"]
