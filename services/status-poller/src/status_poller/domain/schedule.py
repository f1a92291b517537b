"""When to ask, write and give up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.status import Verdict


@dataclass(frozen=True, slots=True)
class PollSchedule:
    """`first` are the delays of the first questions; then `until_verdict` apart; after acceptance `after_acceptance`.

    Nothing is asked later than `stop_after` after the invoice was first heard of.
    """

    first: tuple[timedelta, ...] = (
        timedelta(seconds=5),
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=15),
    )
    until_verdict: timedelta = timedelta(hours=1)
    after_acceptance: timedelta = timedelta(days=1)
    stop_after: timedelta = timedelta(days=30)

    def next(self, *, asked: int, verdict: Verdict, since: datetime, now: datetime) -> datetime | None:
        """When to ask again after `asked` answers, or None when it is over."""
        if verdict in (Verdict.ACCEPTED, Verdict.REFUSED):
            due = now + self.after_acceptance
        else:
            due = now + (self.first[asked] if asked < len(self.first) else self.until_verdict)
        return due if due <= since + self.stop_after else None


@dataclass(frozen=True, slots=True)
class WriteSchedule:
    """Delays between attempts to write: doubling from `first` to `longest`, until `give_up_after` has passed."""

    first: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(minutes=30)
    give_up_after: timedelta = timedelta(days=30)

    def next(self, *, failures: int, since: datetime, now: datetime) -> datetime | None:
        """When to try again after `failures` in a row, or None when it is over."""
        delay = _doubled(self.first, self.longest, failures)
        return now + delay if now <= since + self.give_up_after else None


@dataclass(frozen=True, slots=True)
class FailureBackoff:
    """Delays after questions that got no answer."""

    first: timedelta = timedelta(seconds=10)
    longest: timedelta = timedelta(hours=1)

    def delay(self, failures: int) -> timedelta:
        """How long to wait after `failures` in a row."""
        return _doubled(self.first, self.longest, failures)


def _doubled(first: timedelta, longest: timedelta, failures: int) -> timedelta:
    return min(first * (1 << min(failures - 1, 20)), longest)
