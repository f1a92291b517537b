"""Haravan behind the port: one client per shop and token, so that the shop's bucket is respected."""

import httpx
from haravan.client import HaravanClient
from haravan.exchanges import Observer
from haravan.transport import Patience, Transport
from shops.models import HaravanConnection, Shop


class HaravanOrders:
    """Finds a shop's client; a changed token or address makes a new one."""

    def __init__(self, http: httpx.AsyncClient, observe: Observer, patience: Patience) -> None:
        """Use `http` for all shops; `observe` logs the exchanges."""
        self._http = http
        self._observe = observe
        self._patience = patience
        self._clients: dict[str, tuple[HaravanConnection, HaravanClient]] = {}

    def of(self, shop: Shop) -> HaravanClient:
        """The orders of a shop."""
        connection, client = self._clients.get(shop.shop, (None, None))
        if client is None or connection != shop.haravan:
            client = HaravanClient(self._transport(shop.haravan))
            self._clients[shop.shop] = (shop.haravan, client)
        return client

    def _transport(self, connection: HaravanConnection) -> Transport:
        return Transport(
            self._http,
            connection.base_url,
            connection.access_token,
            observe=self._observe,
            patience=self._patience,
        )
