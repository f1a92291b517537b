"""Events turned into deliveries, the `hub.*` handshake, and `/api/subscribe` (Haravan webhooks documentation)."""

import random
from collections.abc import Iterable
from typing import Any, Literal

import httpx
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.requests import Request
from starlette.responses import Response

from sandbox.common import jsons
from sandbox.common.control import BadRequestError, answer
from sandbox.haravan.guard import guarded
from sandbox.haravan.money import written
from sandbox.haravan.queue import Delivery
from sandbox.haravan.shops import Webhook
from sandbox.haravan.signature import sign
from sandbox.haravan.state import Haravan, haravan_of


class Event(BaseModel):
    """What shall be sent to whoever wants the topic."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: str
    order_id: int | None = None
    """The stored order as it is now is the body."""
    body: dict[str, Any] | None = None
    """This is the body, amounts in the webhook's style."""
    raw: str | None = None
    """Exactly this text is the body, JSON or not."""
    test: bool = False
    copies: int = Field(default=1, ge=1, le=1000)
    delay_seconds: float = Field(default=0, ge=0)
    omit: tuple[str, ...] = ()
    """Top-level fields to leave out."""
    nulls: tuple[str, ...] = ()
    """Top-level fields to send as null."""
    wrap: Literal["data", "data.order"] | None = None
    """Send the resource inside `data`, or inside `data.order`, as one integrator has met it."""
    signature: Literal["valid", "wrong", "absent"] = "valid"
    kind: Literal["app", "private"] | None = None
    """Only to subscriptions of that kind."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Headers to add or replace."""


class Events(BaseModel):
    """Several events; a seed shuffles the order in which they go out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    deliveries: tuple[Event, ...]
    shuffle_seed: int | None = None


def send(haravan: Haravan, org_id: str, event: Event) -> list[int]:
    """Queue the event for every active subscription of its topic; gives the deliveries' ids."""
    body, resource_id = _body(haravan, org_id, event)
    wanting = haravan.subscriptions.wanting(org_id, event.topic, event.kind)
    added = [
        haravan.queue.add(
            Delivery(
                org_id=org_id,
                subscription=row["id"],
                topic=event.topic,
                resource_id=resource_id,
                test=event.test,
                headers=_headers(org_id, event, resource_id, body, row["secret"]) | event.headers,
                body=body,
                delay_seconds=event.delay_seconds,
            )
        )
        for _ in range(event.copies)
        for row in wanting
    ]
    haravan.sender.wake()
    return added


def send_all(haravan: Haravan, org_id: str, events: Events) -> list[int]:
    """Queue several events, shuffled where a seed is given."""
    order: list[Event] = list(events.deliveries)
    if events.shuffle_seed is not None:
        random.Random(events.shuffle_seed).shuffle(order)  # noqa: S311  # repeatable on purpose
    return [delivery for event in order for delivery in send(haravan, org_id, event)]


def echo(haravan: Haravan, org_id: str, order_id: int) -> None:
    """Tell subscribers of a write by API, as Haravan does."""
    options = haravan.options.current
    if options.echo:
        send(
            haravan, org_id, Event(topic="orders/updated", order_id=order_id, delay_seconds=options.echo_delay_seconds)
        )


def _body(haravan: Haravan, org_id: str, event: Event) -> tuple[bytes, str | None]:
    if event.raw is not None:
        return event.raw.encode(), None if event.order_id is None else str(event.order_id)
    resource = event.body
    if resource is None and event.order_id is not None:
        resource = haravan.orders.get(org_id, event.order_id)
    if resource is None:
        raise BadRequestError("order_id: no such order, and neither body nor raw is given")
    resource_id = event.order_id if event.order_id is not None else resource.get("id")
    left = {name: value for name, value in resource.items() if name not in event.omit}
    styled = written(left | dict.fromkeys(event.nulls), haravan.options.current.webhook_numbers)
    wrapped = {None: styled, "data": {"data": styled}, "data.order": {"data": {"order": styled}}}[event.wrap]
    return jsons.dumps(wrapped).encode(), None if resource_id is None else str(resource_id)


def _headers(org_id: str, event: Event, resource_id: str | None, body: bytes, secret: str) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Haravan-Topic": event.topic,
        "X-Haravan-Org-Id": org_id,
    }
    if event.signature != "absent":
        headers["X-Haravan-Hmacsha256"] = sign(secret if event.signature == "valid" else f"not {secret}", body)
    if event.topic.startswith("orders/") and resource_id is not None:
        headers["X-Haravan-Order-Id"] = resource_id
    if event.test:
        headers["X-Haravan-Test"] = "True"
    return headers


async def shake_hands(webhook: Webhook, challenge: str, timeout_seconds: float) -> str | None:
    """The `hub.*` handshake of an app webhook; gives what went wrong, or None."""
    if webhook.verify_token is None:
        return None
    query = {
        "hub.mode": "subscribe",
        "hub.verify_token": webhook.verify_token.get_secret_value(),
        "hub.challenge": challenge,
    }
    try:
        async with httpx.AsyncClient(timeout=timeout_seconds, trust_env=False) as client:
            response = await client.get(webhook.url, params=query)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"{type(error).__name__} at the handshake"
    if response.status_code != 200 or response.text.strip() != challenge:  # noqa: PLR2004  # HTTP status
        return f"handshake answered with HTTP {response.status_code} and not with the challenge"
    return None


def _app_entries(haravan: Haravan, org_id: str) -> Iterable[Any]:
    return (row for row in haravan.subscriptions.of_shop(org_id) if row["kind"] == "app")


def _switch(haravan: Haravan, org_id: str, *, active: bool) -> None:
    for row in _app_entries(haravan, org_id):
        if row["state"] != "inactive":
            haravan.subscriptions.set_state(row["id"], "active" if active else "unsubscribed")


@guarded("wh_api")
async def subscribe(request: Request, org_id: str) -> Response:
    """Activate the app's webhooks for this shop; topics come from the partner dashboard, not from the body."""
    _switch(haravan_of(request), org_id, active=True)
    return answer({"error": False, "message": "Đăng ký thành công"})


@guarded("wh_api")
async def unsubscribe(request: Request, org_id: str) -> Response:
    """Stop the app's webhooks for this shop."""
    _switch(haravan_of(request), org_id, active=False)
    return answer({"error": False, "message": "Hủy đăng ký thành công"})


@guarded("wh_api")
async def list_subscriptions(request: Request, org_id: str) -> Response:
    """One entry per active topic and callback."""
    entries: list[JsonValue] = [
        {"id": f"{row['id']:016x}{index:08x}", "event": topic, "url": row["url"]}
        for row in _app_entries(haravan_of(request), org_id)
        if row["state"] == "active"
        for index, topic in enumerate(jsons.loads(row["topics"]))
    ]
    return answer({"data": entries})
