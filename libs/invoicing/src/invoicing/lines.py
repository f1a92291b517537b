"""Invoice lines computed from an order's amounts: net, VAT, discount, unit price (meInvoice Open API §13.4).

Each line is rounded first and then added up. Where prices include VAT, net = round(gross ÷ (1 + rate)) and
VAT = gross - net, so that every line, and with it the invoice, is exactly what the buyer paid.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from invoicing.money import divide_half_up, fraction_digits, shifted
from invoicing.rates import percent_of
from invoicing.reasons import Reason, stop

_PERCENT = 100
_RATE_SCALE = 10_000
_NONE = Decimal(0)
_WHOLE = _PERCENT * _RATE_SCALE
_QUANTITY_SCALE = 10_000
_UNIT_PRICE_DIGITS = (4, 6, 8, 10)
_DISCOUNT_RATE_DIGITS = 4


class InvoiceLine(NamedTuple):
    """One line in whole đồng. ``rate`` and ``vat`` are none on a sales invoice, which has no VAT columns.

    A ``note`` is its name alone.
    """

    gift: bool
    code: str | None
    name: str
    unit: str | None
    quantity: Decimal
    amount: int
    discount: int
    net: int
    rate: str | None
    vat: int | None
    note: bool = False

    @property
    def total(self) -> int:
        """What the buyer pays for the line."""
        return self.net + (self.vat or 0)


def priced(*, listed: int, paid: int, rate: str | None, prices_include_vat: bool) -> tuple[int, int, int | None]:
    """Net amount before discount, net amount after it, and VAT."""
    if rate is None:
        return listed, paid, None
    percent = _scaled_percent(rate)
    if prices_include_vat:
        net = _net(paid, percent)
        return net if listed == paid else _net(listed, percent), net, paid - net
    return listed, paid, divide_half_up(paid * percent, _WHOLE)


def net_of(gross: int, percent: Decimal) -> int:
    """round(gross ÷ (1 + rate)), half up."""
    return _net(gross, int(percent * _RATE_SCALE))


@lru_cache(maxsize=256)
def _scaled_percent(rate: str) -> int:
    return int(percent_of(rate) * _RATE_SCALE)


def _net(gross: int, scaled_percent: int) -> int:
    return divide_half_up(gross * _WHOLE, _WHOLE + scaled_percent)


def unit_prices(lines: Sequence[InvoiceLine]) -> tuple[int, list[Decimal]]:
    """The amount before discount for one unit of each line, and the decimals that all are rounded to, half up.

    They are so many that quantity times price is the amount: exactly without decimals, else when rounded. Notes have
    neither and get 0.

    Raises:
        Stopped: when even ten decimals are not enough.
    """
    rows = [(line.amount, int(line.quantity * _QUANTITY_SCALE)) for line in lines]
    digits = _unit_price_digits(lines, rows)
    scale = _QUANTITY_SCALE * 10**digits
    return digits, [shifted(_scaled_price(amount, quantity, scale), digits) for amount, quantity in rows]


def _unit_price_digits(lines: Sequence[InvoiceLine], rows: Sequence[tuple[int, int]]) -> int:
    if all(amount * _QUANTITY_SCALE % quantity == 0 for amount, quantity in rows if quantity):
        return 0
    failing: InvoiceLine | None = None
    for digits in _UNIT_PRICE_DIGITS:
        scale = _QUANTITY_SCALE * 10**digits
        failing = next((line for line, row in zip(lines, rows, strict=True) if not _multiplies_back(*row, scale)), None)
        if failing is None:
            return digits
    return stop(Reason.UNIT_PRICE_DIGITS, line=failing.code or failing.name if failing else "")


def _scaled_price(amount: int, quantity: int, scale: int) -> int:
    return divide_half_up(amount * scale, quantity) if quantity else 0


def _multiplies_back(amount: int, quantity: int, scale: int) -> bool:
    return divide_half_up(_scaled_price(amount, quantity, scale) * quantity, scale) == amount


def discount_rate(line: InvoiceLine) -> Decimal:
    """The percentage that gives the discount when multiplied out, in up to four decimals; else 0.

    The amount is what counts: a rounded percentage that does not lead back to it would contradict the line.
    """
    return rate_of_discount(line.discount, line.amount)


def rate_of_discount(discount: int, amount: int) -> Decimal:
    """The same of a discount, not below zero, on an amount that is not below it."""
    if not discount:
        return _NONE
    for digits in range(_DISCOUNT_RATE_DIGITS + 1):
        scale = _PERCENT * 10**digits
        scaled = divide_half_up(discount * scale, amount)
        if divide_half_up(amount * scaled, scale) == discount:
            return shifted(scaled, digits)
    return _NONE


def most_digits(values: Sequence[Decimal]) -> int:
    """The most digits after the point that any of the values has."""
    return max((fraction_digits(value) for value in values), default=0)
