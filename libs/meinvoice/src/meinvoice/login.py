"""Logging in (meInvoice Open API §2)."""

import re
from collections.abc import Mapping

import simplejson
from pydantic import SecretStr

from meinvoice.answers import TokenAnswer, TokenGranted, Unknown
from meinvoice.failures import failure_of, succeeded
from meinvoice.parsing import parse_envelope, text_of
from meinvoice.settings import OPEN_API, Paths
from meinvoice.tokens import Credentials, TokenUnavailableError
from meinvoice.transport import Reply, Request, Transport

_TOKEN = re.compile(r"[!#-z|~]+")
"""What can stand in a header as a token: printable ASCII without blanks, quotes and braces. JSON in its place, as some
surfaces of MISA's give it, would be refused with HTTP 401 whenever it is used."""


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
    if _TOKEN.fullmatch(token):
        return TokenGranted(SecretStr(token))
    return Unknown("login succeeded with something that is no token" if token else "login succeeded without a token")


async def log_in(
    transport: Transport,
    credentials: Credentials,
    *,
    deadline_seconds: float = 30.0,
    paths: Paths = OPEN_API,
    extra_headers: Mapping[str, str] | None = None,
) -> SecretStr:
    """As `fetch_token` (meInvoice Open API §2), for token providers: the token, or an exception the client understands.

    Raises:
        TokenUnavailableError: With the vendor's refusal, or why there was no answer.

    """
    answer = await fetch_token(
        transport, credentials, deadline_seconds=deadline_seconds, paths=paths, extra_headers=extra_headers
    )
    if isinstance(answer, TokenGranted):
        return answer.token
    raise TokenUnavailableError(answer)
