"""Typed calls of Haravan's commerce API for one shop."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, cast

from haravan.errors import BadAnswerError, Refusal
from haravan.times import filter_time
from haravan.transport import Call, Transport

Json = dict[str, Any]
LARGEST_PAGE = 50
LONGEST_TAG = 40
OrderSort = Literal["created_at asc", "created_at desc", "updated_at asc", "updated_at desc"]


class HaravanClient:
    """One shop, which its token names. Resources are the parsed JSON, numbers as int or Decimal.

    Every method raises `haravan.errors.HaravanError` by kind. Calls that can be repeated without harm are retried as
    the transport's `Patience` says; creating calls are not, since Haravan knows no idempotency key.
    """

    def __init__(self, transport: Transport) -> None:
        """Call through `transport`, which holds the shop's token."""
        self._transport = transport

    async def shop(self) -> Json:
        """The shop; `id` is its org id. A good check of a token (scope `com.read_shop`)."""
        return await self._object(Call("GET", "/com/shop.json"), "shop")

    async def locations(self) -> list[Json]:
        """Branches and warehouses."""
        return await self._list(Call("GET", "/com/locations.json"), "locations")

    async def order(self, order_id: int) -> Json:
        """One order, whole."""
        return await self._object(Call("GET", f"/com/orders/{order_id}.json"), "order")

    async def orders(
        self,
        *,
        page: int = 1,
        limit: int = LARGEST_PAGE,
        created_at_min: datetime | None = None,
        created_at_max: datetime | None = None,
        updated_at_min: datetime | None = None,
        updated_at_max: datetime | None = None,
        since_id: int | None = None,
        ids: Sequence[int] = (),
        order: OrderSort = "updated_at asc",
    ) -> list[Json]:
        """One page of orders of any status; times are aware. A page shorter than `limit` is the last.

        Pages shift while orders change: overlap the windows and drop what was seen.
        """
        times = _times(created_at_min, created_at_max, updated_at_min, updated_at_max)
        params = {"status": "any", "page": str(page), "limit": str(min(limit, LARGEST_PAGE)), "order": order, **times}
        if since_id is not None:
            params["since_id"] = str(since_id)
        if ids:
            params["ids"] = ",".join(map(str, ids))
        return await self._list(Call("GET", "/com/orders.json", params), "orders")

    async def count_orders(
        self,
        *,
        created_at_min: datetime | None = None,
        created_at_max: datetime | None = None,
        updated_at_min: datetime | None = None,
        updated_at_max: datetime | None = None,
    ) -> int:
        """How many orders of any status there are; times are aware."""
        times = _times(created_at_min, created_at_max, updated_at_min, updated_at_max)
        answer = await self._transport.call(Call("GET", "/com/orders/count.json", {"status": "any", **times}))
        count = answer.get("count") if isinstance(answer, Mapping) else None
        if not isinstance(count, int | Decimal):
            raise _unexpected("count")
        return int(count)

    async def products(self, *, since_id: int = 0, page: int = 1, limit: int = LARGEST_PAGE) -> list[Json]:
        """One page of products with their variants, those with a larger id than `since_id`; a short page is the last.

        Scope `com.read_products`. That `since_id` sorts by id is not documented: look at what came before relying on it
        (Haravan "Omni API, products": `since_id`, `page`, `limit`; its largest `limit` is not stated, 50 is the usual).
        """
        return await self._page("products", since_id, page, limit)

    async def customers(self, *, since_id: int = 0, page: int = 1, limit: int = LARGEST_PAGE) -> list[Json]:
        """One page of customers, as for `products` (Haravan "Omni API, customer"). Scope `com.read_customers`."""
        return await self._page("customers", since_id, page, limit)

    async def put_note_attributes(self, order_id: int, attributes: Sequence[Mapping[str, Any]]) -> Json:
        """Replace the order's whole list: read and merge first (`haravan.write_back`). The order comes back."""
        return await self._put_order(order_id, {"note_attributes": [dict(pair) for pair in attributes]})

    async def put_note(self, order_id: int, note: str) -> Json:
        """Replace the order's note. The order comes back."""
        return await self._put_order(order_id, {"note": note})

    async def add_tags(self, order_id: int, tags: Sequence[str]) -> str:
        """Add tags, keeping all others; returns the order's whole text of tags.

        Raises:
            ValueError: A tag is empty, holds a comma or is longer than 40 characters.

        """
        return await self._tags("POST", order_id, tags)

    async def remove_tags(self, order_id: int, tags: Sequence[str]) -> str:
        """Remove tags, keeping all others; returns the order's whole text of tags.

        Raises:
            ValueError: As for `add_tags`.

        """
        return await self._tags("DELETE", order_id, tags)

    async def transactions(self, order_id: int) -> list[Json]:
        """Payments of an order. `kind` is written in any case; refunds carry negative amounts."""
        return await self._list(Call("GET", f"/com/orders/{order_id}/transactions.json"), "transactions")

    async def refunds(self, order_id: int) -> list[Json]:
        """Refunds of an order; goods and money may come in separate ones."""
        return await self._list(Call("GET", f"/com/orders/{order_id}/refunds.json"), "refunds")

    async def _page(self, name: str, since_id: int, page: int, limit: int) -> list[Json]:
        params = {"since_id": str(since_id), "page": str(page), "limit": str(min(limit, LARGEST_PAGE))}
        return await self._list(Call("GET", f"/com/{name}.json", params), name)

    async def _put_order(self, order_id: int, fields: Mapping[str, Any]) -> Json:
        body = {"order": {"id": order_id, **fields}}
        return await self._object(Call("PUT", f"/com/orders/{order_id}.json", body=body), "order")

    async def _tags(self, method: str, order_id: int, tags: Sequence[str]) -> str:
        if any(not tag.strip() or "," in tag or len(tag) > LONGEST_TAG for tag in tags):
            raise ValueError(f"a tag has 1 to {LONGEST_TAG} characters and no comma")
        body = {"tags": ",".join(tags)}
        answer = await self._transport.call(Call(method, f"/com/orders/{order_id}/tags.json", body=body))
        return str(answer.get("tags") or "") if isinstance(answer, Mapping) else ""

    async def _object(self, call: Call, name: str) -> Json:
        answer = await self._transport.call(call)
        found = answer.get(name) if isinstance(answer, Mapping) else None
        if not isinstance(found, dict):
            raise _unexpected(name)
        return cast("Json", found)

    async def _list(self, call: Call, name: str) -> list[Json]:
        answer = await self._transport.call(call)
        found = answer.get(name) if isinstance(answer, Mapping) else None
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise _unexpected(name)
        return cast("list[Json]", found)


def _unexpected(name: str) -> BadAnswerError:
    return BadAnswerError(Refusal(200, f"{name!r} is missing or of another kind"))


def _times(
    created_at_min: datetime | None,
    created_at_max: datetime | None,
    updated_at_min: datetime | None,
    updated_at_max: datetime | None,
) -> dict[str, str]:
    given = {
        "created_at_min": created_at_min,
        "created_at_max": created_at_max,
        "updated_at_min": updated_at_min,
        "updated_at_max": updated_at_max,
    }
    return {name: filter_time(moment) for name, moment in given.items() if moment is not None}
