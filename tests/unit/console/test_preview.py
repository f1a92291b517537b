"""`hoadon preview`: what would become of orders, from files alone."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import simplejson
from support.console import Answer, Hoadon
from support.haravan_orders import company, delivered, line, raw_order

SHOP = str(Path(__file__).parents[3] / "deploy" / "examples" / "one-company.yaml")
SHOP_TEXT = Path(SHOP).read_text(encoding="utf-8")
CREATED = "2026-11-20T01:00:00Z"
ORDER = 1701234567


@pytest.fixture
def hoadon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hoadon:
    """A machine where nothing runs and nothing is set."""
    for name in ("MONGO_URL", "KAFKA_BOOTSTRAP_SERVERS", "HOADON_SECRET_KEYS"):
        monkeypatch.delenv(name, raising=False)
    return Hoadon(tmp_path)


def state(minute: int, lines: list[dict[str, Any]] | None = None, **fields: Any) -> dict[str, Any]:
    at = f"2026-11-20T02:{minute:02}:00Z"
    whole = {"created_at": CREATED, "updated_at": at, "fulfillments": [delivered("2026-11-20T02:00:00Z")]}
    return raw_order(lines, **{**whole, **fields})


def written(value: object) -> str:
    return simplejson.dumps(value, use_decimal=True)


async def previewed(hoadon: Hoadon, value: object, *options: str) -> Any:
    file = hoadon.write("given.json", written(value))
    done = await hoadon("preview", file, "--shop", SHOP, "--json", *options)
    assert done.code == 0, done.error
    return json.loads(done.out, parse_float=Decimal)


async def test_the_very_body_that_would_be_sent(hoadon: Hoadon) -> None:
    """Account, series, date and buyer are there, and the total is what the customer paid."""
    told = await previewed(hoadon, state(1, note_attributes=company()), "--date", "2026-11-21")
    assert (told["outcome"], told["reason"]) == ("planned", "triggered")
    (sale,) = told["documents"]
    assert (sale["kind"], sale["series"], sale["total"]) == ("sale", "1C26TAA", 108_000)
    assert sale["invoice"]["InvDate"] == "2026-11-21"
    assert sale["invoice"]["BuyerTaxCode"] == "0101243150"
    assert sale["invoice"]["TotalAmountInWords"] == "Một trăm lẻ tám nghìn đồng."


async def test_a_held_order_tells_why_and_the_ways_out(hoadon: Hoadon) -> None:
    """No document; the reason in both languages and what a person can do."""
    told = await previewed(hoadon, state(1, note_attributes=company(bill_order_tax_code="0123456789")))
    assert (told["outcome"], told["reason"], told["documents"]) == ("held", "buyer-tax-code-bad", [])
    assert told["message_vi"]
    assert told["message_en"]
    assert "buyer-consumer" in told["ways_out"]


async def test_a_person_may_be_played(hoadon: Hoadon) -> None:
    """What release and one click would bring."""
    bad = state(1, note_attributes=company(bill_order_tax_code="0123456789"))
    consumer = await previewed(hoadon, bad, "--consumer")
    assert consumer["documents"][0]["invoice"]["BuyerFullName"] == "Bán cho người tiêu dùng"
    early = await previewed(hoadon, state(1, fulfillment_status=None, fulfillments=[]), "--issue")
    assert early["reason"] == "released"


def events() -> list[dict[str, Any]]:
    """Created, delivered, part of it returned, the rest cancelled."""
    lines = [line(100_000, 3, id=11), line(50_000, 1, id=12)]
    created = state(1, lines, fulfillments=[], fulfillment_status=None)
    refund = {
        "id": 5,
        "order_id": ORDER,
        "created_at": "2026-11-20T03:00:00Z",
        "refund_line_items": [{"line_item_id": 11, "quantity": 1}],
        "transactions": [],
    }
    return [
        {"topic": "orders/create", "body": created},
        {"topic": "orders/fulfilled", "body": state(2, lines)},
        {"topic": "refunds/create", "body": refund},
        {
            "topic": "orders/cancelled",
            "body": state(3, lines, cancelled_status="cancelled", updated_at="2026-11-20T04:00:00Z"),
        },
    ]


async def test_a_life_leads_to_every_document(hoadon: Hoadon) -> None:
    """Sale, return, cancellation: nothing is left in the end."""
    told = await previewed(hoadon, events())
    assert [(each["kind"], each["event"], each["total"]) for each in told["documents"]] == [
        ("sale", None, 350_000),
        ("adjust", "return", -100_000),
        ("adjust", "cancellation", -250_000),
    ]
    first, second, third = (each["invoice"] for each in told["documents"])
    assert second["OrgInvNo"] == third["OrgInvNo"] == "00000001"
    assert first["RefID"] != second["RefID"] != third["RefID"]


async def test_repeats_and_old_news_change_nothing(hoadon: Hoadon) -> None:
    """Every event twice, and the first once more at the end."""
    told = await previewed(hoadon, [each for event in events() for each in (event, event)] + events()[:1])
    assert sum(each["total"] for each in told["documents"]) == 0
    assert len(told["documents"]) == 3


async def test_an_event_says_when_it_happened(hoadon: Hoadon) -> None:
    """`at` dates the invoice; a test delivery is none."""
    at = {"topic": "orders/fulfilled", "at": "2026-11-30T23:30:00+00:00", "body": state(2)}
    told = await previewed(hoadon, [at])
    assert told["documents"][0]["invoice"]["InvDate"] == "2026-12-01"
    test = await previewed(hoadon, [{**at, "test": True}])
    assert test["documents"] == []


async def test_json_lines_are_answered_line_by_line(hoadon: Hoadon) -> None:
    """One order each; one that cannot be read names the field and stops none of the others."""
    rows = [state(1), {**state(1, id=5), "total_price": "nhiều"}, state(1, id=6)]
    given = "\n".join(written(row) for row in rows)
    done = await hoadon("preview", "-", "--shop", SHOP, "--json", standard_input=given)
    told = [json.loads(each) for each in done.out.splitlines()]
    assert done.code == 1
    assert [each.get("outcome") for each in told] == ["planned", None, "planned"]
    assert told[1]["error"].startswith("total_price: ")
    assert "nhiều" not in done.out


async def test_several_files_are_several_answers(hoadon: Hoadon) -> None:
    """A shell's `*.json`."""
    files = [hoadon.write(f"{number}.json", written(state(1, id=number))) for number in (1, 2)]
    done = await hoadon("preview", *files, "--shop", SHOP, "--json")
    assert [json.loads(each)["order_id"] for each in done.out.splitlines()] == [1, 2]


