"""Everything that the meInvoice stand-in's resources work with."""

from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.types import Scope

from sandbox.common import jsons
from sandbox.common.call import Call
from sandbox.common.clock import from_text
from sandbox.common.control import Basics
from sandbox.common.database import Database
from sandbox.common.exchange import exchange_of
from sandbox.common.faults import FaultKind
from sandbox.common.options import Options
from sandbox.meinvoice.accounts import Account, Accounts
from sandbox.meinvoice.envelope import EnvelopeError
from sandbox.meinvoice.numbering import Numbering
from sandbox.meinvoice.options import MeInvoiceOptions
from sandbox.meinvoice.series import parse_series
from sandbox.meinvoice.traffic import Lane, Traffic

PREFIX = "/api/integration"


@dataclass(frozen=True, slots=True)
class MeInvoice:
    """The stand-in's parts."""

    basics: Basics
    options: Options[MeInvoiceOptions]
    accounts: Accounts
    numbering: Numbering
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
    """The lanes that a publish request uses; none for other requests or an unknown token."""
    if call.owner is None or call.method != "POST" or call.path != f"{PREFIX}/invoice":
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
        EnvelopeError: no token, an unknown or expired one, or a CompanyTaxCode header of another company.
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
    return tax_code, account


def _check_age(meinvoice: MeInvoice, token: str) -> None:
    issued_at = from_text(meinvoice.database.value("SELECT issued_at FROM tokens WHERE token = ?", (token,)))
    if meinvoice.basics.clock.now() - issued_at >= timedelta(days=meinvoice.options.current.token_days):
        raise EnvelopeError("TokenExpiredCode", status=401)


class MeInvoiceVendor:
    """How the middleware sees meInvoice's requests."""

    prefix = PREFIX

    def __init__(self, meinvoice: MeInvoice) -> None:
        self._meinvoice = meinvoice

    def describe(self, scope: Scope, body: bytes) -> Call:
        """Whose request it is, and which series and RefIDs it is about."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        payload = _parse(body)
        owner = token_owner(self._meinvoice.database, bearer(headers.get("authorization")))
        if isinstance(payload, dict) and scope["path"].endswith("/auth/token"):
            owner = str(payload.get("taxcode"))
        invoices = payload.get("InvoiceData") if isinstance(payload, dict) else None
        invoices = [entry for entry in invoices if isinstance(entry, dict)] if isinstance(invoices, list) else []
        ids = payload if isinstance(payload, list) else [entry.get("RefID") for entry in invoices]
        return Call(
            method=scope["method"],
            path=scope["path"],
            owner=owner,
            series=frozenset(str(entry.get("InvSeries")) for entry in invoices),
            ref_ids=tuple(str(entry) for entry in ids),
            payload=payload,
        )

    def enter(self, request: int, call: Call) -> frozenset[str]:
        """Note the series as busy; gives the bases for which that makes a number race."""
        lanes = lanes_of(call)
        soon = self._meinvoice.traffic.too_soon(lanes, self._meinvoice.options.current.pause_seconds)
        return frozenset(base for _, base in self._meinvoice.traffic.enter(request, lanes) | soon)

    def leave(self, request: int, call: Call) -> None:
        """Note the series as free."""
        self._meinvoice.traffic.leave(request, lanes_of(call))

    def refusal(self, status: int) -> tuple[bytes, str]:
        """A gateway's page; meInvoice's own words for 401."""
        if status == 401:  # noqa: PLR2004  # HTTP status
            return b'{"success":false,"errorCode":"UnAuthorize","errors":[]}', "application/json"
        return f"<html><body><h1>{status}</h1></body></html>".encode(), "text/html"


def _parse(body: bytes) -> object:
    try:
        return jsons.loads(body)
    except jsons.BadJsonError:
        return None
