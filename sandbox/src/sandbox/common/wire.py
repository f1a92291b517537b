"""The connection of one request: reading it, and answering it well or badly."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from sandbox.common import connections
from sandbox.common.clock import Clock

log = structlog.get_logger()

_PIECES = 20


@dataclass(frozen=True, slots=True)
class Wire:
    """What ASGI gives of a request."""

    scope: Scope
    receive: Receive
    send: Send

    async def read(self) -> bytes:
        """The request's body."""
        parts: list[bytes] = []
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                return b"".join(parts)
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                return b"".join(parts)

    async def respond(self, response: Response) -> None:
        """Answer with that."""
        await response(self.scope, self.receive, self.send)

    async def pass_on(self, messages: Sequence[Message]) -> None:
        """Answer with what the resource has answered."""
        for message in messages:
            await self.send(message)

    async def reset(self) -> None:
        """Cut the connection."""
        await connections.reset(self.scope["client"])

    async def send_half(self, messages: Sequence[Message]) -> None:
        """The head as if all came, half of the body, and the connection is cut."""
        body = _body(messages)
        await self.send(messages[0])
        await self.send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        await asyncio.sleep(0.02)  # a reset throws away what has not left yet
        await self.reset()

    async def trickle(self, messages: Sequence[Message], clock: Clock, seconds: float) -> None:
        """The body in pieces, spread over the time."""
        body = _body(messages)
        size = max(1, -(-len(body) // _PIECES))
        await self.send(messages[0])
        for start in range(0, len(body), size):
            await clock.sleep(seconds / _PIECES)
            await self.send({"type": "http.response.body", "body": body[start : start + size], "more_body": True})
        await self.send({"type": "http.response.body", "body": b"", "more_body": False})

    async def hang(self, seconds: float) -> None:
        """Say nothing until the caller leaves or the time is over, then cut the connection."""
        try:
            async with asyncio.timeout(seconds):
                while (await self.receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            log.info("hung up", path=self.scope["path"])
        await self.reset()


def _body(messages: Sequence[Message]) -> bytes:
    return b"".join(message.get("body", b"") for message in messages[1:])


def replay(body: bytes) -> Receive:
    """A request's body once more, for the resource."""
    messages: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:  # ASGI wants a coroutine
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive
