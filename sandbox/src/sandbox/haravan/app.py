"""The Haravan stand-in as an ASGI app with its webhook sender."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from sandbox.common.clock import MovableClock
from sandbox.common.control import BadRequestError, Basics, common_routes, refuse
from sandbox.common.database import Database
from sandbox.common.exchange import ExchangeMiddleware
from sandbox.common.faults import Faults
from sandbox.common.options import Options, kept_offset
from sandbox.common.requests import RequestLog
from sandbox.haravan import (
    control,
    locations,
    orders,
    refunds,
    resource_control,
    resources,
    shop,
    tags,
    transactions,
    webhooks,
)
from sandbox.haravan.options import HaravanOptions
from sandbox.haravan.order_store import OrderStore
from sandbox.haravan.queue import DeliveryQueue
from sandbox.haravan.resource_store import ResourceStore
from sandbox.haravan.sender import Sender
from sandbox.haravan.shops import Shops
from sandbox.haravan.state import Haravan, HaravanVendor
from sandbox.haravan.store import SCHEMA
from sandbox.haravan.subscriptions import Subscriptions

_ORDER = "/com/orders/{order_id:int}"
_VENDOR_ROUTES = [
    Route("/com/orders.json", orders.list_orders, methods=["GET"]),
    Route("/com/orders/count.json", orders.count_orders, methods=["GET"]),
    Route(f"{_ORDER}.json", orders.get_order, methods=["GET"]),
    Route(f"{_ORDER}.json", orders.put_order, methods=["PUT"]),
    Route(f"{_ORDER}/tags.json", tags.add_tags, methods=["POST"]),
    Route(f"{_ORDER}/tags.json", tags.remove_tags, methods=["DELETE"]),
    Route(f"{_ORDER}/transactions.json", transactions.list_transactions, methods=["GET"]),
    Route(f"{_ORDER}/refunds.json", refunds.list_refunds, methods=["GET"]),
    Route("/com/shop.json", shop.get_shop, methods=["GET"]),
    Route("/com/locations.json", locations.list_locations, methods=["GET"]),
    Route("/api/subscribe", webhooks.subscribe, methods=["POST"]),
    Route("/api/subscribe", webhooks.unsubscribe, methods=["DELETE"]),
    Route("/api/subscribe", webhooks.list_subscriptions, methods=["GET"]),
]


def make_haravan(data_dir: Path, clock: MovableClock | None = None) -> Haravan:
    """The stand-in over the database in that folder."""
    data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(data_dir / "haravan.sqlite3", SCHEMA)
    clock = clock or MovableClock()
    clock.offset = kept_offset(database)
    basics = Basics(database, clock, Faults(database), RequestLog(database, clock))
    basics.requests.interrupt()
    options = Options(HaravanOptions, database)
    queue, subscriptions = DeliveryQueue(database, clock), Subscriptions(database, clock)
    return Haravan(
        basics=basics,
        options=options,
        shops=Shops(database),
        orders=OrderStore(database, clock),
        resources=ResourceStore(database, clock),
        subscriptions=subscriptions,
        queue=queue,
        sender=Sender(queue, subscriptions, options, clock),
    )


def make_app(haravan: Haravan) -> Starlette:
    """The app; its routes below /com and /api are the vendor's, below /_sandbox our own."""
    basics = haravan.basics

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        sending = asyncio.create_task(haravan.sender.run())
        yield
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending

    common = common_routes(basics, haravan.options, when_reset=haravan.buckets.clear, when_moved=haravan.sender.wake)
    app = Starlette(
        routes=[*_VENDOR_ROUTES, *resources.ROUTES, *control.ROUTES, *resource_control.ROUTES, *common],
        middleware=[
            Middleware(
                ExchangeMiddleware,
                vendor=HaravanVendor(haravan),
                faults=basics.faults,
                requests=basics.requests,
                clock=basics.clock,
                latency_seconds=lambda: haravan.options.current.latency_seconds,
            )
        ],
        exception_handlers={BadRequestError: refuse},
        lifespan=lifespan,
    )
    app.state.haravan = haravan
    return app
