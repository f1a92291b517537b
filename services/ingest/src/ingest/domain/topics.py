"""Where each of Haravan's topics goes.

Haravan's topics and their spellings: Haravan webhooks documentation; where its lists disagree, every spelling is taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from contracts.topics import Topic


class KeySource(Enum):
    """Which member of the body names the resource that orders the events."""

    ID = "id"
    ORDER_ID = "order_id"


@dataclass(frozen=True, slots=True)
class Route:
    """A Kafka topic, and which id is the key in it."""

    topic: Topic
    key: KeySource = KeySource.ID


_ORDERS = Route(Topic.HARAVAN_ORDERS)
_OF_AN_ORDER = Route(Topic.HARAVAN_ORDERS, KeySource.ORDER_ID)
_PRODUCTS = Route(Topic.HARAVAN_PRODUCTS)
_CUSTOMERS = Route(Topic.HARAVAN_CUSTOMERS)
_INVENTORY = Route(Topic.HARAVAN_INVENTORY)

_EXACT: Mapping[str, Route] = {
    "refunds/create": _OF_AN_ORDER,
    "order_transactions/create": _OF_AN_ORDER,
}
_BY_RESOURCE: Mapping[str, Route] = {
    "orders": _ORDERS,  # create, updated or update, paid, cancelled, fulfilled, partially_fulfilled, delete
    "products": _PRODUCTS,
    "customers": _CUSTOMERS,
    "inventoryadjustments": _INVENTORY,
    "inventorytransfers": _INVENTORY,
    "inventorytransaction": _INVENTORY,  # documented in the singular
    "inventorytransactions": _INVENTORY,
    "inventorylocationbalances": _INVENTORY,
}


def route_of(topic: str) -> Route | None:
    """Where a Haravan topic goes; None when the system has no use for it."""
    resource, slash, verb = topic.partition("/")
    return _EXACT.get(topic) or (_BY_RESOURCE.get(resource) if slash and verb else None)


def is_of_an_order(route: Route | None) -> bool:
    """Whether the topic is about one order, which can then be read again by API."""
    return route is not None and route.topic is Topic.HARAVAN_ORDERS
