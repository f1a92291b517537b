"""One request of the vendor's API, as faults and records see it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Use(StrEnum):
    """What a request is for, as far as a fault must know to affect it."""

    LOGIN = "login"
    """Asks for a token."""
    CALL = "call"
    """Goes by a token."""
    CREATE = "create"
    """Has invoices made that others sign."""
    PUBLISH = "publish"
    """Has invoices issued at once."""
    ACCEPT = "accept"
    """Has invoices issued later."""
    STATUS = "status"
    """Asks what has become of invoices."""


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
    uses: frozenset[Use] = frozenset()
    """None where the vendor has no fault that needs to know."""
    payload: Any = field(default=None, repr=False)
    """The parsed JSON body; None where there is none or it is not JSON."""
