"""Orders, products and customers by Haravan's API."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import simplejson
from haravan.errors import NotFoundError

from ingest.adapters.clients import Clients, told
from ingest.application.ports import KnownShop, OrderGoneError, ReadOrder, ReadResource, ReadUnavailableError


class HaravanOrders:
    """Implements the port `Orders`."""

    def __init__(self, clients: Clients) -> None:
        """Call through these."""
        self._clients = clients

    async def read(self, shop: KnownShop, order_id: int) -> ReadOrder:
        """One order, as JSON text with the numbers exactly as Haravan wrote them.

        Raises:
            OrderGoneError: there is none of that number.
            ReadRefusedError: the shop's token may not read it.
            ReadUnavailableError: try again later.
        """
        with told():
            try:
                order = await self._clients.of(shop).order(order_id)
            except NotFoundError as error:
                raise OrderGoneError(str(error)) from error
        return ReadOrder(body=_text(order), version=_version(order))


class HaravanListings:
    """Implements the port `Listings`."""

    def __init__(self, clients: Clients) -> None:
        """Call through these."""
        self._clients = clients

    async def page(
        self, shop: KnownShop, kind: Literal["products", "customers"], since_id: int, page: int
    ) -> Sequence[ReadResource]:
        """One page, each resource as JSON text with the numbers exactly as Haravan wrote them.

        Raises:
            ReadRefusedError: the shop's token may not read them.
            ReadUnavailableError: try again later.
        """
        client = self._clients.of(shop)
        read = client.products if kind == "products" else client.customers
        with told():
            found = await read(since_id=since_id, page=page)
        return [ReadResource(_id(each), _text(each), _version(each)) for each in found]


def _id(resource: Mapping[str, Any]) -> int:
    found = resource.get("id")
    if not isinstance(found, int) or isinstance(found, bool) or found <= 0:
        raise ReadUnavailableError("Haravan lists a resource without an id")
    return found


def _text(resource: Mapping[str, Any]) -> bytes:
    return simplejson.dumps(resource, use_decimal=True, ensure_ascii=False).encode()


def _version(resource: Mapping[str, Any]) -> str:
    version = resource.get("updated_at")
    return version if isinstance(version, str) else ""
