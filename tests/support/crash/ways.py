"""Ways of sending: that of the table itself, and the others, which have a smaller table of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

_SIGNED_AT_ONCE, _SIGNED_LATER, _SIGNED_BY_TOKEN = 2, 3, 1
"""SignTypes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Way:
    """How a cell's orders are sent.

    - `sign_type` of the series; `corrects`: each order corrects an invoice that was issued before.
    - `most` invoices go into one request, `first` commands wait when the first process starts, of `places` in all.
    - `ahead`: the next request is claimed while one is under way.
    - `environment` of the invoicer, beside the place's.
    """

    name: str
    meaning: str
    sign_type: int = _SIGNED_AT_ONCE
    corrects: bool = False
    most: int = 2
    first: int = 3
    places: int = 5
    ahead: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def refused(self) -> int:
        """The place of the order that meInvoice refuses: behind those of the first request, which meets the fault."""
        return self.most + 1

    @property
    def signs_by_token(self) -> bool:
        """Whether the shop's own token signs."""
        return self.sign_type == _SIGNED_BY_TOKEN

    @property
    def looks_up_always(self) -> bool:
        """Whether the answer comes before the invoice, so that each is looked up."""
        return self.sign_type == _SIGNED_LATER


AT_ONCE = Way(name="at-once", meaning="SignType 2: the answer has the numbers; a pause between two requests")

LATER = Way(
    name="later",
    meaning="SignType 3: meInvoice accepts, issues half a second later, and the number is looked up",
    sign_type=_SIGNED_LATER,
    environment={"INVOICER_LANE_ACCEPTED": "8", "INVOICER_LANE_ACCEPTED_POLL": "0.3"},
)
"""What was accepted and is not found for eight seconds counts as unknown; ten minutes in production."""

TOKEN = Way(
    name="token",
    meaning="SignType 1: XML is created, signed by the shop's own token, and published; steps and faults are of the "
    "publishing request",
    sign_type=_SIGNED_BY_TOKEN,
)

CORRECTION = Way(
    name="correction",
    meaning="each order adjusts or replaces (in turn) an invoice of its own that was issued before in another series",
    corrects=True,
)

AHEAD = Way(
    name="ahead",
    meaning="66 orders, 30 in a request, no pause: the next request is claimed while one is under way",
    most=30,
    first=62,
    places=66,
    ahead=True,
    environment={
        "INVOICER_LANE_MOST_INTENTS": "30",
        "INVOICER_LANE_PAUSE": "0",
        # Thirty invoices are fifteen times the work, on a machine that plays sixteen cells.
        "INVOICER_LANE_LEASE": "5",
        "INVOICER_LANE_DEADLINE": "2.5",
    },
)

OTHERS = (LATER, TOKEN, CORRECTION, AHEAD)
"""All but the table's own."""
