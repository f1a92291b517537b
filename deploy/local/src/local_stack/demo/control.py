"""The vendors' stand-ins by their control API: what the demo puts in, and what they have on record."""

import asyncio
import time
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import httpx
import simplejson
from shops.models import Account

from local_stack.demo.model import SampleOrder, dump
from local_stack.demo.script import Delivery
from local_stack.demo.shops import DemoShop
from local_stack.errors import StackError, one_line

_CHUNK = 40
"""Deliveries in one request: the first go out while the next are still being handed over."""
_AT_ONCE = 8
_AWAY_SECONDS = 60
"""How long a stand-in may be away: one that died is started again within seconds."""
_PAUSE = 0.5
_OF_THE_SHOP = ("orders/paid", "orders/fulfilled")
"""Topics that a shop with a secret of its own configures in its admin; the app's webhooks bring the others."""
_JSON = {"Content-Type": "application/json"}
_TOPICS = ("orders/create", "orders/updated", "orders/paid", "orders/cancelled", "orders/fulfilled", "orders/delete")


class SandboxError(StackError):
    """A stand-in does not take what the demo gives it, or stays away."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """How many webhooks have not arrived yet, and the stand-in's number of the first of them."""

    count: int
    first: int | None

    def arrived(self, last: int) -> bool:
        """Whether all up to that number have arrived."""
        return self.first is None or self.first > last


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Both stand-ins, through one HTTP client."""

    client: httpx.AsyncClient
    haravan_url: str
    meinvoice_url: str

    async def hasten(self) -> None:
        """Let days pass in minutes: the call limit refills faster, webhooks that failed come again within minutes."""
        options = {"bucket_leak_per_second": 100, "webhook_retry_window_seconds": 600}
        await self._send("PUT", f"{self.haravan_url}/_sandbox/options", options)

    async def put_account(self, account: Account, today: date) -> None:
        """Make a company known, with a template for each of its series in this year."""
        year = f"{today:%y}"
        body = {
            "app_id": account.app_id.get_secret_value(),
            "username": account.username,
            "password": account.password.get_secret_value(),
            "company_name": account.company_name,
            "templates": [each.series.replace("__", year) for each in account.series],
        }
        await self._send("PUT", f"{self.meinvoice_url}/_sandbox/accounts/{account.tax_code}", body)

    async def put_shop(self, shop: DemoShop, ingest_url: str) -> None:
        """Make a shop known, with its webhooks; the handshake of an app's webhook happens here."""
        body = {
            "access_token": shop.settings.haravan.access_token.get_secret_value(),
            "name": shop.settings.name,
            "locations": [{"id": each.id, "name": each.name} for each in shop.branches],
            "webhooks": _webhooks(shop, f"{ingest_url}/webhooks/haravan/{shop.id}"),
        }
        told = await self._send("PUT", f"{self.haravan_url}/_sandbox/shops/{shop.org_id}", body)
        inactive = [each for each in told["webhooks"] if each["state"] != "active"]
        if inactive:
            raise SandboxError(f"the webhook of {shop.id} is {inactive[0]['state']}: {inactive[0]['reason']}")

    async def put_orders(self, orders: Iterable[SampleOrder]) -> None:
        """Store the orders in their newest state."""
        await _gently(self._send("PUT", self._order_url(order), order.final.body) for order in orders)

    async def read_orders(self, orders: Iterable[SampleOrder]) -> list[dict[str, Any]]:
        """The orders as they stand in Haravan."""
        return await _gently(self._send("GET", self._order_url(order)) for order in orders)

    async def deliver(self, script: Sequence[Delivery]) -> int:
        """Hand the deliveries over to be sent; the stand-in's number of the last one."""
        last = 0
        for start in range(0, len(script), _CHUNK):
            chunk = sorted(script[start : start + _CHUNK], key=lambda each: each.org_id)
            for org_id, events in groupby(chunk, key=lambda each: each.org_id):
                url = f"{self.haravan_url}/_sandbox/shops/{org_id}/deliveries"
                told = await self._send("POST", url, {"deliveries": [_event(each) for each in events]})
                last = max(last, *told["deliveries"])
        return last

    async def under_way(self) -> UnderWay:
        """Which webhooks have not arrived yet, echoes of our own writes among them."""
        told = await self._send("GET", f"{self.haravan_url}/_sandbox/deliveries?pending=true&limit=1")
        return UnderWay(int(told["pending"]), first=told["deliveries"][0]["id"] if told["deliveries"] else None)

    async def invoices(self) -> list[dict[str, Any]]:
        """Every invoice that was ever issued, in order of issue, without its content."""
        found = await self._send("GET", f"{self.meinvoice_url}/_sandbox/invoices?body=false")
        invoices: list[dict[str, Any]] = found["invoices"]
        return invoices

    async def audit(self) -> Mapping[str, Any]:
        """What meInvoice's stand-in says about once, gaps, overlaps and dates."""
        return await self._send("GET", f"{self.meinvoice_url}/_sandbox/audit")

    def _order_url(self, order: SampleOrder) -> str:
        return f"{self.haravan_url}/_sandbox/shops/{order.org_id}/orders/{order.order_id}"

    async def _send(self, method: str, url: str, body: Any = None) -> dict[str, Any]:
        content = None if body is None else dump(body)
        answer = await self._answer(self.client.build_request(method, url, content=content, headers=_JSON))
        if not answer.is_success:
            raise SandboxError(f"{method} {url} was answered {answer.status_code}: {answer.text[:300]}")
        value: dict[str, Any] = simplejson.loads(answer.text, use_decimal=True)
        return value

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        """Send until it is answered. What was taken although the answer is lost does no harm when it comes twice."""
        deadline = time.monotonic() + _AWAY_SECONDS
        while True:
            try:
                return await self.client.send(request)
            except httpx.TransportError as error:
                if time.monotonic() > deadline:
                    raise SandboxError(
                        f"{request.url} does not answer ({one_line(error)}): see the logs, then start again."
                    ) from error
            await asyncio.sleep(_PAUSE)


async def _gently(work: Iterable[Awaitable[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Results in order, a few requests at a time."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(each: Awaitable[dict[str, Any]]) -> dict[str, Any]:
        async with gate:
            return await each

    return await asyncio.gather(*(one(each) for each in work))


def _webhooks(shop: DemoShop, url: str) -> list[dict[str, Any]]:
    """With two secrets the app's webhooks and the shop's own share the topics; with one, one entry brings all."""
    haravan = shop.settings.haravan
    first, *more = (secret.get_secret_value() for secret in haravan.webhook_secrets)
    verify = haravan.verify_token.get_secret_value() if haravan.verify_token else None
    kind = "app" if verify else "private"
    if not more:
        return [{"url": url, "secret": first, "kind": kind, "topics": _TOPICS, "verify_token": verify}]
    others = [topic for topic in _TOPICS if topic not in _OF_THE_SHOP]
    return [
        {"url": url, "secret": first, "kind": "app", "topics": others, "verify_token": verify},
        {"url": url, "secret": more[0], "kind": "private", "topics": _OF_THE_SHOP},
    ]


def _event(delivery: Delivery) -> dict[str, Any]:
    return {
        "topic": delivery.topic,
        "order_id": delivery.order_id,
        "raw": delivery.text,
        "copies": delivery.copies,
        "test": delivery.test,
    }
