"""Exact arithmetic on đồng: whole amounts are ``int``, rounding is always half up (half away from zero)."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

EXACT = Context(prec=120, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow])
"""Wide enough that no product of two figures an order may carry is ever rounded silently."""

_ONE = Decimal(1)
"""Of the same quantum as every figure that is written without a point or an exponent: most of them are."""


def times(left: Decimal, right: Decimal) -> Decimal:
    """The exact product."""
    return EXACT.multiply(left, right)


def total_of(values: Sequence[Decimal]) -> Decimal:
    """The exact sum."""
    total = Decimal(0)
    for value in values:
        total = EXACT.add(total, value)
    return total


def whole(value: Decimal) -> int:
    """The nearest whole đồng, half up."""
    if value.same_quantum(_ONE):
        return int(value)
    return int(value.quantize(_ONE, rounding=ROUND_HALF_UP, context=EXACT))


def is_whole(value: Decimal) -> bool:
    """Whether the figure has no fraction of a đồng."""
    return value.same_quantum(_ONE) or value == value.to_integral_value(context=EXACT)


def plain(value: Decimal) -> Decimal:
    """The same number without exponent and without trailing zeros, as it is written in JSON."""
    if value.same_quantum(_ONE) and value:
        return value
    if is_whole(value):
        return Decimal(int(value))
    return value.normalize(EXACT)


def shifted(digits: int, places: int) -> Decimal:
    """``digits ÷ 10**places``, written as :func:`plain` would."""
    if digits % 10**places == 0:
        return Decimal(digits // 10**places)
    return Decimal(digits).scaleb(-places, EXACT).normalize(EXACT)


def fraction_digits(value: Decimal) -> int:
    """How many digits after the point the number really has."""
    if value.same_quantum(_ONE):
        return 0
    return len(format(value, "f").partition(".")[2].rstrip("0"))


def divide_half_up(numerator: int, denominator: int) -> int:
    """``numerator / denominator`` rounded half away from zero; the denominator is positive."""
    if numerator < 0:
        return -((denominator - 2 * numerator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)


def share_by_largest_remainder(amount: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split ``amount`` over non-negative weights so that the parts add up exactly.

    Every part is the floor of its proportional share; the đồng that are left go one by one to the largest
    remainders, ties to the larger weight, then to the earlier one. No part exceeds its weight while ``amount``
    does not exceed their sum.

    Raises:
        ValueError: when the amount is negative or more than the weights together.
    """
    weight = sum(weights)
    if amount < 0 or amount > weight:
        raise ValueError(f"amount {amount} is not between 0 and {weight}, the sum of the weights")
    return divided_by_weight(amount, weights) if amount else (0,) * len(weights)


def divided_by_weight(amount: int, weights: Sequence[int]) -> tuple[int, ...]:
    """The same for any amount that is not negative, also one above the sum of the weights, some of which is not 0."""
    weight = sum(weights)
    shares = [divmod(amount * each, weight) for each in weights]
    parts = [part for part, _ in shares]
    left = amount - sum(parts)
    if left:
        order = sorted(range(len(weights)), key=lambda i: (-shares[i][1], -weights[i]))  # stable: the earlier one first
        for index in order[:left]:
            parts[index] += 1
    return tuple(parts)
