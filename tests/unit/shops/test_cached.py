"""Shops in memory: what a person changes is seen in time, and who asks often never waits."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from shops.cached import CachedShops
from shops.store import ShopStore, StoredShop
from support.clocks import ManualClock
from support.shops import example_shop

SHOP = example_shop()


class Store:
    """Gives the next version each time; `gate` keeps a read waiting."""

    def __init__(self) -> None:
        self.reads = 0
        self.failure: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def get(self, shop_id: str) -> StoredShop | None:
        self.reads += 1
        version = self.reads
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        return StoredShop(shop=SHOP, version=version, updated_at=datetime(2026, 1, 1, tzinfo=UTC), updated_by="test")


async def version(shops: CachedShops) -> int:
    """Which version is told."""
    found = await shops.get("a")
    assert found is not None
    return found.version


async def settle() -> None:
    """Let what runs beside come to its end."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_who_asks_often_never_waits() -> None:
    """In the second half of its time a shop is read beside the one who asks, once, and told from then on."""
    store, clock = Store(), ManualClock()
    shops = CachedShops(cast("ShopStore", store), clock, timedelta(seconds=2))
    assert await version(shops) == 1
    store.gate.clear()
    clock.move(seconds=1)
    assert [await version(shops), await version(shops)] == [1, 1]
    store.gate.set()
    await settle()
    assert (await version(shops), store.reads) == (2, 2)


async def test_nothing_older_than_its_time_is_told() -> None:
    """Who asks rarely waits for the present state; so does everybody when the read beside has failed."""
    store, clock = Store(), ManualClock()
    shops = CachedShops(cast("ShopStore", store), clock, timedelta(seconds=2))
    assert await version(shops) == 1
    clock.move(seconds=2)
    assert await version(shops) == 2
    store.failure = RuntimeError("unreadable")
    clock.move(seconds=1)
    assert await version(shops) == 2
    await settle()
    clock.move(seconds=1)
    with pytest.raises(RuntimeError):
        await version(shops)
