"""What outlives every worker of a world in virtual time: store, vendor, commands, and those who read announcements."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from lanes.model import Command, Intent, LaneChange, Position, Scope
from lanes.ports import Count
from lanes.settings import LaneSettings
from support.lane_memory import MemoryLaneStore
from support.strict_vendor import StrictVendor
from support.virtual_time import VirtualLoop

START = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SECONDS_A_DAY = 120.0
"""Days are short, so that re-dating shows."""
HOLD = "hold"


class Crash(BaseException):
    """The process is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A command that takes back what another one asked for."""

    ref_id: str
    lane: str


Logged = tuple[Command | Withdrawal, Position]


@dataclass
class Consumers:
    """Who reads the announcements: keeps the highest version of everything."""

    intents: dict[str, Intent] = field(default_factory=dict)
    lanes: dict[tuple[Scope, str], LaneChange] = field(default_factory=dict)
    failures: int = 0

    def tell(self, intents: Sequence[Intent]) -> None:
        """Take notice, unless the broker is away."""
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the broker is away")
        for intent in intents:
            known = self.intents.get(intent.ref_id)
            if known is None or known.version < intent.version:
                self.intents[intent.ref_id] = intent

    def tell_lane(self, change: LaneChange) -> None:
        """Take notice, unless the broker is away."""
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the broker is away")
        known = self.lanes.get((change.scope, change.key))
        if known is None or known.version < change.version:
            self.lanes[change.scope, change.key] = change


@dataclass
class World:
    """What outlives every worker."""

    settings: LaneSettings
    loop: VirtualLoop = field(default_factory=VirtualLoop)
    seen: Counter[str] = field(default_factory=Counter)
    counts: Counter[Count] = field(default_factory=Counter)
    log: list[Logged] = field(default_factory=list)
    committed: int = 0
    consumers: Consumers = field(default_factory=Consumers)

    def __post_init__(self) -> None:
        """Begin at `START`."""
        self.store = MemoryLaneStore(lambda: START + timedelta(seconds=self.loop.time()))
        self.vendor = StrictVendor(self.loop, self.settings, seen=self.seen)
        self.violations = self.vendor.violations
