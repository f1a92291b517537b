"""Shops are kept for a moment, and the last known value serves while MongoDB is away."""

import asyncio
from datetime import UTC, datetime

import pytest
from ingest.adapters.shops import CachedShops
from ingest.application.ports import ShopsUnavailableError
from pymongo.errors import ServerSelectionTimeoutError
from shops.store import StoredShop
from support.clocks import ManualClock
from support.shops import example_shop

STORED = StoredShop(example_shop(), 1, datetime(2026, 1, 1, tzinfo=UTC), "test")


class Store:
    """A store that counts reads and can be away or slow."""

    def __init__(self) -> None:
        self.reads = 0
        self.away = self.slow = False

    async def get(self, shop: str) -> StoredShop | None:
        self.reads += 1
        if self.away:
            raise ServerSelectionTimeoutError("no servers")
        if self.slow:
            await asyncio.Event().wait()
        return STORED if shop == STORED.shop.shop else None


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def shops(store: Store, clock: ManualClock) -> CachedShops:
    return CachedShops(store.get, clock, keep=5, deadline=0.05)


async def test_a_shop_is_read_once_in_a_while(shops: CachedShops, store: Store, clock: ManualClock) -> None:
    """A burst of deliveries is one read; a change is seen after the time."""
    for _ in range(3):
        found = await shops.get("cua-hang-mau")
        assert found is not None
        assert found.org_id == 1000114691
        assert await shops.get("nobody") is None
    assert store.reads == 2
    clock.move(seconds=5)
    await shops.get("cua-hang-mau")
    assert store.reads == 3


@pytest.mark.parametrize("trouble", ("away", "slow"))
async def test_the_last_known_value_serves(shops: CachedShops, store: Store, clock: ManualClock, trouble: str) -> None:
    """And MongoDB is not asked again for every delivery meanwhile."""
    await shops.get("cua-hang-mau")
    setattr(store, trouble, True)
    clock.move(minutes=10)
    for _ in range(3):
        assert await shops.get("cua-hang-mau") is not None
    assert store.reads == 2


async def test_what_was_never_read_cannot_be_told(shops: CachedShops, store: Store, clock: ManualClock) -> None:
    """A shop unknown so far may have been added since."""
    await shops.get("nobody")
    store.away = True
    clock.move(seconds=6)
    for name in ("cua-hang-mau", "nobody"):
        with pytest.raises(ShopsUnavailableError):
            await shops.get(name)


@pytest.mark.parametrize("name", ("x" * 60_000, "Cua-Hang-Mau", "cua-hang-mau ", "$ne", "\x00", ""))
async def test_what_can_be_no_shop_is_not_asked_for(shops: CachedShops, store: Store, name: str) -> None:
    """The path is anybody's to call: such names cost no query and no memory, also while MongoDB is away."""
    store.away = True
    assert await shops.get(name) is None
    assert store.reads == 0
