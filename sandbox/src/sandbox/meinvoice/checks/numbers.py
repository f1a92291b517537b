"""Numbers of an invoice: that they are there, are numbers, and carry no more decimals than announced."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

ZERO = Decimal(0)
HALF = Decimal("0.5")

Fields = Mapping[str, Any]


def number(fields: Fields, name: str) -> Decimal | None:
    """The field as Decimal; None where it is absent, null or not a JSON number."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def amount(fields: Fields, name: str) -> Decimal:
    """The field as Decimal, absent counting as zero."""
    return number(fields, name) or ZERO


def decimals(value: Decimal) -> int:
    """How many digits after the point the value needs."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def rounded(value: Decimal, digits: int) -> Decimal:
    """Rounded half away from zero."""
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def near(left: Decimal, right: Decimal, tolerance: Decimal) -> bool:
    """Whether two amounts differ by no more than the tolerance."""
    return abs(left - right) <= tolerance


class Digits:
    """How many decimals an invoice announces in OptionUserDefined (Open API §13.9); whole đồng by default."""

    def __init__(self, invoice: Fields) -> None:
        declared = invoice.get("OptionUserDefined")
        self._declared: Fields = declared if isinstance(declared, Mapping) else {}
        self._foreign = (invoice.get("CurrencyCode") or "VND") != "VND"

    def _digits(self, name: str, default: int) -> int:
        text = str(self._declared.get(name, "")).strip()
        return int(text) if text.isdecimal() else default

    @property
    def amount_oc(self) -> int:
        """Amounts in the invoice's currency."""
        return self._digits("AmountOCDecimalDigits", 2 if self._foreign else 0)

    @property
    def amount(self) -> int:
        """Amounts in đồng."""
        return self._digits("AmountDecimalDigits", 0)

    @property
    def unit_price(self) -> int:
        """Unit prices."""
        return self._digits("UnitPriceOCDecimalDigits", 6)

    @property
    def quantity(self) -> int:
        """Quantities."""
        return self._digits("QuantityDecimalDigits", 6)

    @property
    def coefficient(self) -> int:
        """Percentages."""
        return self._digits("CoefficientDecimalDigits", 2)
