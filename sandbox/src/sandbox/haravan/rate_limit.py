"""The leaky bucket per shop (Haravan API call limit: 80 requests, 4 a second leak out)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

RETRY_AFTER = "2.0"
"""A decimal string, as Haravan sends it."""


@dataclass(slots=True)
class Bucket:
    """How full a shop's bucket is."""

    level: float = 0.0
    at: datetime | None = None
    closed_until: datetime | None = None

    def take(self, now: datetime, *, size: int, leak_per_second: float) -> bool:
        """Put one request in; False where it does not fit, or comes before Retry-After is over."""
        if self.at is not None:
            self.level = max(0.0, self.level - (now - self.at).total_seconds() * leak_per_second)
        self.at = now
        if self.closed_until is not None and now < self.closed_until:
            return False
        if self.level + 1 > size:
            self.closed_until = now + timedelta(seconds=float(RETRY_AFTER))
            return False
        self.level += 1
        return True

    def told(self, size: int) -> str:
        """`X-Haravan-Api-Call-Limit`: used/size."""
        return f"{min(size, int(self.level + 0.999))}/{size}"
