"""Haravan's facts about customers. Collection `customers`, one document a customer; who it is, is encrypted."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import simplejson
from pymongo import ASCENDING, IndexModel, UpdateOne
from runtime.mongo import Database
from runtime.secrets import SecretBox

from catalogue.newest import literal, put_if_newest
from catalogue.resources import Customer

COLLECTION = "customers"


@dataclass(frozen=True, slots=True)
class CustomerSeen:
    """A customer as it came in; `seen_at` (aware) stands in where Haravan told no `updated_at`."""

    shop: str
    customer: Customer
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class CustomerDeleted:
    """A customer that was deleted before `seen_at` (aware); who it was is forgotten."""

    shop: str
    customer_id: int
    seen_at: datetime


class CustomerStore:
    """Reads and writes what Haravan says of customers; only newer facts win."""

    def __init__(self, database: Database, box: SecretBox) -> None:
        """Use the collection `customers` of this database; `box` seals who they are."""
        self._customers = database[COLLECTION]
        self._box = box

    async def ensure_indexes(self) -> None:
        """Create what the queries need; safe to call at every start."""
        await self._customers.create_indexes([IndexModel([("shop", ASCENDING), ("customer_id", ASCENDING)])])

    async def save(self, news: Sequence[CustomerSeen | CustomerDeleted]) -> None:
        """Write what came in, in this order."""
        if news:
            await self._customers.bulk_write([self._written(each) for each in news], ordered=True)

    async def all(self, shop: str, *, after: int = 0) -> AsyncIterator[Customer]:
        """The customers of a shop that are not deleted, by id, those above `after`."""
        query = {"shop": shop, "customer_id": {"$gt": after}, "deleted": False}
        async for document in self._customers.find(query).sort("customer_id", ASCENDING):
            yield self._opened(document)

    async def find(self, shop: str, customer_ids: Collection[int]) -> dict[int, Customer]:
        """Customers by id, as far as they are known and not deleted."""
        ids = [f"{shop}:{each}" for each in customer_ids]
        cursor = self._customers.find({"_id": {"$in": ids}, "deleted": False})
        return {document["customer_id"]: self._opened(document) async for document in cursor}

    async def rewrite(self) -> int:
        """Encrypt everything with the first key; the number of documents."""
        done = 0
        async for each in self._customers.find({"sealed": {"$ne": None}}):
            seen = {"_id": each["_id"], "sealed": each["sealed"]}
            fields = {"sealed": self._box.rotate(each["sealed"])}
            done += (await self._customers.update_one(seen, {"$set": fields})).matched_count
        return done

    def _written(self, news: CustomerSeen | CustomerDeleted) -> UpdateOne:
        match news:
            case CustomerDeleted(shop, customer_id, seen_at):
                fields = {"shop": shop, "customer_id": customer_id, "deleted": True, "sealed": None}
                return put_if_newest(f"{shop}:{customer_id}", seen_at, literal(fields))
            case CustomerSeen(shop, customer, seen_at):
                who = {"name": customer.name, "email": customer.email, "phone": customer.phone}
                sealed = self._box.encrypt(simplejson.dumps(who, ensure_ascii=False))
                fields = {"shop": shop, "customer_id": customer.id, "deleted": False, "sealed": sealed}
                return put_if_newest(f"{shop}:{customer.id}", customer.updated_at or seen_at, literal(fields))

    def _opened(self, document: Mapping[str, Any]) -> Customer:
        who = simplejson.loads(self._box.decrypt(document["sealed"]))
        return Customer(id=document["customer_id"], updated_at=document["updated_at"], **who)
