"""Numbers of an invoice: that they are there, are numbers, and carry no more decimals than announced."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

ZERO = Decimal(0)
HALF = Decimal("0.5")
_BEYOND = 10**18

Fields = Mapping[str, Any]


def number(fields: Fields, name: str) -> Decimal | None:
    """The field as Decimal; None where it is absent, null, not a JSON number, or beyond any amount there is."""
    value = fields.get(name)
    if type(value) is int and -_BEYOND < value < _BEYOND:  # nearly always
        return Decimal(value)
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


_DIGITS = (
    "AmountOCDecimalDigits",
    "AmountDecimalDigits",
    "UnitPriceOCDecimalDigits",
    "QuantityDecimalDigits",
    "CoefficientDecimalDigits",
)


def digits_of(invoice: Fields) -> Digits:
    """The decimals that this invoice announces."""
    options = invoice.get("OptionUserDefined")
    declared: Fields = options if isinstance(options, Mapping) else {}
    foreign = (invoice.get("CurrencyCode") or "VND") != "VND"
    return _read_digits(tuple(str(declared.get(name, "")) for name in _DIGITS), foreign=foreign)


@lru_cache(maxsize=64)
def _read_digits(texts: tuple[str, ...], *, foreign: bool) -> Digits:
    defaults = (2 if foreign else 0, 0, 6, 6, 2)
    stripped = (text.strip() for text in texts)
    return Digits(
        *(int(text) if text.isdecimal() else default for text, default in zip(stripped, defaults, strict=True))
    )
