"""What of the exchanges cannot be kept is dropped with an alarm, and the log goes on."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import pytest
from bson import encode
from runtime.exchange_writing import ExchangeWriter
from runtime.exchanges import ExchangeLog
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


@pytest.mark.parametrize("odd", (Said("{}", "\ud83d"), Said('{"SignType": ' + "9" * 30 + "}", "{}")))
async def test_one_exchange_that_cannot_be_kept_does_not_end_the_log(odd: Said) -> None:
    """Half a character, or a number too large for the database: what comes later is kept all the same."""
    log = KeptLog()
    writer = ExchangeWriter(log)
    await writer.observe_meinvoice(odd)
    await asyncio.sleep(0.1)
    await writer.observe_meinvoice(Said("{}", "{}"))
    await writer.close()
    assert len(log.kept) == 1
