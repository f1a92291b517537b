"""What the engine asks of its database. One adapter: `lanes.mongo`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lanes.model import AccountRecord, Intent, IntentState, LaneRecord, Position


class StoreUnavailable(Exception):  # noqa: N818 - names what is so
    """The database could not be reached, or it is not known whether a write took effect. Trying again is safe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentChange:
    """An intent before and after.

    It takes effect only while the stored one has the version and state of `before`, and its `seen` if that changes.
    """

    before: Intent
    after: Intent


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What must still be so when a request is named, beside what a transition changes itself.

    The account runs, and after the transition nothing of the lane waits at or before `position`: nothing is skipped.
    """

    account: str
    position: Position | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One transaction over a lane, its intents and, for a fault that reaches further, its account.

    It takes effect whole, or not at all if the lane's revision or any intent's version has moved, or the guard does
    not hold. `lease_seconds` renews the lease from the database's now. `wakes`: the lane is due at once, also if
    its holder is about to put it to sleep.
    """

    before: LaneRecord
    after: LaneRecord
    intents: tuple[IntentChange, ...] = ()
    account: AccountRecord | None = None
    lease_seconds: float | None = None
    guard: Guard | None = None
    wakes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentFilter:
    """Which intents to list; what is None does not filter. The last change lies in `changed_since` <= t < `_before`."""

    lane: str | None = None
    account: str | None = None
    states: frozenset[IntentState] | None = None
    code: str | None = None
    labels: Mapping[str, str] | None = None
    ref_id_prefix: str | None = None
    changed_since: datetime | None = None
    changed_before: datetime | None = None


class LaneStore(Protocol):
    """Everything the engine keeps. Reads see only what a majority holds; writes return when a majority has them.

    Every method raises `StoreUnavailable` when the database is away.
    """

    async def now(self) -> datetime:
        """The database's clock."""

    async def known(self, ref_ids: Sequence[str]) -> Mapping[str, Intent]:
        """The intents that exist, by RefID."""

    async def stage(self, inserts_and_changes: Sequence[Intent | IntentChange]) -> bool:
        """Write in this order; False if anything changed meanwhile (what was written before it stays)."""

    async def wake(self, accounts_by_lane: Mapping[str, frozenset[str]]) -> None:
        """Tell lanes that there is work, creating those that are new."""

    async def due_lanes(self, *, grace_seconds: float, limit: int) -> Sequence[str]:
        """Lanes with work that nobody holds, longest waiting first."""

    async def acquire(self, lane: str, *, holder: str, lease_seconds: float) -> LaneRecord | None:
        """Take the lease with a new epoch; None while another's has not ended."""

    async def release(self, record: LaneRecord, *, wake_at: datetime | None) -> bool:
        """Give the lease back. False if work arrived since `record` was read: the lane is then due at once."""

    async def load(self, lane: str) -> LaneRecord | None:
        """The lane as it stands."""

    async def queue(self, lane: str, *, limit: int) -> Sequence[Intent]:
        """The first staged intents of a lane in order of position, and those further on that may be alive."""

    async def accounts(self, accounts: Sequence[str]) -> Mapping[str, AccountRecord]:
        """Accounts that were ever paused or blocked."""

    async def apply(self, transition: Transition) -> LaneRecord | None:
        """Apply a transition; the lane afterwards, or None if anything changed meanwhile."""

    async def stands(self, lane: LaneRecord, guard: Guard) -> bool:
        """Whether the lane is as it was read and the guard holds: asked before what was claimed ahead leaves."""

    async def change_intent(self, change: IntentChange) -> bool:
        """Change one intent that is not in flight; False if it changed meanwhile."""

    async def watched(self, *, limit: int) -> Sequence[Intent]:
        """Intents outside the lane's way whose look-up is due."""

    async def unannounced(self, *, grace_seconds: float, limit: int) -> Sequence[Intent]:
        """Intents with a change that was not announced, older than the grace; those being sent excepted."""

    async def mark_announced(self, versions: Mapping[str, int]) -> None:
        """Raise `announced` of intents to these versions, never lower it."""

    async def unannounced_lanes(self, *, limit: int) -> Sequence[LaneRecord]:
        """Lanes with a change of state that was not announced."""

    async def mark_lane_announced(self, lane: str, version: int) -> None:
        """Raise `announced` of a lane."""

    async def unannounced_accounts(self, *, limit: int) -> Sequence[AccountRecord]:
        """Accounts with a change of state that was not announced."""

    async def mark_account_announced(self, account: str, version: int) -> None:
        """Raise `announced` of an account."""

    async def set_account(self, account: AccountRecord) -> AccountRecord:
        """Store an account's state under its next version and wake its lanes."""

    async def find_lanes(
        self, *, account: str | None = None, after: str | None = None, limit: int = 200
    ) -> Sequence[LaneRecord]:
        """Lanes in order of their keys, from the one after `after`."""

    async def count_by_state(self, lanes: Sequence[str]) -> Mapping[str, Mapping[IntentState, int]]:
        """How many intents of each lane are in which state."""

    async def oldest_waiting(self, lanes: Sequence[str]) -> Mapping[str, datetime]:
        """Since when the head of each lane's queue has been waiting."""

    async def find_intents(self, where: IntentFilter, *, after: str | None, limit: int) -> Sequence[Intent]:
        """Intents newest first, from the one after the RefID `after`."""
