"""Names of Haravan's webhook and rate-limit headers, with the spellings seen in the wild.

Source: Haravan webhooks documentation and samples; aliases from integrations of the older API.
"""

from collections.abc import Mapping

SIGNATURE = "X-Haravan-Hmacsha256"
TOPIC = "X-Haravan-Topic"
ORG_ID = "X-Haravan-Org-Id"
ORDER_ID = "X-Haravan-Order-Id"
TEST = "X-Haravan-Test"
RETRY = "X-Haravan-Retry"
SHOP_DOMAIN = "X-Haravan-Shop-Domain"
EVENT_ID = "X-Haravan-Event-Id"
CALL_LIMIT = "X-Haravan-Api-Call-Limit"

ALIASES: Mapping[str, tuple[str, ...]] = {
    SIGNATURE: ("X-Haravan-Hmac-Sha256",),
    SHOP_DOMAIN: ("Haravan-Shop-Domain",),
}
"""Other spellings of a header, tried only when the documented one is absent."""


def find(headers: Mapping[str, str], name: str) -> str | None:
    """The value of a header under its name or an alias, in any letter case; None when absent."""
    lowered = {key.lower(): value for key, value in headers.items()}
    for spelling in (name, *ALIASES.get(name, ())):
        if spelling.lower() in lowered:
            return lowered[spelling.lower()]
    return None


def is_test(headers: Mapping[str, str]) -> bool:
    """Whether the delivery is a test: the header's presence decides, whatever its value."""
    return find(headers, TEST) is not None
