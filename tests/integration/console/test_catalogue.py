"""`hoadon products` and `hoadon customers`: listed, out and in by CSV, what lacks a rate."""

from datetime import UTC, datetime
from typing import Any

import pytest
import simplejson
from catalogue.customers import CustomerSeen, CustomerStore
from catalogue.goods import GoodsStore, ProductDeleted, ProductSeen
from catalogue.resources import Customer, Product, Variant
from catalogue.store import CatalogueReader
from contracts.decisions import Outcome
from contracts.haravan import SyncRequested, Via
from motor.motor_asyncio import AsyncIOMotorDatabase
from orders.model import OrderRecord, Snapshot, StoredDecision
from orders.store import OrderStore
from runtime.secrets import SecretBox, generate_key
from support.console import Hoadon
from support.haravan_orders import line, raw_order
from support.shops import example_text
from support.topics import read_events

SHOP = "cua-hang-mau"
MOMENT = datetime(2026, 3, 14, 3, 7, 2, tzinfo=UTC)
SECRETS = ("SHOP_HARAVAN_TOKEN", "SHOP_WEBHOOK_SECRET", "SHOP_MEINVOICE_APP_ID", "SHOP_MEINVOICE_PASSWORD")
Database = AsyncIOMotorDatabase[dict[str, Any]]


def product(number: int, *skus: str, kind: str = "Áo") -> ProductSeen:
    variants = tuple(
        Variant(id=number * 10 + at, name=f"Hàng {number}{at}", sku=sku) for at, sku in enumerate(skus, start=1)
    )
    seen = Product(id=number, title="Hàng", product_type=kind, vendor="", tags=(), updated_at=MOMENT, variants=variants)
    return ProductSeen(SHOP, seen, MOMENT)


@pytest.fixture(autouse=True)
async def catalogue(hoadon: Hoadon, database: Database) -> None:
    """A shop with a rate for books, two shirts, a book, something without SKU, something deleted, two customers."""
    hoadon.environment.update(dict.fromkeys(SECRETS, "made-up"))
    books = "  rates:\n    - level: product_type\n      values: [Sách]\n      rate: 5%\n"
    file = hoadon.write("shop.yaml", example_text().replace("  rates:\n", books, 1))
    assert (await hoadon("config", "apply", file)).code == 0
    await CatalogueReader(database).ensure_indexes()
    await GoodsStore(database).save(
        [
            product(1, "AO-1", "AO-2"),
            product(2, "SACH-1", kind="Sách"),
            product(3, ""),
            product(4, "CU-1"),
            ProductDeleted(SHOP, 4, datetime.now(UTC)),
        ]
    )
    box = SecretBox([hoadon.environment["HOADON_SECRET_KEYS"]])
    people = [Customer(id=at, name=f"Khách {at}", email="", phone="", updated_at=MOMENT) for at in (5, 6)]
    await CustomerStore(database, box).save([CustomerSeen(SHOP, each, MOMENT) for each in people])


async def test_goods_are_listed_with_their_rates(hoadon: Hoadon) -> None:
    """Of today or of another day, with where they come from."""
    rows = (await hoadon("products", "list", "--on", "2026-11-21", "--json")).json()
    assert [(row["sku"], row["rate"], row["rate_from"], row["without_rate"]) for row in rows] == [
        ("AO-1", "8%", "default", "default-only"),
        ("AO-2", "8%", "default", "default-only"),
        ("SACH-1", "5%", "product_type", None),
        ("", "8%", "default", "default-only"),
    ]
    later = (await hoadon("products", "list", "--on", "2027-01-01", "--search", "ao-1", "--json")).json()
    assert [(row["sku"], row["rate"]) for row in later] == [("AO-1", "10%")]
    assert len((await hoadon("products", "list", "--deleted", "--json")).json()) == 5
    shown = await hoadon("--lang", "en", "products", "list", "--limit", "2")
    assert "2 of 4 goods; 3 have no rate of their own" in shown.out


