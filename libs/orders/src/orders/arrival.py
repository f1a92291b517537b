"""One state of an order on its way in."""

from dataclasses import dataclass
from datetime import datetime

from contracts.haravan import RawResource
from invoicing.order import Order

from orders.model import Snapshot


@dataclass(frozen=True, slots=True)
class Arrival:
    """One state of an order as it came in, read, and the moment of judging (`now`, aware)."""

    resource: RawResource
    order: Order
    snapshot: Snapshot
    now: datetime
