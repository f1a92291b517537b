"""Entries that people edit: all or nothing, one edit after the other, every change on record.

Collections: the entries' own; `catalogue_revisions` (one document a shop and kind of entry, raised by every edit, which
also keeps two edits of one shop apart); `catalogue_edits` (who changed what, when, from what to what).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import uuid4

from pymongo import ASCENDING, DeleteOne, IndexModel, InsertOne, ReplaceOne, ReturnDocument
from pymongo.errors import PyMongoError
from runtime.mongo import Database, Session

from catalogue.changes import Change

REVISIONS = "catalogue_revisions"
EDITS = "catalogue_edits"

_ATTEMPTS = 20
_REPEATED = ("TransientTransactionError", "UnknownTransactionCommitResult")

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Edited(Generic[E]):
    """What an edit did. Without any change the revision stays."""

    revision: int
    changes: tuple[Change[E], ...]


@dataclass(frozen=True, slots=True)
class Edit(Generic[E]):
    """One change on record; `at` is aware."""

    revision: int
    at: datetime
    by: str
    change: Change[E]


@dataclass(frozen=True, slots=True)
class Shape(Generic[E]):
    """How entries of a kind are named and written; `kind` also names their collection, `found_by` fields to search."""

    kind: str
    key: Callable[[E], str]
    encode: Callable[[E], dict[str, Any]]
    decode: Callable[[Mapping[str, Any]], E]
    found_by: tuple[str, ...]


Plan = Callable[[Mapping[str, E]], Sequence[Change[E]]]
"""From a shop's entries by key to what shall change; may be called again when somebody else edits meanwhile."""


