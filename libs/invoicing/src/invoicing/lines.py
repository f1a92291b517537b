"""Invoice lines computed from an order's amounts: net, VAT, discount, unit price (meInvoice Open API §13.4).

Each line is rounded first and then added up. Where prices include VAT, net = round(gross ÷ (1 + rate)) and
VAT = gross - net, so that every line, and with it the invoice, is exactly what the buyer paid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from invoicing.money import EXACT, divide_half_up, fraction_digits
from invoicing.rates import percent_of
from invoicing.reasons import Reason, stop

_PERCENT = 100
_RATE_SCALE = 10_000
_QUANTITY_SCALE = 10_000
_UNIT_PRICE_DIGITS = (4, 6, 8, 10)
_DISCOUNT_RATE_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
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
    percent = percent_of(rate)
    if prices_include_vat:
        net = net_of(paid, percent)
        return net_of(listed, percent), net, paid - net
    return listed, paid, vat_of(paid, percent)


def net_of(gross: int, percent: Decimal) -> int:
    """round(gross ÷ (1 + rate)), half up."""
    scaled = int(percent * _RATE_SCALE)
    return divide_half_up(gross * _PERCENT * _RATE_SCALE, _PERCENT * _RATE_SCALE + scaled)


def vat_of(net: int, percent: Decimal) -> int:
    """round(net times rate), half up."""
    return divide_half_up(net * int(percent * _RATE_SCALE), _PERCENT * _RATE_SCALE)


def unit_price_digits(lines: Sequence[InvoiceLine]) -> int:
    """Decimals with which quantity times unit price, rounded, is the amount on every line; notes have neither.

    Raises:
        Stopped: when even ten are not enough.
    """
    priced_lines = [line for line in lines if not line.note]
    if all(_is_whole_price(line) for line in priced_lines):
        return 0
    failing: InvoiceLine | None = None
    for digits in _UNIT_PRICE_DIGITS:
        failing = next((line for line in priced_lines if not _multiplies_back(line, digits)), None)
        if failing is None:
            return digits
    return stop(Reason.UNIT_PRICE_DIGITS, line=failing.code or failing.name if failing else "")


def unit_price(line: InvoiceLine, digits: int) -> Decimal:
    """The amount before discount for one unit, rounded half up to so many decimals."""
    return Decimal(_scaled_price(line, digits)).scaleb(-digits, EXACT)


def _scaled_quantity(line: InvoiceLine) -> int:
    return int(line.quantity * _QUANTITY_SCALE)


def _scaled_price(line: InvoiceLine, digits: int) -> int:
    return divide_half_up(line.amount * _QUANTITY_SCALE * 10**digits, _scaled_quantity(line))


def _is_whole_price(line: InvoiceLine) -> bool:
    return line.amount * _QUANTITY_SCALE % _scaled_quantity(line) == 0


def _multiplies_back(line: InvoiceLine, digits: int) -> bool:
    product = _scaled_price(line, digits) * _scaled_quantity(line)
    return divide_half_up(product, _QUANTITY_SCALE * 10**digits) == line.amount


def discount_rate(line: InvoiceLine) -> Decimal:
    """The percentage that gives the discount when multiplied out, in up to four decimals; else 0.

    The amount is what counts: a rounded percentage that does not lead back to it would contradict the line.
    """
    return rate_of_discount(line.discount, line.amount)


def rate_of_discount(discount: int, amount: int) -> Decimal:
    """The same of a discount, not below zero, on an amount that is not below it."""
    if not discount:
        return Decimal(0)
    for digits in range(_DISCOUNT_RATE_DIGITS + 1):
        scaled = divide_half_up(discount * _PERCENT * 10**digits, amount)
        if divide_half_up(amount * scaled, _PERCENT * 10**digits) == discount:
            return Decimal(scaled).scaleb(-digits, EXACT)
    return Decimal(0)


def most_digits(values: Sequence[Decimal]) -> int:
    """The most digits after the point that any of the values has."""
    return max((fraction_digits(value) for value in values), default=0)
