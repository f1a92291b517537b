"""Combos: goods whose parts the shop's catalogue knows. They stay one line, or become the lines of their parts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from invoicing.catalogue import Catalogue, Component, Item
from invoicing.goods import Goods
from invoicing.money import EXACT, divided_by_weight, fraction_digits, share_by_largest_remainder, times
from invoicing.order import Line
from invoicing.rates import folded
from invoicing.reasons import Reason, stop

_NONE = Decimal(0)
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class _Part:
    component: Component
    item: Item | None
    quantity: Decimal
    line: Line


def with_notes(goods: Sequence[Goods]) -> tuple[Goods, ...]:
    """The goods, where lines of 0 đồng that are parts of the order's combos become notes.

    Only as many units as the combos consist of: what is more was given away.
    """
    if not any(each.is_combo for each in goods):
        return tuple(goods)
    needed = _needed(goods)
    return tuple(_as_note(each, needed) for each in goods)


def expanded(goods: Sequence[Goods], catalogue: Catalogue) -> tuple[Goods, ...]:
    """The goods with every combo replaced by its parts, which take its price by their catalogue prices.

    Its notes go, since the parts say the same.

    Raises:
        Stopped: when the catalogue lacks a part's price.
    """
    if not any(each.is_combo or each.note for each in goods):
        return tuple(goods)
    names = {folded(each.line.sku): each.line.name for each in goods if each.note}
    return tuple(_expanded(goods, catalogue, names))


def part_line(line: Line, sku: str, item: Item | None, name: str = "") -> Line:
    """What the order line of a part would be."""
    known = item or Item()
    return replace(
        line,
        name=known.name or name,
        sku=sku.strip(),
        barcode=known.barcode,
        product_type=known.product_type,
        vendor=known.vendor,
        product_id=known.product_id,
        variant_id=known.variant_id,
        gift_card=False,
    )


def _needed(goods: Sequence[Goods]) -> dict[str, Decimal]:
    needed: dict[str, Decimal] = {}
    for each in goods:
        for component in each.item.components if each.item else ():
            key = folded(component.sku)
            needed[key] = EXACT.add(needed.get(key, _NONE), times(each.quantity, component.quantity))
    return needed


def _as_note(goods: Goods, needed: dict[str, Decimal]) -> Goods:
    key = folded(goods.line.sku)
    if not goods.gift or goods.is_combo or goods.quantity > needed.get(key, _NONE):
        return goods
    needed[key] = EXACT.subtract(needed[key], goods.quantity)
    return goods._replace(gift=False, note=True)


def _expanded(goods: Sequence[Goods], catalogue: Catalogue, names: dict[str, str]) -> Iterator[Goods]:
    for each in goods:
        if each.is_combo:
            yield from _parts(each, catalogue, names)
        elif not each.note:
            yield each


def _parts(combo: Goods, catalogue: Catalogue, names: dict[str, str]) -> Iterator[Goods]:
    parts = [_part(combo, each, catalogue, names) for each in _merged(combo)]
    gross = divided_by_weight(combo.gross, _weights(combo, parts))
    # What it costs less than listed, and what the order's discount takes off, follow the price of each part.
    above = divided_by_weight(combo.listed - combo.gross, gross if combo.gross else (1,) * len(parts))
    off = share_by_largest_remainder(combo.gross - combo.paid, gross)
    for part, price, more, less in zip(parts, gross, above, off, strict=True):
        yield Goods(
            line=part.line,
            source=f"combo:{combo.line.id}:{part.component.sku.strip()}",
            quantity=part.quantity,
            listed=price + more,
            gross=price,
            paid=price - less,
            item=part.item,
            gift=price == 0,
        )


def _merged(combo: Goods) -> list[Component]:
    """Each SKU once."""
    merged: dict[str, Component] = {}
    for each in combo.item.components if combo.item else ():
        before = merged.get(folded(each.sku))
        quantity = EXACT.add(before.quantity, each.quantity) if before else each.quantity
        merged[folded(each.sku)] = Component(before.sku if before else each.sku, quantity)
    return list(merged.values())


def _part(combo: Goods, component: Component, catalogue: Catalogue, names: dict[str, str]) -> _Part:
    quantity = times(combo.quantity, component.quantity)
    if fraction_digits(quantity) > _DIGITS:
        stop(Reason.QUANTITY_DIGITS, line=component.sku, quantity=quantity)
    item = catalogue.by_sku(component.sku)
    line = part_line(combo.line, component.sku, item, names.get(folded(component.sku), ""))
    return _Part(component, item, quantity, line)


def _weights(combo: Goods, parts: Sequence[_Part]) -> list[int]:
    """Catalogue price times quantity of each part, in one whole unit.

    Raises:
        Stopped: when a price is lacking, or when no part has one.
    """
    if not combo.gross:
        return [1] * len(parts)
    values = [times(_price(combo, each), each.quantity) for each in parts]
    digits = max(fraction_digits(each) for each in values)
    weights = [int(each.scaleb(digits, EXACT)) for each in values]
    if not any(weights):
        stop(Reason.COMBO_PRICE, line=combo.label, part=", ".join(each.component.sku for each in parts))
    return weights


def _price(combo: Goods, part: _Part) -> Decimal:
    price = part.item.price if part.item else None
    if price is None or price < 0:
        stop(Reason.COMBO_PRICE, line=combo.label, part=part.component.sku)
    return price
