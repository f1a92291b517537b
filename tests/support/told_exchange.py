"""An exchange as a vendor client tells it to its observer."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MOMENT = datetime(2026, 3, 14, 3, 7, 2, tzinfo=UTC)
LONG = timedelta(days=20_000)
"""How long exchanges of fixed moments are kept, so that MongoDB forgets none during a test (at most 2³¹ s)."""


@dataclass(frozen=True)
class Exchange:
    """What a vendor client tells."""

    method: str = "POST"
    path: str = "/invoice"
    request_body: str | None = '{"SignType": 2, "TotalAmount": 1.10}'
    status: int | None = 200
    response_body: str | None = '{"success": true}'
    error: str | None = None
    started_at: datetime = MOMENT
    elapsed: float = 0.25
    attempt: int = 1
