"""Orders in MongoDB. Collection `orders`, one document an order, keyed by shop and order."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.decisions import Outcome
from pydantic import BaseModel
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import DuplicateKeyError
from runtime.mongo import Database

from orders.documents import encode, from_document, to_document
from orders.model import WITHDRAWN, InvoiceFacts, InvoiceState, OrderRecord, TaxStatus, WriteBack, document_id

COLLECTION = "orders"
_UNTOLD_CORRECTION = {
    "$and": [
        {"$gt": ["$$this.corrects", None]},
        {"$or": [{"$eq": ["$$this.draft", True]}, {"$eq": ["$$this.invoice.code", WITHDRAWN]}]},
    ],
}
_LAST_WORD = {
    "$let": {
        "vars": {"last": {"$last": {"$filter": {"input": "$invoices", "cond": {"$not": [_UNTOLD_CORRECTION]}}}}},
        "in": {
            "$cond": [
                {"$gt": ["$decision.sequence", "$$last.sequence"]},
                "$decision.outcome",
                {"$ifNull": ["$$last.invoice.state", "$decision.outcome"]},
            ]
        },
    }
}
"""The state of `OrderRecord.newest_invoice`, unless there is no word on it or a decision came after it."""


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders to list; what is None does not narrow. Times are aware, compared with `updated_at`.

    `outcome` is that of the newest decision, `invoice_state` that of any invoice; with `as_it_stands` they narrow to
    orders for which it is also the last word: an issued order is no longer planned.
    """

    shop: str | None = None
    outcome: Outcome | None = None
    reason: str | None = None
    invoice_state: InvoiceState | None = None
    lane: str | None = None
    order_name: str | None = None
    order_id: int | None = None
    invoice_number: str | None = None
    lookup_code: str | None = None
    updated_since: datetime | None = None
    updated_before: datetime | None = None
    attention: bool = False
    draft: bool = False
    as_it_stands: bool = False

    def query(self) -> dict[str, Any]:
        """The filter as MongoDB takes it."""
        named = {
            "shop": self.shop,
            "decision.outcome": self.outcome and self.outcome.value,
            "decision.reason": self.reason,
            "invoices.invoice.state": self.invoice_state and self.invoice_state.value,
            "invoices.lane": self.lane,
            "order_name": self.order_name,
            "order_id": self.order_id,
            "invoices.invoice.number": self.invoice_number,
            "invoices.invoice.lookup_code": self.lookup_code,
        }
        query: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
        window = {"$gte": self.updated_since, "$lt": self.updated_before}
        if updated := {name: at for name, at in window.items() if at is not None}:
            query["newest.updated_at"] = updated
        if self.attention:
            query["attention"] = {"$ne": None}
        if self.draft:
            query["invoices.draft"] = True
        if self.as_it_stands and (state := self.invoice_state or self.outcome):
            query["$expr"] = {"$eq": [_LAST_WORD, state.value]}
        return query


