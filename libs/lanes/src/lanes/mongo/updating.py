"""Changes of intents as few updates: those that change the same fields of the same version go in one.

Thirty updates in a transaction cost the database's planner thirty times; one over thirty identities costs it once.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

from pymongo import UpdateMany, UpdateOne

from lanes.mongo.documents import Document, intent_changes, seen_document
from lanes.store import IntentChange

Update: TypeAlias = "UpdateOne | UpdateMany"
_Key: TypeAlias = tuple[int, str, tuple[str, ...]]


def update_one(change: IntentChange) -> UpdateOne:
    """One change. `seen` has no version of its own: a consumer that wakes late must not lower it."""
    before = change.before
    where: Document = {"_id": before.ref_id, "version": before.version, "state": before.state.value}
    if change.after.seen != before.seen:
        where["seen"] = seen_document(before)
    return UpdateOne(where, {"$set": _values(change)})


def updates(changes: Sequence[IntentChange]) -> list[Update]:
    """All changes, each still bound to the version and state it was made for; they match as many as there are."""
    single: list[Update] = []
    groups: dict[_Key, dict[str, Document]] = {}
    for change in changes:
        if change.after.seen != change.before.seen:
            single.append(update_one(change))
            continue
        values = _values(change)
        key = (change.before.version, change.before.state.value, tuple(sorted(values)))
        groups.setdefault(key, {})[change.before.ref_id] = values
    return [*single, *(_together(key, by_ref_id) for key, by_ref_id in groups.items())]


def _values(change: IntentChange) -> Document:
    return intent_changes(change.before, change.after) or {"version": change.after.version}


def _together(key: _Key, by_ref_id: dict[str, Document]) -> Update:
    version, state, names = key
    ref_ids = list(by_ref_id)
    where = {"_id": {"$in": ref_ids}, "version": version, "state": state}
    if len(ref_ids) == 1:
        return UpdateOne({**where, "_id": ref_ids[0]}, {"$set": by_ref_id[ref_ids[0]]})
    fields = {name: _each_its_own(ref_ids, [by_ref_id[ref_id][name] for ref_id in ref_ids]) for name in names}
    return UpdateMany(where, [{"$set": fields}])


def _each_its_own(ref_ids: list[str], values: list[Any]) -> Document:
    """The value of the document's own identity; `$literal`, for a text that begins with `$` would else name a field."""
    if all(value == values[0] for value in values):
        return {"$literal": values[0]}
    return {"$arrayElemAt": [{"$literal": values}, {"$indexOfArray": [{"$literal": ref_ids}, "$_id"]}]}