async def test_people_read_a_table(hoadon: Hoadon) -> None:
    """The same in words, in the language of the reader."""
    file = hoadon.write("order.json", written(state(1)))
    vi = await hoadon("preview", file, "--shop", SHOP)
    en = await hoadon("--lang", "en", "preview", file, "--shop", SHOP)
    assert "HÓA ĐƠN BÁN HÀNG" in vi.out
    assert "SALES INVOICE" in en.out
    assert "Một trăm lẻ tám nghìn đồng." in vi.out


@pytest.mark.parametrize("given", ("file", "stream"))
async def test_only_line_ends_end_a_line(hoadon: Hoadon, given: str) -> None:
    """JSON may hold Unicode's other separators inside a text; Windows' line ends and a byte order mark are taken."""
    rows = [{**state(1, id=number), "note": "a\u2028b\x85c\x0c"} for number in (1, 2)]
    text = "\ufeff" + "\r\n".join(simplejson.dumps(row, use_decimal=True, ensure_ascii=False) for row in rows)
    if given == "file":
        done = await hoadon("preview", hoadon.write("rows.jsonl", text), "--shop", SHOP, "--json")
    else:
        done = await hoadon("preview", "-", "--shop", SHOP, "--json", standard_input=text)
    assert done.code == 0, done.error
    assert [json.loads(each)["order_id"] for each in done.out.split("\n") if each] == [1, 2]


async def test_half_a_character_is_left_out(hoadon: Hoadon) -> None:
    """As the services read a text that was cut inside an emoji."""
    told = await previewed(hoadon, state(1, [line(108_000, name="Áo \ud83d")]))
    assert told["documents"][0]["invoice"]["OriginalInvoiceDetail"][0]["ItemName"] == "Áo"


async def test_headers_of_another_kind_are_none(hoadon: Hoadon) -> None:
    """What a tool wrote beside a body does not keep the body from being read."""
    told = await previewed(hoadon, [{"topic": "orders/create", "headers": ["x"], "body": state(1)}])
    assert told["outcome"] == "planned"


async def test_a_broken_order_names_where_it_breaks(hoadon: Hoadon) -> None:
    """An order on several lines is not taken for JSON lines, and the remedy speaks of orders."""
    text = simplejson.dumps(state(1), use_decimal=True, indent=1)[:-3]
    last = text.count("\n") + 1
    done = await hoadon("--lang", "en", "preview", hoadon.write("bad.json", text), "--shop", SHOP)
    assert done.code == 2
    assert f"line {last} " in done.error
    assert "an order as Haravan sends it" in done.error
    row = f"{written(state(1))}\n{{broken\n"
    lines = await hoadon("--lang", "en", "preview", hoadon.write("bad.jsonl", row), "--shop", SHOP)
    assert "bad.jsonl:2 " in lines.error