class OrderStore:
    """Reads and writes orders; every write is a compare-and-set on the revision or on a version inside."""

    def __init__(self, database: Database) -> None:
        """Use the collection `orders` of this database."""
        self._collection = database[COLLECTION]

    async def ensure_indexes(self) -> None:
        """Create what the queries need; safe to call at every start."""
        await self._collection.create_indexes(
            [
                IndexModel([("shop", ASCENDING), ("order_id", ASCENDING)], unique=True),
                IndexModel([("shop", ASCENDING), ("decision.outcome", ASCENDING), ("decision.reason", ASCENDING)]),
                IndexModel([("invoices.ref_id", ASCENDING)]),
                # What people search by, most often without saying the shop.
                IndexModel([("order_name", ASCENDING), ("shop", ASCENDING)]),
                IndexModel([("order_id", ASCENDING)]),
                IndexModel([("invoices.invoice.number", ASCENDING)]),
                IndexModel([("invoices.invoice.lookup_code", ASCENDING)]),
                IndexModel([("newest.updated_at", DESCENDING)]),
                IndexModel(
                    [("invoices.draft", ASCENDING)], name="drafts", partialFilterExpression={"invoices.draft": True}
                ),
            ]
        )

    async def get(self, shop: str, order_id: int) -> OrderRecord | None:
        """One order."""
        document = await self._collection.find_one({"_id": document_id(shop, order_id)})
        return None if document is None else from_document(document)

    async def get_by_ref_id(self, ref_id: str) -> OrderRecord | None:
        """The order that an invoice covers."""
        document = await self._collection.find_one({"invoices.ref_id": ref_id})
        return None if document is None else from_document(document)

    async def save(self, record: OrderRecord) -> bool:
        """Write a record that was read with `record.revision` (0: never stored).

        Returns False when somebody wrote it in between: read again and decide again.
        """
        document = to_document(record) | {"revision": record.revision + 1}
        if record.revision == 0:
            return await self._insert(document)
        result = await self._collection.replace_one({"_id": record.document_id, "revision": record.revision}, document)
        return result.matched_count == 1

    async def _insert(self, document: dict[str, Any]) -> bool:
        try:
            await self._collection.insert_one(document)
        except DuplicateKeyError:
            return False
        return True

    async def mark_published(self, shop: str, order_id: int, sequence: int) -> None:
        """Note that Kafka has the decision of this sequence and its command."""
        await self._collection.update_one(
            {"_id": document_id(shop, order_id), "decision.sequence": sequence},
            {"$set": {"decision.published": True}, "$inc": {"revision": 1}},
        )

    async def record_invoice(self, shop: str, order_id: int, ref_id: str, facts: InvoiceFacts) -> bool:
        """Keep the newest result of an invoice; False when it is known already or the order does not have it."""
        return await self._record(shop, order_id, ref_id, ("invoice", "version"), facts)

    async def record_tax_status(self, shop: str, order_id: int, ref_id: str, status: TaxStatus) -> bool:
        """Keep the newest verdict on an invoice."""
        return await self._record(shop, order_id, ref_id, ("tax", "sequence"), status)

    async def record_write_back(self, shop: str, order_id: int, ref_id: str, write_back: WriteBack) -> bool:
        """Keep the newest word on the write-back of an invoice."""
        return await self._record(shop, order_id, ref_id, ("write_back", "sequence"), write_back)

    async def clear_attention(self, shop: str, order_id: int, code: str) -> None:
        """Take a note off the order, if it is the one with this code."""
        await self._collection.update_one(
            {"_id": document_id(shop, order_id), "attention.code": code},
            {"$set": {"attention": None}, "$inc": {"revision": 1}},
        )

    async def _record(
        self, shop: str, order_id: int, ref_id: str, part_and_version: tuple[str, str], value: BaseModel
    ) -> bool:
        part, order_by = part_and_version
        version = getattr(value, order_by)
        newer = {"ref_id": ref_id, f"{part}.{order_by}": {"$not": {"$gte": version}}}
        result = await self._collection.update_one(
            {"_id": document_id(shop, order_id), "invoices": {"$elemMatch": newer}},
            {"$set": {f"invoices.$.{part}": encode(value.model_dump())}, "$inc": {"revision": 1}},
        )
        return result.modified_count == 1

    async def find(
        self, wanted: OrderFilter, *, limit: int = 50, skip: int = 0, oldest_first: bool = False
    ) -> AsyncIterator[OrderRecord]:
        """Orders of a filter, newest change first unless `oldest_first`."""
        direction = ASCENDING if oldest_first else DESCENDING
        cursor = self._collection.find(wanted.query()).sort([("newest.updated_at", direction), ("_id", ASCENDING)])
        async for document in cursor.skip(skip).limit(limit):
            yield from_document(document)

    async def count(self, wanted: OrderFilter) -> int:
        """How many orders a filter finds."""
        return await self._collection.count_documents(wanted.query())

    async def count_by_decision(self, shop: str | None = None) -> list[tuple[str, str, int]]:
        """Numbers of orders by outcome and reason, largest first."""
        pipeline: list[Mapping[str, Any]] = [
            {"$match": {} if shop is None else {"shop": shop}},
            {"$group": {"_id": {"o": "$decision.outcome", "r": "$decision.reason"}, "n": {"$sum": 1}}},
            {"$sort": {"n": -1, "_id": 1}},
        ]
        return [
            (row["_id"].get("o") or "", row["_id"].get("r") or "", row["n"])
            async for row in self._collection.aggregate(pipeline)
        ]