async def test_what_is_exported_and_imported_changes_nothing(hoadon: Hoadon) -> None:
    """Nor does importing twice; what is stored counts for the goods at once."""
    file = hoadon.write(
        "in.csv", "sku;unit;rate;valid_to;components\nao-1;cái;8%;31/12/2026;\nBO-1;bộ;;;AO-1*2 + AO-2\n"
    )
    dry = await hoadon("--lang", "en", "products", "import", file, "--dry-run")
    assert dry.code == 0
    assert "dry run" in dry.out
    assert "ao-1 unit: - → cái" in dry.out
    stored = (await hoadon("products", "import", file, "--json")).json()
    assert (stored["revision"], len(stored["changes"]), stored["unknown_skus"]) == (1, 2, ["BO-1"])
    assert "unchanged, revision 1" in (await hoadon("--lang", "en", "products", "import", file)).out
    for options in ((), ("--semicolon",)):
        exported = hoadon.folder / "out.csv"
        assert (await hoadon("products", "export", "--to", str(exported), *options)).code == 0
        assert "unchanged" in (await hoadon("--lang", "en", "products", "import", str(exported))).out
    text = (await hoadon("products", "export")).out
    assert text.startswith("\ufeffsku,name,invoice_name,unit,rate,valid_from,valid_to,components")
    assert "ao-1,Hàng 11,,cái,8%,,2026-12-31," in text
    assert "CU-1" not in text
    (row,) = (await hoadon("products", "list", "--search", "bo-1", "--json")).json()
    assert (row["unit"], row["variant_id"], [part["sku"] for part in row["components"]]) == (
        "bộ",
        None,
        ["AO-1", "AO-2"],
    )


async def test_a_bad_file_stores_nothing(hoadon: Hoadon) -> None:
    """Every bad row is named in the reader's language, also for programs."""
    content = "sku,unit,rate\nAO-1,cái,8%\nAO-2,cái,9%\n,cái,\n"
    answer = await hoadon("--lang", "en", "products", "import", "-", standard_input=content)
    assert (answer.code, answer.out) == (1, "")
    first, *rest = answer.error.splitlines()
    assert first == "hoadon: nothing of - was stored; mend these"
    assert [line.split(":")[0] for line in rest] == ["  row 3, rate", "  row 4, sku"]
    told = (await hoadon("products", "import", "-", "--json", standard_input=content)).json()
    assert [(each["row"], each["column"]) for each in told["problems"]] == [(3, "rate"), (4, "sku")]
    assert "thuế suất '9%' không đúng" in told["problems"][0]["message"]
    assert all(row["unit"] == "" for row in (await hoadon("products", "list", "--json")).json())
    assert (await hoadon("products", "import", "/nowhere.csv")).code == 2


def held(order_id: int, sku: str) -> OrderRecord:
    body = simplejson.dumps(raw_order([line(108_000, sku=sku)], id=order_id), use_decimal=True)
    snapshot = Snapshot(body=body, updated_at=MOMENT, received_at=MOMENT, via=Via.WEBHOOK, event_id="e")
    decision = StoredDecision(
        sequence=1,
        outcome=Outcome.WAITING,
        reason="not-delivered",
        message_vi="…",
        message_en="…",
        facts={},
        shop_version=1,
        order_updated_at=MOMENT,
        event_id="e",
        decided_at=MOMENT,
    )
    return OrderRecord(
        shop=SHOP, org_id=7, order_id=order_id, order_name=f"#{order_id}", newest=snapshot, decision=decision
    )


