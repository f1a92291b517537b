"""One request of the vendor's API, as faults and records see it."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """What a request is about, found out before it is handled."""

    method: str
    path: str
    owner: str | None = None
    """The tax code (meInvoice) or org id (Haravan) that the token belongs to; None for an unknown token."""
    series: frozenset[str] = frozenset()
    ref_ids: tuple[str, ...] = ()
    order_id: str | None = None
    action: str | None = None
    """What a path with several uses is used for, e.g. `create` or `publish`."""
    payload: Any = field(default=None, repr=False)
    """The parsed JSON body; None where there is none or it is not JSON."""
