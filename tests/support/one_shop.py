"""The invoicer's view of shops: one, the example of deploy/examples."""

from datetime import UTC, datetime

from invoicer.application.ports import Shops
from shops.store import StoredShop
from support.shops import example_shop
from typing_extensions import override

APPLIED_AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


class OneShop(Shops):
    """Knows the example shop."""

    @override
    async def get(self, shop_id: str) -> StoredShop | None:
        made = example_shop()
        return (
            StoredShop(shop=made, version=1, updated_at=APPLIED_AT, updated_by="test") if shop_id == made.shop else None
        )
