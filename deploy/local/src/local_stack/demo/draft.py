"""A sample order before it is written out: what a case may change, in our words rather than Haravan's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from local_stack.demo.catalogue import Product
from local_stack.demo.people import Person
from local_stack.demo.places import Place

ZERO = Decimal(0)


class MoneyStyle(StrEnum):
    """How a body writes amounts; all three are met at Haravan."""

    INTEGER = "integer"
    """`980000`, as webhooks write it."""
    DECIMAL = "decimal"
    """`980000.0000`, as the API writes it."""
    TEXT = "text"
    """`"980000"`, as some bodies have it."""


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line of goods; `price` is one unit's after the discount per unit."""

    product: Product
    quantity: Decimal
    price: Decimal
    discount: Decimal = ZERO
    gift_card: bool = False

    @property
    def gross(self) -> Decimal:
        """What the line costs, rounded half up to whole đồng."""
        return (self.price * self.quantity).quantize(Decimal(1), rounding="ROUND_HALF_UP")


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount on the whole order, or on its shipping."""

    code: str
    amount: Decimal
    type: str = "fixed_amount"


@dataclass(frozen=True, slots=True)
class Draft:
    """An order: its content, not how far it has come."""

    order_id: int
    name: str
    place: Place
    created_at: datetime
    who: Person
    address: Mapping[str, Any]
    lines: tuple[DraftLine, ...]
    shipping: Decimal = ZERO
    discounts: tuple[Discount, ...] = ()
    attributes: tuple[tuple[str, str | None], ...] = ()
    cash_on_delivery: bool = True
    carrier: bool = True
    confirmed: bool = True
    money: MoneyStyle = MoneyStyle.INTEGER
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the finished body that a case sets to something odd."""

    @property
    def goods(self) -> Decimal:
        """All lines together, before the order's discounts."""
        return sum((line.gross for line in self.lines), ZERO)

    @property
    def discounted(self) -> Decimal:
        """The order's discounts together."""
        return sum((each.amount for each in self.discounts), ZERO)

    @property
    def total(self) -> Decimal:
        """What the customer pays."""
        return self.goods - self.discounted + self.shipping


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order has come at a moment; None: not yet."""

    at: datetime
    paid: datetime | None = None
    shipped: datetime | None = None
    delivered: datetime | None = None
    cancelled: datetime | None = None
