"""Which publish requests are under way for which series: MISA wants them strictly one after another.

The next one may be sent once the answer to the last one has been received (Open API §1.6). So a request is on record as
overlapping while another is processed, or waits for its answer on an open connection; only the former is a number race.
"""

from collections import defaultdict
from collections.abc import Callable
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
        self._unanswered: dict[Lane, dict[int, Callable[[], bool]]] = defaultdict(dict)
        """Requests in progress or waiting, and whether their callers are still there."""
        self._ended: dict[Lane, datetime] = {}

    def come(self, request: int, lanes: frozenset[Lane], is_there: Callable[[], bool]) -> None:
        """A request has come, whatever becomes of it; notes the overlaps."""
        for lane in lanes:
            waiting = {other for other, waits in self._unanswered[lane].items() if waits()}
            if earlier := self._busy[lane] | waiting:
                self._note(lane, max(earlier), request)
            self._unanswered[lane][request] = is_there

    def answered(self, request: int, lanes: frozenset[Lane]) -> None:
        """A request has its answer, or its connection has ended."""
        for lane in lanes:
            self._unanswered[lane].pop(request, None)

    def enter(self, request: int, lanes: frozenset[Lane]) -> frozenset[Lane]:
        """Processing begins; gives the lanes that another request is still busy with."""
        overlapping = frozenset(lane for lane in lanes if self._busy[lane])
        for lane in lanes:
            self._busy[lane].add(request)
        return overlapping

    def _note(self, lane: Lane, first: int, second: int) -> None:
        self._database.execute(
            "INSERT INTO overlaps (tax_code, base, first_request, second_request, at) VALUES (?, ?, ?, ?, ?)",
            (*lane, first, second, to_text(self._clock.now())),
        )

    def leave(self, request: int, lanes: frozenset[Lane]) -> None:
        """Processing is over."""
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

    def forget_ends(self) -> None:
        """The clock has been moved, or all is emptied: when requests ended says nothing now. Those under way go on."""
        self._ended.clear()
