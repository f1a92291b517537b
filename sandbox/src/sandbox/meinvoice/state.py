"""Everything that the meInvoice stand-in's resources work with."""

from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request

from sandbox.common.call import Call
from sandbox.common.clock import from_text, to_text
from sandbox.common.control import Basics
from sandbox.common.database import Database
from sandbox.common.exchange import Exchange, exchange_of
from sandbox.common.faults import FaultKind
from sandbox.common.options import Options
from sandbox.meinvoice.accounts import Account, Accounts
from sandbox.meinvoice.envelope import EnvelopeError
from sandbox.meinvoice.options import MeInvoiceOptions
from sandbox.meinvoice.series import parse_series
from sandbox.meinvoice.traffic import Lane, Traffic
from sandbox.signing.certificates import Certificates

PREFIX = "/api/integration"
_RETRY_AFTER = 5
"""Seconds told with HTTP 429."""


@dataclass(frozen=True, slots=True)
class MeInvoice:
    """The stand-in's parts."""

    basics: Basics
    options: Options[MeInvoiceOptions]
    accounts: Accounts
    certificates: Certificates
    """Of the companies' HSM."""
    traffic: Traffic

    @property
    def database(self) -> Database:
        """Where everything is kept."""
        return self.basics.database


def meinvoice_of(request: Request) -> MeInvoice:
    """The stand-in that a request came to."""
    found: MeInvoice = request.app.state.meinvoice
    return found


def lanes_of(call: Call) -> frozenset[Lane]:
    """The lanes that a publish request uses; none for other requests (creating XML too) or an unknown token."""
    if call.owner is None or call.action != "publish":
        return frozenset()
    parsed = (parse_series(text) for text in call.series)
    return frozenset((call.owner, series.base) for series in parsed if series is not None)


def bearer(header: str | None) -> str | None:
    """The token of an Authorization header."""
    scheme, _, token = (header or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def token_owner(database: Database, token: str | None) -> str | None:
    """The tax code that a token was given to."""
    found: str | None = database.value("SELECT tax_code FROM tokens WHERE token = ?", (token,))
    return found


def authorised(request: Request) -> tuple[str, Account]:
    """Tax code and account of the request's token.

    Raises:
        EnvelopeError: no token, an unknown or expired one, a CompanyTaxCode header of another company, too many
            requests, or a fault that refuses everything.
    """
    meinvoice, exchange = meinvoice_of(request), exchange_of(request)
    if exchange.fault(FaultKind.TOKEN_EXPIRED):
        raise EnvelopeError("TokenExpiredCode", status=401)
    if exchange.fault(FaultKind.TOKEN_INVALID):
        raise EnvelopeError("InvalidTokenCode", status=401)
    token = bearer(request.headers.get("authorization"))
    if token is None:
        raise EnvelopeError("UnAuthorize", status=401)
    tax_code = token_owner(meinvoice.database, token)
    account = None if tax_code is None else meinvoice.accounts.get(tax_code)
    if tax_code is None or account is None:
        raise EnvelopeError("InvalidTokenCode", status=401)
    _check_age(meinvoice, token)
    if request.headers.get("companytaxcode", tax_code) != tax_code:
        raise EnvelopeError("InvalidTaxCode")
    _check_rate(meinvoice, tax_code)
    refuse_all(exchange)
    return tax_code, account


def need_company_header(request: Request) -> None:
    """The CompanyTaxCode header, which Open API §5.3 and §7 list, is there; `authorised` says whether it is right.

    Raises:
        EnvelopeError: it is not. The document names no code for it.
    """
    if "companytaxcode" not in request.headers:
        raise EnvelopeError("InvalidTaxCode", errors=("CompanyTaxCode",))


def refuse_all(exchange: Exchange) -> None:
    """Refuse the whole request where a fault says so.

    Raises:
        EnvelopeError: it does.
    """
    rule = exchange.fault(FaultKind.REFUSE_ALL)
    if rule is not None:
        raise EnvelopeError(rule.code)


def _check_rate(meinvoice: MeInvoice, tax_code: str) -> None:
    limit = meinvoice.options.current.request_limit_per_minute
    if limit is None:
        return
    since = to_text(meinvoice.basics.clock.now() - timedelta(minutes=1))
    asked = meinvoice.database.value(
        "SELECT count(*) FROM requests WHERE owner = ? AND started_at > ? AND coalesce(status, 0) <> 429",
        (tax_code, since),
    )
    if asked > limit:
        raise EnvelopeError("TooManyRequests", status=429, retry_after=_RETRY_AFTER)


def _check_age(meinvoice: MeInvoice, token: str) -> None:
    issued_at = from_text(meinvoice.database.value("SELECT issued_at FROM tokens WHERE token = ?", (token,)))
    if meinvoice.basics.clock.now() - issued_at >= timedelta(days=meinvoice.options.current.token_days):
        raise EnvelopeError("TokenExpiredCode", status=401)
