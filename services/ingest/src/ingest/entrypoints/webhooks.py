"""Haravan's webhooks: the handshake and the deliveries.

Haravan waits 5 seconds, takes anything but 200 as a failure and deletes a subscription after 19 failures in a row
(Haravan webhooks documentation). So a delivery is answered 200 as soon as Kafka has it and not before, also when it is
of no use; 503 is only for what Haravan shall send again.
"""

import asyncio
import contextlib
import hmac
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from haravan import headers as names
from haravan.signature import SignatureCheck
from opentelemetry.trace import Span, SpanKind
from pydantic import SecretStr
from runtime import metrics
from runtime.clock import Clock
from runtime.telemetry import bound, get_logger, span
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from ingest.application.ports import EventsUnavailableError, KnownShop, Shops, ShopsUnavailableError
from ingest.application.receive import ReceiveDelivery
from ingest.domain.delivery import Delivery, Headers
from ingest.entrypoints.body import BodyTooLargeError, ReadBody, read_body

_log = get_logger(__name__)
_LONGEST_CHALLENGE = 1024
_LONGEST_COUNT = 20
_NOBODY = "-"
_TO_ANSWER = timedelta(milliseconds=200)
_TO_FINISH = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class WebhookLimits:
    """Bytes kept, bytes read at all, the time for one delivery, and when Haravan may come again."""

    keep: int
    most: int
    deadline: timedelta
    retry_after: timedelta


@dataclass(frozen=True, slots=True)
class _Answer:
    """Status, what happened (a label), and what the log adds."""

    status: HTTPStatus
    outcome: str
    shop: str = _NOBODY
    reason: str = ""
    resource_id: str = ""
    size: int | None = None


