"""Orders by Haravan's API."""

from collections import OrderedDict
from datetime import timedelta

import httpx
import simplejson
from haravan.client import HaravanClient
from haravan.errors import (
    ForbiddenError,
    HaravanError,
    NotFoundError,
    TooManyRequestsError,
    UnauthorizedError,
)
from haravan.exchanges import Observer
from haravan.transport import Patience, Transport

from ingest.application.ports import KnownShop, OrderGoneError, OrderRefusedError, OrderUnavailableError, ReadOrder

_LARGEST = 1_000
PATIENCE = Patience(attempts=2, longest_wait=5.0, timeout=10.0)
"""Within what a rebalance and a stopping process wait for a handler: a record that must wait longer comes again."""


class HaravanOrders:
    """Implements the port `Orders`; one client a shop, because each shop has its own bucket of requests."""

    def __init__(self, http: httpx.AsyncClient, observe: Observer) -> None:
        """Call through `http`; every exchange is shown to `observe`."""
        self._http = http
        self._observe = observe
        self._clients: OrderedDict[tuple[str, str, str], HaravanClient] = OrderedDict()

    async def read(self, shop: KnownShop, order_id: int) -> ReadOrder:
        """One order, as JSON text with the numbers exactly as Haravan wrote them.

        Raises:
            OrderGoneError: there is none of that number.
            OrderRefusedError: the shop's token may not read it.
            OrderUnavailableError: try again later.
        """
        try:
            order = await self._client(shop).order(order_id)
        except NotFoundError as error:
            raise OrderGoneError(str(error)) from error
        except (UnauthorizedError, ForbiddenError) as error:
            raise OrderRefusedError(str(error)) from error
        except HaravanError as error:
            raise OrderUnavailableError(str(error), _retry_after(error)) from error
        version = order.get("updated_at")
        body = simplejson.dumps(order, use_decimal=True, ensure_ascii=False).encode()
        return ReadOrder(body=body, version=version if isinstance(version, str) else "")

    def _client(self, shop: KnownShop) -> HaravanClient:
        key = (shop.shop, shop.base_url, shop.access_token.get_secret_value())
        if key not in self._clients:
            transport = Transport(
                self._http, shop.base_url, shop.access_token, observe=self._observe, patience=PATIENCE
            )
            self._clients[key] = HaravanClient(transport)
            while len(self._clients) > _LARGEST:
                self._clients.popitem(last=False)
        return self._clients[key]


def _retry_after(error: HaravanError) -> timedelta | None:
    seconds = error.retry_after if isinstance(error, TooManyRequestsError) else None
    return timedelta(seconds=seconds) if seconds is not None else None
