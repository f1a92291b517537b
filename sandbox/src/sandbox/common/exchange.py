"""The way of one request through faults, the vendor's resource and the records."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.common import connections
from sandbox.common.call import Call
from sandbox.common.clock import Clock
from sandbox.common.faults import AFTER, BEFORE, FaultKind, FaultRule, Faults
from sandbox.common.requests import RequestLog

log = structlog.get_logger()

_KEY = "sandbox.exchange"
_TIMERS_LATE = 0.002
GARBAGE = "<html><body>Service is being upgraded"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a resource may want to know about the request it handles."""

    request: int
    """The request's id in the record."""
    call: Call
    faults: tuple[FaultRule, ...]
    overlapping: frozenset[str] = frozenset()
    """Series of this request that were being published by another request when it came."""

    def fault(self, kind: FaultKind) -> FaultRule | None:
        """The rule of that kind which hits this request, if one does."""
        return next((rule for rule in self.faults if rule.kind == kind), None)


def exchange_of(request: Request) -> Exchange:
    """The exchange that a resource is handling."""
    found: Exchange = request.scope[_KEY]
    return found


class Vendor(Protocol):
    """What the middleware asks of a stand-in."""

    @property
    def prefix(self) -> str | tuple[str, ...]:
        """Paths that begin so are the vendor's API."""
        ...

    def describe(self, scope: Scope, body: bytes) -> Call:
        """Find out whom and what the request is about."""
        ...

    def enter(self, request: int, call: Call) -> frozenset[str]:
        """The request is going to be processed; gives the series that are busy with another."""
        ...

    def leave(self, request: int, call: Call) -> None:
        """Processing is over."""
        ...

    def refusal(self, status: int) -> tuple[bytes, str]:
        """Body and content type of an error answer with that HTTP status, in the vendor's words."""
        ...


