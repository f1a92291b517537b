"""Exact arithmetic."""

from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invoicing.money import divide_half_up, fraction_digits, is_whole, plain, share_by_largest_remainder, whole

_WEIGHTS = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=30)


@settings(deadline=None)
@given(_WEIGHTS, st.data())
def test_shares_sum_exactly(weights: list[int], data: st.DataObject) -> None:
    """Shares of a discount add up to it, and none is negative or larger than its line."""
    amount = data.draw(st.integers(min_value=0, max_value=sum(weights)))
    shares = share_by_largest_remainder(amount, weights)
    assert sum(shares) == amount
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))


@settings(deadline=None)
@given(_WEIGHTS, st.data())
def test_shares_are_near_proportional(weights: list[int], data: st.DataObject) -> None:
    """No share is a whole đồng away from its exact proportion."""
    amount = data.draw(st.integers(min_value=0, max_value=sum(weights)))
    shares = share_by_largest_remainder(amount, weights)
    together = sum(weights)
    assert all(abs(s * together - amount * w) < together or not w for s, w in zip(shares, weights, strict=True))


def test_ties_go_to_the_larger_then_the_earlier() -> None:
    """What is left over goes to the largest remainder, ties to the larger line, then the earlier one."""
    assert share_by_largest_remainder(1, [50, 50]) == (1, 0)
    assert share_by_largest_remainder(3, [10, 30, 20]) == (0, 2, 1)
    assert share_by_largest_remainder(100, [333, 333, 334]) == (33, 33, 34)
    assert share_by_largest_remainder(2, [1, 3]) == (0, 2)


def test_more_than_there_is_cannot_be_shared() -> None:
    """A discount beyond its lines is the caller's matter."""
    with pytest.raises(ValueError, match="not between"):
        share_by_largest_remainder(11, [5, 5])


def test_half_goes_up_and_away_from_zero() -> None:
    """Rounding is commercial on both sides of zero."""
    assert whole(Decimal("0.5")) == 1
    assert whole(Decimal("2.5")) == 3
    assert divide_half_up(5, 2) == 3
    assert divide_half_up(-5, 2) == -3


@given(st.decimals(min_value=-(10**15), max_value=10**15, allow_nan=False))
def test_any_figure_is_rounded_and_written_exactly(value: Decimal) -> None:
    """Rounding, writing and counting digits agree with fractions, however the figure is spelled."""
    exact = Fraction(value)
    rounded = floor(abs(exact) + Fraction(1, 2)) * (-1 if exact < 0 else 1)
    assert whole(value) == rounded == divide_half_up(exact.numerator, exact.denominator)
    assert is_whole(value) == (exact.denominator == 1)
    text = format(plain(value), "f")
    assert Decimal(text) == value
    assert text != "-0"
    assert fraction_digits(value) == len(text.partition(".")[2])
    assert "." not in text or not text.endswith("0")


def test_numbers_are_written_plainly() -> None:
    """No exponent and no zero at the end reaches JSON."""
    assert str(plain(Decimal("1E+3"))) == "1000"
    assert str(plain(Decimal("1.5000"))) == "1.5"
    assert fraction_digits(Decimal("2.0000")) == 0
    assert fraction_digits(Decimal("0.1250")) == 3
