"""`hoadon config`: apply, export, list, and check against real HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from motor.motor_asyncio import AsyncIOMotorDatabase
from runtime.clock import SystemClock
from runtime.secrets import generate_key
from sandbox.haravan.app import make_app as make_haravan_app
from sandbox.haravan.app import make_haravan
from sandbox.meinvoice.app import make_app as make_meinvoice_app
from sandbox.meinvoice.app import make_meinvoice
from support.console import Hoadon
from support.sandboxes import serving
from support.shops import example_text

SECRETS = {
    "SHOP_HARAVAN_TOKEN": "token-1",
    "SHOP_WEBHOOK_SECRET": "secret-1",
    "SHOP_MEINVOICE_APP_ID": "app",
    "SHOP_MEINVOICE_PASSWORD": "mat-khau",
}


@pytest.fixture
def file(hoadon: Hoadon) -> str:
    """Give a shop file, its secrets in the environment."""
    hoadon.environment.update(SECRETS)
    return hoadon.write("shop.yaml", example_text())


async def test_apply_export_apply(hoadon: Hoadon, file: str) -> None:
    """A shop is applied, exported without secrets, and the export changes nothing."""
    dry = await hoadon("config", "apply", file, "--dry-run", "--json")
    assert (dry.json()[0]["version"], dry.json()[0]["dry_run"]) == (1, True)
    assert (await hoadon("config", "list", "--json")).json() == []
    applied = await hoadon("--lang", "en", "config", "apply", file)
    assert (applied.code, applied.out) == (0, "cua-hang-mau: new shop, version 1\n")
    exported = await hoadon("config", "export", "cua-hang-mau")
    assert not any(secret in exported.out for secret in ("token-1", "secret-1", "mat-khau"))
    hoadon.write("shop.yaml", exported.out)
    again = await hoadon("--lang", "en", "config", "apply", file)
    assert again.out == "cua-hang-mau: unchanged, version 1\n"
    hoadon.write("shop.yaml", exported.out.replace("tag: da-xuat-hoa-don", "tag: xong"))
    changed = await hoadon("--lang", "en", "config", "apply", file)
    assert changed.out == "cua-hang-mau: version 2\n  write_back.tag: da-xuat-hoa-don → xong\n"
    first = await hoadon("config", "export", "cua-hang-mau", "--version", "1")
    assert first.out == exported.out
    assert (await hoadon("config", "export", "cua-hang-mau", "--version", "9")).code == 1


async def test_one_bad_file_stores_nothing(hoadon: Hoadon, file: str) -> None:
    """Every file is read before the first is stored; faults name file and line."""
    bad = hoadon.write("bad.yaml", "shop: khac\nnam: x\n")
    answer = await hoadon("--lang", "en", "config", "apply", file, bad)
    assert answer.code == 1
    assert "bad.yaml: nam, line 2: there is no such key" in answer.error
    assert (await hoadon("config", "list", "--json")).json() == []


@pytest.mark.usefixtures("file")
async def test_a_shop_is_read_from_standard_input(hoadon: Hoadon) -> None:
    """`-` reads a file from standard input."""
    answer = await hoadon("--lang", "en", "config", "apply", "-", standard_input=example_text())
    assert (answer.code, answer.out) == (0, "cua-hang-mau: new shop, version 1\n")


async def test_a_document_that_no_longer_fits_is_mended(
    hoadon: Hoadon, file: str, database: AsyncIOMotorDatabase[dict[str, Any]]
) -> None:
    """A stored shop that the model no longer takes is told by reading, and mended by applying its file."""
    await hoadon("config", "apply", file)
    await database.shops.update_one({"_id": "cua-hang-mau"}, {"$set": {"document.obsolete": 1}})
    broken = await hoadon("--lang", "en", "config", "export", "cua-hang-mau")
    assert (broken.code, broken.out) == (1, "")
    assert "obsolete: there is no such key" in broken.error
    assert (await hoadon("--lang", "en", "config", "apply", file)).out.startswith("cua-hang-mau: version 2\n")
    assert (await hoadon("config", "export", "cua-hang-mau")).code == 0


async def test_secret_keys_are_rotated(hoadon: Hoadon, file: str) -> None:
    """With the new key before the old one everything is encrypted anew; then the new one is enough."""
    await hoadon("config", "apply", file)
    old, new = hoadon.environment["HOADON_SECRET_KEYS"], generate_key()
    rotated = await hoadon("config", "rotate-secrets", "--json", HOADON_SECRET_KEYS=f"{new},{old}")
    assert rotated.json() == {"documents": 2, "tokens": 0}
    assert (await hoadon("config", "list", "--json", HOADON_SECRET_KEYS=new)).json()[0]["shop"] == "cua-hang-mau"
    without_old = await hoadon("config", "list", HOADON_SECRET_KEYS=old)
    assert without_old.code != 0
    assert "HOADON_SECRET_KEYS" in without_old.error


async def test_shops_are_listed(hoadon: Hoadon, file: str) -> None:
    """The list names lanes and version."""
    await hoadon("config", "apply", file)
    listed = (await hoadon("config", "list", "--json")).json()
    assert [(shop["shop"], shop["lanes"], shop["version"]) for shop in listed] == [
        ("cua-hang-mau", ["sandbox:0101243150:1C__TAA"], 1)
    ]
    assert "1000114691" in (await hoadon("config", "list")).out
    assert (await hoadon("config", "export", "khac")).code == 1
    assert (await hoadon("config", "check", "khac")).code == 1


@pytest.fixture
async def vendors(tmp_path: Path) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """Serve both stand-ins."""
    haravan, meinvoice = make_haravan(tmp_path / "haravan"), make_meinvoice(tmp_path / "meinvoice")
    async with (
        serving(make_haravan_app(haravan)) as haravan_url,
        serving(make_meinvoice_app(meinvoice)) as meinvoice_url,
        httpx.AsyncClient(base_url=haravan_url) as haravan_http,
        httpx.AsyncClient(base_url=meinvoice_url) as meinvoice_http,
    ):
        yield {"haravan": haravan_http, "meinvoice": meinvoice_http}
    haravan.basics.database.close()
    meinvoice.database.close()


async def set_up(vendors: dict[str, httpx.AsyncClient], templates: list[Any], **shop: Any) -> None:
    """Make shop and account known to the stand-ins."""
    answer = await vendors["haravan"].put("/_sandbox/shops/1000114691", json={"access_token": "token-1", **shop})
    answer.raise_for_status()
    account = {"app_id": "app", "username": "ketoan@cuahangmau.vn", "password": "mat-khau", "templates": templates}
    answer = await vendors["meinvoice"].put("/_sandbox/accounts/0101243150", json=account)
    answer.raise_for_status()


def at_stand_ins(vendors: dict[str, httpx.AsyncClient]) -> str:
    """Return the example with the stand-ins' addresses."""
    return (
        example_text()
        .replace("https://testapi.meinvoice.vn", str(vendors["meinvoice"].base_url).rstrip("/"))
        .replace("haravan:\n", f"haravan:\n  base_url: {str(vendors['haravan'].base_url).rstrip('/')}\n")
    )


