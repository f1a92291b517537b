"""What else arrives at a public address: forged, unsigned, unreadable, for nobody. Each has one right answer."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from local_stack.demo.model import SampleOrder
from local_stack.demo.shops import DemoShop
from local_stack.errors import one_line

_OK, _UNAUTHORIZED, _NOT_FOUND = 200, 401, 404


@dataclass(frozen=True, slots=True)
class Oddity:
    """One request to ingest that is no ordinary delivery, and how it must be answered."""

    what: str
    path: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    status: int


def signature(secret: str, body: bytes) -> str:
    """The value of `X-Haravan-Hmacsha256` (Haravan webhooks documentation)."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def oddities(shop: DemoShop, order: SampleOrder) -> tuple[Oddity, ...]:
    """The odd requests, made from an order of the shop that must not be invoiced by them."""
    body = order.final.text.encode()
    right = shop.settings.haravan.webhook_secrets[0].get_secret_value()
    path = f"/webhooks/haravan/{shop.id}"

    def signed(
        what: str, body: bytes, *, topic: str = "orders/create", secret: str = right, status: int = _OK
    ) -> Oddity:
        return Oddity(
            what, path, body, _headers(shop, topic) | {"X-Haravan-Hmacsha256": signature(secret, body)}, status
        )

    return (
        signed("a wrong signature", body, secret="demo-wrong-secret", status=_UNAUTHORIZED),  # noqa: S106  (made up)
        Oddity("no signature", path, body, _headers(shop, "orders/create"), _UNAUTHORIZED),
        signed("an unknown topic", body, topic="orders/teleported"),
        signed("a topic that is not ours", b'{"id": 5, "first_name": "An"}', topic="customers/update"),
        signed("a body that is not JSON", b"<html>order</html>"),
        Oddity(
            "an unknown shop", "/webhooks/haravan/khong-co-shop-nay", body, _headers(shop, "orders/create"), _NOT_FOUND
        ),
    )


async def send(client: httpx.AsyncClient, ingest_url: str, oddity: Oddity) -> str | None:
    """Send it; None when it was answered as it must be, else what was wrong."""
    try:
        answer = await client.post(f"{ingest_url}{oddity.path}", content=oddity.body, headers=dict(oddity.headers))
    except httpx.TransportError as error:
        return f"{oddity.what} was not answered ({one_line(error)})"
    if answer.status_code == oddity.status:
        return None
    return f"{oddity.what} was answered {answer.status_code}, not {oddity.status}"


def _headers(shop: DemoShop, topic: str) -> dict[str, str]:
    return {
        "Content-Type": "application/json; charset=utf-8",
        "X-Haravan-Topic": topic,
        "X-Haravan-Org-Id": str(shop.org_id),
    }
