"""How much of the processor this process and the machine have used since a moment."""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

_STAT = Path("/proc/stat")
_SCHEDULED = Path("/proc/self/schedstat")
"""Nanoseconds that this process's main thread ran, and that it waited for a processor (kernel's sched-stats.rst)."""
_IDLE = slice(3, 5)
"""`idle` and `iowait` among the first eight columns of /proc/stat (proc_stat(5))."""


def _jiffies() -> tuple[int, int] | None:
    """Idle and all time of all processors; None where there is no /proc."""
    if not _STAT.exists():
        return None
    columns = [int(text) for text in _STAT.read_text().split("\n", 1)[0].split()[1:9]]
    return sum(columns[_IDLE]), sum(columns)


def _waited() -> float | None:
    """Seconds that this process could have run and got no processor; None where the kernel does not say."""
    if not _SCHEDULED.exists():
        return None
    return int(_SCHEDULED.read_text().split()[1]) / 1e9


@dataclass(slots=True)
class Processor:
    """A stretch of work, from when this is made."""

    _began: float = field(default_factory=time.monotonic)
    _used: float = field(default_factory=time.process_time)
    _machine: tuple[int, int] | None = field(default_factory=_jiffies)
    _waited: float | None = field(default_factory=_waited)

    @property
    def seconds(self) -> float:
        """Seconds that have passed."""
        return time.monotonic() - self._began

    @property
    def used(self) -> float:
        """Processor seconds of this process, all its threads together."""
        return time.process_time() - self._used

    @property
    def busy(self) -> float:
        """Processors that this process keeps busy: 1 is one whole core, which is all that Python can use."""
        return self.used / self.seconds

    @property
    def wanted(self) -> float:
        """As `busy`, and the share in which it waited for a processor that others had."""
        now = _waited()
        waited = 0.0 if now is None or self._waited is None else now - self._waited
        return self.busy + waited / self.seconds

    @property
    def machine(self) -> float | None:
        """The share of all processors that was busy, other processes included; None where it cannot be read."""
        now = _jiffies()
        if now is None or self._machine is None or now[1] == self._machine[1]:
            return None
        return 1 - (now[0] - self._machine[0]) / (now[1] - self._machine[1])


def cores() -> int:
    """How many processors the machine has."""
    return os.cpu_count() or 1
