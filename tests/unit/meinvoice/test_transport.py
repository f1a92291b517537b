"""The last check before the first byte, over real connections."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from meinvoice.answers import NotSent, Unknown
from meinvoice.exchanges import Exchange
from meinvoice.transport import HoldBackError, Reply, Request, Transport, new_http_client

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
PUBLISH = Request("POST", "/invoice", "{}")


@asynccontextmanager
async def vendor(talk: Talk) -> AsyncIterator[Transport]:
    """A transport to a server that talks like this on each connection."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, new_http_client() as http:
        yield Transport(http, f"http://127.0.0.1:{port}")


async def test_held_back_after_connecting() -> None:
    """The second question comes when the connection stands: a no then means that no byte has left."""
    seen: list[bytes] = []
    done = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        seen.append(await reader.read())
        done.set()

    answers = iter((None, HoldBackError("the lease is about to end")))

    async def ask() -> None:
        if error := next(answers):
            raise error

    async with vendor(talk) as transport:
        outcome = await transport.send(PUBLISH, deadline_seconds=5, before_first_byte=ask)
        async with asyncio.timeout(5):
            await done.wait()
    assert outcome == NotSent("the lease is about to end")
    assert seen == [b""]


async def test_asked_before_every_request_of_a_kept_connection() -> None:
    """Trap: a kept connection skips connecting; the check is asked before every request all the same."""
    asked: list[int] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            await reader.readuntil(b"{}")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")
            await writer.drain()

    async with vendor(talk) as transport:
        for _ in range(2):
            outcome = await transport.send(PUBLISH, deadline_seconds=5, before_first_byte=lambda: asked.append(1))
            assert outcome == Reply(200, "[]")
    assert len(asked) == 4


async def test_closed_after_reading_is_unknown() -> None:
    """Trap: a connection that breaks after the request has left leaves the outcome open."""

    async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")

    async with vendor(talk) as transport:
        assert isinstance(await transport.send(PUBLISH, deadline_seconds=5), Unknown)


async def test_hanging_after_reading_is_unknown() -> None:
    """A vendor that reads and says nothing leaves the outcome open after the deadline."""
    ended = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        await ended.wait()

    async with vendor(talk) as transport:
        assert isinstance(await transport.send(PUBLISH, deadline_seconds=0.3), Unknown)
        ended.set()


async def test_no_connection_within_the_deadline_is_not_sent() -> None:
    """While nothing but connecting was tried, the deadline means that nothing was sent."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        crowd = [socket.socket() for _ in range(4)]
        for one in crowd:  # more than the backlog holds, so that the next connection waits
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        async with new_http_client() as http:
            outcome = await Transport(http, f"http://127.0.0.1:{port}").send(PUBLISH, deadline_seconds=0.3)
        for one in crowd:
            one.close()
    assert isinstance(outcome, NotSent)


@pytest.mark.parametrize("charset", ("zlib", "hex", "idna", "utf-16", "no-such"))
async def test_an_answer_is_utf8_whatever_its_headers_say(charset: str) -> None:
    """The request was sent: a charset that cannot be decoded must not end in an exception, nor hide the answer."""
    seen: list[Exchange] = []

    async def observe(exchange: Exchange) -> None:
        seen.append(exchange)

    headers = {"Content-Type": f"application/json; charset={charset}"}
    response = httpx.Response(200, headers=headers, content='\ufeff{"a":"Áo"}'.encode() + b"\xff")
    http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: response))
    outcome = await Transport(http, "https://v.test", observe=observe).send(PUBLISH, deadline_seconds=5)
    assert outcome == Reply(200, '{"a":"Áo"}\N{REPLACEMENT CHARACTER}')
    assert [exchange.status for exchange in seen] == [200]


@pytest.mark.parametrize(
    "request_",
    (
        Request("POST", "/invoice", '{"a":"\ud83d"}'),
        Request("POST", "/invoice", "{}", {"Authorization": "Bearer mã"}),
        Request("POST", "/invoice", "{}", params={"Converter": "\ud83d"}, private=frozenset({"Converter"})),
    ),
)
async def test_what_cannot_be_written_was_not_sent(request_: Request) -> None:
    """Half a character in the text, letters in a header: certainly nothing left, and it is on record."""
    seen: list[Exchange] = []

    async def observe(exchange: Exchange) -> None:
        seen.append(exchange)

    http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200)))
    outcome = await Transport(http, "https://v.test", observe=observe).send(request_, deadline_seconds=5)
    assert outcome == NotSent("the request cannot be written: UnicodeEncodeError")
    assert [exchange.error for exchange in seen] == [outcome.reason]


async def test_a_wait_that_no_calendar_holds_is_none() -> None:
    """A date beyond every calendar must not end in an exception after sending."""
    headers = {"Retry-After": "Fri, 02 Oct 99999999999999999999 03:00:00 GMT"}
    http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(429, headers=headers)))
    assert await Transport(http, "https://v.test").send(PUBLISH, deadline_seconds=5) == Reply(429, "")


async def test_bad_address_is_not_sent() -> None:
    """An address that is no address reaches nobody."""
    async with httpx.AsyncClient() as http:
        assert isinstance(await Transport(http, "ftp://x").send(PUBLISH, deadline_seconds=1), NotSent)
