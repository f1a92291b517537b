"""Remembers the eras of topics in MongoDB, for all processes."""

from collections.abc import Mapping
from typing import Any, Protocol

from pymongo.errors import DuplicateKeyError
from typing_extensions import override

from runtime.kafka.eras import Era, History
from runtime.mongo import Database, Document

COLLECTION = "topic_eras"


class EraStore(Protocol):
    """Where histories are kept."""

    async def load(self, topic: str) -> History | None:
        """What is known of a topic."""
        ...

    async def save(self, topic: str, before: History | None, after: History) -> bool:
        """Store `after` if `before` is what is stored; whether it was."""
        ...


class MongoEras(EraStore):
    """One document for each topic; it is never deleted: generations must not begin again."""

    def __init__(self, database: Database) -> None:
        """Keep them in this database, beside what positions are compared in."""
        self._eras = database[COLLECTION]

    @override
    async def load(self, topic: str) -> History | None:
        found = await self._eras.find_one({"_id": topic})
        return None if found is None else History(tuple(_era(each) for each in found["eras"]))

    @override
    async def save(self, topic: str, before: History | None, after: History) -> bool:
        eras = [_document(era) for era in after.eras]
        if before is None:
            try:
                await self._eras.insert_one({"_id": topic, "eras": eras})
            except DuplicateKeyError:
                return False
            return True
        # Histories only grow, so that their length and last generation name what was read.
        known = {"_id": topic, "eras": {"$size": len(before.eras)}, "eras.generation": before.last.generation}
        result = await self._eras.update_one(known, {"$set": {"eras": eras}})
        return bool(result.matched_count)


def _document(era: Era) -> Document:
    return {
        "generation": era.generation,
        "topic_id": era.topic_id,
        "partitions": era.partitions,
        "starts": [{"partition": partition, "offset": offset} for partition, offset in sorted(era.starts.items())],
    }


def _era(document: Mapping[str, Any]) -> Era:
    return Era(
        generation=document["generation"],
        topic_id=document["topic_id"],
        partitions=document["partitions"],
        starts={start["partition"]: start["offset"] for start in document["starts"]},
    )