async def test_check_says_what_works(hoadon: Hoadon, file: str, vendors: dict[str, httpx.AsyncClient]) -> None:
    """With everything in place each connection is said to work, and one login serves all checks."""
    await set_up(vendors, ["1C26TAA"])
    hoadon.write("shop.yaml", at_stand_ins(vendors))
    await hoadon("config", "apply", file)
    answer = await hoadon("config", "check", "--json")
    found = answer.json()[0]["findings"]
    assert (answer.code, [one["code"] for one in found if one["severity"] != "ok"]) == (0, [])
    assert {
        "haravan-token-works",
        "haravan-reads-orders",
        "haravan-writes-orders",
        "meinvoice-works",
        "series-works",
    } == {one["code"] for one in found} - {"series-next-year", "rate-changes-soon"}  # December's reminders
    table = await hoadon("config", "check", "cua-hang-mau")
    assert "0 lỗi, 0 cảnh báo" in table.out
    exchanges = (await hoadon("exchanges", "list", "--shop", "cua-hang-mau", "--json")).json()
    paths = [one["path"].partition("?")[0] for one in exchanges if one["direction"] == "meinvoice"]
    assert paths.count("/auth/token") == 1
    assert paths.count("/invoice/templates") == 2
    assert {one["direction"] for one in exchanges} == {"meinvoice", "haravan"}


async def test_check_finds_what_is_wrong(hoadon: Hoadon, file: str, vendors: dict[str, httpx.AsyncClient]) -> None:
    """A missing right, a series that is not there: each is told with its remedy, before anything is stored."""
    await set_up(vendors, ["1C26TZZ"], scopes=["com.read_orders", "com.read_shop"])
    hoadon.write("shop.yaml", at_stand_ins(vendors))
    answer = await hoadon("config", "check", "--file", file, "--json")
    errors = {one["code"]: one for one in answer.json()[0]["findings"] if one["severity"] == "error"}
    assert answer.code == 1
    assert set(errors) == {"haravan-no-writing", "series-unknown"}
    this_year = f"1C{SystemClock().vietnam_today():%y}TZZ"  # meInvoice tells the series of the present year
    assert this_year in errors["series-unknown"]["what"]["vi"]
    assert "com.write_orders" in errors["haravan-no-writing"]["remedy"]["en"]


async def test_check_with_a_wrong_password(hoadon: Hoadon, file: str, vendors: dict[str, httpx.AsyncClient]) -> None:
    """A refused login is told; asking again at once logs in no second time."""
    await set_up(vendors, ["1C26TAA"])
    hoadon.write("shop.yaml", at_stand_ins(vendors))
    hoadon.environment["SHOP_MEINVOICE_PASSWORD"] = "sai"
    for expected in ("meinvoice-refused", "meinvoice-unreachable"):
        answer = await hoadon("config", "check", "--file", file, "--json")
        errors = [one["code"] for one in answer.json()[0]["findings"] if one["severity"] == "error"]
        assert (answer.code, errors) == (1, [expected])
