"""Shops as configured now, read once in a while."""

from datetime import timedelta

from runtime.clock import Clock
from runtime.logs import get_logger
from shops.models import Shop
from shops.problems import InvalidShopError
from shops.store import ShopStore

_log = get_logger(__name__)


class StoredShops:
    """Looks shops up, each at most once per `keep`: what a person changes takes effect that soon."""

    def __init__(self, store: ShopStore, clock: Clock, keep: timedelta) -> None:
        """Read from `store`."""
        self._store = store
        self._clock = clock
        self._keep = keep.total_seconds()
        self._found: dict[str, tuple[float, Shop | None]] = {}

    async def get(self, shop_id: str) -> Shop | None:
        """The shop; None when it is not configured or its document cannot be read."""
        read_at, shop = self._found.get(shop_id, (None, None))
        now = self._clock.monotonic()
        if read_at is None or now - read_at >= self._keep:
            shop = await self._read(shop_id)
            self._found[shop_id] = (now, shop)
        return shop

    async def _read(self, shop_id: str) -> Shop | None:
        try:
            stored = await self._store.get(shop_id)
        except InvalidShopError as error:
            _log.error("shop document cannot be read", shop=shop_id, reason=str(error))
            return None
        return stored.shop if stored is not None else None
