"""Traps of HTTP clients under publishing, against a real server; `docs/reference/traps.md` lists them all."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest
from meinvoice.answers import NotSent, PublishAnswer, Unknown
from meinvoice.client import MeInvoiceClient
from meinvoice.tokens import FixedToken
from meinvoice.transport import Transport, new_http_client, new_http_transport
from pydantic import SecretStr

INVOICE = '{"RefID":"11111111-1111-4111-8111-111111111111","InvSeries":"1C26TAA","InvDate":"2026-10-01"}'
Behave = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Vendor:
    """A server that reads each request whole and then behaves as the test wants; keeps the bodies that arrived."""

    behave: Behave
    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    connections: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk on one connection until either side ends it."""
        self.connections += 1
        try:
            while not reader.at_eof():
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                self.bodies.append(await reader.readexactly(length))
                await self.behave(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has gone
        finally:
            writer.close()


@asynccontextmanager
async def vendor(behave: Behave) -> AsyncIterator[Vendor]:
    made = Vendor(behave)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield made


def answering(status: str, text: str) -> Behave:
    async def behave(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())
        await writer.drain()

    return behave


async def close(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def hang(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()  # until the client gives up


async def half(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    await writer.drain()
    writer.close()


async def no_http(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x00\x01 this is no answer\r\n\r\n")
    await writer.drain()
    writer.close()


async def publish(http: httpx.AsyncClient, url: str, *, deadline_seconds: float = 10) -> PublishAnswer:
    client = MeInvoiceClient(Transport(http, url), tax_code="0101243150", tokens=FixedToken(SecretStr("t1")))
    return await client.publish(2, (INVOICE,), deadline_seconds=deadline_seconds)


@pytest.mark.parametrize(
    ("behave", "deadline_seconds"),
    (
        pytest.param(close, 10, id="closes"),
        pytest.param(reset, 10, id="resets"),
        pytest.param(hang, 2, id="hangs"),
        pytest.param(half, 10, id="half an answer"),
        pytest.param(no_http, 10, id="no HTTP"),
        pytest.param(answering("500 Internal Server Error", "oops"), 10, id="500"),
        pytest.param(answering("502 Bad Gateway", ""), 10, id="502"),
        pytest.param(answering("503 Service Unavailable\r\nRetry-After: 0", ""), 10, id="503"),
        pytest.param(answering("504 Gateway Timeout", ""), 10, id="504"),
        pytest.param(answering("200 OK", "<html>"), 10, id="garbage"),
        pytest.param(answering("307 Temporary Redirect\r\nLocation: /invoice", ""), 10, id="redirect"),
    ),
)
async def test_a_request_arrives_once_whatever_comes_back(behave: Behave, deadline_seconds: float) -> None:
    """Trap: a transport that retries by itself sends the POST twice; the vendor counts what arrives, and it is one."""
    async with vendor(behave) as there, new_http_client() as http:
        answer = await publish(http, there.url, deadline_seconds=deadline_seconds)
    assert isinstance(answer, Unknown)
    assert [INVOICE in body.decode() for body in there.bodies] == [True]


async def test_a_kept_connection_that_breaks_is_no_reason_to_send_again() -> None:
    """Trap: a stale kept connection breaks a POST after it has left, and a client that sends again sends it twice."""
    there: Vendor

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await (answering("200 OK", "[]") if len(there.bodies) == 1 else close)(reader, writer)

    async with vendor(once) as there, new_http_client() as http:
        await publish(http, there.url)
        answer = await publish(http, there.url)
    assert isinstance(answer, Unknown)
    assert (len(there.bodies), there.connections) == (2, 1)


@pytest.mark.parametrize("turns", range(6))
async def test_whoever_is_cut_off_twice_has_closed_its_connection(turns: int) -> None:
    """Trap: cancelled twice in a moment, httpx leaves its connection open, and the vendor works on for who has left."""
    asked, left = asyncio.Event(), asyncio.Event()

    async def work(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()
        left.set()

    async with vendor(work) as there, new_http_client() as http:
        call = asyncio.create_task(publish(http, there.url, deadline_seconds=60))
        await asyncio.wait_for(asked.wait(), 30)
        call.cancel()
        for _ in range(turns):
            await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.wait_for(left.wait(), 30)


def test_the_transport_keeps_no_connection_for_long_and_does_not_retry() -> None:
    """Trap: a stale kept connection makes `RemoteProtocolError` of a POST; servers close theirs after 5 s and more."""
    pool = new_http_transport()._pool
    assert (pool._keepalive_expiry, pool._retries) == (2.0, 0)


@pytest.mark.parametrize("hint", ({}, {"Retry-After": "1"}))
async def test_503_is_unknown_with_or_without_a_hint(hint: dict[str, str]) -> None:
    """Trap: 503 with a hint says "normally not processed", which is no promise: it is looked up, not sent again."""
    http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(503, headers=hint)))
    assert isinstance(await publish(http, "https://vendor.test"), Unknown)


async def test_a_protocol_that_is_none_is_not_sent() -> None:
    """Trap: `UnsupportedProtocol` is among the errors of httpx that say "not sent": nobody was reached."""
    async with new_http_client() as http:
        answer = await publish(http, "ftp://vendor.test")
    assert isinstance(answer, NotSent)
    assert answer.reason == "UnsupportedProtocol"
