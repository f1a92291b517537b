"""The invoicer's view of shops: one, the example of deploy/examples, without a catalogue, and no word on any order."""

from dataclasses import dataclass
from datetime import UTC, datetime

from invoicer.application.ports import Buyers, Catalogues, Releases, ShopVersions
from invoicing.catalogue import EMPTY, Catalogue
from invoicing.known_buyers import KnownBuyer
from invoicing.order import Order
from invoicing.release import NOTHING, Release
from invoicing.rules import BuyerRules, Rules
from shops.store import StoredShop
from support.shops import example_shop
from typing_extensions import override

APPLIED_AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


class OneShop(ShopVersions):
    """Knows the example shop."""

    @override
    async def get(self, shop_id: str) -> StoredShop | None:
        made = example_shop()
        return (
            StoredShop(shop=made, version=1, updated_at=APPLIED_AT, updated_by="test") if shop_id == made.shop else None
        )

    @override
    async def rules(self, shop_id: str, version: int) -> Rules | None:
        return example_shop().rules


class NoGoods(Catalogues):
    """A shop that keeps no catalogue."""

    @override
    async def for_order(self, shop: str, order: Order) -> Catalogue:
        return EMPTY


class NoBuyers(Buyers):
    """A shop that keeps no book of buyers."""

    @override
    async def for_order(self, shop: str, order: Order, rules: BuyerRules) -> KnownBuyer | None:
        return None


@dataclass
class Words(Releases):
    """What people said; nothing at first."""

    said: Release = NOTHING

    @override
    async def get(self, shop: str, order_id: int) -> Release:
        return self.said