class Ledger(Generic[E]):
    """Reads and edits the entries of one kind."""

    def __init__(self, database: Database, shape: Shape[E], *, now: Callable[[], datetime] | None = None) -> None:
        """Use this database, which must be on a replica set (transactions); `now` is aware."""
        self._database = database
        self._shape = shape
        self._entries = database[shape.kind]
        self._revisions = database[REVISIONS]
        self._edits = database[EDITS]
        self._now = now or (lambda: datetime.now(UTC))

    async def ensure_indexes(self) -> None:
        """Create what the queries need; safe to call at every start."""
        await self._entries.create_indexes(
            [IndexModel([("shop", ASCENDING), (name, ASCENDING)]) for name in self._shape.found_by]
        )
        order = [("shop", ASCENDING), ("kind", ASCENDING), ("revision", ASCENDING)]
        await self._edits.create_indexes([IndexModel(order)])
        await self._revisions.create_indexes([IndexModel([("revision", ASCENDING)])])  # makes it, before transactions

    async def all(self, shop: str) -> dict[str, E]:
        """A shop's entries by key."""
        return {key: entry for key, (_, entry) in (await self._read(shop)).items()}

    async def find(self, query: Mapping[str, Any]) -> list[E]:
        """Entries whose documents match."""
        return [self._shape.decode(each) async for each in self._entries.find(dict(query)).sort("_id", ASCENDING)]

    async def preview(self, shop: str, plan: Plan[E]) -> Edited[E]:
        """What `edit` would do, without writing."""
        changes = tuple(plan(await self.all(shop)))
        return Edited(await self._revision(shop) + bool(changes), changes)

    async def edit(self, shop: str, plan: Plan[E], by: str) -> Edited[E]:
        """Change entries as planned, all or none; `by` is who.

        Whatever `plan` raises ends the edit with nothing written.
        """
        seen = await self.preview(shop, plan)
        if not seen.changes:
            return seen

        for _ in range(_ATTEMPTS - 1):
            try:
                return await self._edit_once(shop, plan, by)
            except PyMongoError as error:
                # Motor's own `with_transaction` repeats what failed inside it, but not what failed at its commit. A
                # commit whose outcome is not known is repeated as well: planned anew, what is there changes nothing.
                if not any(map(error.has_error_label, _REPEATED)):
                    raise
        return await self._edit_once(shop, plan, by)

    async def _edit_once(self, shop: str, plan: Plan[E], by: str) -> Edited[E]:
        async def write(session: Session) -> Edited[E]:
            known = await self._read(shop, session)
            changes = tuple(plan({key: entry for key, (_, entry) in known.items()}))
            if not changes:
                return Edited(await self._revision(shop), ())
            revision = await self._raise_revision(shop, session)
            await self._write(shop, known, changes, session)
            await self._note(shop, revision, changes, by, session)
            return Edited(revision, changes)

        async with await self._database.client.start_session() as session:
            return await session.with_transaction(write)

    async def history(self, shop: str, key: str | None = None) -> list[Edit[E]]:
        """Every change of a shop's entries, or of one, oldest first."""
        cursor = self._edits.find({"shop": shop, "kind": self._shape.kind}).sort("revision", ASCENDING)
        found = [self._edit(each) async for each in cursor]
        return [each for each in found if key in {None, each.change.key}]

    async def rewrite(self) -> int:
        """Encode every entry and every change on record anew; the number of documents."""
        done = 0
        async for each in self._entries.find():
            fields = self._shape.encode(self._shape.decode(each))
            # Only what is still as it was read: somebody may be editing.
            done += (await self._entries.update_one(each, {"$set": fields})).matched_count
        async for each in self._edits.find({"kind": self._shape.kind}):
            change = self._edit(each).change
            fields = {"before": self._encoded(change.before), "after": self._encoded(change.after)}
            done += (await self._edits.update_one({"_id": each["_id"]}, {"$set": fields})).matched_count
        return done

    async def _read(self, shop: str, session: Session | None = None) -> dict[str, tuple[str, E]]:
        found: dict[str, tuple[str, E]] = {}
        async for each in self._entries.find({"shop": shop}, session=session).sort("_id", ASCENDING):
            entry = self._shape.decode(each)
            found[self._shape.key(entry)] = (each["_id"], entry)
        return found

    async def _revision(self, shop: str) -> int:
        found = await self._revisions.find_one({"_id": f"{shop}:{self._shape.kind}"})
        return int(found["revision"]) if found else 0

    async def _raise_revision(self, shop: str, session: Session) -> int:
        found = await self._revisions.find_one_and_update(
            {"_id": f"{shop}:{self._shape.kind}"},
            {"$inc": {"revision": 1}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        return int(found["revision"])

    async def _write(
        self, shop: str, known: Mapping[str, tuple[str, E]], changes: Sequence[Change[E]], session: Session
    ) -> None:
        writes: list[InsertOne[dict[str, Any]] | ReplaceOne[dict[str, Any]] | DeleteOne] = []
        for change in changes:
            if change.after is None:
                writes.append(DeleteOne({"_id": known[change.key][0]}))
                continue
            document = {"shop": shop, **self._shape.encode(change.after)}
            if change.key in known:
                writes.append(ReplaceOne({"_id": known[change.key][0]}, document))
            else:
                writes.append(InsertOne({"_id": uuid4().hex, **document}))
        if writes:
            await self._entries.bulk_write(writes, ordered=False, session=session)

    async def _note(self, shop: str, revision: int, changes: Sequence[Change[E]], by: str, session: Session) -> None:
        said = {"shop": shop, "kind": self._shape.kind, "revision": revision, "at": self._now(), "by": by}
        notes = [
            {**said, "_id": uuid4().hex, "before": self._encoded(each.before), "after": self._encoded(each.after)}
            for each in changes
        ]
        if notes:
            await self._edits.insert_many(notes, session=session)

    def _encoded(self, entry: E | None) -> dict[str, Any] | None:
        return None if entry is None else self._shape.encode(entry)

    def _edit(self, document: Mapping[str, Any]) -> Edit[E]:
        before, after = (self._shape.decode(document[name]) if document[name] else None for name in ("before", "after"))
        kept = after if after is not None else before
        key = self._shape.key(kept) if kept is not None else ""
        return Edit(document["revision"], document["at"], document["by"], Change(key, before, after))
