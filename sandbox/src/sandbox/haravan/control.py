"""The control API of the Haravan stand-in: shops, orders, deliveries, requests."""

import asyncio
from typing import Any
from uuid import uuid4

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.common.control import BadRequestError, answer, read_model, read_object
from sandbox.haravan.order_store import Order
from sandbox.haravan.shops import Shop
from sandbox.haravan.state import Haravan, haravan_of
from sandbox.haravan.subscriptions import told
from sandbox.haravan.webhooks import Event, Events, send, send_all, shake_hands

_FILTERS = {"org_id": "org_id", "order_id": "resource_id", "topic": "topic", "state": "state"}


async def put_shop(request: Request) -> Response:
    """Add or replace a shop; app webhooks with a verify token are shaken hands with first."""
    org_id, shop = request.path_params["org_id"], await read_model(request, Shop)
    haravan = haravan_of(request)
    owner = haravan.shops.of_token(shop.access_token.get_secret_value())
    if owner not in {None, org_id}:
        raise BadRequestError(f"access_token: it is already the token of shop {owner}")
    haravan.shops.put(org_id, shop)
    kept: list[int] = []
    for webhook in shop.webhooks:
        fault = await shake_hands(webhook, uuid4().hex, haravan.options.current.webhook_timeout_seconds)
        kept.append(haravan.subscriptions.put(org_id, webhook))
        if fault is not None:
            haravan.subscriptions.set_state(kept[-1], "inactive", fault)
    haravan.subscriptions.drop_others(org_id, kept)
    return _shop_told(haravan, org_id, shop)


async def get_shop(request: Request) -> Response:
    """The shop, secrets masked, with the state of its webhooks."""
    org_id, haravan = request.path_params["org_id"], haravan_of(request)
    shop = haravan.shops.get(org_id)
    return answer({"error": "no such shop"}, 404) if shop is None else _shop_told(haravan, org_id, shop)


def _shop_told(haravan: Haravan, org_id: str, shop: Shop) -> Response:
    webhooks = [told(row) for row in haravan.subscriptions.of_shop(org_id)]
    return answer(shop.model_dump(mode="json") | {"org_id": org_id, "webhooks": webhooks})


async def put_order(request: Request) -> Response:
    """Store an order as the shop's own doing; `?notify=orders/create` sends it at once."""
    return _stored(request, await read_object(request))


async def patch_order(request: Request) -> Response:
    """Change top-level fields of a stored order; `updated_at` becomes now unless it is given."""
    org_id, order_id = _order_key(request)
    changes, haravan = await read_object(request), haravan_of(request)
    order = haravan.orders.get(org_id, order_id)
    if order is None:
        return answer({"error": "no such order"}, 404)
    return _stored(request, order | {"updated_at": None} | changes)


def _order_key(request: Request) -> tuple[str, int]:
    return request.path_params["org_id"], request.path_params["order_id"]


def _stored(request: Request, order: Order) -> Response:
    org_id, order_id = _order_key(request)
    haravan = haravan_of(request)
    try:
        stored = haravan.orders.put(org_id, order_id, order)
    except (TypeError, ValueError) as error:
        raise BadRequestError(f"created_at, updated_at or processed_at: {error}") from error
    topic = request.query_params.get("notify")
    deliveries = send(haravan, org_id, Event(topic=topic, order_id=order_id)) if topic else []
    return answer({"order": stored, "deliveries": deliveries})


async def get_order(request: Request) -> Response:
    """A stored order as it was put, with what was written by API since."""
    order = haravan_of(request).orders.get(*_order_key(request))
    return answer({"error": "no such order"}, 404) if order is None else answer(order)


async def list_orders(request: Request) -> Response:
    """All stored orders of a shop."""
    return answer({"orders": haravan_of(request).orders.all_of(request.path_params["org_id"])})


async def post_deliveries(request: Request) -> Response:
    """Send one event, or several under `deliveries`."""
    org_id, haravan = request.path_params["org_id"], haravan_of(request)
    payload = await read_object(request)
    events = payload if "deliveries" in payload else {"deliveries": [payload]}
    try:
        ids = send_all(haravan, org_id, Events.model_validate(events))
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise BadRequestError(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}") from error
    return answer({"deliveries": ids}, 202)


async def list_deliveries(request: Request) -> Response:
    """Deliveries with every attempt; `wait_seconds` waits until none is pending, or so long."""
    query, haravan = request.query_params, haravan_of(request)
    try:
        seconds, limit = float(query.get("wait_seconds", "0")), int(query.get("limit", "100000"))
    except ValueError as error:
        raise BadRequestError("wait_seconds and limit: numbers are needed") from error
    await _wait(haravan, min(seconds, 600))
    conditions: dict[str, Any] = {column: query[name] for name, column in _FILTERS.items() if query.get(name)}
    if query.get("pending") == "true":
        conditions["state"] = "pending"
    return answer({"deliveries": haravan.queue.find(conditions, limit), "pending": haravan.queue.pending()})


async def _wait(haravan: Haravan, seconds: float) -> None:
    waited = 0.0
    while waited < seconds and haravan.queue.pending():
        await asyncio.sleep(0.02)
        waited += 0.02


async def list_requests(request: Request) -> Response:
    """Requests of the REST API with start, end and status."""
    query = request.query_params
    found = haravan_of(request).basics.requests.find(path=query.get("path", "*"), owner=query.get("org_id"))
    return answer({"requests": found})


_SHOP = "/_sandbox/shops/{org_id}"
ROUTES = [
    Route(_SHOP, put_shop, methods=["PUT"]),
    Route(_SHOP, get_shop, methods=["GET"]),
    Route(f"{_SHOP}/orders", list_orders, methods=["GET"]),
    Route(f"{_SHOP}/orders/{{order_id:int}}", put_order, methods=["PUT"]),
    Route(f"{_SHOP}/orders/{{order_id:int}}", patch_order, methods=["PATCH"]),
    Route(f"{_SHOP}/orders/{{order_id:int}}", get_order, methods=["GET"]),
    Route(f"{_SHOP}/deliveries", post_deliveries, methods=["POST"]),
    Route("/_sandbox/deliveries", list_deliveries, methods=["GET"]),
    Route("/_sandbox/requests", list_requests, methods=["GET"]),
]
