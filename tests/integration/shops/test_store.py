"""Shops in a real MongoDB: versions, compare-and-set, encryption, ownership of series."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pydantic import SecretStr
from runtime.secrets import SecretBox, UndecryptableError, generate_key
from runtime.tokens import AccountTokens
from shops.models import Shop
from shops.problems import InvalidShopError
from shops.store import ShopStore, VersionConflictError
from shops.yaml_io import read_shop, write_shop
from support.clocks import ManualClock
from support.shops import example_shop, example_with

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.fixture
async def database(mongo_url: str, mongo_database: str) -> AsyncIterator[AsyncIOMotorDatabase[dict[str, Any]]]:
    """Give a database of its own to each test."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongo_url, tz_aware=True, w="majority")
    yield client[mongo_database]
    client.close()


@pytest.fixture
async def store(database: AsyncIOMotorDatabase[dict[str, Any]]) -> ShopStore:
    """Give a store with its indexes."""
    made = ShopStore(database, SecretBox([generate_key()]), now=lambda: NOW)
    await made.ensure_indexes()
    return made


def renamed(shop: Shop, name: str) -> Shop:
    """Give the shop another name."""
    return shop.model_copy(update={"name": name})


async def test_apply_and_read_back(store: ShopStore) -> None:
    """What is applied is what is read, by id and by organisation."""
    shop = example_shop("two-companies")
    result = await store.apply(shop, 0, "tester")
    assert result.version == 1
    assert result.changed
    stored = await store.get(shop.shop)
    assert stored is not None
    assert (stored.shop, stored.version, stored.updated_at, stored.updated_by) == (shop, 1, NOW, "tester")
    assert await store.get_by_org(shop.haravan.org_id) == stored
    assert [each async for each in store.list()] == [stored]
    assert await store.get("no-such-shop") is None
    assert await store.get_by_org(1) is None


async def test_secrets_are_encrypted_everywhere(
    store: ShopStore, database: AsyncIOMotorDatabase[dict[str, Any]]
) -> None:
    """No collection holds a secret in the clear, the history of changes included."""
    shop = example_shop("two-companies")
    await store.apply(shop, None, "tester")
    await store.apply(
        read_shop(write_shop(shop).replace('"********"', "hunter2", 1), environment={}, stored=shop), None, "x"
    )
    for name in await database.list_collection_names():
        documents = [str(document) async for document in database[name].find()]
        assert not any("made-up" in text or "hunter2" in text for text in documents), name


async def test_unchanged_is_no_version(store: ShopStore) -> None:
    """Applying the same again changes nothing, though encryption differs each time."""
    shop = example_shop()
    await store.apply(shop, None, "tester")
    again = await store.apply(shop, 1, "tester")
    assert (again.version, again.changed) == (1, ())


async def test_versions_tell_who_changed_what(store: ShopStore) -> None:
    """Every version can be read again, with what it changed and who did."""
    shop = example_shop()
    await store.apply(shop, None, "an")
    await store.apply(renamed(shop, "Tên mới"), 1, "binh")
    newest, first = [entry async for entry in store.history(shop.shop)]
    assert (newest.version, newest.actor, [str(change) for change in newest.changes]) == (
        2,
        "binh",
        ["name: Cửa hàng mẫu → Tên mới"],
    )
    assert first.version == 1
    assert await store.version(shop.shop, 1) == shop
    assert await store.version(shop.shop, 3) is None


async def test_stale_version_is_refused(store: ShopStore) -> None:
    """Who has not seen the newest version may not overwrite it."""
    shop = example_shop()
    await store.apply(shop, 0, "an")
    with pytest.raises(VersionConflictError, match="is at version 1, not 0"):
        await store.apply(renamed(shop, "b"), 0, "binh")


async def test_one_of_many_writers_wins(store: ShopStore) -> None:
    """Of writers that saw the same version exactly one succeeds, and no version is lost."""
    shop = example_shop()
    await store.apply(shop, 0, "an")
    applying = [store.apply(renamed(shop, f"Tên {number}"), 1, "x") for number in range(8)]
    outcomes = await asyncio.gather(*applying, return_exceptions=True)
    assert sum(not isinstance(outcome, BaseException) for outcome in outcomes) == 1
    assert all(isinstance(outcome, VersionConflictError) for outcome in outcomes if isinstance(outcome, BaseException))
    assert [entry.version async for entry in store.history(shop.shop)] == [2, 1]


async def test_a_series_belongs_to_one_shop(store: ShopStore) -> None:
    """A second shop cannot take a series, is told whose it is, and gets it once it is given back."""
    first = example_shop()
    second = example_shop("two-companies")
    await store.apply(first, None, "an")
    with pytest.raises(
        InvalidShopError, match=r"series\[0\]\.series: series 1C__TAA already belongs to shop 'cua-hang-mau'"
    ):
        await store.apply(second, None, "binh")
    with pytest.raises(InvalidShopError, match="already belongs"):
        await store.preview(second)
    assert await store.get(second.shop) is None
    await store.apply(with_series(first, "1C26TZZ"), None, "an")
    assert (await store.apply(second, None, "binh")).version == 1


