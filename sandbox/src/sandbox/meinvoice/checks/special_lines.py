"""Service fee and excise tax of a line, and the other fields of special trades (Open API §13.4)."""

from collections.abc import Mapping
from decimal import Decimal

from sandbox.meinvoice.checks.kinds import Kind, first_wrong, kinds_of
from sandbox.meinvoice.checks.lines import Terms
from sandbox.meinvoice.checks.numbers import HALF, Digits, Fields, amount, decimals, near, number, rounded
from sandbox.meinvoice.checks.refusal import invalid_line

_AMOUNTS = ("ServiceAmount", "ExciseTaxAmount", "AmountAfterExciseTax", "WageAmount")
"""Each with `OC` in the invoice's currency, without it in đồng."""
_AMOUNTS_OC = (*(f"{name}OC" for name in _AMOUNTS), "WageDiscountAmountOC")
_PRICES = ("UnitPriceAfterExciseVAT", "WagePriceAmount", "WagePriceDiscountAmount")
_RATES = ("ServiceFeeRate", "ExciseTaxRate")
_NUMBERS = (*_AMOUNTS, *_AMOUNTS_OC, *_PRICES, *_RATES, "InWard")
_KINDS: Mapping[str, Kind] = (
    dict.fromkeys(_NUMBERS, Kind.NUMBER)
    | kinds_of(Kind.TIME, "ExpiryDate")
    | kinds_of(Kind.TEXT, "ChassisNumber EngineNumber LotNo")
)
_NAMES = frozenset(_KINDS)


def check_special_line(line: Fields, position: int, terms: Terms) -> None:
    """What of these fields is given is of its kind, has no more decimals than announced, and ties."""
    if _NAMES.isdisjoint(line):  # nearly always
        return
    if wrong := first_wrong(line, _KINDS):
        raise invalid_line(wrong[0], position, wrong[1])
    for name, most in _allowed(terms.digits).items():
        if decimals(amount(line, name)) > most:
            raise invalid_line(name, position, f"quá {most} chữ số thập phân")
    _check_arithmetic(line, position, terms)
    for name in _AMOUNTS:
        value = number(line, name)
        if value is not None and value != _converted(amount(line, f"{name}OC"), terms):
            raise invalid_line(name, position, f"khác {name}OC * tỷ giá")


def _allowed(digits: Digits) -> Mapping[str, int]:
    return (
        dict.fromkeys(_AMOUNTS, digits.amount)
        | dict.fromkeys(_AMOUNTS_OC, digits.amount_oc)
        | dict.fromkeys(_PRICES, digits.unit_price)
        | dict.fromkeys(_RATES, digits.coefficient)
        | {"InWard": digits.quantity}
    )


def _check_arithmetic(line: Fields, position: int, terms: Terms) -> None:
    """The formulas of §13.4; what stays after the excise tax has none there, its name says it."""
    net = amount(line, "AmountOC") - amount(line, "DiscountAmountOC")
    taxed = net + amount(line, "ServiceAmountOC")
    shares = (
        ("ServiceAmountOC", "ServiceFeeRate", net, "(AmountOC - DiscountAmountOC)"),
        ("ExciseTaxAmountOC", "ExciseTaxRate", taxed, "(AmountOC - DiscountAmountOC + ServiceAmountOC)"),
    )
    for name, rate, base, words in shares:
        given, expected = amount(line, name), base * amount(line, rate) / 100
        if not near(given, expected, terms.unit * HALF):
            raise invalid_line(name, position, f"{given} khác {words} * {rate} / 100 = {expected}")
    after, expected = number(line, "AmountAfterExciseTaxOC"), taxed + amount(line, "ExciseTaxAmountOC")
    if after is not None and after != expected:
        raise invalid_line("AmountAfterExciseTaxOC", position, f"{after} khác tiền hàng cộng phí và thuế {expected}")


def _converted(value: Decimal, terms: Terms) -> Decimal:
    return rounded(value * terms.exchange_rate, terms.digits.amount)
