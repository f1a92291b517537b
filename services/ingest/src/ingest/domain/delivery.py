"""Judges a signed delivery: publish it, ask for the resource again, or put it aside with a reason."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from contracts.haravan import RawResource, Via
from contracts.topics import Topic

from ingest.domain.topics import KeySource, Route, is_of_an_order, route_of

_ID = re.compile(r"[1-9][0-9]{0,19}", re.ASCII)
_LONGEST_TOPIC = 100
_LONGEST_VERSION = 64


class Reason(StrEnum):
    """Why a delivery was not published as a resource; codes of `dead-letters`."""

    TEST_DELIVERY = "TEST_DELIVERY"
    """Sent by the "send test" button: it must never become an invoice."""
    UNKNOWN_TOPIC = "UNKNOWN_TOPIC"
    NOT_JSON = "NOT_JSON"
    NOT_AN_OBJECT = "NOT_AN_OBJECT"
    NO_RESOURCE_ID = "NO_RESOURCE_ID"
    ORG_MISMATCH = "ORG_MISMATCH"
    """Signed with this shop's secret, but about another Haravan organisation."""
    TOO_LARGE = "TOO_LARGE"
    WRAPPED = "WRAPPED"
    """The resource is inside a `data` member, which Haravan does not document."""


@dataclass(frozen=True, slots=True)
class Headers:
    """What Haravan says beside the body; None or empty where it says nothing."""

    topic: str
    org_id: str | None
    order_id: str | None
    is_test: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """One signed delivery. `body` is None when it was too large to be kept; `received_at` is aware."""

    shop: str
    org_id: int
    headers: Headers
    received_at: datetime
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Publish:
    """The resource goes to its topic."""

    topic: Topic
    resource: RawResource


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """It is put aside, and the order is read again by API."""

    reason: Reason
    order_id: str


@dataclass(frozen=True, slots=True)
class PutAside:
    """It is put aside; `resource_id` is empty when the body does not say it."""

    reason: Reason
    detail: str
    resource_id: str = ""


Verdict: TypeAlias = Publish | ReadAgain | PutAside


def judge(delivery: Delivery) -> Verdict:
    """What to do with a delivery whose signature is right."""
    headers = delivery.headers
    named = _identity(headers.order_id)
    if headers.is_test:
        return PutAside(Reason.TEST_DELIVERY, "the delivery has the header X-Haravan-Test", named)
    if headers.org_id is not None and headers.org_id.strip() != str(delivery.org_id):
        return PutAside(Reason.ORG_MISMATCH, "X-Haravan-Org-Id is not the shop's organisation", named)
    route = route_of(headers.topic)
    if delivery.body is None:
        return _too_large(route, named)
    if route is None:
        return PutAside(
            Reason.UNKNOWN_TOPIC, f"topic {headers.topic[:_LONGEST_TOPIC]!r} is not one that is used", named
        )
    return _judge_body(delivery, delivery.body, route, named)


def without_body(publish: Publish) -> ReadAgain | PutAside:
    """What to do when a resource turns out to be too large to be published."""
    resource_id = publish.resource.resource_id
    if publish.topic is Topic.HARAVAN_ORDERS:
        return ReadAgain(Reason.TOO_LARGE, resource_id)
    return PutAside(Reason.TOO_LARGE, "the body is larger than a record may be", resource_id)


def _too_large(route: Route | None, named: str) -> Verdict:
    if named and is_of_an_order(route):
        return ReadAgain(Reason.TOO_LARGE, named)
    return PutAside(
        Reason.TOO_LARGE, "the body is larger than what is kept, and no order is named in the headers", named
    )


def _judge_body(delivery: Delivery, body: bytes, route: Route, named: str) -> Verdict:
    try:
        parsed: Any = json.loads(body)
    except (ValueError, RecursionError):
        return PutAside(Reason.NOT_JSON, "the body is not JSON", named)
    if not isinstance(parsed, dict):
        return PutAside(Reason.NOT_AN_OBJECT, f"the body is a JSON {type(parsed).__name__}, not an object", named)
    if (stated := parsed.get("org_id")) is not None and str(stated) != str(delivery.org_id):
        return PutAside(Reason.ORG_MISMATCH, "org_id in the body is not the shop's organisation", named)
    resource_id = _resource_id(parsed, route, named)
    if not resource_id:
        return _without_id(parsed, route, named)
    return Publish(route.topic, _resource(delivery, body, parsed, resource_id))


def _resource_id(parsed: Mapping[str, Any], route: Route, named: str) -> str:
    found = _identity(parsed.get(route.key.value))
    # A refund or transaction may leave its order to the header; an order's own id never comes from anywhere else.
    return found or (named if route.key is KeySource.ORDER_ID else "")


def _without_id(parsed: Mapping[str, Any], route: Route, named: str) -> Verdict:
    data = parsed.get("data")
    if isinstance(data, dict) and is_of_an_order(route):
        order = data.get("order")
        inner = order if isinstance(order, dict) else data
        wrapped = _identity(inner.get(route.key.value)) or named
        if wrapped:
            return ReadAgain(Reason.WRAPPED, wrapped)
    return PutAside(Reason.NO_RESOURCE_ID, f"the body has no usable {route.key.value}", named)


def _resource(delivery: Delivery, body: bytes, parsed: Mapping[str, Any], resource_id: str) -> RawResource:
    return RawResource(
        shop=delivery.shop,
        org_id=delivery.org_id,
        topic=delivery.headers.topic,
        resource_id=resource_id,
        version=_version(parsed.get("updated_at")),
        via=Via.WEBHOOK,
        received_at=delivery.received_at,
        body=body,
    )


def _version(value: object) -> str:
    """`updated_at` as it can stand in a header; empty for what is no time."""
    return value if isinstance(value, str) and value.isascii() and len(value) <= _LONGEST_VERSION else ""


def _identity(value: object) -> str:
    """An id of Haravan, a positive whole number as number or text; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    text = str(value).strip()
    return text if _ID.fullmatch(text) else ""
