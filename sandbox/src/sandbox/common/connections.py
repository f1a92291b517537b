"""Open connections by the caller's address, so that a fault can cut one in the middle."""

import asyncio
import socket
import struct
from collections.abc import Callable

import h11
from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol

_open: dict[tuple[str, int], asyncio.Transport] = {}
_came: dict[tuple[str, int], float] = {}


class TrackedProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 protocol which keeps its transport where `reset` finds it, and when a request began."""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # TCP servers get no other kind
        super().connection_made(transport)
        raw = transport.get_extra_info("socket")
        if raw is not None:  # asyncio leaves Nagle on for a socket made without a protocol number: answers wait 40 ms
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.client is not None:
            _open[self.client] = transport

    @override
    def data_received(self, data: bytes) -> None:
        if self.client is not None and self.conn.their_state is h11.IDLE:
            _came[self.client] = self.loop.time()
        super().data_received(data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self.client is not None:
            _open.pop(self.client, None)
            _came.pop(self.client, None)
        super().connection_lost(exc)


def came_at(client: tuple[str, int] | None, default: float) -> float:
    """When the caller's present request began to arrive, by the event loop's clock."""
    return default if client is None else _came.get((client[0], client[1]), default)


def presence(client: tuple[str, int] | None) -> Callable[[], bool]:
    """Tells later whether the caller of the present request is still there to be answered.

    It asks the socket, not the event loop: a caller that closes its connection and asks again on another one is gone
    when its second request is here, whichever of the two the loop looks at first.
    """
    transport = None if client is None else _open.get((client[0], client[1]))

    def is_there() -> bool:
        if transport is None or transport.is_closing():
            return False
        try:
            with transport.get_extra_info("socket").dup() as raw:
                waiting: bytes = raw.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
                return waiting != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    return is_there


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
