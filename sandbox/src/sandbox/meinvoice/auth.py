"""`POST /auth/token` (Open API §2)."""

import math
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from sandbox.common.clock import to_text
from sandbox.common.control import answer
from sandbox.common.exchange import exchange_of
from sandbox.meinvoice import codes
from sandbox.meinvoice.envelope import EnvelopeError, pascal
from sandbox.meinvoice.state import MeInvoice, meinvoice_of, refuse_all

TOO_MANY = "TooManyTokenRequests"
"""A code of our own: the document names none (§1.5 warns that such callers are blocked)."""


async def get_token(request: Request) -> Response:
    """Give a token to whoever knows app id, tax code, user and password."""
    meinvoice = meinvoice_of(request)
    payload = exchange_of(request).call.payload
    refuse_all(exchange_of(request))
    if not isinstance(payload, dict):
        raise EnvelopeError("InvalidInvoiceData")
    login = {name.lower(): str(value) for name, value in payload.items()}
    tax_code = login.get("taxcode", "")
    try:
        _check_limit(meinvoice, tax_code)
        _check_login(meinvoice, tax_code, login)
    except EnvelopeError as error:
        _count(meinvoice, tax_code, error.code)
        raise
    _count(meinvoice, tax_code, "ok")
    return answer(pascal(data=_new_token(meinvoice, tax_code)))


def _check_limit(meinvoice: MeInvoice, tax_code: str) -> None:
    options = meinvoice.options.current
    if options.token_request_limit is None:
        return
    since = meinvoice.basics.clock.now() - timedelta(seconds=options.token_request_window_seconds)
    asked = meinvoice.database.value(
        "SELECT count(*) FROM token_requests WHERE tax_code = ? AND at > ?", (tax_code, to_text(since))
    )
    if asked >= options.token_request_limit:
        raise EnvelopeError(TOO_MANY, status=429, retry_after=math.ceil(options.token_request_window_seconds))


def _check_login(meinvoice: MeInvoice, tax_code: str, login: dict[str, str]) -> None:
    """Refuse with the sub-codes that MISA's test environment gives."""
    accounts = meinvoice.accounts.all()
    if login.get("appid") not in {account.app_id for account in accounts.values()}:
        raise EnvelopeError("InvalidAppID")
    if not any(account.app_active for account in accounts.values() if account.app_id == login["appid"]):
        raise EnvelopeError("InActiveAppID")
    account = accounts.get(tax_code)
    if account is None:
        raise EnvelopeError("UnAuthorize", errors=("TaxCodeNotExist",))
    user, password = login.get("username"), login.get("password")
    if (user, password) == (account.username, account.password.get_secret_value()):
        return
    known = {(other.username, other.password.get_secret_value()) for other in accounts.values()}
    raise EnvelopeError("UnAuthorize", errors=("UserNotExist" if (user, password) in known else "MisaIdError",))


def _count(meinvoice: MeInvoice, tax_code: str, outcome: str) -> None:
    meinvoice.database.execute(
        "INSERT INTO token_requests (tax_code, at, outcome) VALUES (?, ?, ?)",
        (tax_code, to_text(meinvoice.basics.clock.now()), outcome),
    )


def _new_token(meinvoice: MeInvoice, tax_code: str) -> str:
    count = meinvoice.database.value("SELECT count(*) FROM tokens")
    token = codes.token(meinvoice.options.current.seed, tax_code, count)
    meinvoice.database.execute(
        "INSERT INTO tokens VALUES (?, ?, ?)", (token, tax_code, to_text(meinvoice.basics.clock.now()))
    )
    return token
