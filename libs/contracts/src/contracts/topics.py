"""Topic names and keys: the only place where they are spelled.

Partitions, retention and replicas are declared in `deploy/k8s/base/kafka/topics.yaml`; a test holds both together.
"""

from enum import StrEnum


class Topic(StrEnum):
    """Every topic of the system; what each carries and how it is keyed."""

    HARAVAN_ORDERS = "haravan.orders"
    """Raw orders, refunds and transactions, verbatim. Key: `org:order id`."""

    HARAVAN_PRODUCTS = "haravan.products"
    """Raw products, verbatim. Key: `org:product id`."""

    HARAVAN_CUSTOMERS = "haravan.customers"
    """Raw customers, verbatim. Key: `org:customer id`."""

    HARAVAN_INVENTORY = "haravan.inventory"
    """Raw stock documents and balances, verbatim. Key: `org:resource id`."""

    HARAVAN_REREADS = "haravan.rereads"
    """What ingest shall read by API: one resource again, or all of a kind. Key: `org:resource id`, `org:kind`."""

    INVOICING_DECISIONS = "invoicing.decisions"
    """What was decided about an order. Key: `org:order id`."""

    INVOICING_COMMANDS = "invoicing.commands"
    """Invoices to issue. Key: lane."""

    INVOICING_RESULTS = "invoicing.results"
    """Invoices issued or rejected, and changes of a lane. Key: lane."""

    INVOICING_STATUS = "invoicing.status"
    """Verdicts of the tax authority and write-backs to the order. Key: lane."""

    DEAD_LETTERS = "dead-letters"
    """What could not be read, with its reason and its original bytes. Key: the original one."""


def resource_key(org_id: int, resource_id: int | str) -> str:
    """Key of everything about one Haravan resource: `org:resource id`."""
    return f"{org_id}:{resource_id}"
