"""Shops from their store, kept in memory for a few seconds."""

from datetime import timedelta

from runtime.clock import Clock

from shops.store import ShopStore, StoredShop


class CachedShops:
    """One read of a shop in `keep`: what a person changes takes effect that soon."""

    def __init__(self, store: ShopStore, clock: Clock, keep: timedelta) -> None:
        """Cache what this store gives."""
        self._store = store
        self._clock = clock
        self._keep = keep.total_seconds()
        self._kept: dict[str, tuple[float, StoredShop | None]] = {}

    async def get(self, shop_id: str) -> StoredShop | None:
        """Return a shop as it is now, or was at most `keep` ago.

        Raises:
            InvalidShopError: when the stored document is not valid (any more).
            UndecryptableError: when the key of its secrets is missing.
        """
        now = self._clock.monotonic()
        kept = self._kept.get(shop_id)
        if kept is not None and now - kept[0] < self._keep:
            return kept[1]
        found = await self._store.get(shop_id)
        self._kept[shop_id] = (now, found)
        return found
