"""How often a meInvoice account is logged in, counted at the vendor, by many tasks and processes at once."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
from meinvoice.answers import NotSent, Templates, TemplatesAnswer, WholeRefusal
from meinvoice.client import MeInvoiceClient
from pydantic import SecretStr
from runtime.mongo import Mongo
from runtime.secrets import SecretBox, generate_key
from runtime.settings import MongoSettings
from runtime.tokens import AccountTokens
from shops.clients import VendorClients
from support.clocks import ManualClock
from support.shops import example_shop
from support.small_http import Asked, Given, serve
from typing_extensions import override

ACCOUNT = example_shop().accounts[0]
KEY = generate_key()
PROCESSES = 3


class StillClock(ManualClock):
    """Sleeping lets others run and moves nothing."""

    @override
    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0.005)


class Vendor:
    """meInvoice: gives tokens t1, t2, … and takes those it has not revoked."""

    def __init__(self) -> None:
        """Take every token that was given."""
        self.logins = 0
        self.calls = 0
        self.takes_any = True
        self.login_answer: httpx.Response | None = None
        self.revoked: set[str] = set()

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        if request.url.path.endswith("/auth/token"):
            self.logins += 1
            return self.login_answer or said(Success=True, Data=f"t{self.logins}", ErrorCode="")
        self.calls += 1
        token = request.headers["Authorization"].removeprefix("Bearer ")
        if not self.takes_any or token in self.revoked:
            return said(success=False, errorCode="TokenExpiredCode")
        return said(success=True, errorCode=None, data="[]")


def said(**envelope: object) -> httpx.Response:
    """An answer of the vendor."""
    return httpx.Response(200, text=json.dumps(envelope))


class World:
    """One vendor, and several processes that share nothing but MongoDB."""

    def __init__(self, vendor: Vendor, clock: ManualClock, clients: list[MeInvoiceClient]) -> None:
        """Give the processes' clients."""
        self.vendor = vendor
        self.clock = clock
        self.clients = clients

    async def all_ask(self, each: int = 1) -> list[TemplatesAnswer]:
        """Every process asks for the templates so many times, all at once."""
        asked = (client.templates(invoice_with_code=True) for client in self.clients for _ in range(each))
        return await asyncio.gather(*asked)


@pytest.fixture
async def world(mongo_url: str, mongo_database: str) -> AsyncIterator[World]:
    """Three processes, each with its own connection to MongoDB."""
    vendor, clock = Vendor(), StillClock()
    async with AsyncExitStack() as opened:
        http = await opened.enter_async_context(httpx.AsyncClient(transport=httpx.MockTransport(vendor.answer)))
        clients = []
        for _ in range(PROCESSES):
            mongo = Mongo(MongoSettings(url=SecretStr(mongo_url), database=mongo_database))
            opened.push_async_callback(mongo.close)
            tokens = AccountTokens(mongo.database, SecretBox([KEY]), clock)
            clients.append(VendorClients(http, tokens).meinvoice(ACCOUNT))
        yield World(vendor, clock, clients)


async def test_many_tasks_of_many_processes_log_in_once(world: World) -> None:
    """Thirty calls at once, one login."""
    answers = await world.all_ask(each=10)
    assert {type(answer) for answer in answers} == {Templates}
    assert (world.vendor.logins, world.vendor.calls) == (1, 30)


async def test_a_token_that_ends_in_the_middle_is_renewed_by_one(world: World) -> None:
    """All calls go on with the new token; the other processes find it instead of logging in."""
    await world.all_ask()
    world.clock.move(minutes=10)
    world.vendor.revoked.add("t1")
    answers = await world.all_ask(each=10)
    assert {type(answer) for answer in answers} == {Templates}
    assert world.vendor.logins == 2


async def test_a_vendor_that_refuses_every_token_is_not_stormed(world: World) -> None:
    """Six hours of calls every two minutes from everywhere: a dozen logins, after ever longer pauses."""
    world.vendor.takes_any = False
    kinds: set[type] = set()
    for _ in range(180):
        kinds |= {type(answer) for answer in await world.all_ask()}
        world.clock.move(minutes=2)
    assert kinds == {WholeRefusal, NotSent}
    assert world.vendor.calls >= 180 * PROCESSES
    assert 8 <= world.vendor.logins <= 13
    world.vendor.takes_any = True
    assert {type(answer) for answer in await world.all_ask()} == {Templates}
    assert world.vendor.logins <= 13


async def test_a_refused_login_is_not_stormed(world: World) -> None:
    """A wrong password, asked for all day: some hundred logins at most, and only the first asker hears the refusal."""
    world.vendor.login_answer = said(Success=False, ErrorCode="UnAuthorize", Errors=["MisaIdError"])
    first = await world.all_ask()
    assert sorted(type(answer).__name__ for answer in first) == ["NotSent", "NotSent", "WholeRefusal"]
    for _ in range(144):
        world.clock.move(minutes=10)
        await world.all_ask()
    assert world.vendor.logins <= 145
    assert world.vendor.calls == 0


async def test_a_throttled_login_waits_as_long_as_it_is_told(world: World) -> None:
    """HTTP 429 with Retry-After keeps every process away."""
    world.vendor.login_answer = httpx.Response(429, headers={"Retry-After": "1800"})
    await world.all_ask()
    for _ in range(28):
        world.clock.move(minutes=1)
        assert {type(answer) for answer in await world.all_ask()} == {NotSent}
    assert world.vendor.logins == 1
    world.vendor.login_answer = None
    world.clock.move(minutes=2)
    assert {type(answer) for answer in await world.all_ask()} == {Templates}
    assert world.vendor.logins == 2


async def test_real_processes_log_in_once(mongo_url: str, mongo_database: str) -> None:
    """Operating-system processes that begin at once and ask twenty times each."""

    def answer(asked: Asked) -> Given:
        token = json.dumps({"Success": True, "Data": "t1", "ErrorCode": ""})
        return Given(HTTPStatus.OK, token if asked.path.endswith("/auth/token") else '{"success":true,"data":"[]"}')

    async with serve(answer) as (url, seen):
        environment = os.environ | {
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "MONGO_URL": mongo_url,
            "MONGO_DATABASE": mongo_database,
            "HOADON_SECRET_KEYS": KEY,
        }
        started = [
            await asyncio.create_subprocess_exec(sys.executable, "-m", "support.token_user", url, env=environment)
            for _ in range(PROCESSES)
        ]
        assert [await process.wait() for process in started] == [0] * PROCESSES
    paths = [asked.path for asked in seen]
    assert paths.count("/auth/token") == 1
    assert paths.count("/invoice/templates") == PROCESSES * 20
