"""Rule 5: every change is announced at least once, by the worker that made it or by the sweep."""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence

from lanes.model import AccountRecord, Intent, LaneChange, LaneRecord, Scope
from lanes.ports import Announcer, Count, FailPoint, FailPointHook, Metrics
from lanes.store import LaneStore

log = logging.getLogger(__name__)

SWEEP_LIMIT = 200
MOST_FAILURES = 3


class Announcing:
    """Announces intents, lanes and accounts, and keeps what was announced."""

    def __init__(
        self, store: LaneStore, announcer: Announcer, metrics: Metrics, fail_point: FailPointHook, grace_seconds: float
    ) -> None:
        """Announce what this store holds."""
        self._store = store
        self._announcer = announcer
        self._metrics = metrics
        self._fail_point = fail_point
        self._grace_seconds = grace_seconds
        self._failed: dict[str, int] = {}

    async def announce(self, intents: Sequence[Intent]) -> bool:
        """Announce now; a failure is left to the sweep."""
        if not intents:
            return True
        self._fail_point(FailPoint.ANNOUNCE_BEFORE_SEND)
        try:
            await self._announcer.announce(intents)
            self._fail_point(FailPoint.ANNOUNCE_AFTER_SEND)
            await self._store.mark_announced({intent.ref_id: intent.version for intent in intents})
            self._fail_point(FailPoint.ANNOUNCE_AFTER_MARK)
        except Exception:  # the announcer is foreign code, and the sweep comes back to it
            self._metrics.count(Count.ANNOUNCE_FAILURES)
            log.warning("announcing failed, the sweep tries again", exc_info=True)
            return False
        return True

    async def announce_lane(self, lane: LaneRecord) -> bool:
        """Announce the state of a lane now; a failure is left to the sweep."""
        if not lane.unannounced:
            return True
        try:
            await self._announcer.announce_lane(_lane_change(lane))
            await self._store.mark_lane_announced(lane.lane, lane.version)
        except Exception:  # as above
            self._metrics.count(Count.ANNOUNCE_FAILURES)
            log.warning("announcing a lane failed, the sweep tries again", exc_info=True)
            return False
        return True

    async def sweep_accounts(self) -> None:
        """Announce every change of an account that was not announced; a failure is left to the sweep."""
        try:
            for account in await self._store.unannounced_accounts(limit=SWEEP_LIMIT):
                await self._announcer.announce_lane(_account_change(account))
                await self._store.mark_account_announced(account.account, account.version)
        except Exception:  # as above
            self._metrics.count(Count.ANNOUNCE_FAILURES)
            log.warning("announcing an account failed, the sweep tries again", exc_info=True)

    async def sweep(self) -> None:
        """Announce what a crash or a failure left behind."""
        await self.sweep_accounts()
        for lane in await self._store.unannounced_lanes(limit=SWEEP_LIMIT):
            await self.announce_lane(lane)
        while True:
            limit = SWEEP_LIMIT + len(self._failed)  # what cannot be said is the oldest: others stand behind it
            intents = await self._store.unannounced(grace_seconds=self._grace_seconds, limit=limit)
            announced = await self.announce(intents)
            if not announced and len(intents) > 1:
                await self._one_by_one(intents)
            if not announced or len(intents) < limit:
                return

    async def _one_by_one(self, intents: Sequence[Intent]) -> None:
        """One that can't be announced must not hold up those behind it; several mean that nothing gets through.

        Those that failed by themselves come last, so that however many there are the others get through in the end.
        """
        failures = 0
        failed = {i.ref_id: i.version for i in intents if self._failed.get(i.ref_id) == i.version}
        for intent in sorted(intents, key=lambda intent: intent.ref_id in failed):
            if not await self.announce([intent]):
                failures += 1
                failed[intent.ref_id] = intent.version
            if failures > MOST_FAILURES:
                break
        self._failed = failed


def _lane_change(lane: LaneRecord) -> LaneChange:
    return LaneChange(
        scope=Scope.LANE,
        key=lane.lane,
        state=lane.state,
        code=lane.code,
        reason=lane.reason,
        version=lane.version,
        at=lane.state_since or lane.now,
    )


def _account_change(account: AccountRecord) -> LaneChange:
    if account.state_since is None:
        raise ValueError(f"account {account.account} has no time of its change")
    return LaneChange(
        scope=Scope.ACCOUNT,
        key=account.account,
        state=account.state,
        code=account.code,
        reason=account.reason,
        version=account.version,
        at=account.state_since,
    )


class AnnouncementQueue:
    """Announcements of one lane beside its work, one after the other.

    One is under way and one waits, at most: an answer that has come can still be recorded then, and a slow announcer
    slows the lane.
    """

    def __init__(self, announcing: Announcing) -> None:
        """Announce through this."""
        self._announcing = announcing
        self._under_way: deque[tuple[asyncio.Task[bool], asyncio.Event | None]] = deque()

    @property
    def busy(self) -> bool:
        """Whether an announcement is under way, so that the next has to wait."""
        return any(not task.done() for task, _ in self._under_way)

    async def put(self, intents: Sequence[Intent], *, after: asyncio.Event | None = None) -> None:
        """Begin this one when the one before is done; once `after` is set, or as soon as it is waited for.

        What has just been claimed goes out first: making a batch of events takes the processor for some milliseconds.
        """
        while len(self._under_way) > 1:
            await self._first()
        before = self._under_way[-1][0] if self._under_way else None
        task = asyncio.create_task(self._announce(intents, before, after))
        self._under_way.append((task, after))

    async def _announce(
        self, intents: Sequence[Intent], before: asyncio.Task[bool] | None, after: asyncio.Event | None
    ) -> bool:
        if before is not None:
            await asyncio.wait({before})
        if after is not None:
            await after.wait()
        return await self._announcing.announce(intents)

    async def finish(self) -> None:
        """Wait for the announcements under way."""
        while self._under_way:
            await self._first()

    async def _first(self) -> None:
        task, gate = self._under_way.popleft()
        if gate is not None:
            gate.set()
        await task
