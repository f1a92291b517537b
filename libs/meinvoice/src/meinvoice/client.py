"""The client of one meInvoice account."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import IntEnum
from typing import TypeVar

import simplejson
from pydantic import SecretStr, ValidationError

from meinvoice.answers import (
    Failure,
    NotSent,
    PublishAnswer,
    StatusAnswer,
    Statuses,
    Templates,
    TemplatesAnswer,
    Tickets,
    TicketsAnswer,
    TokenAnswer,
    TokenGranted,
    Unknown,
    WholeRefusal,
)
from meinvoice.errors import LOGIN_CODES, TOKEN_CODES
from meinvoice.models import InvoiceStatus, Template, Ticket
from meinvoice.models.base import ReceivedModel
from meinvoice.outcomes import failure_of, publish_answer, sent_of, succeeded
from meinvoice.parsing import Envelope, parse_envelope, rows_of, text_of
from meinvoice.settings import OPEN_API, Paths
from meinvoice.tokens import Credentials, TokenProvider, TokenUnavailableError
from meinvoice.transport import BeforeFirstByte, Reply, Request, Transport

MOST_INVOICES = 30
MOST_IDS = 50
_UNAUTHORIZED = 401
_Row = TypeVar("_Row", bound=ReceivedModel)


class StatusBy(IntEnum):
    """What the ids given to `status` are: `inputType` (meInvoice Open API §11)."""

    TRANSACTION_ID = 1
    REF_ID = 2


async def fetch_token(
    transport: Transport,
    credentials: Credentials,
    *,
    deadline_seconds: float = 30.0,
    paths: Paths = OPEN_API,
    extra_headers: Mapping[str, str] | None = None,
) -> TokenAnswer:
    """Log in (meInvoice Open API §2). Not more than once a week: the vendor blocks addresses that do it often."""
    body = {
        "appid": credentials.app_id.get_secret_value(),
        "taxcode": credentials.tax_code,
        "username": credentials.username,
        "password": credentials.password.get_secret_value(),
    }
    headers = {"Content-Type": "application/json", "CompanyTaxCode": credentials.tax_code, **(extra_headers or {})}
    text = simplejson.dumps(body, ensure_ascii=False)
    request = Request("POST", paths.token, text, headers, visible=False)
    reply = await transport.send(request, deadline_seconds=deadline_seconds)
    if not isinstance(reply, Reply):
        return reply
    envelope = parse_envelope(reply.text)
    if envelope is None or not succeeded(reply, envelope):
        return failure_of(reply, envelope)
    token = text_of(envelope.data)
    return TokenGranted(SecretStr(token)) if token else Unknown("login succeeded without a token")


async def log_in(
    transport: Transport,
    credentials: Credentials,
    *,
    deadline_seconds: float = 30.0,
    paths: Paths = OPEN_API,
    extra_headers: Mapping[str, str] | None = None,
) -> SecretStr:
    """As `fetch_token`, for token providers: the token, or an exception that the client understands.

    Raises:
        TokenUnavailableError: With the vendor's refusal, or why there was no answer.

    """
    answer = await fetch_token(
        transport, credentials, deadline_seconds=deadline_seconds, paths=paths, extra_headers=extra_headers
    )
    if isinstance(answer, TokenGranted):
        return answer.token
    raise TokenUnavailableError(answer)


class MeInvoiceClient:
    """Typed functions of the Open API for one tax code. No function retries, but for a refused token, once.

    `tokens` gives the bearer token. `extra_headers` go with every request.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        tax_code: str,
        tokens: TokenProvider,
        paths: Paths = OPEN_API,
        extra_headers: Mapping[str, str] | None = None,
    ) -> None:
        """Work for the account of `tax_code`."""
        self._transport = transport
        self._tax_code = tax_code
        self._tokens = tokens
        self._paths = paths
        self._extra_headers = dict(extra_headers or {})

    async def publish(
        self,
        sign_type: int,
        invoices: Sequence[str],
        *,
        deadline_seconds: float,
        before_first_byte: BeforeFirstByte | None = None,
    ) -> PublishAnswer:
        """Publish up to 30 invoices of one series in one request (meInvoice Open API §6), never repeated here.

        Each invoice is the exact JSON text of one `InvoiceData`, sent as it is. `before_first_byte` may raise to
        keep the request from being sent (`NotSent`); it is asked again before the repetition after a refused token.

        Raises:
            ValueError: No invoices, more than 30, one without RefID, or two with the same.

        """
        sent = [sent_of(invoice) for invoice in invoices]
        if not 0 < len(sent) <= MOST_INVOICES or len({one.ref_id.lower() for one in sent}) < len(sent):
            raise ValueError(f"publish takes 1 to {MOST_INVOICES} invoices with different RefIDs")
        body = f'{{"SignType":{int(sign_type)},"InvoiceData":[{",".join(invoices)}],"PublishInvoiceData":null}}'
        reply = await self._call(Request("POST", self._paths.publish, body), deadline_seconds, before_first_byte)
        return publish_answer(reply, sent) if isinstance(reply, Reply) else reply

    async def status(
        self,
        ids: Sequence[str],
        *,
        invoice_with_code: bool,
        calculating_machine: bool,
        by: StatusBy,
        deadline_seconds: float = 30.0,
    ) -> StatusAnswer:
        """State of up to 50 published invoices (meInvoice Open API §11).

        The vendor drops ids it does not know without a word, and knows none under the wrong `invoice_with_code`:
        ask with the other flag before concluding that an invoice does not exist.

        Raises:
            ValueError: No ids, or more than 50.

        """
        if not 0 < len(ids) <= MOST_IDS:
            raise ValueError(f"status takes 1 to {MOST_IDS} ids")
        params = {
            "invoiceWithCode": _flag(invoice_with_code),
            "invoiceCalcu": _flag(calculating_machine),
            "inputType": str(int(by)),
        }
        request = Request("POST", self._paths.status, simplejson.dumps(list(ids)), params=params)
        answer = await self._rows(request, deadline_seconds, InvoiceStatus)
        return Statuses(*answer) if isinstance(answer, tuple) else answer

    async def templates(self, *, invoice_with_code: bool, deadline_seconds: float = 30.0) -> TemplatesAnswer:
        """Invoice templates of the account (meInvoice Open API §3)."""
        params = {"invoiceWithCode": _flag(invoice_with_code), "ticket": "false"}
        request = Request("GET", self._paths.templates, params=params)
        answer = await self._rows(request, deadline_seconds, Template)
        return Templates(answer[0]) if isinstance(answer, tuple) else answer

    async def tickets(self, *, invoice_with_code: bool, deadline_seconds: float = 30.0) -> TicketsAnswer:
        """Ticket templates of the account (meInvoice Open API §3)."""
        params = {"invoiceWithCode": _flag(invoice_with_code), "ticket": "true"}
        request = Request("GET", self._paths.templates, params=params)
        answer = await self._rows(request, deadline_seconds, Ticket)
        return Tickets(answer[0]) if isinstance(answer, tuple) else answer

    async def _rows(
        self, request: Request, deadline_seconds: float, kind: type[_Row]
    ) -> tuple[tuple[_Row, ...], int] | Failure:
        """The rows in `data` that can be read, and how many could not."""
        reply = await self._call(request, deadline_seconds)
        if not isinstance(reply, Reply):
            return reply
        envelope = parse_envelope(reply.text)
        if envelope is None or not succeeded(reply, envelope):
            return failure_of(reply, envelope)
        listed = _listed(envelope)
        if listed is None:
            return Unknown("success with data that are no list")
        read = [_read(kind, row) for row in listed]
        rows = tuple(row for row in read if row is not None)
        return rows, len(read) - len(rows)

    async def _call(
        self, request: Request, deadline_seconds: float, before_first_byte: BeforeFirstByte | None = None
    ) -> Reply | Failure:
        """Send with the account's token; when the token is refused, once more with another, within the deadline."""
        ends = self._transport.monotonic() + deadline_seconds
        try:
            token = await self._tokens.get()
            reply = await self._send(request, token, ends, before_first_byte)
            if not isinstance(reply, Reply) or not _token_refused(reply):
                return reply
            renewed = await self._tokens.renew(token)
        except TokenUnavailableError as error:
            return error.failure if isinstance(error.failure, WholeRefusal) else NotSent(error.failure.reason)
        if renewed == token:
            return reply
        return await self._send(replace(request, attempt=2), renewed, ends, before_first_byte)

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


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _token_refused(reply: Reply) -> bool:
    envelope = parse_envelope(reply.text)
    codes = {code.lower() for code in (envelope.error_code, *envelope.errors)} if envelope else set()
    if codes & LOGIN_CODES:
        return False
    return bool(codes & TOKEN_CODES) or reply.status == _UNAUTHORIZED


def _listed(envelope: Envelope) -> list[object] | None:
    """An empty answer comes as null, "" or an empty list."""
    return [] if envelope.data in (None, "") else rows_of(envelope.data)


def _read(kind: type[_Row], row: object) -> _Row | None:
    try:
        return kind.model_validate(row)
    except ValidationError:
        return None
