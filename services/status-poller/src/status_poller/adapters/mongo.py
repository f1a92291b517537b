"""Follow-ups in the collection `status_follow_ups`.

Each job (`poll`, `write_back`) has its own `due` time and lease. A lease is taken and used by compare-and-set; times
are the process's, since a clock that is off only shifts when something is asked.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError
from runtime.mongo import Collection, Database, Document

from status_poller.adapters.documents import (
    event_document,
    event_of,
    follow_up_of,
    invoice_document,
    new_document,
    state_document,
)
from status_poller.application.ports import Claimed, Job, PollResult, StatusEvent, WriteResult
from status_poller.domain.follow_up import FollowUp, Invoice

COLLECTION = "status_follow_ups"


class MongoFollowUps:
    """The store of follow-ups."""

    def __init__(self, database: Database) -> None:
        """Keep them in `database`."""
        self._collection: Collection = database[COLLECTION]

    async def ensure_indexes(self) -> None:
        """Create what the queries need; safe at every start."""
        await self._collection.create_indexes(
            [
                IndexModel([("poll.due", ASCENDING)]),
                IndexModel([("write_back.due", ASCENDING)]),
                IndexModel([("invoice.shop", ASCENDING), ("invoice.order_id", ASCENDING)]),
                IndexModel([("unannounced", ASCENDING)], partialFilterExpression={"unannounced": True}),
            ]
        )

    async def take_in(self, invoice: Invoice, *, now: datetime, poll_due: datetime, traceparent: str | None) -> bool:
        """Start following an invoice, or take over a higher version; False when it is known already."""
        changes: Document = {
            "invoice": invoice_document(invoice),
            "traceparent": traceparent,
            "poll.due": poll_due,
            "write_back.due": now,
        }
        try:
            await self._collection.update_one(
                {"_id": invoice.ref_id, "invoice.version": {"$lt": invoice.version}},
                {"$set": changes, "$setOnInsert": new_document(invoice, now), "$inc": {"revision": 1}},
                upsert=True,
            )
        except DuplicateKeyError:
            return False  # known in this version or a higher one
        return True

    async def claim(
        self, job: Job, *, now: datetime, lease: timedelta, limit: int, but_not: Sequence[str] = ()
    ) -> Sequence[Claimed]:
        """Take what is due and nobody's, oldest first; another replica cannot get the same."""
        due, free = _due(job, now)
        if but_not:
            due["invoice.shop"] = {"$nin": list(but_not)}
        found = await self._collection.find({**due, **free}, {"_id": 1}).sort(f"{job}.due", ASCENDING).to_list(limit)
        if not found:
            return []
        token = uuid.uuid4().hex
        await self._collection.update_many(
            {"_id": {"$in": [one["_id"] for one in found]}, **due, **free},
            {"$set": {f"{job}.lease": token, f"{job}.leased_until": now + lease}},
        )
        mine = self._collection.find({f"{job}.lease": token, "_id": {"$in": [one["_id"] for one in found]}})
        return [Claimed(follow_up_of(document), token) async for document in mine]

    async def finish_poll(self, claimed: Claimed, result: PollResult, event: StatusEvent | None, now: datetime) -> bool:
        """Store what asking brought and the event to announce; False when the lease was lost."""
        follow_up = claimed.follow_up
        changes: Document = {
            "poll.due": result.due,
            "poll.leased_until": None,
            "poll.asked": follow_up.asked + result.answered,
            "poll.failures": 0 if result.answered else follow_up.failed_polls + 1,
            "poll.last_at": now,
        }
        if result.invoice_with_code is not None:
            changes["invoice.invoice_with_code"] = result.invoice_with_code
        update: Document = {"$set": changes}
        if result.state is not None:
            changes |= {"state": state_document(result.state), "write_back.due": now}
            update["$inc"] = {"revision": 1}
        return await self._finish(Job.POLL, claimed, update, event)

    async def finish_write(
        self, claimed: Claimed, result: WriteResult, event: StatusEvent | None, now: datetime
    ) -> bool:
        """Store what writing brought; what changed since the claim is due again at once."""
        follow_up = claimed.follow_up
        changes: Document = {
            "write_back.due": result.due,
            "write_back.leased_until": None,
            "write_back.failures": follow_up.failed_writes + 1 if result.error else 0,
            "write_back.error": result.error,
            "write_back.last_at": now,
        }
        if not result.error:
            changes["write_back.written_at"] = now
        unchanged = {"revision": follow_up.revision}
        if await self._finish(Job.WRITE_BACK, claimed, {"$set": changes}, event, unchanged):
            return True
        if result.error:
            return await self._finish(Job.WRITE_BACK, claimed, {"$set": changes}, event)
        return await self._finish(Job.WRITE_BACK, claimed, {"$set": changes | {"write_back.due": now}}, event)

    async def _finish(
        self,
        job: Job,
        claimed: Claimed,
        update: Document,
        event: StatusEvent | None,
        condition: Mapping[str, Any] | None = None,
    ) -> bool:
        """Change what we still hold, and store the event with it.

        An event is numbered after those that are there; when another job stores one meanwhile, it is numbered anew.
        """
        held = {"_id": claimed.follow_up.invoice.ref_id, f"{job}.lease": claimed.lease, **(condition or {})}
        if event is None:
            return (await self._collection.update_one(held, _released(update, job))).matched_count == 1
        while (there := await self._collection.find_one(held, {"sequence": 1})) is not None:
            numbered = event.model_copy(update={"sequence": there["sequence"] + 1})
            done = await self._collection.update_one(
                {**held, "sequence": there["sequence"]}, _with_event(_released(update, job), numbered)
            )
            if done.matched_count:
                return True
        return False

    async def postpone(self, job: Job, *, until: datetime, shop: str, account: str | None = None) -> None:
        """Put off everything of a shop, or of one account of it, that would be due before."""
        whose: Document = {"invoice.shop": shop}
        if account is not None:
            environment, _, tax_code = account.partition(":")
            whose |= {"invoice.environment": environment, "invoice.tax_code": tax_code}
        early = {f"{job}.due": {"$lt": until, "$ne": None}}
        await self._collection.update_many({**whose, **early}, {"$set": {f"{job}.due": until}})

    async def of_order(self, shop: str, order_id: int) -> Sequence[FollowUp]:
        """All follow-ups of one order."""
        found = self._collection.find({"invoice.shop": shop, "invoice.order_id": order_id})
        return [follow_up_of(document) async for document in found]

    async def unannounced(self, *, limit: int) -> Sequence[tuple[FollowUp, Sequence[StatusEvent]]]:
        """Events that are stored but were not acknowledged by Kafka, per follow-up in order."""
        found = await self._collection.find({"unannounced": True}).to_list(limit)
        return [(follow_up_of(one), [event_of(event) for event in one["outbox"]]) for one in found]

    async def announced(self, ref_id: str, sequence: int) -> None:
        """Forget the events up to this sequence."""
        left = {"$filter": {"input": "$outbox", "cond": {"$gt": ["$$this.sequence", sequence]}}}
        await self._collection.update_one(
            {"_id": ref_id},
            [{"$set": {"outbox": left}}, {"$set": {"unannounced": {"$gt": [{"$size": "$outbox"}, 0]}}}],
        )


def _due(job: Job, now: datetime) -> tuple[Document, Document]:
    free = {"$or": [{f"{job}.leased_until": None}, {f"{job}.leased_until": {"$lte": now}}]}
    return {f"{job}.due": {"$lte": now, "$ne": None}}, free


def _released(update: Document, job: Job) -> Document:
    return {**update, "$unset": {f"{job}.lease": ""}}


def _with_event(update: Document, event: StatusEvent) -> Document:
    changed = {**update["$set"], "sequence": event.sequence, "unannounced": True}
    return {**update, "$set": changed, "$push": {"outbox": event_document(event)}}
