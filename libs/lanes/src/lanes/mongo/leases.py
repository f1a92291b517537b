"""Updates that use the database's own clock (`$$NOW`), as aggregation pipelines."""

from datetime import timedelta
from typing import Any

from lanes.mongo.documents import NEW_LANE, Document

_DUE: Document = {
    "staged_count": {"$add": ["$staged_count", 1]},
    "wake_at": {"$min": [{"$ifNull": ["$wake_at", "$$NOW"]}, "$$NOW"]},
}
"""Due now; whoever is about to put the lane to sleep notices by the count."""


def milliseconds(seconds: float) -> int:
    """Whole milliseconds, which is as fine as the database's clock is."""
    return round(seconds * 1000)


def literal(values: Document) -> Document:
    """Values for `$set` in a pipeline, where a text that begins with `$` would else name a field."""
    return {name: {"$literal": value} for name, value in values.items()}


def lease_end(lease_seconds: float) -> Document:
    """The end of a lease that begins now."""
    return {"$dateAdd": {"startDate": "$$NOW", "unit": "millisecond", "amount": milliseconds(lease_seconds)}}


def computed(*, lease_seconds: float | None, wakes: bool) -> Document:
    """What a transition sets by the database's own clock: a new end of the lease, and that the lane is due."""
    lease = {} if lease_seconds is None else {"lease_end": lease_end(lease_seconds)}
    return lease | (_DUE if wakes else {})


def free_lane() -> Document:
    """A lane that nobody holds: its lease was given back or has ended."""
    return {"$or": [{"lease_end": None}, {"$expr": {"$lte": ["$lease_end", "$$NOW"]}}]}


def acquire(holder: str, lease_seconds: float) -> list[Document]:
    """Take the lease under the next epoch."""
    return [
        {
            "$set": {
                "holder": {"$literal": holder},
                "epoch": {"$add": ["$epoch", 1]},
                "revision": {"$add": ["$revision", 1]},
                "lease_end": lease_end(lease_seconds),
            }
        }
    ]


def release(staged_count: int, wake_at: Any) -> list[Document]:
    """Give the lease back; due at once if work arrived meanwhile."""
    unchanged = {"$eq": ["$staged_count", staged_count]}
    return [
        {
            "$set": {
                "holder": None,
                "lease_end": None,
                "wake_at": {"$cond": [unchanged, {"$literal": wake_at}, {"$ifNull": ["$wake_at", "$$NOW"]}]},
            }
        }
    ]


def wake(accounts: frozenset[str]) -> list[Document]:
    """Create the lane if it is new, and make it due now."""
    created = {name: {"$ifNull": [f"${name}", {"$literal": value}]} for name, value in NEW_LANE.items()}
    known = {"accounts": {"$setUnion": ["$accounts", {"$literal": sorted(accounts)}]}}
    return [{"$set": created}, {"$set": known | _DUE}]


def due_lanes(grace_seconds: float) -> Document:
    """Lanes that should be looked at, that nobody holds, and that could do something."""
    since = {"$dateSubtract": {"startDate": "$$NOW", "unit": "millisecond", "amount": milliseconds(grace_seconds)}}
    return {
        "wake_at": {"$type": "date"},
        "$expr": {"$lte": ["$wake_at", since]},
        "$and": [free_lane(), {"$or": [{"state": "running"}, {"in_flight": {"$ne": None}}]}],
    }


def raise_announced(version: int) -> list[Document]:
    """`announced = max(announced, version)`."""
    announced = {"$max": ["$announced", version]}
    return [{"$set": {"announced": announced, "unannounced": {"$gt": ["$version", announced]}}}]


def seconds(lease_seconds: float) -> timedelta:
    """The length of a lease as the database rounds it."""
    return timedelta(milliseconds=milliseconds(lease_seconds))
