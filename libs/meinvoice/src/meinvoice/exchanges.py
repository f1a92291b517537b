"""One HTTP request with its response or failure, as an observer sees it."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from meinvoice.settings import OPEN_API


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and what came of it. Never a token, password or PIN: logins and signing show their outcome only.

    Links to invoices are shown without their query, files by their size.

    `path` carries the query. `error` says why there is no `status`. `started_at` is aware UTC, `elapsed` in seconds.
    `attempt` counts from 1 within one call: 2 is the repetition after a refused token.
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


def unanswered(invoices: Sequence[str], error: str, started_at: datetime) -> Exchange:
    """A publish request of these invoices (JSON texts) of which nobody knows how it ended, for a log of exchanges.

    Without its `SignType`: with a token of one's own what was sent is their signed XML (meInvoice Open API §5, §6).
    """
    return Exchange(
        method="POST",
        path=OPEN_API.publish,
        request_body=f'{{"InvoiceData":[{",".join(invoices)}]}}',
        status=None,
        response_body=None,
        error=error,
        started_at=started_at,
        elapsed=0.0,
        attempt=1,
    )


_LINK = re.compile(r"""https?:[^\s"'<>]+""", re.IGNORECASE)
_QUERY_STARTS = re.compile(r"[?#]|\\u003f|\\u0023", re.IGNORECASE)
_LONG_BASE64 = re.compile(r"(?:(?:[A-Za-z0-9+/=]|\\+/){40,}+(?:\\+[rn]|\s)*+)++(?:[A-Za-z0-9+/=]|\\+/)*+")
_SHORTEST_FILE = 400
_XML = re.compile(
    r'(?P<quote>(?<!\\)\\*")(?:\ufeff|\\+ufeff)?(?:<|\\+u003c).*?(?<!\\)(?P=quote)', re.IGNORECASE | re.DOTALL
)
"""A text of JSON that starts as XML does, up to the quote that is escaped as often as its first one."""


def without_link_queries(text: str) -> str:
    """The text with `?…` in place of what follows the path of each link: whoever has it sees the invoice."""
    return _LINK.sub(_without_query, text)


def _without_query(link: re.Match[str]) -> str:
    path, *query = _QUERY_STARTS.split(link[0], maxsplit=1)
    escaped_quote = "\\" * (len(link[0]) - len(link[0].rstrip("\\")))  # a link inside JSON inside JSON ends so
    return f"{path}?…{escaped_quote}" if query else path


def without_files(text: str) -> str:
    """The text with `<N characters>` in place of XML and of long base64, also in lines: a log needs no files."""
    return _LONG_BASE64.sub(_sized, _XML.sub(_sized_xml, text))


def _sized(found: re.Match[str]) -> str:
    return f"<{len(found[0])} characters>" if len(found[0]) >= _SHORTEST_FILE else found[0]


def _sized_xml(found: re.Match[str]) -> str:
    quote = found["quote"]
    return f"{quote}<{len(found[0]) - 2 * len(quote)} characters>{quote}"
