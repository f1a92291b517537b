"""Reads an order again by API because what is known of it is partial or stale, and publishes it like a delivery."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from contracts.haravan import RawResource, RereadFailed, RereadRequested, Via
from contracts.topics import Topic

from ingest.application.ports import (
    Events,
    EventsUnavailableError,
    EventTooLargeError,
    KnownShop,
    OrderGoneError,
    Orders,
    ReadRefusedError,
    ReadUnavailableError,
    Shops,
    ShopsUnavailableError,
)

SOURCE = "/services/ingest"
TOPIC_OF_A_READ_ORDER = "orders/updated"
_PUBLISH_WITHIN = timedelta(seconds=10)


class Reason(StrEnum):
    """Why a request was given up; codes of `dead-letters`."""

    UNSUPPORTED_RESOURCE = "UNSUPPORTED_RESOURCE"
    UNKNOWN_SHOP = "UNKNOWN_SHOP"
    ORG_MISMATCH = "ORG_MISMATCH"
    ORDER_NOT_FOUND = "ORDER_NOT_FOUND"
    ACCESS_REFUSED = "ACCESS_REFUSED"
    TOO_LARGE = "TOO_LARGE"


@dataclass(frozen=True, slots=True)
class Done:
    """The order is published again."""


@dataclass(frozen=True, slots=True)
class GivenUp:
    """It can never be done."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Later:
    """Try again; `counts` says whether this attempt counts against the bound."""

    reason: str
    after: timedelta | None
    counts: bool


Result: TypeAlias = Done | GivenUp | Later


class Reread:
    """The use case; never raises."""

    def __init__(self, shops: Shops, orders: Orders, events: Events) -> None:
        """Read through `orders`, publish through `events`."""
        self._shops = shops
        self._orders = orders
        self._events = events

    async def __call__(self, request: RereadRequested, now: datetime) -> Result:
        """Answer one request; `now` is aware."""
        if request.resource != "orders" or not request.resource_id.isdecimal():
            return GivenUp(Reason.UNSUPPORTED_RESOURCE, f"{request.resource} cannot be read again")
        found = await shop_of(self._shops, request.shop, request.org_id)
        return await self._read(found, request, now) if isinstance(found, KnownShop) else found

    async def tell(self, request: RereadRequested, reason: str, now: datetime) -> bool:
        """Say among the order's own events that it could not be read; False when Kafka does not take it."""
        failed = RereadFailed(
            shop=request.shop,
            org_id=request.org_id,
            resource_id=request.resource_id,
            cause=request.cause,
            reason=reason,
        )
        try:
            await self._events.publish(failed.topic, failed.to_event(source=SOURCE, time=now), _PUBLISH_WITHIN)
        except EventsUnavailableError:
            return False
        except EventTooLargeError:
            return True  # so small a record is refused by a wrong configuration only: the dead letter is left
        return True

    async def _read(self, shop: KnownShop, request: RereadRequested, now: datetime) -> Result:
        try:
            order = await self._orders.read(shop, int(request.resource_id))
        except OrderGoneError:
            return GivenUp(Reason.ORDER_NOT_FOUND, "Haravan has no such order in this shop")
        except ReadRefusedError as error:
            return GivenUp(Reason.ACCESS_REFUSED, str(error))
        except ReadUnavailableError as error:
            return Later(str(error), error.retry_after, counts=True)
        resource = RawResource(
            shop=shop.shop,
            org_id=shop.org_id,
            topic=TOPIC_OF_A_READ_ORDER,
            resource_id=request.resource_id,
            version=order.version,
            via=Via.REREAD,
            received_at=now,
            body=order.body,
        )
        return await self._publish(resource)

    async def _publish(self, resource: RawResource) -> Result:
        try:
            await self._events.publish(Topic.HARAVAN_ORDERS, resource.to_event(source=SOURCE), _PUBLISH_WITHIN)
        except EventsUnavailableError as error:
            return Later(f"Kafka does not acknowledge: {error}", None, counts=False)
        except EventTooLargeError:
            return GivenUp(Reason.TOO_LARGE, "the order is larger than a record may be")
        return Done()


async def shop_of(shops: Shops, name: str, org_id: int) -> KnownShop | GivenUp | Later:
    """The shop that a request is about, or why it cannot be served."""
    try:
        shop = await shops.get(name)
    except ShopsUnavailableError as error:
        return Later(f"the shop's configuration cannot be read: {error}", None, counts=False)
    if shop is None:
        return GivenUp(Reason.UNKNOWN_SHOP, "there is no such shop any more")
    if shop.org_id != org_id:
        return GivenUp(Reason.ORG_MISMATCH, "the shop now belongs to another Haravan organisation")
    return shop
