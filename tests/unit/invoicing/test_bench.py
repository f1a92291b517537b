"""What `make bench-convert` compares is the same work."""

import pytest
from bench.convert import LONG_LINES, unequal
from bench.convert_orders import body
from invoicing.order import parse_order


@pytest.mark.parametrize(("number", "lines"), (*((number, 5) for number in range(30)), (1, LONG_LINES)))
def test_the_floor_makes_the_same_invoice(number: int, lines: int) -> None:
    """Bare dicts of Decimals, computed another way, hold what the rules make of the order, field by field."""
    assert unequal(parse_order(body(number, lines))) == ()
