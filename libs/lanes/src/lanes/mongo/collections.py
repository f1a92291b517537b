"""The three collections and their indexes."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo import ASCENDING, DESCENDING, IndexModel, ReadPreference, WriteConcern
from pymongo.read_concern import ReadConcern

from lanes.mongo.errors import translated

MOST_TRANSACTIONS = 6
"""Of one process at once: below the threads of the driver, so that one that is open is never kept waiting by those that
are not, until the database aborts it for its age."""

MAJORITY = WriteConcern("majority", wtimeout=10_000)

STUCK = ["held", "rejected", "set_aside", "unknown"]
"""States that people ask for by name over all lanes; an index of these alone costs what is issued nothing."""

INTENT_INDEXES = (
    IndexModel(
        [("lane", ASCENDING), ("state", ASCENDING), ("position.generation", ASCENDING), ("position.offset", ASCENDING)],
        name="queue",
    ),
    IndexModel(
        [("lane", ASCENDING), ("position.generation", ASCENDING), ("position.offset", ASCENDING)],
        name="alive_in_queue",
        partialFilterExpression={"state": "staged", "open_attempts": {"$gt": 0}},
    ),
    IndexModel([("lane", ASCENDING), ("staged_at", DESCENDING), ("_id", ASCENDING)], name="lane_newest"),
    IndexModel([("labels.shop", ASCENDING), ("labels.order", ASCENDING)], name="shop_order"),
    IndexModel([("labels.shop", ASCENDING), ("staged_at", DESCENDING), ("_id", ASCENDING)], name="shop_newest"),
    IndexModel([("staged_at", DESCENDING), ("_id", ASCENDING)], name="newest"),
    IndexModel(
        [("state", ASCENDING), ("staged_at", DESCENDING), ("_id", ASCENDING)],
        name="stuck",
        partialFilterExpression={"state": {"$in": STUCK}},
    ),
    IndexModel([("changed_at", ASCENDING)], name="unannounced", partialFilterExpression={"unannounced": True}),
    IndexModel([("watch_at", ASCENDING)], name="watched", partialFilterExpression={"watch_at": {"$type": "date"}}),
)
LANE_INDEXES = (
    IndexModel([("wake_at", ASCENDING)], name="due", partialFilterExpression={"wake_at": {"$type": "date"}}),
    IndexModel([("accounts", ASCENDING)], name="accounts"),
    IndexModel([("version", ASCENDING)], name="unannounced", partialFilterExpression={"unannounced": True}),
)
ACCOUNT_INDEXES = (
    IndexModel([("version", ASCENDING)], name="unannounced", partialFilterExpression={"unannounced": True}),
)


class Collections:
    """Handles that read and write with a majority, in UTC."""

    def __init__(self, database: "AsyncIOMotorDatabase[dict[str, Any]]") -> None:
        """Use this database of a replica set (transactions need one)."""
        self._database = database.with_options(
            codec_options=CodecOptions(tz_aware=True, tzinfo=UTC),
            read_preference=ReadPreference.PRIMARY,
            write_concern=MAJORITY,
            read_concern=ReadConcern("majority"),
        )
        self._lanes: AsyncIOMotorCollection[Any] = self._database["lanes"]
        self._intents: AsyncIOMotorCollection[Any] = self._database["intents"]
        self._accounts: AsyncIOMotorCollection[Any] = self._database["lane_accounts"]
        self._transactions = asyncio.Semaphore(MOST_TRANSACTIONS)

    async def ensure_indexes(self) -> None:
        """Create what is missing; call it at start. Shards by lane: every hot query names the lane or one RefID."""
        with translated():
            await self._intents.create_indexes(list(INTENT_INDEXES))
            await self._lanes.create_indexes(list(LANE_INDEXES))
            await self._accounts.create_indexes(list(ACCOUNT_INDEXES))

    async def now(self) -> datetime:
        """The database's clock."""
        with translated():
            rows = await self._database.aggregate([{"$documents": [{"now": "$$NOW"}]}]).to_list(1)
        now: datetime = rows[0]["now"]
        return now
