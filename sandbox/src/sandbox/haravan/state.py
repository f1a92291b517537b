"""Everything that the Haravan stand-in's resources work with."""

import re
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.types import Scope

from sandbox.common import jsons
from sandbox.common.call import Call
from sandbox.common.control import Basics
from sandbox.common.options import Options
from sandbox.haravan.options import HaravanOptions
from sandbox.haravan.order_store import OrderStore
from sandbox.haravan.queue import DeliveryQueue
from sandbox.haravan.rate_limit import RETRY_AFTER, Bucket
from sandbox.haravan.resource_store import ResourceStore
from sandbox.haravan.sender import Sender
from sandbox.haravan.shops import Shops
from sandbox.haravan.subscriptions import Subscriptions

_ORDER = re.compile(r"/com/orders/(\d+)")


@dataclass(frozen=True, slots=True)
class Haravan:
    """The stand-in's parts."""

    basics: Basics
    options: Options[HaravanOptions]
    shops: Shops
    orders: OrderStore
    resources: ResourceStore
    subscriptions: Subscriptions
    queue: DeliveryQueue
    sender: Sender
    buckets: dict[str, Bucket] = field(default_factory=lambda: defaultdict(Bucket))


def haravan_of(request: Request) -> Haravan:
    """The stand-in that a request came to."""
    found: Haravan = request.app.state.haravan
    return found


def bearer(header: str | None) -> str | None:
    """The token of an Authorization header."""
    scheme, _, token = (header or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


class HaravanVendor:
    """How the middleware sees Haravan's requests."""

    prefix = ("/com/", "/api/subscribe")
    retry_after = RETRY_AFTER

    def __init__(self, haravan: Haravan) -> None:
        self._haravan = haravan

    def describe(self, scope: Scope, body: bytes) -> Call:
        """Whose request it is, and which order it is about."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        order = _ORDER.match(scope["path"])
        return Call(
            method=scope["method"],
            path=scope["path"],
            owner=self._haravan.shops.of_token(bearer(headers.get("authorization"))),
            order_id=None if order is None else order.group(1),
            payload=_parse(body),
        )

    def unanswered(self, request: int, call: Call, is_there: Callable[[], bool]) -> AbstractContextManager[None]:
        """Nothing is one at a time here."""
        del request, call, is_there
        return nullcontext()

    def enter(self, request: int, call: Call) -> frozenset[str]:
        """Nothing is one at a time here."""
        del request, call
        return frozenset()

    def leave(self, request: int, call: Call) -> None:
        """Nothing is one at a time here."""

    def refusal(self, call: Call, status: int) -> tuple[bytes, str]:
        """Haravan's error body: a text under `errors`."""
        del call
        text = {401: "Unauthorized", 429: "Too many requests"}.get(status, f"HTTP {status}")
        return jsons.dumps({"errors": text}).encode(), "application/json; charset=utf-8"


def _parse(body: bytes) -> object:
    try:
        return jsons.loads(body)
    except jsons.BadJsonError:
        return None
