"""Both stand-ins over real HTTP, and a receiver of webhooks."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sandbox.haravan.app import make_app as make_haravan_app
from sandbox.haravan.app import make_haravan
from sandbox.meinvoice.app import make_app as make_meinvoice_app
from sandbox.meinvoice.app import make_meinvoice
from sandbox.signing.app import make_app as make_signing_app
from sandbox.signing.app import make_sign_service
from starlette.applications import Starlette
from starlette.routing import Route
from support.sandbox_callers import SECRET, HaravanCaller, MeInvoiceCaller, Receiver, SignToolCaller
from support.sandboxes import ACCOUNT, TAX_CODE, Json, serving


@pytest.fixture
async def meinvoice(tmp_path: Path) -> AsyncIterator[MeInvoiceCaller]:
    """MeInvoice with one company and a token."""
    parts = make_meinvoice(tmp_path)
    async with serving(make_meinvoice_app(parts)) as url, httpx.AsyncClient(base_url=url, timeout=10) as http:
        caller = MeInvoiceCaller(http)
        await caller.control("PUT", f"accounts/{TAX_CODE}", ACCOUNT)
        await caller.log_in()
        yield caller
    parts.database.close()


@pytest.fixture
async def sign_tool(tmp_path: Path) -> AsyncIterator[SignToolCaller]:
    """MISA's signing tool."""
    service = make_sign_service(tmp_path)
    async with serving(make_signing_app(service)) as url, httpx.AsyncClient(base_url=url, timeout=10) as http:
        yield SignToolCaller(http)
    service.basics.database.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A server that takes webhooks at /hook."""
    taker = Receiver()
    routes = [Route("/hook", taker.take, methods=["POST"]), Route("/hook", taker.shake, methods=["GET"])]
    async with serving(Starlette(routes=routes)) as url:
        taker.url = f"{url}/hook"
        yield taker


@pytest.fixture
async def haravan(tmp_path: Path) -> AsyncIterator[HaravanCaller]:
    """Haravan without any shop."""
    parts = make_haravan(tmp_path)
    async with serving(make_haravan_app(parts)) as url, httpx.AsyncClient(base_url=url, timeout=10) as http:
        yield HaravanCaller(http)
    parts.basics.database.close()


@pytest.fixture
def hook(receiver: Receiver) -> Json:
    """The entry of a webhook that the receiver takes."""
    return {"url": receiver.url, "secret": SECRET}
