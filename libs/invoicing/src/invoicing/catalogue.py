"""A shop's goods as its accountant keeps them: the invoice's name, unit and rate of each, beside Haravan's own facts.

Haravan knows neither unit nor VAT rate (Haravan "Omni API, products"), so both are the shop's, by SKU.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Final

from invoicing.order import Line
from invoicing.rates import DatedRate, folded


@dataclass(frozen=True, slots=True)
class Component:
    """So many units of a SKU that one unit of a combo consists of."""

    sku: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One variant of the shop's goods. `price` is Haravan's, in đồng, VAT included or not as the shop's prices are."""

    sku: str = ""
    barcode: str = ""
    product_id: int | None = None
    variant_id: int | None = None
    product_type: str = ""
    vendor: str = ""
    tags: tuple[str, ...] = ()
    price: Decimal | None = None
    name: str = ""
    """What Haravan calls it; for parts of combos, which need not be on the order."""
    invoice_name: str = ""
    """What the invoice calls it; empty: the name on the order."""
    unit: str = ""
    """Unit of measure; empty: the shop's (`rules.unit_name`)."""
    rates: tuple[DatedRate, ...] = ()
    """VAT rates of its own; they count as rules by SKU."""
    components: tuple[Component, ...] = ()
    """What a combo consists of; empty for anything else."""
    deleted: bool = False
    """No longer among Haravan's goods; still what the lines of earlier orders sold."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The items that an order's lines may be; found by variant, then SKU, then barcode, compared without case."""

    items: tuple[Item, ...] = ()
    _by_variant: Mapping[int, Item] = field(init=False, repr=False, compare=False)
    _by_sku: Mapping[str, Item] = field(init=False, repr=False, compare=False)
    _by_barcode: Mapping[str, Item | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the items."""
        by_variant = {each.variant_id: each for each in self.items if each.variant_id}
        object.__setattr__(self, "_by_variant", by_variant)
        by_sku = _grouped((each.sku, each) for each in self.items)
        by_barcode = _grouped((each.barcode, each) for each in self.items)
        object.__setattr__(self, "_by_sku", {key: _in_common(items) for key, items in by_sku.items()})
        object.__setattr__(self, "_by_barcode", {key: _only(items) for key, items in by_barcode.items()})

    def find(self, line: Line) -> Item | None:
        """The item a line sells; none when it is not known, or when several are as likely."""
        if not self.items:
            return None
        if line.variant_id and (found := self._by_variant.get(line.variant_id)):
            return found
        return self.by_sku(line.sku) or self._by_barcode.get(folded(line.barcode))

    def by_sku(self, sku: str) -> Item | None:
        """The item of a SKU; where several variants have it, what they have in common. None when it is not known."""
        return self._by_sku.get(folded(sku))


def _grouped(pairs: Iterable[tuple[str, Item]]) -> Mapping[str, Sequence[Item]]:
    """Items by folded text; of those that share one, the ones that still exist, if any does."""
    found: dict[str, list[Item]] = {}
    for text, item in pairs:
        if key := folded(text):
            found.setdefault(key, []).append(item)
    return {key: [each for each in items if not each.deleted] or items for key, items in found.items()}


def _only(items: Sequence[Item]) -> Item | None:
    """The item; several lead nowhere."""
    return items[0] if len(items) == 1 else None


def _in_common(items: Sequence[Item]) -> Item:
    """An item with only those facts that all of them share: what the shop says of a SKU it says of each of them."""
    first, *others = items
    if not others:
        return first
    shared = {each.name for each in fields(Item) if all(_same(first, other, each.name) for other in others)}
    return Item(**{name: getattr(first, name) for name in shared})


def _same(one: Item, other: Item, name: str) -> bool:
    return bool(getattr(one, name) == getattr(other, name))


EMPTY: Final = Catalogue()
"""The catalogue of a shop that keeps none."""
