"""Open connections by the caller's address, so that a fault can cut one in the middle."""

import asyncio
import socket
import struct

from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol

_open: dict[tuple[str, int], asyncio.Transport] = {}


class TrackedProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 protocol which keeps its transport where `reset` finds it."""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # TCP servers get no other kind
        super().connection_made(transport)
        if self.client is not None:
            _open[self.client] = transport

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self.client is not None:
            _open.pop(self.client, None)
        super().connection_lost(exc)


async def reset(client: tuple[str, int] | None) -> None:
    """Cut the caller's connection with a TCP reset; nothing where it is gone already."""
    transport = None if client is None else _open.get((client[0], client[1]))
    if transport is None:
        return
    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await asyncio.sleep(0)  # uvicorn learns of it in the loop's next turn, and must before the request ends
