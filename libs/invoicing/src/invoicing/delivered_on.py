"""On which days the goods of an invoice reached the buyer, as far as Haravan's carriers tell."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from invoicing.money import EXACT
from invoicing.order import Fulfilment, Order
from invoicing.portions import Portion
from invoicing.reading import vietnam_date

_NONE = Decimal(0)


@dataclass(frozen=True)
class DeliveredOn:
    """The parcels of one order, or of one part of it."""

    order: Order
    portion: Portion | None = None

    @cached_property
    def some_day(self) -> frozenset[dt.date]:
        """Days on which anything of the order was delivered: those of a line are among them."""
        return frozenset(vietnam_date(parcel.delivered_at) for parcel in self._by_arrival if parcel.delivered_at)

    def line(self, line_id: int) -> frozenset[dt.date]:
        """Days in Vietnam on which units of one order line were delivered (`delivered_date`), of this part alone."""
        return frozenset(
            vietnam_date(parcel.delivered_at) for parcel in self._parcels(line_id) if parcel.delivered_at is not None
        )

    def any_line(self) -> frozenset[dt.date]:
        """Days on which any goods of this part were delivered: those of the transport."""
        lines = {line.id for line in self.order.lines} if self.portion is None else set(self.portion.now)
        return frozenset(day for line_id in lines for day in self.line(line_id))

    @cached_property
    def _by_arrival(self) -> list[Fulfilment]:
        return sorted((each for each in self.order.fulfilments if not each.cancelled), key=_arrival)

    def _parcels(self, line_id: int) -> Iterator[Fulfilment]:
        """Those with units of the line; of a part, those its units came with when parcels are filled as they arrive."""
        if self.portion is None:
            first, last = _NONE, None
        else:
            first = self.portion.before.get(line_id, _NONE)
            last = EXACT.add(first, self.portion.now.get(line_id, _NONE))
        carried = _NONE
        for parcel in self._by_arrival:
            if not parcel.lines:  # Haravan does not tell what is in it
                yield parcel
                continue
            units = sum((each.quantity for each in parcel.lines if each.line_item_id == line_id), _NONE)
            carried = EXACT.add(carried, units)
            if units and carried > first and (last is None or EXACT.subtract(carried, units) < last):
                yield parcel


def _arrival(parcel: Fulfilment) -> tuple[bool, dt.datetime]:
    """What has arrived first comes first; what a carrier still has comes last."""
    at = parcel.delivered_at or parcel.created_at or dt.datetime.max.replace(tzinfo=dt.UTC)
    return parcel.has_carrier and parcel.delivered_at is None, at
