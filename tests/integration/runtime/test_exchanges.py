"""The log of exchanges in a real MongoDB: found by whatever one knows, without secrets, forgotten in time."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from pydantic import SecretStr
from runtime.exchanges import ExchangeLog, Subject
from runtime.logs import bound
from runtime.mongo import Mongo
from runtime.settings import ExchangeSettings, MongoSettings
from support.told_exchange import LONG, MOMENT, Exchange


@pytest.fixture
async def mongo(mongo_url: str, mongo_database: str) -> AsyncIterator[Mongo]:
    opened = Mongo(MongoSettings(url=SecretStr(mongo_url), database=mongo_database))
    yield opened
    await opened.close()


@pytest.fixture
async def log(mongo: Mongo) -> ExchangeLog:
    made = ExchangeLog(mongo.database, ExchangeSettings(keep=LONG, body_length=1000))
    await made.ensure_indexes()
    return made


async def test_a_batch_is_found_by_anything_it_is_about(log: ExchangeLog) -> None:
    """Thirty invoices in one request: found in one query from each order, RefID and trace, from shop and lane."""
    numbers = range(30)
    about = Subject(
        shop="a",
        orders=tuple(f"o{n}" for n in numbers),
        ref_ids=tuple(f"r{n}" for n in numbers),
        lane="sandbox:1:1C__TAA",
        trace_ids=tuple(f"t{n}" for n in numbers),
    )
    with TracerProvider().get_tracer("t").start_as_current_span("s") as span:
        await log.record(Exchange(), "meinvoice", about)
    await log.record(Exchange(), "haravan", Subject(shop="b"))
    present = f"{span.get_span_context().trace_id:032x}"
    ways: list[dict[str, Any]] = [{"order": f"o{n}"} for n in numbers] + [{"ref_id": f"r{n}"} for n in numbers]
    ways += [{"trace_id": f"t{n}"} for n in numbers] + [{"trace_id": present}, {"shop": "a"}, {"lane": about.lane}]
    (first,) = await log.find(order="o0")
    assert await log.get(first.id) == first
    for known in ways:
        (found,) = await log.find(**known)
        assert (found.shop, found.ref_ids, found.orders) == ("a", about.ref_ids, about.orders)
        assert found.trace_ids == (*about.trace_ids, present)
        assert (found.request_body, found.started_at) == (Exchange().request_body, MOMENT)
    assert await log.find(shop="c") == []
    assert await log.get("nonsense") is await log.get("0" * 24) is None


@pytest.mark.parametrize("field", ("shop", "orders", "ref_ids", "lane", "trace_ids"))
async def test_every_way_of_finding_has_its_index(log: ExchangeLog, mongo: Mongo, field: str) -> None:
    """Millions of exchanges are neither read through nor sorted to find those of one order."""
    await log.record(Exchange(), "meinvoice", Subject(shop="a"))
    find = {"find": "exchanges", "filter": {field: "x"}, "sort": {"started_at": -1}, "limit": 100}
    plan = str((await mongo.database.command({"explain": find, "verbosity": "queryPlanner"}))["queryPlanner"])
    assert f"{field}_1_started_at_-1" in plan
    assert "COLLSCAN" not in plan
    assert "'SORT'" not in plan


async def test_an_observer_takes_the_subject_from_what_is_bound(log: ExchangeLog) -> None:
    """The vendor's client knows nothing of shops and orders; one order and several together are all kept."""
    with bound(shop="a", order=9, ref_id="r9", lane="l"):
        await log.observe_meinvoice(Exchange(status=None, response_body=None, error="ReadTimeout"))
        with bound(orders=[9, 10], ref_ids=["r9", "r10"], trace_ids=["t9", "t10"]):
            await log.observe_meinvoice(Exchange(started_at=MOMENT + timedelta(seconds=1)))
    several, one = await log.find(order="9")
    assert (one.shop, one.orders, one.ref_ids, one.lane, one.error) == ("a", ("9",), ("r9",), "l", "ReadTimeout")
    assert (several.orders, several.ref_ids, several.trace_ids) == (("9", "10"), ("r9", "r10"), ("t9", "t10"))


async def test_what_is_told_once_is_there_once(log: ExchangeLog) -> None:
    """However often it is said, by whichever process; beside other exchanges of the same request."""
    with bound(lane="L", request_id="r7"):
        for _ in range(3):
            await log.observe_meinvoice_once(Exchange(), "r7")
        await log.observe_meinvoice_once(Exchange(), "r8")
        await log.observe_meinvoice(Exchange())
    assert len(await log.find(lane="L")) == 3


async def test_what_was_asked_is_told_without_its_numbers(log: ExchangeLog) -> None:
    """Operation and SignType are kept beside the request, so that they can be counted."""
    publish = Exchange(request_body='{"SignType":5,"InvoiceData":[]}')
    write = Exchange(method="PUT", path="/com/orders/1001.json?x=1", request_body="{}")
    await log.record(publish, "meinvoice", Subject(shop="a"))
    await log.record(write, "haravan", Subject(shop="b"))
    assert [(e.operation, e.sign_type) for e in await log.find(shop="a")] == [("POST /invoice", 5)]
    assert [(e.operation, e.sign_type) for e in await log.find(shop="b")] == [("PUT /com/orders/{id}.json", None)]


async def test_bodies_are_compressed(log: ExchangeLog, mongo: Mongo) -> None:
    """Thirty invoices are much the same text thirty times."""
    await log.record(Exchange(request_body="Bán cho người tiêu dùng; " * 30), "meinvoice", Subject(shop="a"))
    document = await mongo.database["exchanges"].find_one({"shop": "a"})
    assert document is not None
    assert len(document["request_body"]) < 100
    assert [e.request_body for e in await log.find(shop="a")] == ["Bán cho người tiêu dùng; " * 30]


async def test_what_an_earlier_version_kept_is_found_too(mongo: Mongo) -> None:
    """One order and one trace of a document become lists, and the indexes that nobody uses are dropped."""
    collection = mongo.database["exchanges"]
    old = ExchangeLog(mongo.database, ExchangeSettings(keep=LONG))
    await old.record(Exchange(), "meinvoice", Subject(shop="a", ref_ids=("r",)))
    earlier = {"$set": {"order": "7", "trace_id": "t"}, "$unset": {"orders": 1, "trace_ids": 1, "operation": 1}}
    await collection.update_many({}, earlier)
    for name in ("order", "trace_id"):
        await collection.create_index([(name, 1), ("started_at", -1)])
    await old.ensure_indexes()
    ways: list[dict[str, Any]] = [{"order": "7"}, {"trace_id": "t"}]
    for known in ways:
        (found,) = await old.find(**known)
        assert (found.orders, found.trace_ids, found.operation) == (("7",), ("t",), "POST /invoice")
    assert not {"order_1_started_at_-1", "trace_id_1_started_at_-1"} & set(await collection.index_information())


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
