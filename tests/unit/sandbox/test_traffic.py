"""Which requests of a series overlap, and which race."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sandbox.common.clock import MovableClock
from sandbox.common.database import Database
from sandbox.meinvoice.store import SCHEMA
from sandbox.meinvoice.traffic import Traffic

LANES = frozenset({("0101243150", "1C__TAA")})


@dataclass
class Road:
    """Traffic, and what it has noted."""

    database: Database
    clock: MovableClock
    traffic: Traffic

    def overlaps(self) -> list[tuple[int, int]]:
        """First and second request."""
        rows = self.database.rows("SELECT first_request, second_request FROM overlaps ORDER BY id")
        return [(row["first_request"], row["second_request"]) for row in rows]

    def come(self, request: int, is_there: Callable[[], bool] = lambda: True) -> None:
        """A request comes."""
        self.traffic.come(request, LANES, is_there)


@pytest.fixture
def road() -> Iterator[Road]:
    """An empty road."""
    database, clock = Database(":memory:", SCHEMA), MovableClock(time=lambda: datetime(2026, 3, 16, tzinfo=UTC))
    yield Road(database, clock, Traffic(database, clock))
    database.close()


def test_what_is_under_way_outlasts_a_move_of_the_clock(road: Road) -> None:
    """Only when requests ended is forgotten: one that is still processed overlaps and races as before."""
    road.come(1)
    road.traffic.enter(1, LANES)
    road.traffic.forget_ends()
    road.come(2)
    assert road.traffic.enter(2, LANES) == LANES
    assert road.overlaps() == [(1, 2)]


def test_ends_are_forgotten_when_the_clock_moves(road: Road) -> None:
    """A time of another clock demands no pause."""
    road.traffic.enter(1, LANES)
    road.traffic.leave(1, LANES)
    road.clock.offset -= timedelta(days=1)
    assert road.traffic.too_soon(LANES, 3) == LANES
    road.traffic.forget_ends()
    assert road.traffic.too_soon(LANES, 3) == frozenset()


def test_a_request_overlaps_until_it_is_answered_or_its_caller_has_gone(road: Road) -> None:
    """It is on record while the caller of another waits, processed or not; a race only while that is processed."""
    gone: list[int] = []
    road.come(1, lambda: 1 not in gone)  # never processed
    road.come(2)
    assert road.traffic.enter(2, LANES) == frozenset()
    road.traffic.leave(2, LANES)
    road.come(3)
    road.traffic.answered(2, LANES)
    gone.append(1)
    road.traffic.answered(3, LANES)
    road.come(4)
    assert road.overlaps() == [(1, 2), (2, 3)]


def test_what_is_processed_overlaps_although_its_caller_has_gone(road: Road) -> None:
    """MISA works on it, whoever waits."""
    road.come(1, lambda: False)
    road.traffic.enter(1, LANES)
    road.come(2)
    assert road.traffic.enter(2, LANES) == LANES
    assert road.overlaps() == [(1, 2)]
