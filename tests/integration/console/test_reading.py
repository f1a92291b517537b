"""Commands that only look: orders, invoices, lanes, status."""

import pytest
from support.console import Hoadon

ISSUED = "0b0a3c1d-6f0c-5b0e-9c57-0f5d2f8e4a11"
LANE = "sandbox:0101243150:1C__TAA"

pytestmark = pytest.mark.usefixtures("filled")


async def test_orders_are_listed_whole_at_120_columns(hoadon: Hoadon) -> None:
    """Names, lanes and numbers are never broken, and no line is longer than the terminal."""
    answer = await hoadon("orders", "list")
    assert answer.code == 0
    assert all(text in answer.out for text in ("#1001", "1C26TAA 00000042", "ABC123DEF456", "sandbox:0101243150"))
    assert "Lý do does-not-tie" in " ".join(answer.out.split())
    assert max(map(len, answer.out.splitlines())) <= 120
    assert "\x1b" not in answer.out


async def test_orders_as_json(hoadon: Hoadon) -> None:
    """Programs get every field but the customer's data."""
    answer = await hoadon("orders", "list", "--json")
    listed = {order["order_name"]: order for order in answer.json()}
    assert {name: order["state"] for name, order in listed.items()} == {
        "#1001": "issued",
        "#1002": "held",
        "#1003": "skipped",
    }
    assert listed["#1001"]["invoices"][0]["invoice"]["number"] == "00000042"
    assert listed["#1001"]["invoices"][0]["write_back"]["succeeded"] is True
    assert "Kín" not in answer.out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    (
        (["--state", "held"], ["#1002"]),
        (["--state", "issued"], ["#1001"]),
        (["--state", "planned"], []),
        (["--reason", "cancelled"], ["#1003"]),
        (["--shop", "demo", "--limit", "1", "--skip", "2"], ["#1003"]),
        (["--shop", "other"], []),
        (["--since", "2026-11-21", "--until", "2026-11-21"], ["#1001", "#1002", "#1003"]),
        (["--until", "2026-11-20"], []),
        (["--attention"], []),
    ),
)
async def test_orders_are_filtered(hoadon: Hoadon, arguments: list[str], expected: list[str]) -> None:
    """State, reason, shop and day (Vietnam's) narrow the list."""
    answer = await hoadon("orders", "list", "--json", *arguments)
    assert [order["order_name"] for order in answer.json()] == expected


@pytest.mark.parametrize("name", ("#1002", "1002"))
async def test_order_is_shown_in_words(hoadon: Hoadon, name: str) -> None:
    """An order is found by its name or number and says why it is held."""
    answer = await hoadon("--lang", "en", "orders", "show", name)
    assert answer.code == 0
    assert "Reason does-not-tie in English. [does-not-tie]" in answer.out


async def test_unknown_order_is_1(hoadon: Hoadon) -> None:
    """What is not there ends with 1 and one line on standard error."""
    answer = await hoadon("--lang", "en", "orders", "show", "#9", "--json")
    assert (answer.code, answer.out) == (1, "")
    assert answer.error.startswith("hoadon: there is no order '#9'")


async def test_invoices_are_listed(hoadon: Hoadon) -> None:
    """Invoices are listed page by page, in words and for programs."""
    table = await hoadon("invoices", "list")
    assert "ABC123DEF456" in table.out
    assert "chờ đến lượt" in table.out
    page = (await hoadon("invoices", "list", "--json", "--limit", "1")).json()
    rest = (await hoadon("invoices", "list", "--json", "--after", page["next_after"])).json()
    assert {one["order_name"] for one in page["invoices"] + rest["invoices"]} == {"#1001", "#1004"}
    staged = (await hoadon("invoices", "list", "--json", "--state", "staged", "--lane", LANE, "--shop", "demo")).json()
    assert [one["state"] for one in staged["invoices"]] == ["staged"]


@pytest.mark.parametrize("name", (ISSUED, "#1001", "1001", "42", "00000042", "ABC123DEF456"))
async def test_invoice_is_found_by_whatever_is_at_hand(hoadon: Hoadon, name: str) -> None:
    """RefID, order, number and lookup code lead to the same invoice."""
    assert (await hoadon("invoices", "show", name, "--json")).json()["ref_id"] == ISSUED


async def test_invoice_is_shown_whole(hoadon: Hoadon) -> None:
    """Content, requests and what happened when are all there."""
    shown = (await hoadon("invoices", "show", ISSUED, "--json")).json()
    assert shown["content"]["OriginalInvoiceDetail"]
    assert [exchange["path"] for exchange in shown["exchanges"]] == ["/invoice"]
    assert not {"request_body", "response_body"} & shown["exchanges"][0].keys()  # other buyers are in them
    assert len(shown["timeline"]) == 5
    table = await hoadon("--lang", "en", "invoices", "show", ISSUED)
    assert table.code == 0
    assert all(text in table.out for text in ("00000042", "POST /invoice", "written back to Haravan", "5.500.000"))


