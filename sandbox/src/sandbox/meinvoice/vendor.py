"""How the middleware sees meInvoice's requests."""

from typing import Any

from starlette.types import Scope

from sandbox.common import jsons
from sandbox.common.call import Call
from sandbox.meinvoice.asynchronous import settle
from sandbox.meinvoice.batch import SignType
from sandbox.meinvoice.state import PREFIX, MeInvoice, bearer, lanes_of, token_owner


class MeInvoiceVendor:
    """How the middleware sees meInvoice's requests."""

    prefix = PREFIX

    def __init__(self, meinvoice: MeInvoice) -> None:
        self._meinvoice = meinvoice

    def describe(self, scope: Scope, body: bytes) -> Call:
        """Whose request it is, and which series and RefIDs it is about; issues what has become due before it."""
        settle(self._meinvoice)
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        payload = _parse(body)
        owner = token_owner(self._meinvoice.database, bearer(headers.get("authorization")))
        if isinstance(payload, dict) and scope["path"].endswith("/auth/token"):
            owner = str(payload.get("taxcode"))
        entries = _entries(payload)
        ids = payload if isinstance(payload, list) else [entry.get("RefID") for entry in entries]
        return Call(
            method=scope["method"],
            path=scope["path"],
            owner=owner,
            series=frozenset(str(entry.get("InvSeries")) for entry in entries),
            ref_ids=tuple(str(entry) for entry in ids),
            action=_action(scope, payload),
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


def _entries(payload: object) -> list[dict[str, Any]]:
    """The invoices of a publish request, whether as content or as signed XML, or the one of a preview."""
    if not isinstance(payload, dict):
        return []
    lists = (payload.get(name) for name in ("InvoiceData", "PublishInvoiceData"))
    found = [entry for entries in lists if isinstance(entries, list) for entry in entries if isinstance(entry, dict)]
    return [payload] if not found and "RefID" in payload else found


def _action(scope: Scope, payload: object) -> str | None:
    if scope["method"] != "POST" or scope["path"] != f"{PREFIX}/invoice":
        return None
    creates = (
        isinstance(payload, dict)
        and payload.get("SignType") == SignType.LOCAL
        and payload.get("PublishInvoiceData") is None
    )
    return "create" if creates else "publish"
