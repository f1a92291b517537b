"""Asking ingest for all products or customers of a shop."""

from datetime import UTC, datetime
from typing import Literal

from contracts.haravan import SyncRequested
from shops.store import StoredShop

from console.backend import Backend, backend
from console.kafka import publish_events
from console.session import CommandError, Session

SOURCE = "/services/console"


async def sync_shop(session: Session, shop: str | None, resource: Literal["products", "customers"]) -> None:
    """Ask for all of a kind; they come in behind what waits already.

    Raises:
        CommandError: when there is no such shop, or Kafka does not answer.
    """
    async with backend() as stores:
        chosen = await chosen_shop(stores, shop)
    now = datetime.now(UTC)
    request = SyncRequested(
        shop=chosen.shop.shop,
        org_id=chosen.shop.haravan.org_id,
        resource=resource,
        cause=f"cli:{chosen.shop.shop}:{resource}:{now.isoformat()}",  # asking again later is another cause
    )
    await publish_events(request.topic, [request.to_event(source=SOURCE, time=now)])
    session.out.text(session.word(f"sync-asked-{resource}", shop=chosen.shop.shop))


async def chosen_shop(stores: Backend, name: str | None) -> StoredShop:
    """The shop of this id; without one, the only shop.

    Raises:
        CommandError: when there is no such shop, or no id and not exactly one shop.
    """
    if name is not None:
        found = await stores.shops.get(name)
        if found is None:
            raise CommandError("no-shop", shop=name)
        return found
    shops = [each async for each in stores.shops.list()]
    if len(shops) != 1:
        raise CommandError("which-shop", code=2, shops=", ".join(each.shop.shop for each in shops) or "-")
    return shops[0]
