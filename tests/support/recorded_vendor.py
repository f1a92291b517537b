"""meInvoice or its signing tool as recorded: answers with payloads from files and keeps what it was asked."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import httpx
from meinvoice.client import MeInvoiceClient
from meinvoice.exchanges import Exchange
from meinvoice.tokens import FixedToken
from meinvoice.transport import Transport, new_http_client
from pydantic import SecretStr
from support.small_http import Asked, Given, serve

DATA = Path(__file__).parents[1] / "data" / "meinvoice"
TAX_CODE = "0101243150"


def payload(name: str) -> str:
    """A recorded answer."""
    return (DATA / f"{name}.json").read_text()


class RecordedVendor:
    """Answers everything with one recorded payload and keeps requests and exchanges."""

    def __init__(self, name: str, status: int = 200) -> None:
        """Answer with the payload of this name."""
        self.requests: list[httpx.Request] = []
        self.exchanges: list[Exchange] = []
        self._response = httpx.Response(status, text=payload(name))
        self.http = new_http_client(httpx.MockTransport(self._answer))
        self.transport = Transport(self.http, "https://v.test/api", observe=self.observe)
        self.client = MeInvoiceClient(self.transport, tax_code=TAX_CODE, tokens=FixedToken(SecretStr("t")))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._response

    async def observe(self, exchange: Exchange) -> None:
        """Keep an exchange."""
        self.exchanges.append(exchange)

    @property
    def asked(self) -> list[str]:
        """Method and path of each request, below the base URL."""
        return [f"{request.method} {request.url.path.removeprefix('/api')}" for request in self.requests]

    @property
    def body(self) -> object:
        """The only request's body."""
        (request,) = self.requests
        return json.loads(request.content)


@asynccontextmanager
async def recorded_server(payloads: Mapping[str, str]) -> AsyncIterator[tuple[str, list[Asked]]]:
    """A real HTTP server that answers each path with a recorded payload; its address and what it was asked."""

    def answer(asked: Asked) -> Given:
        name = payloads.get(asked.path)
        return Given(HTTPStatus.OK, payload(name)) if name else Given(HTTPStatus.NOT_FOUND, "no such path")

    async with serve(answer) as (url, seen):
        yield url, seen
