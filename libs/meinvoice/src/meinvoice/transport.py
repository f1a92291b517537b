"""One HTTP request, no retry: sends, tells the observer, and says whether it may have reached the vendor."""

import asyncio
import inspect
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from meinvoice.answers import NotSent, Unknown
from meinvoice.exchanges import Exchange, Observer

logger = logging.getLogger(__name__)

BeforeFirstByte = Callable[[], Awaitable[None] | None]
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.ProxyError,
    httpx.LocalProtocolError,
)
_LONGEST_CONNECT = 10.0
_KEEPALIVE_SECONDS = 2.0
_LONGEST_RETRY_AFTER = 3600.0
_LAST_WORD_SECONDS = 3.0
"""How long a call that is cancelled may still take to tell its observer."""


class HoldBackError(Exception):
    """Raised by `before_first_byte` to keep the request from being sent; its text becomes the reason."""


def new_http_transport() -> httpx.AsyncHTTPTransport:
    """The transport for publishing: no retries, and connections that are not reused when stale.

    A connection that the vendor closed while idle would turn a POST into an unknown outcome.
    """
    return httpx.AsyncHTTPTransport(
        limits=httpx.Limits(max_connections=100, keepalive_expiry=_KEEPALIVE_SECONDS), retries=0
    )


def new_http_client(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """A client for publishing, over `new_http_transport()` or what was wrapped around it; it follows no redirects."""
    return httpx.AsyncClient(transport=transport or new_http_transport(), follow_redirects=False)


@dataclass(frozen=True, slots=True)
class Request:
    """What to send. `visible` is False for logins and signing, whose bodies no observer sees.

    `veil` takes out of the answer's body what no observer may see, `private` names parameters that none sees; vendor
    and caller get all of it.
    """

    method: str
    path: str
    body: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    params: Mapping[str, str] = field(default_factory=dict)
    visible: bool = True
    attempt: int = 1
    veil: Callable[[str], str] = str
    private: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; `retry_after` is in seconds."""

    status: int
    text: str = field(repr=False)
    retry_after: float | None = None


@dataclass(slots=True)
class _Gate:
    """Asks `before_first_byte` at the last moment that httpx lets us see, and remembers whether bytes may have left."""

    ask: BeforeFirstByte | None
    traced: bool = False
    opened: bool = False
    held_back: str | None = None

    async def check(self) -> None:
        try:
            answer = self.ask() if self.ask is not None else None
            if inspect.isawaitable(answer):
                await answer
        except Exception as error:
            self.held_back = str(error) or type(error).__name__
            raise HoldBackError(self.held_back) from error

    async def trace(self, name: str, _: object) -> None:
        self.traced = True
        if name.endswith(".send_request_headers.started"):
            await self.check()
            self.opened = True

    def outcome(self, reason: str, *, certainly_unsent: bool) -> NotSent | Unknown:
        unsent = certainly_unsent or self.held_back is not None or (self.traced and not self.opened)
        return NotSent(self.held_back or reason) if unsent else Unknown(reason)


class Transport:
    """Sends requests below one base URL."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        base_url: str,
        *,
        observe: Observer | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Use `http` for everything; `now` gives aware times, `monotonic` seconds."""
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._observe = observe
        self._now = now
        self.monotonic = monotonic

    async def send(
        self, request: Request, *, deadline_seconds: float, before_first_byte: BeforeFirstByte | None = None
    ) -> Reply | NotSent | Unknown:
        """Send once, without a retry: what may have left may have issued (meInvoice Open API §1.6, §14).

        The deadline is hard and covers everything from here to the answer's last byte. The answer is read as UTF-8,
        which JSON is in, whatever its headers say; what is no UTF-8 becomes U+FFFD.

        `before_first_byte` is asked before connecting and again directly before the first byte leaves.
        """
        started_at, started = self._now(), self.monotonic()
        gate = _Gate(before_first_byte)
        try:
            outcome = await self._send(request, gate, deadline_seconds)
        except asyncio.CancelledError:  # a shutdown: what may have left must be on record
            cut = gate.outcome("the caller stopped waiting for the answer", certainly_unsent=False)
            with suppress(TimeoutError):
                async with asyncio.timeout(_LAST_WORD_SECONDS):
                    await self._tell(request, cut, started_at, self.monotonic() - started)
            raise
        await self._tell(request, outcome, started_at, self.monotonic() - started)
        return outcome

    async def _send(self, request: Request, gate: _Gate, deadline_seconds: float) -> Reply | NotSent | Unknown:
        try:
            built = self._build(request, gate, deadline_seconds)
        except Exception as error:  # noqa: BLE001 - half a character, a header that is none: nothing of it can be sent
            return NotSent(f"the request cannot be written: {type(error).__name__}")
        try:
            async with asyncio.timeout(deadline_seconds):
                await gate.check()
                response = await _to_its_end(self._http.send(built))
        except HoldBackError as error:
            return NotSent(str(error))
        except TimeoutError:
            return gate.outcome(f"no answer within {deadline_seconds:g} s", certainly_unsent=False)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            return gate.outcome(type(error).__name__, certainly_unsent=isinstance(error, _NOT_SENT))
        retry_after = _retry_after(response.headers.get("Retry-After"), self._now())
        return Reply(response.status_code, response.content.decode("utf-8-sig", "replace"), retry_after)

    def _build(self, request: Request, gate: _Gate, deadline_seconds: float) -> httpx.Request:
        return self._http.build_request(
            request.method,
            self._base_url + request.path,
            params=request.params or None,
            headers=dict(request.headers),
            content=request.body.encode() if request.body is not None else None,
            timeout=httpx.Timeout(deadline_seconds, connect=min(deadline_seconds, _LONGEST_CONNECT)),
            extensions={"trace": gate.trace},
        )

    async def _tell(
        self, request: Request, outcome: Reply | NotSent | Unknown, started_at: datetime, elapsed: float
    ) -> None:
        if self._observe is None:
            return
        shown = {name: "…" if name in request.private else value for name, value in request.params.items()}
        query = str(httpx.QueryParams(shown))
        answered = outcome if isinstance(outcome, Reply) else None
        exchange = Exchange(
            method=request.method,
            path=f"{request.path}?{query}" if query else request.path,
            request_body=request.body if request.visible else None,
            status=answered.status if answered else None,
            response_body=request.veil(answered.text) if answered and request.visible else None,
            error=None if isinstance(outcome, Reply) else outcome.reason,
            started_at=started_at,
            elapsed=elapsed,
            attempt=request.attempt,
        )
        try:
            await self._observe(exchange)
        except Exception:  # what became of the invoice must not depend on the log
            logger.exception("The observer of exchanges failed")


async def _to_its_end(sending: Coroutine[Any, Any, httpx.Response]) -> httpx.Response:
    """The answer; whoever cuts this off waits until the connection is closed, and tells httpx once.

    A second cancellation in the turn of the loop after the first leaves the connection open (httpx 0.28): the vendor
    would still be at work for one caller while the next request comes.
    """
    task = asyncio.ensure_future(sending)
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        task.cancel()
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # nobody asks for it any more
        raise
    return task.result()


def _retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait, told as seconds or as the moment until which; never more than an hour."""
    seconds = _seconds(value) if value is not None else None
    if seconds is None and value is not None:
        seconds = _seconds_until(value, now)
    return min(seconds, _LONGEST_RETRY_AFTER) if seconds is not None and seconds >= 0 else None


def _seconds(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _seconds_until(value: str, now: datetime) -> float | None:
    try:
        until = parsedate_to_datetime(value)
        return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())
    except (ValueError, OverflowError):
        return None
