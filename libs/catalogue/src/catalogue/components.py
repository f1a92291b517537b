"""What a combo consists of, as one cell: `SKU-A*2 + SKU-B`."""

import re
from collections.abc import Sequence
from decimal import Decimal

from invoicing.catalogue import Component

_BETWEEN = re.compile(r"\s+\+\s+")
_QUANTITY = re.compile(r"(?P<sku>.*\S)\s*\*\s*(?P<quantity>\d{1,9}(?:[.,]\d{1,4})?)")


class BadComponentsError(ValueError):
    """The cell does not say parts and quantities."""


def read_components(cell: str) -> tuple[Component, ...]:
    """The parts that a cell names; one without a quantity is there once.

    Raises:
        BadComponentsError: when a part has no SKU or a quantity of 0.
    """
    return tuple(_component(part) for part in _BETWEEN.split(cell.strip())) if cell.strip() else ()


def write_components(components: Sequence[Component]) -> str:
    """The cell that names these parts."""
    return " + ".join(_written(each) for each in components)


def _component(part: str) -> Component:
    found = _QUANTITY.fullmatch(part)
    sku, quantity = (found["sku"], Decimal(found["quantity"].replace(",", "."))) if found else (part, Decimal(1))
    if not sku or sku.startswith(("*", "+ ")) or sku == "+" or quantity == 0:
        raise BadComponentsError(part)
    return Component(sku, _plain(quantity))


def _written(component: Component) -> str:
    if component.quantity == 1 and not _QUANTITY.fullmatch(component.sku):
        return component.sku
    return f"{component.sku}*{_plain(component.quantity):f}"


def _plain(quantity: Decimal) -> Decimal:
    """Without zeros that say nothing."""
    return quantity.quantize(Decimal(1)) if quantity == quantity.to_integral_value() else quantity.normalize()
