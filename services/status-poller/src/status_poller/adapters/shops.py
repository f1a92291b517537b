"""Shops as configured now."""

from runtime.logs import get_logger
from shops.cached import CachedShops
from shops.models import Shop
from shops.problems import InvalidShopError

_log = get_logger(__name__)


class StoredShops:
    """Looks shops up through the cache that this process keeps."""

    def __init__(self, shops: CachedShops) -> None:
        """Read through `shops`."""
        self._shops = shops

    async def get(self, shop_id: str) -> Shop | None:
        """The shop; None when it is not configured or its document cannot be read."""
        try:
            stored = await self._shops.get(shop_id)
        except InvalidShopError as error:
            _log.error("shop document cannot be read", shop=shop_id, reason=str(error))
            return None
        return stored.shop if stored is not None else None