@pytest.mark.parametrize(
    ("text", "said"),
    (
        ("{", "JSON"),
        ("[1]", "JSON"),
        ("[" * 100_000 + "]" * 100_000, "JSON"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "JSON"),
        ('[{"at": "2026-11-20T00:00:00", "body": {}}]', "2026-11-20T09:00:00+07:00"),
    ),
)
async def test_what_is_no_order_is_said_clearly(hoadon: Hoadon, text: str, said: str) -> None:
    """One line that names the file; no trace."""
    done = await hoadon("preview", hoadon.write("bad.json", text), "--shop", SHOP)
    assert done.code == 2
    assert said in done.error
    assert done.error.count("\n") == 1


async def test_a_wrong_shop_file_names_the_line(hoadon: Hoadon) -> None:
    """The same messages as when it is applied."""
    shop = hoadon.write("shop.yaml", SHOP_TEXT.replace("start_date:", "star_date:"))
    done = await hoadon("preview", hoadon.write("order.json", written(state(1))), "--shop", shop)
    assert_refused(done, "star_date")


async def test_an_exported_shop_needs_no_secret(hoadon: Hoadon) -> None:
    """Masks and variables that are not set stand for something: nobody is connected to."""
    masked = "\n".join(
        f"{row.split(':')[0]}: '********'" if row.strip().startswith("password:") else row
        for row in SHOP_TEXT.splitlines()
    )
    done = await hoadon(
        "preview", hoadon.write("order.json", written(state(1))), "--shop", hoadon.write("shop.yaml", masked), "--json"
    )
    assert done.code == 0, done.error


def assert_refused(done: Answer, word: str) -> None:
    assert done.code == 1
    assert word in done.error


GOODS_CSV = "sku,invoice_name,unit,rate\nSKU-11,Áo sơ mi nam,Chiếc,5%\n"
PRODUCTS = {
    "products": [
        {
            "id": 3,
            "title": "Áo",
            "tags": "giam-thue, moi",
            "vendor": "Nhà A",
            "updated_at": "2026-11-01T00:00:00Z",
            "variants": [{"id": 31, "title": "Default Title", "sku": "SKU-12", "price": 50000}],
        }
    ]
}


async def test_the_shops_goods_come_from_files(hoadon: Hoadon) -> None:
    """The accountant's table and Haravan's products together: name, unit and rate of the invoice."""
    order = hoadon.write("order.json", written(state(1, [line(105_000, id=11), line(108_000, id=12)])))
    files = [hoadon.write("goods.csv", GOODS_CSV), hoadon.write("products.json", written(PRODUCTS))]
    options = [part for file in files for part in ("--catalogue", file)]
    done = await hoadon("preview", order, "--shop", SHOP, "--json", *options)
    assert done.code == 0, done.error
    first, second = json.loads(done.out)["documents"][0]["invoice"]["OriginalInvoiceDetail"]
    assert (first["ItemName"], first["UnitName"], first["VATRateName"]) == ("Áo sơ mi nam", "Chiếc", "5%")
    assert second["VATRateName"] == "8%"


async def test_a_table_that_cannot_be_used_names_its_row(hoadon: Hoadon) -> None:
    """Row, column and remedy, in one line."""
    goods = hoadon.write("goods.csv", GOODS_CSV.replace("5%", "năm"))
    done = await hoadon("preview", hoadon.write("o.json", written(state(1))), "--shop", SHOP, "--catalogue", goods)
    assert done.code == 2
    assert "2" in done.error
    assert "rate" in done.error


@pytest.mark.parametrize(
    "text", ("[" * 100_000, '{"products": null}', '{"products": {}}', '{"id": 5, "line_items": []}')
)
async def test_goods_that_are_none_are_said_clearly(hoadon: Hoadon, text: str) -> None:
    """An order in the place of the products would leave every line to the default rate."""
    goods = hoadon.write("products.json", text)
    done = await hoadon("preview", hoadon.write("o.json", written(state(1))), "--shop", SHOP, "--catalogue", goods)
    assert done.code == 2
    assert "products.json" in done.error
    assert done.error.count("\n") == 1


async def test_a_refund_of_an_order_that_nobody_told_of_says_so(hoadon: Hoadon) -> None:
    """Nothing can be shown, and nothing was lost: the order may come yet."""
    told = await previewed(hoadon, events()[2])
    assert (told["reason"], told["documents"]) == ("order-unknown", [])
    assert told["message_en"]


async def test_a_deleted_order_gets_no_invoice_in_whichever_order_it_is_told(hoadon: Hoadon) -> None:
    """The deletion may overtake the creation; afterwards it takes nothing back, and asks for a person."""
    gone = {"topic": "orders/delete", "body": {"id": ORDER}}
    first = await previewed(hoadon, [gone, {"topic": "orders/create", "body": state(1)}])
    assert (first["outcome"], first["reason"], first["documents"]) == ("skipped", "deleted", [])
    last = await previewed(hoadon, [{"topic": "orders/create", "body": state(1)}, gone])
    assert (len(last["documents"]), last["attention"]["code"]) == (1, "deleted-after-planned")
