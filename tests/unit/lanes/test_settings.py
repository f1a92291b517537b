"""Numbers that contradict each other are refused."""

import pytest
from lanes.clock import SystemClock, backoff
from lanes.settings import LaneSettings


def test_lease_must_hold_a_call() -> None:
    """Trap: a call that outlasts its lease: one that could end during a call is refused with the remedy."""
    with pytest.raises(ValueError, match="raise the lease"):
        LaneSettings(lease_seconds=20.0, deadline_seconds=20.0)


def test_resend_limits_must_fit() -> None:
    """More whole resends than resends in all make no sense."""
    with pytest.raises(ValueError, match="whole_resends"):
        LaneSettings(whole_resends=5, resend_limit=4)


def test_backoff_doubles_up_to_its_limit() -> None:
    """Waits double and end at the longest."""
    assert [backoff(n, first=1.0, longest=5.0) for n in (1, 2, 3, 4, 400)] == [1.0, 2.0, 4.0, 5.0, 5.0]


async def test_system_clock_goes_on() -> None:
    """The clock rises while it sleeps."""
    clock = SystemClock()
    before = clock.monotonic()
    await clock.sleep(0.001)
    assert clock.monotonic() > before
