"""Which units of an order one invoice covers, where an order is invoiced in parts (Decree 254/2026 Art. 9.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """Units by the id of their order line.

    Attributes:
        before: units that earlier invoices of the order carry.
        now: units that this invoice carries.
        shipping: whether transport is on it: it goes with the first part.
        last: whether nothing is left after it.
    """

    before: Mapping[int, Decimal]
    now: Mapping[int, Decimal]
    shipping: bool
    last: bool
