"""A call of one account: with its token, and once more with another when the token is refused."""

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from dataclasses import replace
from typing import TypeVar

from pydantic import SecretStr, ValidationError

from meinvoice.answers import Failure, NotSent, Unknown, WholeRefusal
from meinvoice.errors import LOGIN_CODES, TOKEN_CODES
from meinvoice.failures import failure_of, succeeded
from meinvoice.models.base import ReceivedModel
from meinvoice.parsing import Envelope, code_of, lower_keys, parse_envelope, rows_of
from meinvoice.tokens import TokenProvider, TokenUnavailableError
from meinvoice.transport import BeforeFirstByte, Reply, Request, Transport

logger = logging.getLogger(__name__)

_UNAUTHORIZED = 401
_UNDER_WAY: "set[asyncio.Future[SecretStr]]" = set()
"""Tokens that are being fetched, also where nobody waits any more: the loop keeps no task alive."""
Row = TypeVar("Row", bound=ReceivedModel)


class Caller:
    """Sends requests as one account. No call is repeated, but for a refused token, once."""

    def __init__(
        self, transport: Transport, *, tax_code: str, tokens: TokenProvider, extra_headers: Mapping[str, str]
    ) -> None:
        """Send as the account of `tax_code`."""
        self._transport = transport
        self._tax_code = tax_code
        self._tokens = tokens
        self._extra_headers = dict(extra_headers)

    async def reply(
        self, request: Request, deadline_seconds: float, before_first_byte: BeforeFirstByte | None = None
    ) -> Reply | Failure:
        """Send with the account's token; when the token is refused, once more with another, within the deadline."""
        ends = self._transport.monotonic() + deadline_seconds
        token = await _given(self._tokens.get())
        if not isinstance(token, SecretStr):
            return token
        reply = await self._send(request, token, ends, before_first_byte)
        if not isinstance(reply, Reply) or not _token_refused(reply):
            return reply
        renewed = await _given(_within(self._tokens.renew(token), ends - self._transport.monotonic()))
        if not isinstance(renewed, SecretStr):
            return renewed
        if renewed == token:
            return reply
        return await self._send(replace(request, attempt=2), renewed, ends, before_first_byte)

    async def envelope(self, request: Request, deadline_seconds: float) -> Envelope | Failure:
        """The frame of an answer that reports success."""
        reply = await self.reply(request, deadline_seconds)
        if not isinstance(reply, Reply):
            return reply
        envelope = parse_envelope(reply.text)
        if envelope is None or not succeeded(reply, envelope):
            return failure_of(reply, envelope)
        return envelope

    async def listed(self, request: Request, deadline_seconds: float) -> list[object] | Failure:
        """The list in `data` of an answer that reports success; an empty one comes as null, "" or a list.

        An answer without `data` says nothing: it is no empty list.
        """
        envelope = await self.envelope(request, deadline_seconds)
        if not isinstance(envelope, Envelope):
            return envelope
        rows = [] if envelope.data in (None, "") else rows_of(envelope.data)
        return rows if rows is not None else Unknown("success with data that are no list")

    async def rows(
        self, request: Request, deadline_seconds: float, kind: type[Row]
    ) -> tuple[tuple[Row, ...], int] | Failure:
        """The rows in `data` that can be read, and how many could not."""
        listed = await self.listed(request, deadline_seconds)
        if not isinstance(listed, list):
            return listed
        read = [_read(kind, row) for row in listed]
        rows = tuple(row for row in read if row is not None)
        return rows, len(read) - len(rows)

    async def _send(
        self, request: Request, token: SecretStr, ends: float, before_first_byte: BeforeFirstByte | None
    ) -> Reply | Failure:
        left = ends - self._transport.monotonic()
        if left <= 0:
            return NotSent("getting a token took all the time there was")
        ready = replace(request, headers=self._headers(token))
        return await self._transport.send(ready, deadline_seconds=left, before_first_byte=before_first_byte)

    def _headers(self, token: SecretStr) -> Mapping[str, str]:
        return {
            "Content-Type": "application/json",
            "CompanyTaxCode": self._tax_code,
            "Authorization": f"Bearer {token.get_secret_value()}",
            **self._extra_headers,
        }


async def _given(asked: Awaitable[SecretStr]) -> SecretStr | WholeRefusal | NotSent:
    """The token, or what it means that there is none: the request was not sent, or refused without doing anything."""
    try:
        return await asked
    except TokenUnavailableError as error:
        return error.failure if isinstance(error.failure, WholeRefusal) else NotSent(error.failure.reason)
    except Exception as error:  # whatever keeps the token away keeps the request from being sent
        logger.exception("The token provider failed")
        return NotSent(f"no token could be had: {type(error).__name__}")


async def _within(asked: Awaitable[SecretStr], seconds: float) -> SecretStr:
    """The token, if it comes in time; the login goes on all the same, and whoever asks next finds its token.

    Raises:
        TokenUnavailableError: it has not come.

    """
    coming = asyncio.ensure_future(asked)
    _UNDER_WAY.add(coming)
    coming.add_done_callback(_forget)
    done, _ = await asyncio.wait({coming}, timeout=max(0.0, seconds))
    if not done:
        raise TokenUnavailableError(NotSent("the token was refused, and no other came in time"))
    return await coming


def _forget(came: "asyncio.Future[SecretStr]") -> None:
    _UNDER_WAY.discard(came)
    if not came.cancelled():
        came.exception()  # whoever waited for it has it; where nobody did, the next call asks anew


def _token_refused(reply: Reply) -> bool:
    envelope = parse_envelope(reply.text)
    codes = {code.lower() for code in (envelope.error_code, *envelope.errors)} if envelope else set()
    if codes & LOGIN_CODES:
        return False
    return bool(codes & TOKEN_CODES) or reply.status == _UNAUTHORIZED


def _read(kind: type[Row], row: object) -> Row | None:
    """The row; None where it carries an error, does not say what it is about, or is none."""
    if isinstance(row, Mapping) and code_of(lower_keys(row).get("errorcode")):
        return None
    try:
        read = kind.model_validate(row)
    except ValidationError:
        return None
    return read if any(getattr(read, name).strip() for name in kind.named_by) else None
