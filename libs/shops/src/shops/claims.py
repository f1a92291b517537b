"""Which shop owns which series: numbers run without gap in a series, so two shops must never share one."""

from pymongo import ASCENDING, IndexModel
from runtime.mongo import Database, Session

from shops.models import Shop
from shops.problems import Problem
from shops.texts import Text

SERIES = "shop_series"


class SeriesClaims:
    """Claims in MongoDB. The lane key is the `_id`, so that the database itself refuses a second owner."""

    def __init__(self, database: Database) -> None:
        """Use the collection `shop_series` of this database."""
        self._collection = database[SERIES]

    async def ensure_indexes(self) -> None:
        """Create what finding a shop's claims needs."""
        await self._collection.create_indexes([IndexModel([("shop", ASCENDING)])])

    async def take(self, shop: Shop, session: Session) -> None:
        """Make the claims those of `shop`: give back what it no longer lists, take what is new.

        Raises:
            DuplicateKeyError: when a series belongs to another shop; the transaction is void then.
        """
        lanes = set(shop.lanes())
        await self._collection.delete_many({"shop": shop.shop, "_id": {"$nin": sorted(lanes)}}, session=session)
        held = {claim["_id"] async for claim in self._collection.find({"shop": shop.shop}, session=session)}
        for lane in sorted(lanes - held):
            await self._collection.insert_one({"_id": lane, "shop": shop.shop}, session=session)

    async def problems(self, shop: Shop) -> list[Problem]:
        """Name the series of `shop` that belong to another shop."""
        query = {"_id": {"$in": list(shop.lanes())}, "shop": {"$ne": shop.shop}}
        owners = {claim["_id"]: claim["shop"] async for claim in self._collection.find(query)}
        return [
            Problem(f"accounts[{at}].series[{position}].series", _taken(series.series, owners[lane]))
            for at, account in enumerate(shop.accounts)
            for position, series in enumerate(account.series)
            if (lane := account.lane_key(series.series)) in owners
        ]


def _taken(series: str, owner: str) -> Text:
    return Text(
        vi=f"ký hiệu {series} đã thuộc về cửa hàng {owner!r}; một ký hiệu chỉ dùng cho một cửa hàng, hãy tạo mẫu hóa "
        "đơn khác trên meInvoice hoặc bỏ ký hiệu này ở cửa hàng kia",
        en=f"series {series} already belongs to shop {owner!r}; a series serves one shop only: make another template "
        "in meInvoice, or remove the series from that shop",
    )
