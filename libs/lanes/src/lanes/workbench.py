"""How many lanes of a process work at a time, and who of them comes first: finish before you begin."""

import asyncio
from collections import deque


class Workbench:
    """Room for so many lanes at work. One that waits, for the vendor, a pause or an announcement, is not at work.

    What every lane does between its waits takes the processor and the database. Where all did it at the same time,
    each would take as long as all together, and a claim could outlast its lease before its request is out. So they
    stand in line where waiting harms nobody: before they claim. What is claimed or answered goes before them.
    """

    def __init__(self, room: int) -> None:
        """Room for so many, at least one."""
        self._free = room
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return len(self._urgent) + len(self._others)

    def place(self) -> "Place":
        """What one lane works at."""
        return Place(self)

    async def take(self, *, urgent: bool) -> None:
        """Wait for room; in order, but whoever has something to finish goes before those who begin."""
        if self._free > 0:
            self._free -= 1
            return
        line = self._urgent if urgent else self._others
        turn = asyncio.get_running_loop().create_future()
        line.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn in line:
                line.remove(turn)
            if not turn.cancelled():
                self.give_back()
            raise

    def give_back(self) -> None:
        """Make room for the next in line."""
        for line in (self._urgent, self._others):
            while line:
                turn = line.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._free += 1


class Place:
    """One lane at the bench: taken for work, left for every wait. Both may be called again and again."""

    def __init__(self, bench: Workbench) -> None:
        """Not taken yet."""
        self._bench = bench
        self._taken = False

    @property
    def wanted(self) -> bool:
        """Whether others wait for one."""
        return self._bench.waiting > 0

    async def take(self, *, urgent: bool = False) -> None:
        """Have the place, after those who came before; `urgent` is who has something to finish."""
        if not self._taken:
            await self._bench.take(urgent=urgent)
            self._taken = True

    async def take_turns(self) -> None:
        """Have the place, but let everybody in line go first."""
        if self.wanted:
            self.leave()
        await self.take()

    def leave(self) -> None:
        """Let others have it."""
        if self._taken:
            self._taken = False
            self._bench.give_back()
