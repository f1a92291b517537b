"""What only reads."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING

from lanes.model import AccountRecord, Intent, IntentState, LaneRecord
from lanes.mongo import leases
from lanes.mongo.collections import Collections
from lanes.mongo.documents import Document, account_from, intent_from, lane_from
from lanes.mongo.errors import translated
from lanes.store import IntentFilter

BY_POSITION = [("position.generation", ASCENDING), ("position.offset", ASCENDING)]


MAY_BE_ALIVE = {"open_attempts": {"$gt": 0}}


class Reading(Collections):
    """The reading half of `LaneStore`."""

    async def known(self, ref_ids: Sequence[str]) -> Mapping[str, Intent]:
        """The intents that exist, by RefID."""
        with translated():
            documents = await self._intents.find({"_id": {"$in": list(ref_ids)}}).to_list(None)
        return {document["_id"]: intent_from(document) for document in documents}

    async def load(self, lane: str) -> LaneRecord | None:
        """The lane with the database's time."""
        lanes = await self._read_lanes([{"$match": {"_id": lane}}])
        return lanes[0] if lanes else None

    async def _read_lanes(self, stages: list[Document]) -> list[LaneRecord]:
        with translated():
            rows = await self._lanes.aggregate([*stages, {"$set": {"read_at": "$$NOW"}}]).to_list(None)
        return [lane_from(row, now=row["read_at"]) for row in rows]

    async def due_lanes(self, *, grace_seconds: float, limit: int) -> Sequence[str]:
        """Lanes with work that nobody holds, longest waiting first."""
        with translated():
            found = self._lanes.find(leases.due_lanes(grace_seconds), projection={"_id": True})
            rows = await found.sort("wake_at", ASCENDING).limit(limit).to_list(None)
        return [row["_id"] for row in rows]

    async def queue(self, lane: str, *, limit: int) -> Sequence[Intent]:
        """The head of the queue, and what may be alive behind it: it goes first (see `deciding`)."""
        staged = {"lane": lane, "state": IntentState.STAGED.value}
        with translated():
            head = await self._intents.find(staged).sort(BY_POSITION).limit(limit).to_list(None)
            if len(head) == limit:
                alive = self._intents.find({**staged, **MAY_BE_ALIVE}).sort(BY_POSITION).limit(limit)
                known = {document["_id"] for document in head}
                head += [document for document in await alive.to_list(None) if document["_id"] not in known]
        return [intent_from(document) for document in head]

    async def accounts(self, accounts: Sequence[str]) -> Mapping[str, AccountRecord]:
        """Accounts that were ever paused or blocked."""
        with translated():
            documents = await self._accounts.find({"_id": {"$in": list(accounts)}}).to_list(None)
        return {document["_id"]: account_from(document) for document in documents}

    async def watched(self, *, limit: int) -> Sequence[Intent]:
        """Intents outside the lane's way whose look-up is due."""
        where = {"watch_at": {"$type": "date"}, "$expr": {"$lte": ["$watch_at", "$$NOW"]}}
        with translated():
            documents = await self._intents.find(where).sort("watch_at", ASCENDING).limit(limit).to_list(None)
        return [intent_from(document) for document in documents]

    async def find_lanes(
        self, *, account: str | None = None, after: str | None = None, limit: int = 200
    ) -> Sequence[LaneRecord]:
        """Lanes in order of their keys."""
        match: Document = {"accounts": account} if account else {}
        if after is not None:
            match["_id"] = {"$gt": after}
        return await self._read_lanes([{"$match": match}, {"$sort": {"_id": 1}}, {"$limit": limit}])

    async def count_by_state(self, lanes: Sequence[str]) -> Mapping[str, Mapping[IntentState, int]]:
        """Counts from the index alone."""
        group = {"$group": {"_id": {"lane": "$lane", "state": "$state"}, "count": {"$sum": 1}}}
        with translated():
            rows = await self._intents.aggregate([{"$match": {"lane": {"$in": list(lanes)}}}, group]).to_list(None)
        counts: dict[str, dict[IntentState, int]] = {}
        for row in rows:
            counts.setdefault(row["_id"]["lane"], {})[IntentState(row["_id"]["state"])] = row["count"]
        return counts

    async def oldest_waiting(self, lanes: Sequence[str]) -> Mapping[str, datetime]:
        """Since when the oldest staged or in-flight intent of each lane has been waiting."""
        waiting = ["staged", "sending", "accepted", "unknown"]
        match = {"lane": {"$in": list(lanes)}, "state": {"$in": waiting}}
        group = {"$group": {"_id": "$lane", "oldest": {"$min": "$staged_at"}}}
        with translated():
            rows = await self._intents.aggregate([{"$match": match}, group]).to_list(None)
        return {row["_id"]: row["oldest"] for row in rows}

    async def find_intents(self, where: IntentFilter, *, after: str | None, limit: int) -> Sequence[Intent]:
        """Newest first."""
        match = _match(where)
        with translated():
            if after is not None:
                match = {"$and": [match, await self._older_than(after)]}
            found = self._intents.find(match).sort([("staged_at", DESCENDING), ("_id", ASCENDING)])
            documents = await found.limit(limit).to_list(None)
        return [intent_from(document) for document in documents]

    async def _older_than(self, ref_id: str) -> Document:
        last = await self._intents.find_one({"_id": ref_id}, projection={"staged_at": True})
        if last is None:
            raise LookupError(f"no intent {ref_id} to continue after: begin again without it")
        at = last["staged_at"]
        return {"$or": [{"staged_at": {"$lt": at}}, {"staged_at": at, "_id": {"$gt": ref_id}}]}


def _match(where: IntentFilter) -> Document:
    match: dict[str, Any] = {f"labels.{name}": value for name, value in (where.labels or {}).items()}
    if where.lane is not None:
        match["lane"] = where.lane
    if where.account is not None:
        match["account"] = where.account
    if where.states is not None:
        match["state"] = {"$in": sorted(state.value for state in where.states)}
    if where.code is not None:
        match["code"] = where.code
    window = {"$gte": where.changed_since, "$lt": where.changed_before}
    if changed := {name: at for name, at in window.items() if at is not None}:
        match["changed_at"] = changed
    if where.ref_id_prefix is not None:
        match["_id"] = {"$gte": where.ref_id_prefix, "$lt": where.ref_id_prefix + "\uffff"}
    return match
