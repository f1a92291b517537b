"""What one part of an order comes to, where each delivery has its own invoice (Decree 254/2026 Art. 9.3)."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from invoicing.goods import Goods
from invoicing.money import EXACT, divide_half_up, fraction_digits
from invoicing.portions import Portion
from invoicing.reasons import Reason, stop

_NONE = Decimal(0)
_SCALE = 10_000
_DIGITS = 4


def part_of(goods: Sequence[Goods], portion: Portion) -> tuple[Goods, ...]:
    """The units of this part, each line with price and discount of the units to date less what came before.

    All parts of a line add up to it to the đồng, however they are cut.

    Raises:
        Stopped: when the part has units that the order does not have.
    """
    _check(goods, portion.now)
    return tuple(_parts(goods, portion))


def _check(goods: Sequence[Goods], now: Mapping[int, Decimal]) -> None:
    lines = [each.line.id for each in goods]
    unknown = next((line_id for line_id, units in now.items() if units and lines.count(line_id) != 1), None)
    if unknown is not None:
        stop(Reason.PART_BEYOND_ORDER, line=unknown)


def _parts(goods: Sequence[Goods], portion: Portion) -> Iterator[Goods]:
    for each in goods:
        before, now = portion.before.get(each.line.id, _NONE), portion.now.get(each.line.id, _NONE)
        if not now:
            continue
        to_date = EXACT.add(before, now)
        if now < 0 or before < 0 or to_date > each.quantity:
            stop(Reason.PART_BEYOND_ORDER, line=each.label)
        if max(fraction_digits(before), fraction_digits(now)) > _DIGITS:
            stop(Reason.QUANTITY_DIGITS, line=each.label, quantity=now)
        yield _between(each, before, to_date)


def _between(goods: Goods, before: Decimal, to_date: Decimal) -> Goods:
    earlier, later = _to_date(goods, before), _to_date(goods, to_date)
    listed, gross, paid = (after - carried for after, carried in zip(later, earlier, strict=True))
    return goods._replace(
        quantity=EXACT.subtract(to_date, before), listed=listed, gross=min(listed, max(gross, paid)), paid=paid
    )


def _to_date(goods: Goods, units: Decimal) -> tuple[int, int, int]:
    """Price and discounts of so many units, rounded half up: at list price, after its own, after every discount.

    The discount is that of the price to date, which is that of the units wherever a unit costs whole đồng; so no part
    ever has a discount above its price.
    """
    if not goods.listed:
        return 0, 0, 0
    listed = divide_half_up(goods.listed * int(units * _SCALE), int(goods.quantity * _SCALE))
    own, every = (divide_half_up((goods.listed - left) * listed, goods.listed) for left in (goods.gross, goods.paid))
    return listed, listed - own, listed - every
