"""What a guard forbids, as one question to the database: one round trip inside a claim's transaction."""

from lanes.model import LaneState
from lanes.mongo.documents import Document
from lanes.mongo.reading import BY_POSITION
from lanes.store import Guard

_ONLY_ID: Document = {"$project": {"_id": True}}


def broken(lane: str, guard: Guard) -> list[Document]:
    """A pipeline over the lanes that yields the lane if the guard does not hold, and nothing while it does."""
    account = {"_id": guard.account, "state": {"$ne": LaneState.RUNNING.value}}
    stages: list[Document] = [{"$match": {"_id": lane}}, _look_up("lane_accounts", "stopped", [{"$match": account}])]
    if guard.position is not None:
        stages.append(_look_up("intents", "skipped", _skipped(lane, guard.position.generation, guard.position.offset)))
    return [
        *stages,
        {"$match": {"$or": [{"stopped.0": {"$exists": True}}, {"skipped.0": {"$exists": True}}]}},
        _ONLY_ID,
    ]


def _look_up(collection: str, name: str, pipeline: list[Document]) -> Document:
    return {"$lookup": {"from": collection, "as": name, "pipeline": [*pipeline, _ONLY_ID]}}


def _skipped(lane: str, generation: int, offset: int) -> list[Document]:
    """The head of the queue, if it stands where nothing should be left: one key of an index, however long the queue."""
    left = [
        {"position.generation": {"$lt": generation}},
        {"position.generation": generation, "position.offset": {"$lte": offset}},
    ]
    return [
        {"$match": {"lane": lane, "state": "staged"}},
        {"$sort": dict(BY_POSITION)},
        {"$limit": 1},
        {"$match": {"$or": left}},
    ]
