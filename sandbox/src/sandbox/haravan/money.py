"""How money is written: with four decimals by REST, plainly by webhook, as text now and then."""

from decimal import Decimal
from typing import Any

from sandbox.haravan.options import NumberStyle

_MONEY = frozenset(
    {
        "amount",
        "price",
        "price_original",
        "price_promotion",
        "compare_at_price",
        "actual_price",
        "total_discount",
        "ma_cost_amount",
    }
    | {"subtotal_price", "total_line_items_price", "total_discounts", "total_price", "total_tax", "total_weight"}
    | {"grams", "cod_amount", "real_shipping_fee", "total_spent", "total_paid"}
)
_FOUR = Decimal("0.0001")


def written(value: Any, style: NumberStyle, name: str = "") -> Any:
    """The resource with every amount in that style; other values as they are."""
    match value:
        case dict():
            return {key: written(entry, style, key) for key, entry in value.items()}
        case list():
            return [written(entry, style, name) for entry in value]
        case bool() | None:
            return value
        case int() | Decimal() if name in _MONEY:
            return _amount(Decimal(value), style)
        case _:
            return value


def _amount(amount: Decimal, style: NumberStyle) -> Any:
    match style:
        case "decimal":
            return amount.quantize(_FOUR)
        case "string":
            return str(amount.quantize(_FOUR))
        case "plain":
            return int(amount) if amount == amount.to_integral_value() else amount.normalize()
