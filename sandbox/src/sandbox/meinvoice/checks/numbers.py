"""Numbers of an invoice: that they are there, are numbers, and carry no more decimals than announced."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

ZERO = Decimal(0)
HALF = Decimal("0.5")
_BEYOND = 10**18

Fields = Mapping[str, Any]


def number(fields: Fields, name: str) -> Decimal | None:
    """The field as Decimal; None where it is absent, null, not a JSON number, or beyond any amount there is."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not -_BEYOND < value < _BEYOND:
        return None
    return Decimal(value)


def amount(fields: Fields, name: str) -> Decimal:
    """The field as Decimal, absent counting as zero."""
    return number(fields, name) or ZERO


def decimals(value: Decimal) -> int:
    """How many digits after the point the value needs."""
    if value == value.to_integral_value():
        return 0
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def rounded(value: Decimal, digits: int) -> Decimal:
    """Rounded half away from zero."""
    if digits == 0 and value == value.to_integral_value():
        return value
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def near(left: Decimal, right: Decimal, tolerance: Decimal) -> bool:
    """Whether two amounts differ by no more than the tolerance."""
    return abs(left - right) <= tolerance


@dataclass(frozen=True, slots=True)
class Digits:
    """How many decimals an invoice announces in OptionUserDefined (Open API §13.9); whole đồng by default."""

    amount_oc: int
    """Amounts in the invoice's currency."""
    amount: int
    """Amounts in đồng."""
    unit_price: int
    quantity: int
    coefficient: int
    """Percentages."""


def digits_of(invoice: Fields) -> Digits:
    """The decimals that this invoice announces."""
    options = invoice.get("OptionUserDefined")
    declared: Fields = options if isinstance(options, Mapping) else {}
    foreign = (invoice.get("CurrencyCode") or "VND") != "VND"
    return Digits(
        amount_oc=_digits(declared, "AmountOCDecimalDigits", 2 if foreign else 0),
        amount=_digits(declared, "AmountDecimalDigits", 0),
        unit_price=_digits(declared, "UnitPriceOCDecimalDigits", 6),
        quantity=_digits(declared, "QuantityDecimalDigits", 6),
        coefficient=_digits(declared, "CoefficientDecimalDigits", 2),
    )


def _digits(declared: Fields, name: str, default: int) -> int:
    text = str(declared.get(name, "")).strip()
    return int(text) if text.isdecimal() else default
