"""One HTTP request with its response or failure, as an observer sees it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and what came of it, never with the token.

    `path` carries the query. `error` says why there is no `status`. `started_at` is aware UTC, `elapsed` in seconds.
    `attempt` counts from 1 within one call.
    """

    method: str
    path: str
    request_body: str | None
    status: int | None
    response_body: str | None
    error: str | None
    started_at: datetime
    elapsed: float
    attempt: int


Observer = Callable[[Exchange], Awaitable[None]]
