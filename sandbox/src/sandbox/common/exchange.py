"""The way of one request through faults, the vendor's resource and the records."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.common import connections
from sandbox.common.call import Call
from sandbox.common.clock import Clock
from sandbox.common.faults import AFTER, BEFORE, FaultKind, FaultRule, Faults
from sandbox.common.requests import RequestLog
from sandbox.common.wire import Wire, replay

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

    @property
    def retry_after(self) -> str:
        """What an HTTP 429 tells unless the fault says otherwise."""
        ...

    def unanswered(self, request: int, call: Call, is_there: Callable[[], bool]) -> AbstractContextManager[None]:
        """The request has come; on leaving it is answered, or never will be. `is_there`: its caller still waits."""
        ...

    def enter(self, request: int, call: Call) -> frozenset[str]:
        """The request is going to be processed; gives the series that are busy with another."""
        ...

    def leave(self, request: int, call: Call) -> None:
        """Processing is over."""
        ...

    def refusal(self, call: Call, status: int) -> tuple[bytes, str]:
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
        wire = Wire(scope, receive, send)
        came = connections.came_at(scope.get("client"), asyncio.get_running_loop().time())
        body = await wire.read()
        call = self._vendor.describe(scope, body)
        faults = self._faults.pick(call)
        request = self._requests.begin(call, [rule.kind for rule in faults])
        with self._vendor.unanswered(request, call, connections.presence(scope.get("client"))):
            await self._handle(Exchange(request, call, faults), wire, body, came)

    async def _handle(self, exchange: Exchange, wire: Wire, body: bytes, came: float) -> None:
        call, faults = exchange.call, exchange.faults
        first = next((rule for rule in faults if rule.kind in BEFORE), None)
        if first is not None:
            await self._refuse(first, exchange, wire)
            return
        last = next((rule for rule in faults if rule.kind in AFTER), None)
        messages = await self._process(exchange, wire, body, came, at_once=last is None)
        kinds = [rule.kind for rule in faults]
        log.info("answered", request=exchange.request, method=call.method, path=call.path, faults=kinds)
        if last is not None:
            await self._answer(last, call, messages, wire)

    async def _process(
        self, exchange: Exchange, wire: Wire, body: bytes, came: float, *, at_once: bool
    ) -> list[Message]:
        """Process, and answer at once if no fault has its way with the answer.

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
            wire.scope[_KEY] = Exchange(exchange.request, exchange.call, exchange.faults, overlapping)

            async def keep(message: Message) -> None:  # ASGI wants a coroutine
                messages.append(message)

            await self._app(wire.scope, replay(body), keep)
            status = messages[0]["status"]
            await self._wait_for_latency(came)
            if at_once:
                await wire.pass_on(messages)
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

    async def _refuse(self, rule: FaultRule, exchange: Exchange, wire: Wire) -> None:
        request, call = exchange.request, exchange.call
        match rule.kind:
            case FaultKind.HANG_BEFORE:
                self._requests.end(request, None)
                await wire.hang(rule.seconds)
            case FaultKind.RESET_BEFORE:
                self._requests.end(request, None)
                await wire.reset()
            case FaultKind.TOO_MANY_REQUESTS:
                self._requests.end(request, 429)
                wait = {"Retry-After": rule.retry_after or self._vendor.retry_after}
                await wire.respond(self._error(call, 429, wait))
            case FaultKind.UNAUTHORIZED:
                self._requests.end(request, 401)
                await wire.respond(self._error(call, 401))
            case _:
                self._requests.end(request, rule.status)
                await wire.respond(self._error(call, rule.status))
        log.info("fault", request=request, path=call.path, kind=rule.kind)

    async def _answer(self, rule: FaultRule, call: Call, messages: list[Message], wire: Wire) -> None:
        match rule.kind:
            case FaultKind.ACCEPT_THEN_HANG:
                await wire.hang(rule.seconds)
            case FaultKind.ACCEPT_THEN_RESET:
                await wire.reset()
            case FaultKind.ACCEPT_THEN_ERROR:
                await wire.respond(self._error(call, rule.status))
            case FaultKind.GARBAGE:
                await wire.respond(Response(rule.body or GARBAGE, media_type="application/json"))
            case FaultKind.PARTIAL:
                await wire.send_half(messages)
            case FaultKind.SLOW:
                await wire.trickle(messages, self._clock, rule.seconds)
            case _:
                await wire.pass_on(messages)

    def _error(self, call: Call, status: int, headers: dict[str, str] | None = None) -> Response:
        body, content_type = self._vendor.refusal(call, status)
        return Response(body, status_code=status, headers=headers, media_type=content_type)
