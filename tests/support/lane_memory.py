"""`LaneStore` in memory: what `lanes.mongo` does, without a database. Both pass the same conformance tests."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from lanes.model import AccountRecord, Intent, IntentState, LaneRecord, LaneState
from lanes.store import Guard, IntentChange, IntentFilter, Transition

_MADE_BY_TRANSITIONS = (
    "state", "code", "reason", "state_since", "paused_for", "last_date", "in_flight", "next_at", "failures", "version",
    "unannounced",
)  # fmt: skip
_INTENT_FIELDS = tuple(field.name for field in fields(Intent))
_WAITING = frozenset({IntentState.STAGED, IntentState.SENDING, IntentState.ACCEPTED, IntentState.UNKNOWN})


class MemoryLaneStore:
    """Lanes, intents and accounts in dictionaries. Every method takes effect at once and whole."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Use this clock as the database's."""
        self._clock = clock
        self.lanes: dict[str, LaneRecord] = {}
        self.intents: dict[str, Intent] = {}
        self.account_records: dict[str, AccountRecord] = {}
        self._account_news: set[str] = set()

    async def now(self) -> datetime:
        """The clock."""
        return self._clock()

    async def known(self, ref_ids: Sequence[str]) -> Mapping[str, Intent]:
        """The intents that exist."""
        return {ref_id: self.intents[ref_id] for ref_id in ref_ids if ref_id in self.intents}

    async def stage(self, inserts_and_changes: Sequence[Intent | IntentChange]) -> bool:
        """Write in order; an insert of what exists ends it, and so does a change of what has changed."""
        for write in inserts_and_changes:
            if isinstance(write, IntentChange):
                if not self._change(write):
                    return False
            elif write.ref_id in self.intents:
                return False
            else:
                self.intents[write.ref_id] = write
        return True

    def _change(self, change: IntentChange) -> bool:
        before, after = change.before, change.after
        stored = self.intents.get(before.ref_id)
        if stored is None or (stored.version, stored.state) != (before.version, before.state):
            return False
        if after.seen != before.seen != stored.seen:
            return False
        self.intents[before.ref_id] = replace(stored, **_differing(before, after, _INTENT_FIELDS))
        return True

    async def wake(self, accounts_by_lane: Mapping[str, frozenset[str]]) -> None:
        """Make lanes due."""
        for lane, accounts in accounts_by_lane.items():
            self._wake(lane, accounts)

    def _wake(self, lane: str, accounts: frozenset[str]) -> None:
        now = self._clock()
        known = self.lanes.get(lane) or LaneRecord(lane=lane, revision=0, epoch=0, now=now)
        self.lanes[lane] = replace(
            known,
            staged_count=known.staged_count + 1,
            accounts=known.accounts | accounts,
            wake_at=min(known.wake_at or now, now),
        )

    async def due_lanes(self, *, grace_seconds: float, limit: int) -> Sequence[str]:
        """Lanes with work that nobody holds."""
        since = self._clock() - timedelta(seconds=grace_seconds)
        due = [
            (r.wake_at, r.lane) for r in self.lanes.values() if r.wake_at and r.wake_at <= since and self._can_act(r)
        ]
        return [lane for _, lane in sorted(due)[:limit]]

    def _can_act(self, record: LaneRecord) -> bool:
        return self._is_free(record) and (record.state is LaneState.RUNNING or record.in_flight is not None)

    def _is_free(self, record: LaneRecord) -> bool:
        return record.lease_end is None or record.lease_end <= self._clock()

    async def acquire(self, lane: str, *, holder: str, lease_seconds: float) -> LaneRecord | None:
        """Take the lease if it is free."""
        known = self.lanes.get(lane)
        if known is None or not self._is_free(known):
            return None
        now = self._clock()
        self.lanes[lane] = replace(
            known,
            holder=holder,
            epoch=known.epoch + 1,
            revision=known.revision + 1,
            lease_end=now + timedelta(seconds=lease_seconds),
        )
        return replace(self.lanes[lane], now=now)

    async def release(self, record: LaneRecord, *, wake_at: datetime | None) -> bool:
        """Give the lease back if it is ours."""
        known = self.lanes.get(record.lane)
        if known is None or known.epoch != record.epoch:
            return True
        nothing_new = known.staged_count == record.staged_count
        wake = wake_at if nothing_new else known.wake_at or self._clock()
        self.lanes[record.lane] = replace(known, holder=None, lease_end=None, wake_at=wake)
        return nothing_new

    async def load(self, lane: str) -> LaneRecord | None:
        """The lane with the time."""
        known = self.lanes.get(lane)
        return replace(known, now=self._clock()) if known else None

    async def queue(self, lane: str, *, limit: int) -> Sequence[Intent]:
        """The head of the queue, and what may be alive behind it."""
        staged = [i for i in self.intents.values() if i.command.lane == lane and i.state is IntentState.STAGED]
        ordered = sorted(staged, key=lambda intent: intent.position)
        return [*ordered[:limit], *[i for i in ordered[limit:] if i.open_attempts][:limit]]

    async def accounts(self, accounts: Sequence[str]) -> Mapping[str, AccountRecord]:
        """Accounts with a state of their own."""
        return {name: self.account_records[name] for name in accounts if name in self.account_records}

    async def apply(self, transition: Transition) -> LaneRecord | None:
        """Whole or not at all."""
        before, after = transition.before, transition.after
        stored = self.lanes.get(before.lane)
        if stored is None or stored.revision != before.revision:
            return None
        intents = dict(self.intents)
        changed = [self._change(change) for change in transition.intents]
        if not all(changed) or not self._holds(before.lane, transition.guard):
            self.intents = intents
            return None
        changes = _differing(before, after, _MADE_BY_TRANSITIONS)
        if transition.lease_seconds is not None:
            changes["lease_end"] = self._clock() + timedelta(seconds=transition.lease_seconds)
        self.lanes[before.lane] = replace(stored, revision=stored.revision + 1, **changes)
        if transition.wakes:
            self._wake(before.lane, frozenset())
        if transition.account:
            self._block(transition.account)
        return replace(after, revision=before.revision + 1)

    async def stands(self, lane: LaneRecord, guard: Guard) -> bool:
        """Whether nothing has moved."""
        return self.lanes[lane.lane].revision == lane.revision and self._holds(lane.lane, guard)

    def _holds(self, lane: str, guard: Guard | None) -> bool:
        if guard is None:
            return True
        account = self.account_records.get(guard.account)
        runs = account is None or account.state is LaneState.RUNNING
        waiting = (i for i in self.intents.values() if i.command.lane == lane and i.state is IntentState.STAGED)
        return runs and (guard.position is None or all(i.position > guard.position for i in waiting))

    def _block(self, account: AccountRecord) -> None:
        stored = self.account_records.get(account.account)
        if stored is None or (stored.state, stored.code) != (account.state, account.code):
            self._store_account(account)

    def _store_account(self, account: AccountRecord) -> AccountRecord:
        stored = self.account_records.get(account.account)
        version, announced = (stored.version + 1, stored.announced) if stored else (1, 0)
        self.account_records[account.account] = replace(account, version=version, announced=announced)
        self._account_news.add(account.account)
        return self.account_records[account.account]

    async def change_intent(self, change: IntentChange) -> bool:
        """Change one."""
        return self._change(change)

    async def watched(self, *, limit: int) -> Sequence[Intent]:
        """What is due for a look-up beside the lanes."""
        now = self._clock()
        due = [(i.watch_at, i.ref_id) for i in self.intents.values() if i.watch_at and i.watch_at <= now]
        return [self.intents[ref_id] for _, ref_id in sorted(due)[:limit]]

    async def unannounced(self, *, grace_seconds: float, limit: int) -> Sequence[Intent]:
        """Changes nobody knows of."""
        since = self._clock() - timedelta(seconds=grace_seconds)
        due = [i for i in self.intents.values() if i.unannounced and i.state is not IntentState.SENDING]
        old = [(i.changed_at, i.ref_id) for i in due if i.changed_at and i.changed_at <= since]
        return [self.intents[ref_id] for _, ref_id in sorted(old)[:limit]]

    async def mark_announced(self, versions: Mapping[str, int]) -> None:
        """Never lower."""
        for ref_id, version in versions.items():
            known = self.intents.get(ref_id)
            if known:
                announced = max(known.announced, version)
                self.intents[ref_id] = replace(known, announced=announced, unannounced=known.version > announced)

    async def unannounced_lanes(self, *, limit: int) -> Sequence[LaneRecord]:
        """Lanes with news."""
        now = self._clock()
        return [replace(record, now=now) for record in self.lanes.values() if record.unannounced][:limit]

    async def mark_lane_announced(self, lane: str, version: int) -> None:
        """Never lower."""
        known = self.lanes.get(lane)
        if known:
            announced = max(known.announced, version)
            self.lanes[lane] = replace(known, announced=announced, unannounced=known.version > announced)

    async def unannounced_accounts(self, *, limit: int) -> Sequence[AccountRecord]:
        """Accounts with news."""
        return [self.account_records[name] for name in sorted(self._account_news)][:limit]

    async def mark_account_announced(self, account: str, version: int) -> None:
        """Never lower."""
        known = self.account_records.get(account)
        if known:
            announced = max(known.announced, version)
            self.account_records[account] = replace(known, announced=announced)
            if known.version <= announced:
                self._account_news.discard(account)

    async def set_account(self, account: AccountRecord) -> AccountRecord:
        """Store and wake."""
        stored = self._store_account(account)
        for lane in [record.lane for record in self.lanes.values() if account.account in record.accounts]:
            self._wake(lane, frozenset({account.account}))
        return stored

    async def find_lanes(
        self, *, account: str | None = None, after: str | None = None, limit: int = 200
    ) -> Sequence[LaneRecord]:
        """Lanes in order of their keys."""
        now = self._clock()
        found = [r for r in self.lanes.values() if account is None or account in r.accounts]
        later = sorted((r for r in found if after is None or r.lane > after), key=lambda r: r.lane)
        return [replace(record, now=now) for record in later[:limit]]

    async def count_by_state(self, lanes: Sequence[str]) -> Mapping[str, Mapping[IntentState, int]]:
        """Counts."""
        counts: dict[str, Counter[IntentState]] = {}
        for intent in self.intents.values():
            if intent.command.lane in lanes:
                counts.setdefault(intent.command.lane, Counter())[intent.state] += 1
        return counts

    async def oldest_waiting(self, lanes: Sequence[str]) -> Mapping[str, datetime]:
        """The oldest that waits."""
        oldest: dict[str, datetime] = {}
        for intent in self.intents.values():
            lane = intent.command.lane
            if lane in lanes and intent.state in _WAITING and intent.staged_at:
                oldest[lane] = min(oldest.get(lane, intent.staged_at), intent.staged_at)
        return oldest

    async def find_intents(self, where: IntentFilter, *, after: str | None, limit: int) -> Sequence[Intent]:
        """Newest first."""
        found = sorted((i for i in self.intents.values() if _matches(i, where)), key=lambda i: i.ref_id)
        found.sort(key=_staged_at, reverse=True)
        if after is not None:
            if after not in self.intents:
                raise LookupError(f"no intent {after} to continue after: begin again without it")
            last = self.intents[after]
            found = [i for i in found if (_staged_at(last), i.ref_id) > (_staged_at(i), last.ref_id)]
        return found[:limit]


def _staged_at(intent: Intent) -> datetime:
    if intent.staged_at is None:
        raise ValueError(f"{intent.ref_id} was never staged")
    return intent.staged_at


def _matches(intent: Intent, where: IntentFilter) -> bool:
    command = intent.command
    return (
        (where.lane is None or command.lane == where.lane)
        and (where.account is None or command.account == where.account)
        and (where.states is None or intent.state in where.states)
        and (where.code is None or intent.code == where.code)
        and (
            where.changed_since is None or (intent.changed_at is not None and intent.changed_at >= where.changed_since)
        )
        and (
            where.changed_before is None or (intent.changed_at is not None and intent.changed_at < where.changed_before)
        )
        and (where.ref_id_prefix is None or intent.ref_id.startswith(where.ref_id_prefix))
        and all(command.labels.get(name) == value for name, value in (where.labels or {}).items())
    )


def _differing(before: Any, after: Any, names: Iterable[str]) -> dict[str, Any]:
    """What a change says; `unannounced` may have been cleared since `before` was read, so that news say it anew."""
    news = after.unannounced and after.version != before.version
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in names)
    return {name: new for name, old, new in pairs if old != new or (news and name == "unannounced")}
