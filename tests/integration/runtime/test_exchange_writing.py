"""Exchanges written behind the work: nothing waits for them, nothing is lost by an orderly end."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr
from pymongo.errors import AutoReconnect
from runtime import exchange_writing
from runtime.exchange_writing import ExchangeWriter
from runtime.exchanges import ExchangeLog
from runtime.logs import bound
from runtime.mongo import Document, Mongo
from runtime.settings import ExchangeSettings, MongoSettings
from support.told_exchange import Exchange
from typing_extensions import override


class FailingLog(ExchangeLog):
    """A log whose database is away so many times, and then takes the write without a receipt so many times."""

    away = 0
    receipts_lost = 0

    @override
    async def store(self, documents: Sequence[Document]) -> None:
        """Store, or not."""
        if self.away:
            self.away -= 1
            raise AutoReconnect("no primary")
        await super().store(documents)
        if self.receipts_lost:
            self.receipts_lost -= 1
            raise AutoReconnect("connection closed")


@pytest.fixture
async def log(mongo_url: str, mongo_database: str) -> AsyncIterator[FailingLog]:
    mongo = Mongo(MongoSettings(url=SecretStr(mongo_url), database=mongo_database))
    yield FailingLog(mongo.database, ExchangeSettings())
    await mongo.close()


@pytest.fixture
def long_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that writes when somebody waits for it or ends it, not by itself."""
    monkeypatch.setattr(exchange_writing, "_BEHIND_SECONDS", 60)


def alarms() -> float:
    """How many exchanges were reported missing."""
    value = REGISTRY.get_sample_value("hoadon_alarms_total", {"kind": "exchange_not_logged"})
    return value or 0.0


@pytest.mark.usefixtures("long_behind")
async def test_who_must_not_go_on_before_it_is_written_waits(log: FailingLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that was noted of the request is stored then, even if a write has to be repeated."""
    monkeypatch.setattr(exchange_writing, "_LONGEST_WAIT_SECONDS", 30)
    log.away = 1
    writer = ExchangeWriter(log)
    for number in range(3):
        with bound(shop="a", ref_ids=[f"r{number}"], request_id="q"):
            await writer.observe_meinvoice(Exchange())
    await writer.written("q")
    assert len(await log.find(shop="a")) == 3
    log.away = 10**6
    with bound(shop="a", request_id="another"):
        await writer.observe_meinvoice(Exchange())
    await writer.written("q")  # nothing of it is left to wait for
    assert log.away == 10**6
    log.away = 0
    await writer.close()


async def test_a_log_that_is_away_for_long_stops_nobody(log: FailingLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait ends, the exchange stays noted and is written when MongoDB is back."""
    monkeypatch.setattr(exchange_writing, "_LONGEST_WAIT_SECONDS", 0.01)
    log.away = 10**6
    writer = ExchangeWriter(log)
    with bound(shop="a", request_id="q"):
        await writer.observe_meinvoice(Exchange())
    await writer.written("q")
    assert await log.find(shop="a") == []
    log.away = 0
    await writer.close()
    assert len(await log.find(shop="a")) == 1


@pytest.mark.usefixtures("long_behind")
async def test_closing_writes_everything_that_was_noted(log: FailingLog) -> None:
    """An orderly end loses nothing, and each exchange keeps what was bound where it was made."""
    writer = ExchangeWriter(log)
    for number in range(70):
        with bound(shop="a", lane="l", ref_ids=[f"r{number}"]):
            await writer.observe_meinvoice(Exchange())
    assert await log.find(shop="a") == []
    await writer.close()
    assert len(await log.find(shop="a", limit=200)) == 70
    (one,) = await log.find(ref_id="r69")
    assert (one.lane, one.sign_type, one.response_body) == ("l", 2, '{"success": true}')


async def test_a_database_that_is_away_for_a_while_loses_nothing(log: FailingLog) -> None:
    """Failed writes are repeated; one that only lost its receipt makes nothing twice."""
    log.away, log.receipts_lost = 2, 1
    writer = ExchangeWriter(log)
    with bound(shop="a"):
        await writer.observe_meinvoice(Exchange())
    await writer.close()
    assert len(await log.find(shop="a")) == 1


async def test_an_end_without_a_database_raises_an_alarm_in_time(log: FailingLog) -> None:
    """The process ends although MongoDB stays away, and says how many exchanges are missing."""
    log.away, before = 10**6, alarms()
    writer = ExchangeWriter(log, closing=timedelta(seconds=0.1))
    for _ in range(3):
        await writer.observe_meinvoice(Exchange())
    async with asyncio.timeout(5):
        await writer.close()
    assert alarms() == before + 3


async def test_memory_is_bounded(log: FailingLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes when too many wait is reported missing; the call that made it is not held up."""
    monkeypatch.setattr(exchange_writing, "MOST_WAITING", 2)
    before, writer = alarms(), ExchangeWriter(log)
    with bound(shop="a"):
        for _ in range(5):
            await writer.observe_meinvoice(Exchange())
    await writer.close()
    assert (len(await log.find(shop="a")), alarms()) == (2, before + 3)
