"""Shops from their store, kept for a moment; the last known value serves while MongoDB is away."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError
from runtime.clock import Clock
from runtime.telemetry import get_logger
from shops.models import ShopId
from shops.store import StoredShop

from ingest.application.ports import KnownShop, ShopsUnavailableError

_log = get_logger(__name__)
_LARGEST = 10_000  # names that nobody has are remembered too: the path is anybody's to call
_SHOP_ID: TypeAdapter[str] = TypeAdapter(ShopId)


@dataclass(frozen=True, slots=True)
class _Kept:
    shop: KnownShop | None
    fresh_until: float


class CachedShops:
    """Implements the port `Shops` over `ShopStore.get`."""

    def __init__(
        self, read: Callable[[str], Awaitable[StoredShop | None]], clock: Clock, *, keep: float, deadline: float
    ) -> None:
        """Read with `read` at most every `keep` seconds a shop, waiting at most `deadline` seconds for it."""
        self._read = read
        self._clock = clock
        self._keep = keep
        self._deadline = deadline
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    async def get(self, shop: str) -> KnownShop | None:
        """A shop by its id; None when there is none.

        Raises:
            ShopsUnavailableError: when it cannot be read now and was never read before.
        """
        if not _can_be(shop):
            return None  # neither asked for nor remembered: such a name may be as long as a request
        kept = self._kept.get(shop)
        if kept is not None and self._clock.monotonic() < kept.fresh_until:
            return kept.shop
        try:
            async with asyncio.timeout(self._deadline):
                found = await self._read(shop)
        except Exception as error:  # noqa: BLE001  (whatever it is, the last known value serves or Haravan comes again)
            return self._stale(shop, kept, error)
        return self._keep_for_now(shop, _known(found) if found is not None else None)

    def _stale(self, shop: str, kept: _Kept | None, error: Exception) -> KnownShop:
        _log.warning("shop not read", shop=shop, reason=type(error).__name__, served_from_memory=kept is not None)
        if kept is None or kept.shop is None:
            raise ShopsUnavailableError(type(error).__name__) from error
        self._keep_for_now(shop, kept.shop)
        return kept.shop

    def _keep_for_now(self, shop: str, found: KnownShop | None) -> KnownShop | None:
        self._kept[shop] = _Kept(found, self._clock.monotonic() + self._keep)
        self._kept.move_to_end(shop)
        while len(self._kept) > _LARGEST:
            self._kept.popitem(last=False)
        return found


def _can_be(shop: str) -> bool:
    try:
        _SHOP_ID.validate_python(shop)
    except ValidationError:
        return False
    return True


def _known(stored: StoredShop) -> KnownShop:
    connection = stored.shop.haravan
    return KnownShop(
        shop=stored.shop.shop,
        org_id=connection.org_id,
        base_url=str(connection.base_url),
        access_token=connection.access_token,
        webhook_secrets=connection.webhook_secrets,
        verify_token=connection.verify_token,
    )
