"""Signed XML that was or is to be published (SignType 1), kept so that a resend is the identical document."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from meinvoice.models import PublishInvoiceData
from runtime.mongo import Collection, Database

COLLECTION = "signed_invoices"
_FORGOTTEN_AFTER = timedelta(days=30)
"""What was never answered for is looked up for a day; after this nobody asks for it again."""


def name_of(body: str) -> str:
    """What a body's signed form is kept under: another body, another signature."""
    return sha256(body.encode()).hexdigest()


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
        await self._collection.create_index("signed_at", name="forget", expireAfterSeconds=seconds)

    async def find(self, bodies: Sequence[str]) -> Mapping[str, PublishInvoiceData]:
        """What is signed already, by body."""
        names = {name_of(body): body for body in bodies}
        found = self._collection.find({"_id": {"$in": list(names)}})
        return {
            names[document["_id"]]: PublishInvoiceData.from_json(zlib.decompress(document["item"]).decode())
            async for document in found
        }

    async def keep(self, body: str, item: PublishInvoiceData, at: datetime) -> None:
        """Keep a signed invoice before it is published; `at` is aware."""
        document = {"ref_id": item.RefID, "item": zlib.compress(item.to_json().encode()), "signed_at": at}
        await self._collection.replace_one({"_id": name_of(body)}, document, upsert=True)

    async def drop(self, bodies: Sequence[str]) -> None:
        """Forget what is issued, or what was refused and must be created anew."""
        if bodies:
            await self._collection.delete_many({"_id": {"$in": [name_of(body) for body in bodies]}})
