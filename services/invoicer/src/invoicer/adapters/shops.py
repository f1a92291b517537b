"""Shops from MongoDB, kept in memory for a few seconds."""

from datetime import timedelta

from runtime.clock import Clock
from shops.store import ShopStore, StoredShop
from typing_extensions import override

from invoicer.application.ports import Shops


class CachedShops(Shops):
    """One read a shop in `fresh_for`; a change of configuration is seen after that time at the latest."""

    def __init__(self, store: ShopStore, clock: Clock, fresh_for: timedelta) -> None:
        """Cache what this store gives."""
        self._store = store
        self._clock = clock
        self._fresh_for = fresh_for.total_seconds()
        self._kept: dict[str, tuple[float, StoredShop | None]] = {}

    @override
    async def get(self, shop_id: str) -> StoredShop | None:
        now = self._clock.monotonic()
        kept = self._kept.get(shop_id)
        if kept is not None and now - kept[0] < self._fresh_for:
            return kept[1]
        found = await self._store.get(shop_id)
        self._kept[shop_id] = (now, found)
        return found
