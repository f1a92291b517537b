"""What a token signs is kept by its body and by the request that created it, whoever comes late."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from invoicer.adapters.signed_invoices import Kept, SignedInvoices
from meinvoice.answers import Created
from meinvoice.models import PublishInvoiceData
from pydantic import SecretStr
from runtime.mongo import Mongo
from runtime.settings import MongoSettings

AT = datetime.now(UTC)  # MongoDB forgets what was kept long ago


def kept(ref_id: str, batch: str, place: int) -> Kept:
    """As it was created."""
    return Kept(batch, Created(ref_id=ref_id, transaction_id=batch, inv_series="1C26TKA", xml="<HDon/>"), place=place)


def signed(one: Kept) -> Kept:
    """The same with its signature."""
    item = PublishInvoiceData(
        RefID=one.created.ref_id, TransactionID=one.batch, InvSeries="1C26TKA", InvoiceData="<HDon>s</HDon>"
    )
    return Kept(one.batch, one.created, item, one.place)


@pytest.fixture
async def store(mongo_url: str, mongo_database: str) -> AsyncIterator[SignedInvoices]:
    """Three invoices that one request created."""
    mongo = Mongo(MongoSettings(url=SecretStr(mongo_url), database=mongo_database))
    store = SignedInvoices(mongo.database)
    await store.ensure_indexes()
    await store.keep({f"body {place}": kept(f"r{place}", "first", place) for place in range(3)}, AT)
    yield store
    await mongo.close()


async def test_a_signature_is_added_to_what_was_created(store: SignedInvoices) -> None:
    """And found with it."""
    assert await store.keep_signed("body 1", signed(kept("r1", "first", 1)), AT)
    found = await store.find(["body 1", "body 2", "unknown"])
    assert set(found) == {"body 1", "body 2"}
    assert found["body 1"] == signed(kept("r1", "first", 1))
    assert found["body 2"].item is None


async def test_a_late_signature_neither_replaces_a_newer_document_nor_brings_one_back(store: SignedInvoices) -> None:
    """Another process has created it anew, or it is issued and forgotten."""
    newer = kept("r1", "second", 0)
    await store.keep({"body 1": newer}, AT)
    await store.drop(["body 2"])
    assert not await store.keep_signed("body 1", signed(kept("r1", "first", 1)), AT)
    assert not await store.keep_signed("body 2", signed(kept("r2", "first", 2)), AT)
    assert await store.find(["body 1", "body 2"]) == {"body 1": newer}


async def test_what_is_left_of_a_request_before_a_place(store: SignedInvoices) -> None:
    """Numbers follow each other only if nothing before them is left behind."""
    assert await store.stands_alone("first", 2, ["body 0", "body 1", "body 2"])
    assert not await store.stands_alone("first", 2, ["body 1", "body 2"])
    assert await store.stands_alone("first", 0, ["body 0"])
    await store.drop(["body 0"])
    assert await store.stands_alone("first", 2, ["body 1", "body 2"])
