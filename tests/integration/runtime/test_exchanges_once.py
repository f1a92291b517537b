"""Exchanges that are told once, while MongoDB is away for a moment or for long, or takes nothing at all."""

from collections.abc import AsyncIterator

import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError
from runtime.exchanges import ExchangeLog
from runtime.mongo import Document, Mongo
from runtime.settings import ExchangeSettings, MongoSettings
from support.told_exchange import Exchange
from typing_extensions import override


class FailingLog(ExchangeLog):
    """A log whose database answers with these errors, one after the other, before or after it has written."""

    before: list[PyMongoError]
    after: list[PyMongoError]
    attempts = 0

    @override
    async def _insert(self, document: Document) -> None:
        self.attempts += 1
        if self.before:
            raise self.before.pop(0)
        await super()._insert(document)
        if self.after:
            raise self.after.pop(0)


@pytest.fixture
async def log(mongo_url: str, mongo_database: str) -> AsyncIterator[FailingLog]:
    mongo = Mongo(MongoSettings(url=SecretStr(mongo_url), database=mongo_database))
    made = FailingLog(mongo.database, ExchangeSettings())
    made.before, made.after = [], []
    yield made
    await mongo.close()


def alarms() -> float:
    """How many exchanges were reported missing."""
    return REGISTRY.get_sample_value("hoadon_alarms_total", {"kind": "exchange_not_logged"}) or 0.0


async def test_a_database_that_is_away_for_a_moment_loses_nothing(log: FailingLog) -> None:
    """A failed write is repeated; one that only lost its receipt adds nothing and is no failure."""
    log.before = [AutoReconnect("no primary")] * 2
    log.after = [AutoReconnect("connection closed")]
    reported = alarms()
    await log.observe_meinvoice_once(Exchange(), "r7")
    assert (len(await log.find()), log.attempts, alarms()) == (1, 4, reported)


@pytest.mark.parametrize(
    ("error", "attempts"), ((AutoReconnect("no primary"), 4), (OperationFailure("refused"), 1)), ids=str
)
async def test_whoever_waits_does_not_wait_for_long(log: FailingLog, error: PyMongoError, attempts: int) -> None:
    """After a few attempts, or at once where another would change nothing, an alarm tells what is missing."""
    log.before = [error] * 10
    reported = alarms()
    await log.observe_meinvoice_once(Exchange(), "r7")
    assert (await log.find(), log.attempts, alarms()) == ([], attempts, reported + 1)
