"""How the middleware sees meInvoice's requests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from starlette.types import Scope

from sandbox.common import jsons
from sandbox.common.call import Call, Use
from sandbox.meinvoice.asynchronous import settle
from sandbox.meinvoice.batch import SignType
from sandbox.meinvoice.envelope import refused_envelope
from sandbox.meinvoice.payload import entries_of, parse, sign_type_of
from sandbox.meinvoice.state import PREFIX, MeInvoice, bearer, lanes_of, token_owner

_LOGIN = f"{PREFIX}/auth/token"


class MeInvoiceVendor:
    """How the middleware sees meInvoice's requests."""

    prefix = PREFIX
    retry_after = "2"
    """Whole seconds (RFC 9110 §10.2.3)."""

    def __init__(self, meinvoice: MeInvoice) -> None:
        self._meinvoice = meinvoice

    def describe(self, scope: Scope, body: bytes) -> Call:
        """Whose request it is, and which series and RefIDs it is about; issues what has become due before it."""
        settle(self._meinvoice)
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        payload = parse(body)
        owner = token_owner(self._meinvoice.database, bearer(headers.get("authorization")))
        if isinstance(payload, dict) and scope["path"] == _LOGIN:
            owner = str(payload.get("taxcode"))
        entries, action = entries_of(payload), _action(scope, payload)
        ids = payload if isinstance(payload, list) else [entry.get("RefID") for entry in entries]
        return Call(
            method=scope["method"],
            path=scope["path"],
            owner=owner,
            series=frozenset(str(entry.get("InvSeries")) for entry in entries),
            ref_ids=tuple(str(entry) for entry in ids),
            action=action,
            uses=_uses(scope["path"], action, payload, known=owner is not None),
            payload=payload,
        )

    @contextmanager
    def unanswered(self, request: int, call: Call, is_there: Callable[[], bool]) -> Iterator[None]:
        """Note the request until it is answered: the next of its series may be sent only then (Open API §1.6)."""
        lanes = lanes_of(call)
        self._meinvoice.traffic.come(request, lanes, is_there)
        try:
            yield
        finally:
            self._meinvoice.traffic.answered(request, lanes)

    def enter(self, request: int, call: Call) -> frozenset[str]:
        """Note the series as busy; gives the bases for which that makes a number race."""
        lanes = lanes_of(call)
        soon = self._meinvoice.traffic.too_soon(lanes, self._meinvoice.options.current.pause_seconds)
        return frozenset(base for _, base in self._meinvoice.traffic.enter(request, lanes) | soon)

    def leave(self, request: int, call: Call) -> None:
        """Note the series as free."""
        self._meinvoice.traffic.leave(request, lanes_of(call))

    def refusal(self, call: Call, status: int) -> tuple[bytes, str]:
        """A gateway's page; meInvoice's own words for 401, in the envelope of the call."""
        if status == 401:  # noqa: PLR2004  # HTTP status
            told = refused_envelope(call.path, "UnAuthorize", (), self._meinvoice.options.current)
            return jsons.dumps(told).encode(), "application/json"
        return f"<html><body><h1>{status}</h1></body></html>".encode(), "text/html"


def _action(scope: Scope, payload: Any) -> str | None:
    if scope["method"] != "POST" or scope["path"] != f"{PREFIX}/invoice":
        return None
    local = isinstance(payload, dict) and sign_type_of(payload) == SignType.LOCAL
    return "create" if local and payload.get("PublishInvoiceData") is None else "publish"


def _uses(path: str, action: str | None, payload: Any, *, known: bool) -> frozenset[Use]:
    """What the request is for; behind an unknown token there is nothing but the token's refusal."""
    if path == _LOGIN:
        return frozenset({Use.LOGIN})
    if not known:
        return frozenset({Use.CALL})
    match action:
        case "create":
            return frozenset({Use.CALL, Use.CREATE})
        case "publish":
            later = sign_type_of(payload) in (SignType.HSM_LATER, SignType.REGISTER_LATER)
            return frozenset({Use.CALL, Use.PUBLISH, *((Use.ACCEPT,) if later else ())})
        case _:
            return frozenset({Use.CALL, *((Use.STATUS,) if path == f"{PREFIX}/invoice/status" else ())})
