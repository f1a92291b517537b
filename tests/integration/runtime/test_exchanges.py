"""The log of exchanges in a real MongoDB: found by whatever one knows, without secrets, forgotten in time."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from opentelemetry.sdk.trace import TracerProvider
from pydantic import SecretStr
from runtime.exchanges import ExchangeLog, Subject
from runtime.logs import bound
from runtime.mongo import Mongo
from runtime.settings import ExchangeSettings, MongoSettings

MOMENT = datetime(2026, 3, 14, 3, 7, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Exchange:
    """What a vendor client tells."""

    method: str = "POST"
    path: str = "/invoice"
    request_body: str | None = '{"TotalAmount": 1.10}'
    status: int | None = 200
    response_body: str | None = '{"success": true}'
    error: str | None = None
    started_at: datetime = MOMENT
    elapsed: float = 0.25
    attempt: int = 1


@pytest.fixture
async def mongo(mongo_url: str, mongo_database: str) -> AsyncIterator[Mongo]:
    opened = Mongo(MongoSettings(url=SecretStr(mongo_url), database=mongo_database))
    yield opened
    await opened.close()


@pytest.fixture
async def log(mongo: Mongo) -> ExchangeLog:
    made = ExchangeLog(mongo.database, ExchangeSettings(body_length=1000))
    await made.ensure_indexes()
    return made


async def test_an_exchange_is_found_by_anything_it_is_about(log: ExchangeLog) -> None:
    """By shop, order, each of its RefIDs, lane or trace, with its bodies as they were."""
    about = Subject(shop="a", order="7", ref_ids=("r1", "r2"), lane="sandbox:1:1C__TAA")
    with TracerProvider().get_tracer("t").start_as_current_span("s") as span:
        await log.record(Exchange(), "meinvoice", about)
    await log.record(Exchange(), "haravan", Subject(shop="b"))
    trace_id = f"{span.get_span_context().trace_id:032x}"
    for known in ({"shop": "a"}, {"order": "7"}, {"ref_id": "r2"}, {"lane": about.lane}, {"trace_id": trace_id}):
        (found,) = await log.find(**known)
        assert (found.shop, found.ref_ids, found.direction) == ("a", ("r1", "r2"), "meinvoice")
        assert (found.request_body, found.started_at) == ('{"TotalAmount": 1.10}', MOMENT)
    assert await log.find(shop="c") == []


async def test_an_observer_takes_the_subject_from_what_is_bound(log: ExchangeLog) -> None:
    """The vendor's client knows nothing of shops and orders."""
    with bound(shop="a", order="9", ref_id="r9", lane="l"):
        await log.observe_meinvoice(Exchange(status=None, response_body=None, error="ReadTimeout"))
    (found,) = await log.find(order="9")
    assert (found.shop, found.ref_ids, found.lane, found.error) == ("a", ("r9",), "l", "ReadTimeout")


async def test_secrets_are_not_kept(log: ExchangeLog, mongo: Mongo) -> None:
    """Neither passwords nor tokens, not even in a login's answer."""
    login = Exchange(
        path="/api/integration/auth/token",
        request_body='{"appid": "hidden", "password": "hidden"}',
        response_body='{"success": true, "data": "hidden"}',
    )
    await log.record(login, "meinvoice", Subject(shop="a"))
    await log.record(replace(login, path="/x?access_token=hidden", response_body=None), "haravan", Subject(shop="a"))
    for found in await log.find(shop="a"):
        assert "hidden" not in f"{found.path}{found.request_body}{found.response_body}"


async def test_long_bodies_are_cut_and_say_so(log: ExchangeLog) -> None:
    """A PDF in an answer does not fill the database."""
    await log.record(Exchange(response_body="x" * 5000), "meinvoice", Subject(shop="a"))
    (found,) = await log.find(shop="a")
    assert (len(found.response_body or ""), found.truncated) == (1000, True)


async def test_exchanges_are_forgotten_after_their_time(log: ExchangeLog, mongo: Mongo) -> None:
    """A changed setting is applied to the index that is there."""
    for days in (90, 30):
        changed = ExchangeLog(mongo.database, ExchangeSettings(keep=timedelta(days=days)))
        await changed.ensure_indexes()
        indexes = await mongo.database["exchanges"].index_information()
        assert indexes["forget"]["expireAfterSeconds"] == days * 86400


async def test_a_log_that_cannot_be_written_fails_no_call() -> None:
    """The vendor has already answered: its answer counts more than its copy."""
    away = Mongo(MongoSettings(url=SecretStr("mongodb://127.0.0.1:9/"), timeout=timedelta(milliseconds=200)))
    await ExchangeLog(away.database, ExchangeSettings()).observe_haravan(Exchange())
    await away.close()
