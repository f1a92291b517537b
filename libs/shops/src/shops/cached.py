"""Shops from their store, kept in memory for a few seconds."""

import asyncio
from collections import OrderedDict
from datetime import timedelta
from typing import Final

from invoicing.rules import Rules
from pydantic import ValidationError
from runtime.clock import Clock

from shops.problems import InvalidShopError
from shops.store import ShopStore, StoredShop

_MOST_VERSIONS: Final = 256


class CachedShops:
    """What a person changes takes effect within `keep`; a shop that is in use is read again before that is over.

    So whoever asks often never waits for the store: reading and checking a shop takes longer than all else between two
    requests of a lane.
    """

    def __init__(self, store: ShopStore, clock: Clock, keep: timedelta) -> None:
        """Cache what this store gives."""
        self._store = store
        self._clock = clock
        self._keep = keep.total_seconds()
        self._kept: dict[str, tuple[float, StoredShop | None]] = {}
        self._reading: dict[str, asyncio.Task[StoredShop | None]] = {}
        self._rules: OrderedDict[tuple[str, int], Rules | None] = OrderedDict()

    async def get(self, shop_id: str) -> StoredShop | None:
        """Return a shop as it is now, or was at most `keep` ago.

        Raises:
            InvalidShopError: when the stored document is not valid (any more).
            UndecryptableError: when the key of its secrets is missing.
        """
        kept = self._kept.get(shop_id)
        if kept is None or (age := self._clock.monotonic() - kept[0]) >= self._keep:
            return await self._read(shop_id)
        if age >= self._keep / 2:
            self._read_beside(shop_id)
        return kept[1]

    async def rules(self, shop_id: str, version: int) -> Rules | None:
        """Return the rules of one version, which never change; None where it is not kept or not valid any more."""
        key = (shop_id, version)
        if key not in self._rules:
            self._rules[key] = await self._rules_of(shop_id, version)
        self._rules.move_to_end(key)
        if len(self._rules) > _MOST_VERSIONS:
            self._rules.popitem(last=False)
        return self._rules[key]

    async def _rules_of(self, shop_id: str, version: int) -> Rules | None:
        try:
            shop = await self._store.version(shop_id, version)
        except (InvalidShopError, ValidationError):
            return None
        return shop.rules if shop else None

    async def _read(self, shop_id: str) -> StoredShop | None:
        now = self._clock.monotonic()
        found = await self._store.get(shop_id)
        if now >= self._kept.get(shop_id, (now, None))[0]:  # a read that was overtaken is older
            self._kept[shop_id] = (now, found)
        return found

    def _read_beside(self, shop_id: str) -> None:
        if shop_id not in self._reading:
            self._reading[shop_id] = asyncio.create_task(self._read(shop_id), name=f"shop {shop_id}")
            self._reading[shop_id].add_done_callback(lambda task: self._read_is_over(shop_id, task))

    def _read_is_over(self, shop_id: str, task: "asyncio.Task[StoredShop | None]") -> None:
        del self._reading[shop_id]
        if not task.cancelled():
            task.exception()  # whoever asks after `keep` reads for itself and meets it