async def test_two_shops_race_for_a_series(store: ShopStore) -> None:
    """Of two shops that take a series at the same moment one gets it, and the other nothing at all."""
    first, second = example_shop(), example_shop("two-companies")
    outcomes = await asyncio.gather(store.apply(first, 0, "an"), store.apply(second, 0, "binh"), return_exceptions=True)
    assert sum(isinstance(outcome, InvalidShopError) for outcome in outcomes) == 1
    assert len([each async for each in store.list()]) == 1


async def test_an_organisation_belongs_to_one_shop(store: ShopStore) -> None:
    """A Haravan shop is connected once."""
    first = example_shop()
    await store.apply(first, None, "an")
    second = with_series(first, "1C26TZZ").model_copy(update={"shop": "khac"})
    with pytest.raises(InvalidShopError, match=r"haravan\.org_id: Haravan shop 1000114691 already belongs"):
        await store.apply(second, None, "binh")


async def test_wrong_host_is_refused(store: ShopStore) -> None:
    """An account that says sandbox at the production host is not stored."""
    shop = example_with("one-company", {"https://testapi.meinvoice.vn/api": "https://api.meinvoice.vn/api"})
    with pytest.raises(InvalidShopError, match="issues legal invoices"):
        await store.apply(shop, None, "an")
    assert await store.get(shop.shop) is None


async def test_preview_writes_nothing(store: ShopStore) -> None:
    """A dry run tells the version and the changes that would be."""
    shop = example_shop()
    assert (await store.preview(shop)).version == 1
    assert await store.get(shop.shop) is None
    await store.apply(shop, None, "an")
    assert [str(change) for change in (await store.preview(renamed(shop, "b"))).changed] == ["name: Cửa hàng mẫu → b"]
    assert (await store.preview(shop)).changed == ()


async def test_document_of_an_older_model_can_be_mended(
    store: ShopStore, database: AsyncIOMotorDatabase[dict[str, Any]]
) -> None:
    """A stored document that no longer fits says so when read, and is replaced by applying a good one."""
    shop = example_shop()
    await store.apply(shop, None, "an")
    await database.shops.update_one({"_id": shop.shop}, {"$set": {"document.obsolete": 1}})
    with pytest.raises(InvalidShopError, match="obsolete"):
        await store.get(shop.shop)
    assert (await store.apply(shop, None, "an")).version == 2
    assert await store.get(shop.shop) is not None


async def test_missing_key_is_told(store: ShopStore, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
    """With another key the shop cannot be read, and the message names the setting."""
    await store.apply(example_shop(), None, "an")
    other = ShopStore(database, SecretBox([generate_key()]))
    with pytest.raises(UndecryptableError, match="HOADON_SECRET_KEYS"):
        await other.get("cua-hang-mau")


def with_series(shop: Shop, series: str) -> Shop:
    """Replace the shop's only series."""
    document = shop.model_dump()
    document["accounts"][0]["series"] = [{"series": series, "sign_type": 2}]
    document["mapping"]["default"]["series"] = series
    return Shop.model_validate(document)


async def test_a_corrected_login_forgets_the_refusal_of_the_old_one(
    store: ShopStore, database: AsyncIOMotorDatabase[dict[str, Any]]
) -> None:
    """Applying another password lets the next use log in at once; the other account keeps its token."""
    shop = example_shop("two-companies")
    await store.apply(shop, 0, "tester")
    first, second = shop.accounts
    await database["account_tokens"].insert_many([{"_id": first.key}, {"_id": second.key}])
    await store.apply(renamed(shop, "Tên khác"), None, "tester")
    assert await database["account_tokens"].count_documents({}) == 2
    mended = first.model_copy(update={"password": SecretStr("another")})
    await store.apply(shop.model_copy(update={"accounts": (mended, second)}), None, "tester")
    assert [kept["_id"] async for kept in database["account_tokens"].find()] == [second.key]


async def test_after_a_rotation_the_old_key_is_no_longer_needed(
    database: AsyncIOMotorDatabase[dict[str, Any]],
) -> None:
    """Both keys, rotate, then the new key alone: shop, history and tokens are still read."""
    old, new = generate_key(), generate_key()
    shop = example_shop("two-companies")
    await ShopStore(database, SecretBox([old])).apply(shop, None, "tester")
    await database["account_tokens"].insert_many(
        [{"_id": "a", "token": SecretBox([old]).encrypt("t")}, {"_id": "b", "token": "of a key that is gone"}]
    )
    both = SecretBox([new, old])
    assert await ShopStore(database, both).rotate_secrets() == 2
    assert await AccountTokens(database, both, ManualClock()).rotate() == 2
    rotated = ShopStore(database, SecretBox([new]))
    stored = await rotated.get(shop.shop)
    assert stored is not None
    assert (stored.shop, await rotated.version(shop.shop, 1)) == (shop, shop)
    tokens = {kept["_id"]: kept.get("token") async for kept in database["account_tokens"].find()}
    assert SecretBox([new]).decrypt(tokens["a"]) == "t"
    assert tokens["b"] is None