class Webhooks:
    """The two routes of one path."""

    def __init__(self, shops: Shops, receive: ReceiveDelivery, clock: Clock, limits: WebhookLimits) -> None:
        """Answer for the shops of `shops`."""
        self._shops = shops
        self._receive = receive
        self._clock = clock
        self._limits = limits
        # Whoever asks for a shop that is not there costs the same work and learns nothing from the time it takes.
        self._nobodys_secret = SecretStr(secrets.token_hex())

    def routes(self) -> list[BaseRoute]:
        """The routes to mount."""
        # With a slash at the end too: the redirect that it would get else is a failure for Haravan, and seen nowhere.
        paths = ("/webhooks/haravan/{shop}", "/webhooks/haravan/{shop}/")
        return [
            *(Route(path, self.handshake, methods=["GET"]) for path in paths),
            *(Route(path, self.deliver, methods=["POST"]) for path in paths),
        ]

    async def handshake(self, request: Request) -> Response:
        """Answer `hub.challenge` when `hub.verify_token` is the shop's."""
        try:
            shop = await self._shops.get(request.path_params["shop"])
        except ShopsUnavailableError:
            return self._respond(_Answer(HTTPStatus.SERVICE_UNAVAILABLE, "shops_unavailable"))
        expected = (shop.verify_token if shop is not None else None) or self._nobodys_secret
        given = request.query_params.get("hub.verify_token", "")
        challenge = request.query_params.get("hub.challenge", "")
        right = hmac.compare_digest(expected.get_secret_value().encode(), given.encode())
        _log.info("handshake", shop=shop.shop if shop else _NOBODY, accepted=right)
        if shop is None:
            return self._respond(_Answer(HTTPStatus.NOT_FOUND, "unknown_shop"))
        if not right or not 0 < len(challenge) <= _LONGEST_CHALLENGE:
            return self._respond(_Answer(HTTPStatus.UNAUTHORIZED, "wrong_verify_token"))
        return PlainTextResponse(challenge, headers={"X-Content-Type-Options": "nosniff"})

    async def deliver(self, request: Request) -> Response:
        """Take one delivery in."""
        started = time.perf_counter()
        topic = (names.find(request.headers, names.TOPIC) or "")[:100]
        attributes = {"http.request.method": "POST", "http.route": "/webhooks/haravan/{shop}", "haravan.topic": topic}
        with span("POST /webhooks/haravan/{shop}", kind=SpanKind.SERVER, attributes=attributes) as current:
            answer = await self._within_deadline(request, topic, started)
            if answer.status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                await _discard(request)
            _tell(answer, topic, request, current, time.perf_counter() - started)
        return self._respond(answer)

    async def _within_deadline(self, request: Request, topic: str, started: float) -> _Answer:
        try:
            async with asyncio.timeout(self._limits.deadline.total_seconds()):
                return await self._delivered(request, topic, started)
        except TimeoutError:
            return _Answer(HTTPStatus.SERVICE_UNAVAILABLE, "too_slow")
        except ClientDisconnect:
            return _Answer(HTTPStatus.BAD_REQUEST, "disconnected")
        except ShopsUnavailableError as error:
            return _Answer(HTTPStatus.SERVICE_UNAVAILABLE, "shops_unavailable", reason=str(error))

    async def _delivered(self, request: Request, topic: str, started: float) -> _Answer:
        if _announced(request) > self._limits.most:
            return _Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "beyond_limit")
        shop = await self._shops.get(request.path_params["shop"])
        check = SignatureCheck(secret.get_secret_value() for secret in self._secrets(shop))
        try:
            body = await read_body(request.stream(), check, keep=self._limits.keep, most=self._limits.most)
        except BodyTooLargeError:
            return _Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "beyond_limit", shop.shop if shop else _NOBODY)
        right = check.matches(names.find(request.headers, names.SIGNATURE))
        if shop is None:
            return _Answer(HTTPStatus.NOT_FOUND, "unknown_shop", size=body.fingerprint.size)
        if not right:
            return _Answer(HTTPStatus.UNAUTHORIZED, "wrong_signature", shop.shop, size=body.fingerprint.size)
        return await self._signed(request, topic, shop, body, started)

    async def _signed(self, request: Request, topic: str, shop: KnownShop, body: ReadBody, started: float) -> _Answer:
        delivery = Delivery(
            shop=shop.shop,
            org_id=shop.org_id,
            headers=Headers(
                topic=topic,
                org_id=names.find(request.headers, names.ORG_ID),
                order_id=names.find(request.headers, names.ORDER_ID),
                is_test=names.is_test(request.headers),
            ),
            received_at=self._clock.utc_now(),
            body=body.kept,
        )
        left = self._limits.deadline - _TO_ANSWER - timedelta(seconds=time.perf_counter() - started)
        size = body.fingerprint.size
        try:
            received = await self._receive(delivery, body.fingerprint, max(left, timedelta(milliseconds=1)))
        except EventsUnavailableError as error:
            return _Answer(HTTPStatus.SERVICE_UNAVAILABLE, "kafka_unavailable", shop.shop, str(error), size=size)
        return _Answer(HTTPStatus.OK, received.outcome, shop.shop, received.reason, received.resource_id, size)

    def _secrets(self, shop: KnownShop | None) -> "tuple[SecretStr, ...]":
        return tuple(shop.webhook_secrets) if shop is not None else (self._nobodys_secret, self._nobodys_secret)

    def _respond(self, answer: _Answer) -> Response:
        headers = {}
        if answer.status is HTTPStatus.SERVICE_UNAVAILABLE:
            headers["Retry-After"] = str(int(self._limits.retry_after.total_seconds()))
        if answer.status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            headers["Connection"] = "close"  # the rest of the body is not read
        return PlainTextResponse(answer.status.phrase, answer.status, headers)


async def _discard(request: Request) -> None:
    """Let a sender finish for a moment: closing on unread bytes resets the connection and loses the answer."""
    if "expect" in request.headers:
        return  # it waits for our word before it sends anything
    with contextlib.suppress(TimeoutError, ClientDisconnect):
        async with asyncio.timeout(_TO_FINISH.total_seconds()):
            async for _ in request.stream():
                pass


def _announced(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else 0  # noqa: PLR2004  (digits)


def _tell(answer: _Answer, topic: str, request: Request, current: Span, seconds: float) -> None:
    """One log line and the metrics of a delivery, without anything personal."""
    current.set_attribute("http.response.status_code", int(answer.status))
    current.set_attribute("hoadon.shop", answer.shop)
    metrics.count("hoadon_webhooks_total", shop=answer.shop, outcome=answer.outcome)
    metrics.observe("hoadon_webhook_seconds", seconds, outcome=answer.outcome)
    with bound(shop=answer.shop, order=answer.resource_id or None):
        write = _log.info if answer.status is HTTPStatus.OK else _log.warning
        write(
            "delivery",
            topic=topic,
            status=int(answer.status),
            outcome=answer.outcome,
            reason=answer.reason or None,
            bytes=answer.size,
            retry=(names.find(request.headers, names.RETRY) or "")[:_LONGEST_COUNT] or None,
            seconds=round(seconds, 4),
        )
