"""One record of `haravan.orders`: the order's newest state, judged, stored, and only then announced."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from contracts.base import Message
from contracts.envelope import Event
from contracts.haravan import RawResource, RereadFailed, RereadRequested
from contracts.topics import Topic
from invoicing.order import Order, UnreadableOrder, parse_order
from orders.context import Context
from orders.messages import pending
from orders.model import OrderRecord
from orders.progress import Arrival, deleted_record, next_record, unread_record, unseen_record
from orders.state import snapshot_of
from shops.problems import InvalidShopError
from shops.store import StoredShop

from invoicer.application.ports import SOURCE, Buyers, Catalogues, Events, Orders, Releases, ShopVersions

ORDER_TOPICS = "orders/"
DELETED = "orders/delete"
_ATTEMPTS = 8


class UndecidableError(Exception):
    """The record can never be judged: `reason` is a code, the text says what is wrong without personal data."""

    def __init__(self, reason: str, detail: str) -> None:
        """Say why."""
        super().__init__(detail)
        self.reason = reason


class ContendedError(Exception):
    """Other writers kept changing the order's document; try the record again."""


@dataclass(frozen=True, slots=True)
class DecideOrder:
    """Judges orders. `now` is aware, `today` the date in Vietnam.

    `report` is told of each new decision, `noted` of each order that newly asks for a person.
    """

    shops: ShopVersions
    orders: Orders
    catalogues: Catalogues
    buyers: Buyers
    releases: Releases
    events: Events
    now: Callable[[], datetime]
    today: Callable[[], date]
    report: Callable[[OrderRecord], None]
    noted: Callable[[OrderRecord], None]

    async def __call__(self, resource: RawResource) -> None:
        """Take in one resource.

        Raises:
            UndecidableError: when it is for the dead letters.
            ContendedError: when it should be tried again.
        """
        shop = await self._shop(resource.shop)
        if resource.topic == DELETED:
            await self._deleted(resource)
        elif resource.topic.startswith(ORDER_TOPICS):
            await self._judge(resource, _parsed(resource), shop)
        else:
            await self._publish((_reread(resource),))

    async def _shop(self, shop_id: str) -> StoredShop:
        try:
            shop = await self.shops.get(shop_id)
        except InvalidShopError as error:
            raise UndecidableError("SHOP_UNREADABLE", f"the configuration of {shop_id!r} is not valid") from error
        if shop is None:
            raise UndecidableError("UNKNOWN_SHOP", f"shop {shop_id!r} is not configured (any more)")
        return shop

    async def _judge(self, resource: RawResource, order: Order, shop: StoredShop) -> None:
        arrival = Arrival(resource, order, snapshot_of(resource, order), self.now())
        for _ in range(_ATTEMPTS):
            record = await self.orders.get(resource.shop, order.id)
            after = next_record(record, arrival, await self._context(record, order, shop))
            if after is None or await self._save(record, after):
                await self._announce(after or record)
                return
        raise ContendedError(f"order {order.id} keeps changing")

    async def _context(self, record: OrderRecord | None, order: Order, shop: StoredShop) -> Context:
        name = shop.shop.shop
        earlier = {}
        for version in {planned.shop_version for planned in record.invoices} if record else ():
            if version != shop.version and (rules := await self.shops.rules(name, version)) is not None:
                earlier[version] = rules
        return Context(
            shop=shop.shop,
            version=shop.version,
            today=self.today(),
            catalogue=await self.catalogues.for_order(name, order),
            buyer=await self.buyers.for_order(name, order, shop.shop.rules.buyer),
            release=await self.releases.get(name, order.id),
            earlier=earlier,
        )

    async def unreadable(self, failed: RereadFailed) -> None:
        """Take in that an order could not be read again: what waited for it is held, for a person to see.

        Raises:
            ContendedError: when it should be tried again.
        """
        for _ in range(_ATTEMPTS):
            record = await self.orders.get(failed.shop, int(failed.resource_id))
            after = unread_record(record, failed, self.now()) if record else None
            if after is None or await self._save(record, after):
                await self._announce(after)
                return
        raise ContendedError(f"order {failed.resource_id} keeps changing")

    async def _deleted(self, resource: RawResource) -> None:
        number = int(resource.resource_id)
        for _ in range(_ATTEMPTS):
            record = await self.orders.get(resource.shop, number)
            after = deleted_record(record or unseen_record(resource, number), self.now())
            if await self._save(record, after):
                await self._announce(after)
                return
        raise ContendedError(f"order {resource.resource_id} keeps changing")

    async def _save(self, before: OrderRecord | None, after: OrderRecord) -> bool:
        if not await self.orders.save(after):
            return False
        if after.decision is not None and (before is None or before.decision != after.decision):
            self.report(after)
        if after.attention is not None and _code(after) != _code(before):
            self.noted(after)
        return True

    async def _announce(self, record: OrderRecord | None) -> None:
        messages = pending(record) if record is not None else ()
        await self._publish(messages)
        if record is not None and record.decision is not None and not record.decision.published:
            await self.orders.mark_published(record.shop, record.order_id, record.decision.sequence)

    async def _publish(self, messages: tuple[Message, ...]) -> None:
        if messages:
            await self.events.publish([_event(message, self.now()) for message in messages])


def _code(record: OrderRecord | None) -> str | None:
    return record.attention.code if record is not None and record.attention is not None else None


def _event(message: Message, now: datetime) -> tuple[Topic, Event]:
    return message.topic, message.to_event(source=SOURCE, time=now)


def _parsed(resource: RawResource) -> Order:
    try:
        return parse_order(resource.body)
    except UnreadableOrder as error:
        raise UndecidableError("UNREADABLE_ORDER", str(error)) from error


def _reread(resource: RawResource) -> RereadRequested:
    """A refund or transaction tells that the order changed, not what it now is."""
    return RereadRequested(
        shop=resource.shop,
        org_id=resource.org_id,
        resource_id=resource.resource_id,
        reason=resource.topic,
        cause=resource.event_id,
    )
