"""What people decided about single orders. Collection `releases`, one document an order, keyed as the order's own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from invoicing.release import NOTHING, Release
from pydantic import TypeAdapter
from runtime.mongo import Database

from orders.model import document_id

COLLECTION = "releases"
_RELEASE: Final = TypeAdapter(Release)


class ReleaseStore:
    """Reads and writes releases. A buyer that a person typed is personal data: it is never logged."""

    def __init__(self, database: Database) -> None:
        """Use the collection `releases` of this database."""
        self._collection = database[COLLECTION]

    async def get(self, shop: str, order_id: int) -> Release:
        """What was decided about an order; `NOTHING` where nobody did."""
        document = await self._collection.find_one({"_id": document_id(shop, order_id)})
        return NOTHING if document is None else read_release(document["release"])

    async def put(self, shop: str, order_id: int, release: Release, at: datetime) -> None:
        """Keep a decision in the place of the one before; the earlier ones stay in the document's history."""
        said = {"release": written_release(release), "by": release.by, "at": at}
        await self._collection.update_one(
            {"_id": document_id(shop, order_id)},
            {"$set": {**said, "shop": shop, "order_id": order_id}, "$push": {"history": said}},
            upsert=True,
        )


def written_release(release: Release) -> dict[str, Any]:
    """A release as plain values."""
    plain: dict[str, Any] = _RELEASE.dump_python(release, mode="json")
    return plain


def read_release(stored: Mapping[str, Any]) -> Release:
    """What `written_release` wrote."""
    return _RELEASE.validate_python(dict(stored))
