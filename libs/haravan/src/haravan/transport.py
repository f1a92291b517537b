"""Sends one call to Haravan: bucket, retries of what may be repeated, errors by kind."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx
import simplejson
from pydantic import SecretStr

from haravan.bucket import Bucket
from haravan.errors import (
    BadAnswerError,
    ForbiddenError,
    HaravanError,
    InvalidError,
    NotFoundError,
    Refusal,
    TooManyRequestsError,
    UnauthorizedError,
    UnavailableError,
)
from haravan.exchanges import Exchange, Observer
from haravan.headers import CALL_LIMIT

logger = logging.getLogger(__name__)

_LONGEST_MESSAGE = 300
_LAST_WORD_SECONDS = 3.0
"""How long a call that is cancelled may still take to tell its observer."""
_BY_STATUS: Mapping[int, type[HaravanError]] = {
    HTTPStatus.UNAUTHORIZED: UnauthorizedError,
    HTTPStatus.FORBIDDEN: ForbiddenError,
    HTTPStatus.NOT_FOUND: NotFoundError,
    HTTPStatus.BAD_REQUEST: InvalidError,
    HTTPStatus.UNPROCESSABLE_ENTITY: InvalidError,
}


def new_http_client(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """An `httpx.AsyncClient` that never keeps a cookie: Haravan refuses private tokens that come with one."""
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return httpx.AsyncClient(transport=transport, cookies=no_cookies, follow_redirects=False)


@dataclass(frozen=True, slots=True)
class Call:
    """What to ask. `repeatable`: sending it twice does no harm, so a lost answer may be retried."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    repeatable: bool = True


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long to try within one call; times in seconds.

    A wait longer than `longest_wait` is left to the caller: the error carries `retry_after`.
    """

    attempts: int = 3
    first_wait: float = 0.5
    longest_wait: float = 10.0
    timeout: float = 20.0


class Transport:
    """Calls of one shop with its token. `sleep` and `monotonic` are in seconds, `now` is aware."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        base_url: str,
        token: SecretStr,
        *,
        observe: Observer | None = None,
        patience: Patience | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Use `http` for everything; make it with `new_http_client`, since Haravan refuses cookies."""
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._token = token
        self._observe = observe
        self._patience = patience or Patience()
        self._sleep = sleep
        self._monotonic = monotonic
        self._now = now
        self._bucket = Bucket()

    async def call(self, call: Call) -> Any:
        """The answer's JSON with exact numbers.

        Raises:
            HaravanError: By kind; after the last attempt.

        """
        attempt = 1
        while True:
            await self._wait_for_room()
            try:
                return await self._once(call, attempt)
            except (TooManyRequestsError, UnavailableError) as error:
                wait = self._wait_before_next(call, attempt, error)
                if wait is None:
                    raise
                await self._sleep(wait)
            attempt += 1

    async def _wait_for_room(self) -> None:
        pause = self._bucket.pause(self._monotonic())
        if pause > self._patience.longest_wait:
            raise TooManyRequestsError(Refusal(HTTPStatus.TOO_MANY_REQUESTS, "asked to wait"), pause)
        if pause > 0:
            await self._sleep(pause)

    def _wait_before_next(self, call: Call, attempt: int, error: HaravanError) -> float | None:
        """Seconds until the next attempt, or None when there is to be none."""
        if attempt >= self._patience.attempts:
            return None
        backoff = self._patience.first_wait * 2 ** (attempt - 1)
        if isinstance(error, TooManyRequestsError):  # nothing was done, so any call may be repeated
            wait = error.retry_after if error.retry_after is not None else backoff
            return wait if wait <= self._patience.longest_wait else None
        return min(backoff, self._patience.longest_wait) if call.repeatable else None

    async def _once(self, call: Call, attempt: int) -> Any:
        body = simplejson.dumps(call.body, use_decimal=True, ensure_ascii=False) if call.body is not None else None
        started_at, started = self._now(), self._monotonic()
        response: httpx.Response | None = None
        failure: str | None = None

        def exchange() -> Exchange:
            return Exchange(
                method=call.method,
                path=_shown_path(call),
                request_body=body,
                status=response.status_code if response is not None else None,
                response_body=response.text if response is not None else None,
                error=failure,
                started_at=started_at,
                elapsed=self._monotonic() - started,
                attempt=attempt,
            )

        try:
            response = await self._send(call, body)
        except asyncio.CancelledError:  # a shutdown: what may have left must be on record
            failure = "the caller stopped waiting for the answer"
            with suppress(TimeoutError):
                async with asyncio.timeout(_LAST_WORD_SECONDS):
                    await self._tell(exchange())
            raise
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, TimeoutError) as error:
            failure = type(error).__name__
        await self._tell(exchange())
        if response is None:
            raise UnavailableError(Refusal(None, failure or ""))
        return self._read(response)

    async def _send(self, call: Call, body: str | None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token.get_secret_value()}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        async with asyncio.timeout(self._patience.timeout):
            return await self._http.request(
                call.method,
                self._base_url + call.path,
                params=call.params or None,
                content=body.encode() if body is not None else None,
                headers=headers,
                timeout=self._patience.timeout,
                follow_redirects=False,
            )

    async def _tell(self, exchange: Exchange) -> None:
        if self._observe is None:
            return
        try:
            await self._observe(exchange)
        except Exception:  # what came of the call must not depend on the log
            logger.exception("The observer of exchanges failed")

    def _read(self, response: httpx.Response) -> Any:
        now = self._monotonic()
        self._bucket.learn(response.headers.get(CALL_LIMIT), now)
        if not response.is_success:
            raise self._error(response, now)
        try:
            return simplejson.loads(response.text, parse_float=Decimal)
        except (ValueError, RecursionError):
            raise BadAnswerError(Refusal(response.status_code, "not JSON")) from None

    def _error(self, response: httpx.Response, now: float) -> HaravanError:
        refusal = Refusal(response.status_code, message_of(response.text))
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            wait = seconds_of(response.headers.get("Retry-After"))
            self._bucket.close(wait or 0.0, now)
            return TooManyRequestsError(refusal, wait)
        if response.is_server_error or response.status_code == HTTPStatus.REQUEST_TIMEOUT:
            return UnavailableError(refusal)
        return _BY_STATUS.get(response.status_code, BadAnswerError)(refusal)


def seconds_of(header: str | None) -> float | None:
    """`Retry-After` as seconds; Haravan writes a decimal, `2.0`."""
    try:
        seconds = float(header) if header is not None else None
    except ValueError:
        return None
    return seconds if seconds is not None and 0 <= seconds < float("inf") else None


def message_of(text: str) -> str:
    """The message of an error body: a text, a list or an object under `errors`, or `error`, or `message`."""
    try:
        parsed = simplejson.loads(text)
    except (ValueError, RecursionError):
        return ""
    found = parsed
    if isinstance(parsed, dict):
        found = next((parsed[name] for name in ("errors", "error", "message") if parsed.get(name)), "")
    shown = found if isinstance(found, str) else simplejson.dumps(found, ensure_ascii=False)
    return str(shown)[:_LONGEST_MESSAGE]


def _shown_path(call: Call) -> str:
    query = str(httpx.QueryParams(dict(call.params)))
    return f"{call.path}?{query}" if query else call.path
