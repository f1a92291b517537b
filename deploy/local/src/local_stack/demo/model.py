"""What the demo is made of: sample orders with what must become of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import simplejson


class Ending(StrEnum):
    """How a sample order must end."""

    ISSUED = "issued"
    """It has exactly one invoice, over the amount that its customer paid."""
    HELD = "held"
    """A person has to look at it; it has no invoice."""
    WAITING = "waiting"
    """It does not meet its shop's rule yet; it has no invoice."""
    SKIPPED = "skipped"
    """It is not to be invoiced."""
    UNKNOWN = "unknown"
    """The system has no such order: all that ever came of it was a test delivery."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must become of an order; `total` in đồng, VAT included."""

    ending: Ending
    reason: str | None = None
    """Reason code of a decision that is not to issue."""
    lane: str | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class State:
    """One state of an order and the topic that Haravan announces it with."""

    topic: str
    updated_at: datetime
    body: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The body as JSON text with exact decimals."""
        return dump(self.body)


@dataclass(frozen=True, slots=True)
class SampleOrder:
    """One order of the demo: its life so far, oldest state first, and what must become of it."""

    shop: str
    org_id: int
    order_id: int
    name: str
    case: str
    place: str
    """Branch and channel, as people call them."""
    states: tuple[State, ...]
    expected: Expectation

    @property
    def final(self) -> State:
        """The state in which the order stands in Haravan."""
        return self.states[-1]


def dump(body: Any) -> str:
    """JSON text as Haravan writes it: Decimals digit by digit, Vietnamese letters as they are."""
    return simplejson.dumps(body, use_decimal=True, ensure_ascii=False)


def whole(amount: Decimal) -> int:
    """An amount that must be whole đồng.

    Raises:
        ValueError: it is not.
    """
    if amount != amount.to_integral_value():
        raise ValueError(f"{amount} is not a whole number of đồng")
    return int(amount)
