"""How long to wait before the next attempt."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Backoff:
    """Doubling delays between `first` and `longest`, each shortened by up to half at random.

    The randomness keeps replicas that failed together from coming back together.
    """

    first: timedelta = timedelta(milliseconds=500)
    longest: timedelta = timedelta(seconds=30)
    uniform: Callable[[float, float], float] = random.uniform

    def seconds(self, attempt: int) -> float:
        """Delay in seconds after the `attempt`-th failure; the first failure is 1."""
        doubled = self.first.total_seconds() * 2.0 ** min(attempt - 1, 32)
        return min(doubled, self.longest.total_seconds()) * self.uniform(0.5, 1.0)
