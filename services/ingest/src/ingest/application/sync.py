"""Reads all products or customers of a shop by API, a few pages at a time, and publishes each like a delivery."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from contracts.haravan import RawResource, SyncRequested, Via
from contracts.topics import Topic

from ingest.application.ports import (
    PAGE,
    Events,
    EventsUnavailableError,
    EventTooLargeError,
    KnownShop,
    Listings,
    ReadRefusedError,
    ReadResource,
    ReadUnavailableError,
    Shops,
)
from ingest.application.reread import SOURCE, GivenUp, Later, Reason, shop_of

PAGES: Final = 4
"""Pages of one record: a rebalance and a stopping process wait for a handler, and other shops wait behind it."""
_PUBLISH_WITHIN = timedelta(seconds=10)
_TOPICS: Mapping[str, Topic] = {"products": Topic.HARAVAN_PRODUCTS, "customers": Topic.HARAVAN_CUSTOMERS}


@dataclass(frozen=True, slots=True)
class Synced:
    """What this part published, and what the sync has published so far; the last part has nothing `left`."""

    published: int
    so_far: int
    left: bool
    too_large: Sequence[int] = ()


class Sync:
    """The use case; never raises."""

    def __init__(self, shops: Shops, listings: Listings, events: Events) -> None:
        """Read through `listings`, publish through `events`."""
        self._shops = shops
        self._listings = listings
        self._events = events

    async def __call__(self, request: SyncRequested, now: datetime) -> Synced | GivenUp | Later:
        """Publish some pages and ask for the next part; `now` is aware. A part that is done again does no harm."""
        found = await shop_of(self._shops, request.shop, request.org_id)
        if not isinstance(found, KnownShop):
            return found
        try:
            return await self._pages(found, request, now)
        except ReadRefusedError as error:
            return GivenUp(Reason.ACCESS_REFUSED, str(error))
        except ReadUnavailableError as error:
            return Later(str(error), error.retry_after, counts=True)
        except EventsUnavailableError as error:
            return Later(f"Kafka does not acknowledge: {error}", None, counts=False)

    async def _pages(self, shop: KnownShop, request: SyncRequested, now: datetime) -> Synced:
        since_id, page, published = request.since_id, request.page, 0
        too_large: list[int] = []
        for _ in range(PAGES):
            resources = await self._listings.page(shop, request.resource, since_id, page)
            too_large += [each.resource_id for each in resources if not await self._publish(shop, request, each, now)]
            published += len(resources)
            if len(resources) < PAGE:
                return Synced(published, request.published + published, left=False, too_large=too_large)
            since_id, page = _next(resources, since_id, page)
        so_far = request.published + published
        following = request.model_copy(update={"since_id": since_id, "page": page, "published": so_far})
        await self._events.publish(following.topic, following.to_event(source=SOURCE, time=now), _PUBLISH_WITHIN)
        return Synced(published, so_far, left=True, too_large=too_large)

    async def _publish(self, shop: KnownShop, request: SyncRequested, read: ReadResource, now: datetime) -> bool:
        """Publish one resource; False when it is larger than a record may be."""
        resource = RawResource(
            shop=shop.shop,
            org_id=shop.org_id,
            topic=f"{request.resource}/update",
            resource_id=str(read.resource_id),
            version=read.version,
            via=Via.BACKFILL,
            received_at=now,
            body=read.body,
        )
        try:
            await self._events.publish(_TOPICS[request.resource], resource.to_event(source=SOURCE), _PUBLISH_WITHIN)
        except EventTooLargeError:
            return False
        return True


def _next(resources: Sequence[ReadResource], since_id: int, page: int) -> tuple[int, int]:
    """Where the next page begins: behind the last id where the page is in order of ids, which no document promises.

    Going by ids, what is added or deleted meanwhile shifts nothing. A page in another order is followed by its number.
    """
    ids = [each.resource_id for each in resources]
    in_order = page == 1 and all(one < other for one, other in zip([since_id, *ids], ids, strict=False))
    return (ids[-1], 1) if in_order else (since_id, page + 1)
