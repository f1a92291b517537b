"""A line of goods and a line of transport with what they come to, in whole đồng."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from invoicing.catalogue import Item
from invoicing.order import Line, ShippingLine


class Goods(NamedTuple):
    """A line: ``listed`` at list price, ``gross`` after its own discount, ``paid`` after its share of the order's.

    Attributes:
        line: the order line, or for a part of a combo what that line would be.
        source: what it was made of, `line:ID` or `combo:ID:SKU` (:attr:`invoicing.content.Content.sources`).
        item: what the shop's catalogue knows of it.
        gift: whether the line was given away, by its price or by its own discount.
        note: whether it only says what a combo consists of; then it is no gift.
    """

    line: Line
    source: str
    quantity: Decimal
    listed: int
    gross: int
    paid: int
    item: Item | None = None
    gift: bool = False
    note: bool = False

    @property
    def label(self) -> str:
        """What people find the line by."""
        return self.line.sku or self.line.name

    @property
    def is_combo(self) -> bool:
        """Whether the catalogue knows parts of it."""
        return self.item is not None and bool(self.item.components)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """The shipping line at ``index`` of the order before (``gross``) and after (``paid``) what codes take off."""

    line: ShippingLine
    index: int
    gross: int
    paid: int
