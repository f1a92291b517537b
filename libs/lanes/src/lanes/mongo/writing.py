"""What changes lanes and intents: staging, leases, transitions."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClientSession
from pymongo import InsertOne, ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError
from pymongo.read_concern import ReadConcern

from lanes.model import AccountRecord, Intent, LaneRecord
from lanes.mongo import leases
from lanes.mongo.collections import MAJORITY
from lanes.mongo.documents import (
    Document,
    account_from,
    account_update,
    intent_document,
    lane_changes,
    lane_from,
)
from lanes.mongo.errors import translated
from lanes.mongo.guards import Guards
from lanes.mongo.updating import update_one, updates
from lanes.store import IntentChange, Transition

DUPLICATE_KEY = 11000


class _ChangedMeanwhile(Exception):  # noqa: N818 - a message inside this module
    """Something moved: the transaction is abandoned."""


class Writing(Guards):
    """The writing half of `LaneStore`."""

    async def stage(self, inserts_and_changes: Sequence[Intent | IntentChange]) -> bool:
        """Insert and change in this order; False if anything changed meanwhile."""
        for run in _staging_runs(inserts_and_changes):
            try:
                with translated():
                    result = await self._intents.bulk_write(run, ordered=True)
            except BulkWriteError as error:
                if _only_duplicates(error):
                    return False
                raise
            if result.matched_count != sum(isinstance(operation, UpdateOne) for operation in run):
                return False
        return True

    async def wake(self, accounts_by_lane: Mapping[str, frozenset[str]]) -> None:
        """Make lanes due, creating new ones."""
        updates = [
            UpdateOne({"_id": lane}, leases.wake(accounts), upsert=True) for lane, accounts in accounts_by_lane.items()
        ]
        if not updates:
            return
        with translated():
            try:
                await self._lanes.bulk_write(updates, ordered=False)
            except BulkWriteError as error:  # two replicas created the same lane at once; now it exists
                if not _only_duplicates(error):
                    raise
                await self._lanes.bulk_write(updates, ordered=False)

    async def acquire(self, lane: str, *, holder: str, lease_seconds: float) -> LaneRecord | None:
        """Take the lease if nobody holds it."""
        with translated():
            document = await self._lanes.find_one_and_update(
                {"_id": lane, **leases.free_lane()},
                leases.acquire(holder, lease_seconds),
                return_document=ReturnDocument.AFTER,
            )
        if document is None:
            return None
        return lane_from(document, now=document["lease_end"] - leases.seconds(lease_seconds))

    async def release(self, record: LaneRecord, *, wake_at: datetime | None) -> bool:
        """Give the lease back if it is still ours; False if work arrived meanwhile."""
        with translated():
            before = await self._lanes.find_one_and_update(
                {"_id": record.lane, "epoch": record.epoch},
                leases.release(record.staged_count, wake_at),
                projection={"staged_count": True},
            )
        return before is None or before["staged_count"] == record.staged_count

    async def apply(self, transition: Transition) -> LaneRecord | None:
        """Apply whole or not at all."""
        try:
            with translated():
                if transition.intents or transition.account or transition.guard:
                    await self._in_transaction(transition)
                else:
                    await self._change_lane(transition, session=None)
        except _ChangedMeanwhile:
            return None
        return replace(transition.after, revision=transition.before.revision + 1)

    async def _in_transaction(self, transition: Transition) -> None:
        async def run(session: AsyncIOMotorClientSession) -> None:
            guarding = asyncio.create_task(self.holds(transition))
            try:
                await self._change_lane(transition, session=session)
                await self._change_intents(transition.intents, session)
                if transition.account:
                    await self._block_account(transition.account, session)
                if not await guarding:
                    raise _ChangedMeanwhile
            finally:
                guarding.cancel()
                await asyncio.wait({guarding})

        async with self._transactions, await self._database.client.start_session() as session:
            await session.with_transaction(
                run, read_concern=ReadConcern("snapshot"), write_concern=MAJORITY, max_commit_time_ms=10_000
            )

    async def _change_lane(self, transition: Transition, *, session: AsyncIOMotorClientSession | None) -> None:
        before = transition.before
        values = lane_changes(before, transition.after)
        update: Document | list[Document] = {"$inc": {"revision": 1}, **({"$set": values} if values else {})}
        if transition.lease_seconds is not None or transition.wakes:
            computed = leases.computed(lease_seconds=transition.lease_seconds, wakes=transition.wakes)
            update = [{"$set": leases.literal(values) | {"revision": before.revision + 1} | computed}]
        result = await self._lanes.update_one(
            {"_id": before.lane, "revision": before.revision}, update, session=session
        )
        if result.matched_count != 1:
            raise _ChangedMeanwhile

    async def _change_intents(self, changes: Sequence[IntentChange], session: AsyncIOMotorClientSession) -> None:
        if not changes:
            return
        result = await self._intents.bulk_write(updates(changes), session=session)
        if result.matched_count != len(changes):
            raise _ChangedMeanwhile

    async def _block_account(self, account: AccountRecord, session: AsyncIOMotorClientSession) -> None:
        stored = await self._accounts.find_one({"_id": account.account}, session=session)
        if stored and (stored["state"], stored["code"]) == (account.state.value, account.code):
            return
        await self._accounts.update_one({"_id": account.account}, account_update(account), upsert=True, session=session)

    async def change_intent(self, change: IntentChange) -> bool:
        """Change one intent that is not in flight."""
        operation = update_one(change)
        with translated():
            result = await self._intents.bulk_write([operation])
        return bool(result.matched_count == 1)

    async def set_account(self, account: AccountRecord) -> AccountRecord:
        """Store an account's state and wake its lanes."""
        with translated():
            try:
                document = await self._set_account(account)
            except DuplicateKeyError:  # two at once; now it exists
                document = await self._set_account(account)
            await self._lanes.update_many({"accounts": account.account}, leases.wake(frozenset({account.account})))
        return account_from(document)

    async def _set_account(self, account: AccountRecord) -> Mapping[str, Any]:
        document: Mapping[str, Any] = await self._accounts.find_one_and_update(
            {"_id": account.account}, account_update(account), upsert=True, return_document=ReturnDocument.AFTER
        )
        return document


def _staging_runs(writes: Sequence[Intent | IntentChange]) -> "Sequence[Sequence[InsertOne[Document] | UpdateOne]]":
    """Cut after each change: one that finds nothing ends no bulk by itself, and what follows must not overtake it."""
    runs: list[list[InsertOne[Document] | UpdateOne]] = [[]]
    for write in writes:
        runs[-1].append(_stage_operation(write))
        if isinstance(write, IntentChange):
            runs.append([])
    return [run for run in runs if run]


def _stage_operation(write: Intent | IntentChange) -> "InsertOne[Document] | UpdateOne":
    return InsertOne(intent_document(write)) if isinstance(write, Intent) else update_one(write)


def _only_duplicates(error: BulkWriteError) -> bool:
    return (
        all(fault["code"] == DUPLICATE_KEY for fault in error.details["writeErrors"])
        and not (error.details["writeConcernErrors"])
    )
