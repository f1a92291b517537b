"""What was announced, and what a crash left behind."""

from collections.abc import Mapping, Sequence

from pymongo import ASCENDING, UpdateOne

from lanes.model import AccountRecord, Intent, IntentState, LaneRecord
from lanes.mongo import leases
from lanes.mongo.documents import account_from, intent_from
from lanes.mongo.errors import translated
from lanes.mongo.reading import Reading

UNANNOUNCED = {"unannounced": True, "version": {"$gte": 0}}
"""Any version: without its indexed field in the question, the partial index would not be used."""


class Announcements(Reading):
    """The part of `LaneStore` that the announcing sweep uses."""

    async def unannounced(self, *, grace_seconds: float, limit: int) -> Sequence[Intent]:
        """Intents with a change older than the grace, oldest first; those being sent come with their outcome."""
        amount = leases.milliseconds(grace_seconds)
        since = {"$dateSubtract": {"startDate": "$$NOW", "unit": "millisecond", "amount": amount}}
        where = {
            "unannounced": True,
            "state": {"$ne": IntentState.SENDING.value},
            "$expr": {"$lte": ["$changed_at", since]},
        }
        with translated():
            documents = await self._intents.find(where).sort("changed_at", ASCENDING).limit(limit).to_list(None)
        return [intent_from(document) for document in documents]

    async def mark_announced(self, versions: Mapping[str, int]) -> None:
        """Raise `announced` of intents."""
        updates = [UpdateOne({"_id": key}, leases.raise_announced(version)) for key, version in versions.items()]
        if updates:
            with translated():
                await self._intents.bulk_write(updates, ordered=False)

    async def unannounced_lanes(self, *, limit: int) -> Sequence[LaneRecord]:
        """Lanes whose change of state nobody announced."""
        return await self._read_lanes([{"$match": UNANNOUNCED}, {"$limit": limit}])

    async def mark_lane_announced(self, lane: str, version: int) -> None:
        """Raise `announced` of a lane."""
        with translated():
            await self._lanes.update_one({"_id": lane}, leases.raise_announced(version))

    async def unannounced_accounts(self, *, limit: int) -> Sequence[AccountRecord]:
        """Accounts whose change of state nobody announced."""
        with translated():
            documents = await self._accounts.find(UNANNOUNCED).limit(limit).to_list(None)
        return [account_from(document) for document in documents]

    async def mark_account_announced(self, account: str, version: int) -> None:
        """Raise `announced` of an account."""
        with translated():
            await self._accounts.update_one({"_id": account}, leases.raise_announced(version))
