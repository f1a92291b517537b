"""A line of goods and a line of transport with what they come to, in whole đồng."""

from dataclasses import dataclass
from decimal import Decimal

from invoicing.order import Line, ShippingLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """A line: ``listed`` at list price, ``gross`` after its own discount, ``paid`` after its share of the order's."""

    line: Line
    quantity: Decimal
    listed: int
    gross: int
    paid: int

    @property
    def gift(self) -> bool:
        """Whether the line was given away, by its price or by its own discount."""
        return self.gross == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """A shipping line before (``gross``) and after (``paid``) what codes take off."""

    line: ShippingLine
    gross: int
    paid: int