async def test_goods_without_a_rate_are_told_with_their_open_orders(hoadon: Hoadon, database: Database) -> None:
    """Those whose orders would be held come first and end with 1; goods with the default rate alone with 0."""
    orders = OrderStore(database)
    await orders.save(held(1001, "ao-2"))
    usual = await hoadon("products", "missing", "--on", "2026-11-21", "--json")
    assert usual.code == 0
    assert [(row["sku"], row["how"], row["open_orders"]) for row in usual.json()] == [
        ("AO-2", "default-only", ["#1001"]),
        ("", "default-only", []),
        ("AO-1", "default-only", []),
    ]
    ended = hoadon.write("ended.csv", "sku,rate,valid_to\nAO-1,8%,2026-06-30\n")
    await hoadon("products", "import", ended)
    found = await hoadon("--lang", "en", "products", "missing", "--on", "2026-11-21", "--shop", SHOP)
    assert found.code == 1
    assert "no rate is valid on the day" in found.out
    assert (await hoadon("products", "missing", "--on", "2026-06-01")).code == 0


async def test_the_book_of_buyers(hoadon: Hoadon) -> None:
    """In and out by CSV, listed with Haravan's customers; what changes is told by field, not by content."""
    head = "customer_id,name,tax_code,address,emails,always_company\n"
    file = hoadon.write("in.csv", head + "5,Công ty Kín,0101243150,1 Phố Kín,a@vidu.vn,yes\n9,Khác,,,,\n")
    stored = await hoadon("--lang", "en", "customers", "import", file)
    assert stored.code == 0
    assert "  5: name, tax_code, address, emails, always_company" in stored.out
    assert "1 not seen in Haravan: 9" in stored.out
    assert "Kín" not in stored.out
    exported = hoadon.folder / "out.csv"
    await hoadon("customers", "export", "--all", "--to", str(exported))
    assert "5,Khách 5,Công ty Kín,0101243150" in exported.read_text(encoding="utf-8")
    assert "\n6,Khách 6,,,,," in exported.read_text(encoding="utf-8").replace("\r", "")
    assert "unchanged" in (await hoadon("--lang", "en", "customers", "import", str(exported))).out
    assert [row["customer_id"] for row in (await hoadon("customers", "list", "--json")).json()] == [5, 9]
    assert "2 trong 3" in (await hoadon("customers", "list", "--all", "--limit", "2")).out
    bad = await hoadon("customers", "import", "-", standard_input=head + "5,x,0101243151,,,\n", LANG="en_US.UTF-8")
    assert (bad.code, "row 2, tax_code" in bad.error) == (1, True)


async def test_secret_keys_of_buyers_are_rotated(hoadon: Hoadon) -> None:
    """With the shops' own."""
    file = hoadon.write("in.csv", "customer_id,name\n5,Công ty Kín\n")
    await hoadon("customers", "import", file)
    old, new = hoadon.environment["HOADON_SECRET_KEYS"], generate_key()
    await hoadon("config", "rotate-secrets", HOADON_SECRET_KEYS=f"{new},{old}")
    listed = await hoadon("customers", "list", "--json", HOADON_SECRET_KEYS=new)
    assert [(row["customer"], row["name"]) for row in listed.json()] == [("Khách 5", "Công ty Kín")]


@pytest.mark.parametrize("resource", ("products", "customers"))
async def test_a_sync_is_asked_for(
    hoadon: Hoadon, resource: str, kafka_bootstrap_servers: str, topic_prefix: str
) -> None:
    """Of the only shop, or of the one that is named; asking again is another cause."""
    hoadon.environment.update(KAFKA_BOOTSTRAP_SERVERS=kafka_bootstrap_servers, KAFKA_TOPIC_PREFIX=topic_prefix)
    assert (await hoadon(resource, "sync")).code == (await hoadon(resource, "sync", "--shop", SHOP)).code == 0
    assert (await hoadon(resource, "sync", "--shop", "khac")).code == 1
    events = read_events(kafka_bootstrap_servers, f"{topic_prefix}haravan.rereads", lambda found: len(found) == 2)
    requests = [SyncRequested.from_event(event) for event in events]
    assert {(each.shop, each.resource, each.since_id) for each in requests} == {(SHOP, resource, 0)}
    assert len({event.id for event in events}) == 2
