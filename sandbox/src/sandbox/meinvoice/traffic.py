"""Which publish requests are being processed for which series: MISA wants them strictly one after another."""

from collections import defaultdict
from datetime import datetime, timedelta

from sandbox.common.clock import Clock, to_text
from sandbox.common.database import Database

Lane = tuple[str, str]
"""Tax code and series without its year."""


class Traffic:
    """Requests in progress per series; notes every overlap, and lets one wait for those before it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._busy: dict[Lane, set[int]] = defaultdict(set)
        self._ended: dict[Lane, datetime] = {}

    def enter(self, request: int, lanes: frozenset[Lane]) -> frozenset[Lane]:
        """A request begins; gives the lanes that another one is still busy with."""
        overlapping = frozenset(lane for lane in lanes if self._busy[lane])
        for lane in overlapping:
            self._note(lane, max(self._busy[lane]), request)
        for lane in lanes:
            self._busy[lane].add(request)
        return overlapping

    def _note(self, lane: Lane, first: int, second: int) -> None:
        self._database.execute(
            "INSERT INTO overlaps (tax_code, base, first_request, second_request, at) VALUES (?, ?, ?, ?, ?)",
            (*lane, first, second, to_text(self._clock.now())),
        )

    def leave(self, request: int, lanes: frozenset[Lane]) -> None:
        """A request is over."""
        for lane in lanes:
            self._busy[lane].discard(request)
            self._ended[lane] = self._clock.now()

    def too_soon(self, lanes: frozenset[Lane], pause_seconds: float) -> frozenset[Lane]:
        """The lanes whose last request ended less than the pause ago."""
        earliest = self._clock.now() - timedelta(seconds=pause_seconds)
        return frozenset(lane for lane in lanes if lane in self._ended and self._ended[lane] > earliest)

    async def turn(self, request: int, lanes: frozenset[Lane]) -> None:
        """Wait until every request that came before on these lanes is over."""
        while any(earlier < request for lane in lanes for earlier in self._busy[lane]):
            await self._clock.sleep(0.005)

    def clear(self) -> None:
        """Forget everything."""
        self._busy.clear()
        self._ended.clear()
