"""A real HTTP server of a few lines, for tests of clients."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: path without query, header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Given:
    """An answer."""

    status: HTTPStatus
    body: str


@asynccontextmanager
async def serve(answer: Callable[[Asked], Given]) -> AsyncIterator[tuple[str, list[Asked]]]:
    """Serve on a free port of this machine; gives the address and everything that was asked."""
    seen: list[Asked] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while asked := await _read(reader):
                seen.append(asked)
                writer.write(_written(answer(asked)))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client went away
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", seen


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.rstrip().split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method, target.partition("?")[0], headers, body.decode())


def _written(given: Given) -> bytes:
    body = given.body.encode()
    head = f"HTTP/1.1 {given.status.value} {given.status.phrase}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body