async def test_invoice_that_was_never_sent_is_shown(hoadon: Hoadon) -> None:
    """What will be sent is shown before it is."""
    staged = (await hoadon("invoices", "list", "--json", "--state", "staged")).json()["invoices"][0]
    shown = (await hoadon("invoices", "show", staged["ref_id"], "--json")).json()
    assert shown["content"]["OriginalInvoiceDetail"]
    assert shown["bodies"] == shown["exchanges"] == []


async def test_unknown_invoice_is_1(hoadon: Hoadon) -> None:
    """An invoice that is not there ends with 1."""
    for name in ("nothing", "9", "00000000-0000-0000-0000-000000000000"):
        assert (await hoadon("invoices", "show", name)).code == 1


async def test_lanes_are_paused_and_resumed(hoadon: Hoadon) -> None:
    """A lane says how much waits, and its state with the reason once it is stopped."""
    running = (await hoadon("lanes", "list", "--json")).json()
    assert [(lane["lane"], lane["state"], lane["counts"]) for lane in running] == [
        (LANE, "running", {"issued": 1, "staged": 1})
    ]
    assert (await hoadon("lanes", "pause", LANE, "--reason", "kiểm kê")).code == 0
    table = await hoadon("lanes", "list")
    assert "tạm dừng" in table.out
    assert "kiểm kê" in table.out
    assert (await hoadon("lanes", "resume", LANE)).code == 0
    assert (await hoadon("lanes", "list", "--json")).json()[0]["state"] == "running"
    unknown = await hoadon("--lang", "en", "lanes", "pause", "sandbox:1:1C__TZZ", "--reason", "x")
    assert (unknown.code, unknown.error.strip()) == (
        1,
        "hoadon: there is no lane 'sandbox:1:1C__TZZ'; see `hoadon lanes list`",
    )
    assert (await hoadon("lanes", "pause", LANE, "--reason", " ")).code == 2


async def test_status_tells_everything(hoadon: Hoadon, kafka_bootstrap_servers: str) -> None:
    """One command shows what is reachable and where everything stands."""
    answer = await hoadon("status", "--json", KAFKA_BOOTSTRAP_SERVERS=kafka_bootstrap_servers)
    status = answer.json()
    assert answer.code == 0
    assert {name: part["ok"] for name, part in status["parts"].items()} == {"mongodb": True, "kafka": True}
    assert {"outcome": "held", "reason": "does-not-tie", "count": 1} in status["orders"]
    assert status["invoices"] == {"issued": 1, "staged": 1}
    assert status["lanes"][0]["lane"] == LANE
    table = await hoadon("status", KAFKA_BOOTSTRAP_SERVERS=kafka_bootstrap_servers)
    assert "does-not-tie" in table.out


async def test_status_names_what_is_away(hoadon: Hoadon) -> None:
    """What cannot be reached is named, the rest is shown, and the exit code is 2."""
    away = {
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "HOADON_SERVICE_URLS": "ingest=http://127.0.0.1:1, invoicer=nonsense",
    }
    answer = await hoadon("--lang", "en", "status", "--json", **away)
    parts = answer.json()["parts"]
    assert answer.code == 2
    assert parts["mongodb"]["ok"]
    assert "127.0.0.1:1" in parts["kafka"]["reason"]
    assert not parts["ingest"]["ok"]
    assert not parts["invoicer"]["ok"]
    assert answer.error == ""


@pytest.mark.parametrize(
    "arguments",
    (
        ("orders", "show", "9" * 20),
        ("orders", "show", "9" * 5000),
        ("orders", "show", "\udcff"),
        ("orders", "list", "--skip", "9" * 20),
        ("orders", "list", "--since", "0001-01-01"),
        ("orders", "list", "--until", "9999-12-31"),
        ("invoices", "show", "9" * 30),
        ("invoices", "list", "--after", "nobody"),
    ),
)
async def test_what_mongodb_cannot_hold_is_one_line(hoadon: Hoadon, arguments: tuple[str, ...]) -> None:
    """A number, day or text that is out of all bounds is told in one line, never by a traceback."""
    answer = await hoadon("--lang", "en", *arguments)
    assert answer.code in (1, 2)
    assert answer.error.startswith("hoadon: ")
    assert len(answer.error.splitlines()) == 1
