"""What the use cases ask of the world."""

from collections.abc import Sequence
from typing import Protocol

from contracts.envelope import Event
from contracts.topics import Topic
from invoicing.catalogue import Catalogue
from invoicing.known_buyers import KnownBuyer
from invoicing.order import Order
from invoicing.release import Release
from invoicing.rules import BuyerRules, Rules
from orders.model import OrderRecord
from shops.store import StoredShop

SOURCE = "/services/invoicer"
"""`ce_source` of what the use cases publish."""


class Shops(Protocol):
    """The shops' configuration."""

    async def get(self, shop_id: str) -> StoredShop | None:
        """A shop as it is now, or a few seconds ago."""
        ...


class ShopVersions(Shops, Protocol):
    """The shops' configuration, with what it was before."""

    async def rules(self, shop_id: str, version: int) -> Rules | None:
        """The rules of an earlier version."""
        ...


class Catalogues(Protocol):
    """The shops' goods, as far as an order needs them."""

    async def for_order(self, shop: str, order: Order) -> Catalogue:
        """The items that its lines, and the components of its combos, may be."""
        ...


class Buyers(Protocol):
    """The shops' books of buyers."""

    async def for_order(self, shop: str, order: Order, rules: BuyerRules) -> KnownBuyer | None:
        """The entry of the order's customer or tax code."""
        ...


class Releases(Protocol):
    """What people decided about single orders."""

    async def get(self, shop: str, order_id: int) -> Release:
        """A person's word on an order."""
        ...


class Orders(Protocol):
    """The orders' documents."""

    async def get(self, shop: str, order_id: int) -> OrderRecord | None:
        """One order."""
        ...

    async def save(self, record: OrderRecord) -> bool:
        """Write by compare-and-set on the revision; False: read again."""
        ...

    async def mark_published(self, shop: str, order_id: int, sequence: int) -> None:
        """Note that Kafka has the decision of this sequence."""
        ...


class Events(Protocol):
    """The way to Kafka."""

    async def publish(self, messages: Sequence[tuple[Topic, Event]]) -> None:
        """Send in this order; return when Kafka has acknowledged all."""
        ...