class ExchangeMiddleware:
    """Records requests of the vendor's API and lets faults have their way with them."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        vendor: Vendor,
        faults: Faults,
        requests: RequestLog,
        clock: Clock,
        latency_seconds: Callable[[], float],
    ) -> None:
        self._app = app
        self._latency_seconds = latency_seconds
        self._vendor = vendor
        self._faults = faults
        self._requests = requests
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or not scope["path"].startswith(self._vendor.prefix):
            await self._app(scope, receive, send)
            return
        came = connections.came_at(scope.get("client"), asyncio.get_running_loop().time())
        body = await _read(receive)
        call = self._vendor.describe(scope, body)
        faults = self._faults.pick(call)
        request = self._requests.begin(call, [rule.kind for rule in faults])
        first = next((rule for rule in faults if rule.kind in BEFORE), None)
        if first is not None:
            await self._refuse(first, request, scope, receive, send)
            return
        last = next((rule for rule in faults if rule.kind in AFTER), None)
        at_once = send if last is None else None
        messages = await self._process(Exchange(request, call, faults), scope, body, came, at_once)
        log.info("answered", request=request, method=call.method, path=call.path, faults=[r.kind for r in faults])
        if last is not None:
            await self._answer(last, messages, scope, receive, send)

    async def _process(
        self, exchange: Exchange, scope: Scope, body: bytes, came: float, at_once: Send | None
    ) -> list[Message]:
        """Process, and answer through `at_once` if no fault has its way with the answer.

        The answer leaves before the end is noted, so that the steady latency is what it says; nothing else runs
        between the two.
        """
        overlapping = self._vendor.enter(exchange.request, exchange.call)
        status: int | None = None
        messages: list[Message] = []
        try:
            for rule in exchange.faults:
                if rule.kind == FaultKind.LATENCY:
                    await self._clock.sleep(rule.seconds)
            scope[_KEY] = Exchange(exchange.request, exchange.call, exchange.faults, overlapping)

            async def keep(message: Message) -> None:  # ASGI wants a coroutine
                messages.append(message)

            await self._app(scope, _replay(body), keep)
            status = messages[0]["status"]
            await self._wait_for_latency(came)
            if at_once is not None:
                await _send(messages, at_once)
        finally:
            self._vendor.leave(exchange.request, exchange.call)
            self._requests.end(exchange.request, status)
        return messages

    async def _wait_for_latency(self, came: float) -> None:
        """Until the steady latency is over, counted from the request's first byte: a floor, not an extra.

        Timers come up to some milliseconds late, so the last two are waited for turn by turn.
        """
        loop, ends = asyncio.get_running_loop(), came + self._latency_seconds()
        if ends - loop.time() > _TIMERS_LATE:
            await self._clock.sleep(ends - loop.time() - _TIMERS_LATE)
        while True:
            if loop.time() >= ends:
                return
            await asyncio.sleep(0)

    async def _refuse(self, rule: FaultRule, request: int, scope: Scope, receive: Receive, send: Send) -> None:
        match rule.kind:
            case FaultKind.HANG_BEFORE:
                self._requests.end(request, None)
                await _hang(scope, receive, rule.seconds)
            case FaultKind.RESET_BEFORE:
                self._requests.end(request, None)
                await connections.reset(scope["client"])
            case FaultKind.TOO_MANY_REQUESTS:
                self._requests.end(request, 429)
                await self._error(429, {"Retry-After": rule.retry_after})(scope, receive, send)
            case FaultKind.UNAUTHORIZED:
                self._requests.end(request, 401)
                await self._error(401)(scope, receive, send)
            case _:
                self._requests.end(request, rule.status)
                await self._error(rule.status)(scope, receive, send)
        log.info("fault", request=request, path=scope["path"], kind=rule.kind)

    async def _answer(
        self, rule: FaultRule, messages: list[Message], scope: Scope, receive: Receive, send: Send
    ) -> None:
        match rule.kind:
            case FaultKind.ACCEPT_THEN_HANG:
                await _hang(scope, receive, rule.seconds)
            case FaultKind.ACCEPT_THEN_RESET:
                await connections.reset(scope["client"])
            case FaultKind.ACCEPT_THEN_ERROR:
                await self._error(rule.status)(scope, receive, send)
            case FaultKind.GARBAGE:
                text = rule.body or GARBAGE
                await Response(text, media_type="application/json")(scope, receive, send)
            case FaultKind.PARTIAL:
                await _send_half(messages, send)
                await connections.reset(scope["client"])
            case FaultKind.SLOW:
                await _trickle(messages, send, self._clock, rule.seconds)
            case _:
                await _send(messages, send)

    def _error(self, status: int, headers: dict[str, str] | None = None) -> Response:
        body, content_type = self._vendor.refusal(status)
        return Response(body, status_code=status, headers=headers, media_type=content_type)


async def _send(messages: list[Message], send: Send) -> None:
    for message in messages:
        await send(message)


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _replay(body: bytes) -> Receive:
    messages: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:  # ASGI wants a coroutine
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive


_PIECES = 20


async def _send_half(messages: list[Message], send: Send) -> None:
    """The head as if all came, and half of the body."""
    body = b"".join(message.get("body", b"") for message in messages[1:])
    await send(messages[0])
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    await asyncio.sleep(0.02)  # a reset throws away what has not left yet


async def _trickle(messages: list[Message], send: Send, clock: Clock, seconds: float) -> None:
    """The body in pieces, spread over the time."""
    body = b"".join(message.get("body", b"") for message in messages[1:])
    size = max(1, -(-len(body) // _PIECES))
    await send(messages[0])
    for start in range(0, len(body), size):
        await clock.sleep(seconds / _PIECES)
        await send({"type": "http.response.body", "body": body[start : start + size], "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _hang(scope: Scope, receive: Receive, seconds: float) -> None:
    """Say nothing until the caller leaves or the time is over, then cut the connection."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        log.info("hung up", path=scope["path"])
    await connections.reset(scope["client"])
