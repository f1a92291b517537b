"""What of the exchanges cannot be kept is dropped with an alarm, and the log goes on."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import pytest
from bson import encode
from prometheus_client import REGISTRY
from pymongo.errors import BulkWriteError
from runtime.exchange_writing import ExchangeWriter
from runtime.exchanges import COLLECTION, ExchangeLog
from runtime.mongo import Database, Document
from runtime.settings import ExchangeSettings
from typing_extensions import override


class _Nowhere:
    """A database of which nothing is asked."""

    def __getitem__(self, name: str) -> None:
        return None


class KeptLog(ExchangeLog):
    """Keeps what can be encoded, as MongoDB does."""

    def __init__(self) -> None:
        super().__init__(cast("Database", _Nowhere()), ExchangeSettings())
        self.kept: list[Document] = []

    @override
    async def store(self, documents: Sequence[Document]) -> None:
        for document in documents:
            encode(document)
        self.kept += documents


@dataclass(frozen=True)
class Said:
    """An exchange with this request and answer."""

    request_body: str | None
    response_body: str | None
    method: str = "POST"
    path: str = "/invoice"
    status: int | None = 200
    error: str | None = None
    started_at: datetime = datetime(2026, 11, 21, tzinfo=UTC)
    elapsed: float = 0.1
    attempt: int = 1


def missing() -> float:
    """How many exchanges were reported missing."""
    return REGISTRY.get_sample_value("hoadon_alarms_total", {"kind": "exchange_not_logged"}) or 0.0


@pytest.mark.parametrize("odd", (Said("{}", "\ud83d"), Said('{"SignType": ' + "9" * 30 + "}", "{}")))
async def test_one_exchange_that_cannot_be_kept_does_not_end_the_log(odd: Said) -> None:
    """Half a character, or a number too large for the database: what comes with it and later is kept all the same."""
    log, before = KeptLog(), missing()
    writer = ExchangeWriter(log)
    await writer.observe_meinvoice(odd)
    await writer.observe_meinvoice(Said("{}", "{}"))
    await asyncio.sleep(0.1)
    await writer.observe_meinvoice(Said("{}", "{}"))
    await writer.close()
    assert len(log.kept) == 2
    assert missing() == before + 1


class WithoutMajority:
    """A collection that stores, but whose first receipts say that no majority has it."""

    def __init__(self, answers: Sequence[Document]) -> None:
        self.answers = list(answers)
        self.asked: list[list[object]] = []

    async def insert_many(self, documents: Sequence[Document], *, ordered: bool) -> None:
        self.asked.append([document["_id"] for document in documents])
        assert not ordered
        if self.answers:
            raise BulkWriteError(self.answers.pop(0))


async def test_what_no_majority_has_is_written_again() -> None:
    """A failover may undo it; written again under the same id it is there once, whatever became of the first."""
    concern = {"code": 91, "errmsg": "the primary steps down"}
    duplicate = {"index": 0, "code": 11000, "errmsg": "E11000"}
    collection = WithoutMajority(
        (
            {"writeErrors": [], "writeConcernErrors": [concern]},
            {"writeErrors": [duplicate], "writeConcernErrors": [concern]},
            {"writeErrors": [duplicate], "writeConcernErrors": []},
        )
    )
    before = missing()
    writer = ExchangeWriter(ExchangeLog(cast("Database", {COLLECTION: collection}), ExchangeSettings()))
    await writer.observe_meinvoice(Said("{}", "{}"))
    await writer.close()
    assert len(collection.asked) == 3
    assert collection.asked[0] == collection.asked[1] == collection.asked[2]
    assert missing() == before
