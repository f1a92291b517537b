"""Haravan's leaky bucket, as its answers tell of it.

80 calls fit, 4 a second leak, counted per shop; each answer says `X-Haravan-Api-Call-Limit: used/capacity`
(Haravan API documentation, "Rate limit").
"""

from dataclasses import dataclass

LEAK_PER_SECOND = 4.0
_KEEP_FREE = 8


@dataclass(slots=True)
class Bucket:
    """What is known of a shop's bucket; `pause` says how long to wait before the next call."""

    used: float = 0.0
    capacity: float = 80.0
    seen_at: float = 0.0
    closed_until: float = 0.0

    def learn(self, header: str | None, now: float) -> None:
        """Take over `used/capacity`; a header that cannot be read is ignored."""
        used, _, capacity = (header or "").partition("/")
        try:
            self.used, self.capacity, self.seen_at = float(used), float(capacity), now
        except ValueError:
            return

    def close(self, seconds: float, now: float) -> None:
        """No calls for some time: Haravan throttles those that come before `Retry-After` has passed."""
        self.closed_until = max(self.closed_until, now + seconds)

    def pause(self, now: float) -> float:
        """Seconds to wait so that some room stays for others of the shop."""
        level = max(0.0, self.used - (now - self.seen_at) * LEAK_PER_SECOND)
        overfull = level - (self.capacity - _KEEP_FREE)
        return max(0.0, self.closed_until - now, overfull / LEAK_PER_SECOND)
