"""XML that is created, signed and to be published (SignType 1), kept so that a resend is the identical document."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from meinvoice.answers import Created
from meinvoice.models import PublishInvoiceData
from runtime.mongo import Collection, Database, Document

COLLECTION = "signed_invoices"
_FORGOTTEN_AFTER = timedelta(days=30)
"""What was never answered for is looked up for a day; after this nobody asks for it again."""


def name_of(body: str) -> str:
    """What a body's XML is kept under: another body, another document."""
    return sha256(body.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Kept:
    """One invoice on its way to being published.

    `batch` names the request that created it: numbers in the XML of one request follow each other, those of two may
    clash. `place` is its place within that request, from 0. `item` is there once it is signed.
    """

    batch: str
    created: Created
    item: PublishInvoiceData | None = None
    place: int = 0


@dataclass(frozen=True, slots=True)
class SignedInvoices:
    """The collection `signed_invoices`: one document an invoice body."""

    database: Database

    @property
    def _collection(self) -> Collection:
        return self.database[COLLECTION]

    async def ensure_indexes(self) -> None:
        """Create the index that forgets what nobody needs any more."""
        seconds = int(_FORGOTTEN_AFTER.total_seconds())
        await self._collection.create_index("kept_at", name="forget", expireAfterSeconds=seconds)
        await self._collection.create_index("batch")

    async def find(self, bodies: Sequence[str]) -> Mapping[str, Kept]:
        """What is kept, by body."""
        names = {name_of(body): body for body in bodies}
        found = self._collection.find({"_id": {"$in": list(names)}})
        return {names[document["_id"]]: _kept(document) async for document in found}

    async def keep(self, kept: Mapping[str, Kept], at: datetime) -> None:
        """Keep these by their bodies, in place of what was kept; `at` is aware."""
        for body, one in kept.items():
            await self._collection.replace_one({"_id": name_of(body)}, _document(one, at), upsert=True)

    async def keep_signed(self, body: str, signed: Kept, at: datetime) -> bool:
        """Add the signature to what was created; False if that is no longer kept: it is settled, or created anew."""
        item = _document(signed, at)["item"]
        found = {"_id": name_of(body), "batch": signed.batch}
        result = await self._collection.update_one(found, {"$set": {"item": item, "kept_at": at}})
        return bool(result.matched_count)

    async def stands_alone(self, batch: str, before: int, bodies: Sequence[str]) -> bool:
        """Whether nothing else of this batch is left before this place: these bodies' numbers follow what is issued."""
        others = {"batch": batch, "place": {"$lt": before}, "_id": {"$nin": [name_of(body) for body in bodies]}}
        return await self._collection.find_one(others, {"_id": 1}) is None

    async def drop(self, bodies: Sequence[str]) -> None:
        """Forget what is issued, or what was refused and must be created anew."""
        if bodies:
            await self._collection.delete_many({"_id": {"$in": [name_of(body) for body in bodies]}})


def _document(kept: Kept, at: datetime) -> Document:
    created = kept.created
    return {
        "ref_id": created.ref_id,
        "batch": kept.batch,
        "place": kept.place,
        "transaction_id": created.transaction_id,
        "inv_series": created.inv_series,
        "inv_no": created.inv_no,
        "xml": zlib.compress(created.xml.encode()),
        "item": zlib.compress(kept.item.to_json().encode()) if kept.item else None,
        "kept_at": at,
    }


def _kept(document: Document) -> Kept:
    created = Created(
        ref_id=document["ref_id"],
        transaction_id=document["transaction_id"],
        inv_series=document["inv_series"],
        xml=zlib.decompress(document["xml"]).decode(),
        inv_no=document["inv_no"],
    )
    item = document["item"]
    signed = PublishInvoiceData.from_json(zlib.decompress(item).decode()) if item else None
    return Kept(document["batch"], created, signed, document.get("place", 0))
