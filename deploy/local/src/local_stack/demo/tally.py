"""Counts how far the sample orders have come, for the progress display and the summary."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from local_stack.demo.model import Ending, SampleOrder
from local_stack.demo.watch import Seen, SeenInvoice, difference, key_of


@dataclass(frozen=True, slots=True)
class LaneTally:
    """One lane: how many invoices it must issue, has issued, has written back; numbers as printed on the invoices."""

    lane: str
    expected: int
    issued: int
    written_back: int
    series: str
    first_number: str
    last_number: str
    first_at: datetime | None
    last_at: datetime | None

    @property
    def seconds(self) -> float:
        """From the lane's first invoice to its last."""
        return (self.last_at - self.first_at).total_seconds() if self.first_at and self.last_at else 0.0


@dataclass(frozen=True, slots=True)
class Tally:
    """All lanes, and how many of the orders that get no invoice have ended as they must."""

    lanes: tuple[LaneTally, ...]
    others: tuple[tuple[Ending, int, int], ...]
    """Ending, how many there are so far, how many there must be."""
    done: int
    of: int
    first_issued_at: datetime | None


def tally(orders: Sequence[SampleOrder], seen: Seen) -> Tally:
    """Count."""
    right = [order for order in orders if difference(order, seen.get(key_of(order))) is None]
    lanes = sorted({order.expected.lane for order in orders if order.expected.lane})
    counted = tuple(_lane(lane, [order for order in orders if order.expected.lane == lane], seen) for lane in lanes)
    must, are = (Counter(order.expected.ending for order in some) for some in (orders, right))
    others = [ending for ending in Ending if ending is not Ending.ISSUED and must[ending]]
    return Tally(
        lanes=counted,
        others=tuple((ending, are[ending], must[ending]) for ending in others),
        done=len(right),
        of=len(orders),
        first_issued_at=min((lane.first_at for lane in counted if lane.first_at), default=None),
    )


def _lane(lane: str, orders: Sequence[SampleOrder], seen: Seen) -> LaneTally:
    known = (seen.get(key_of(order)) for order in orders)
    issued = [order.issued for order in known if order is not None and order.issued is not None]
    numbers = sorted(each.number for each in issued if each.number)
    moments = [each.at for each in issued if each.at]
    return LaneTally(
        lane=lane,
        expected=len(orders),
        issued=len(issued),
        written_back=sum(each.written_back for each in issued),
        series=_series(issued),
        first_number=numbers[0] if numbers else "",
        last_number=numbers[-1] if numbers else "",
        first_at=min(moments, default=None),
        last_at=max(moments, default=None),
    )


def _series(issued: Sequence[SeenInvoice]) -> str:
    return ", ".join(sorted({each.series for each in issued if each.series}))
