"""Rule 1: commands become intents, in order, before their offset is committed."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from lanes.clock import SystemClock, backoff
from lanes.model import Command, Intent, IntentState, Position
from lanes.ports import Clock, Count, FailPoint, FailPointHook, Metrics, NoMetrics, no_fail_point
from lanes.store import IntentChange, LaneStore, StoreUnavailable

log = logging.getLogger(__name__)

LONGEST_RETRY_SECONDS = 5.0

Result = TypeVar("Result")


class StageKind(StrEnum):
    """What became of a command."""

    STAGED = "staged"
    REDELIVERED = "redelivered"
    """Seen before at this position or above: nothing happened."""
    REPOSITIONED = "repositioned"
    """A retry: at the tail, with the command's content."""
    CONTENT_REPLACED = "content_replaced"
    """Never sent so far: keeps its place with the command's content."""
    STANDS = "stands"
    """An attempt may be alive or succeeded; the command says the same: nothing happened."""
    CONFLICT = "conflict"
    """As `STANDS`, but the command says something else: raise an alarm."""
    WITHDRAWN = "withdrawn"
    """Taken back: it was never sent, or refused every time."""


@dataclass(frozen=True, slots=True)
class StageOutcome:
    """What became of one command; `intent` is what is stored now."""

    kind: StageKind
    intent: Intent


def place(known: Intent | None, command: Command, position: Position, at: datetime) -> StageOutcome:
    """What a command at a position means for what is stored under its RefID."""
    if known is None:
        fresh = Intent(command=command, position=position, seen={command.lane: position}, staged_at=at, changed_at=at)
        return StageOutcome(StageKind.STAGED, fresh)
    last_seen = known.seen.get(command.lane)
    if last_seen is not None and position <= last_seen:
        return StageOutcome(StageKind.REDELIVERED, known)
    noticed = replace(known, seen={**known.seen, command.lane: position})
    if not known.refused_every_time:
        same = (command.content, command.lane, command.account) == (
            known.command.content,
            known.command.lane,
            known.command.account,
        )
        return StageOutcome(StageKind.STANDS if same else StageKind.CONFLICT, noticed)
    keeps_place = (
        known.attempts == 0
        and known.state in {IntentState.STAGED, IntentState.HELD}
        and known.command.lane == command.lane
    )
    if keeps_place and known.state is IntentState.STAGED and known.command == command:
        return StageOutcome(StageKind.STANDS, noticed)
    again = _queued_again(noticed, command, known.position if keeps_place else position, at)
    return StageOutcome(StageKind.CONTENT_REPLACED if keeps_place else StageKind.REPOSITIONED, again)


def take_back(known: Intent, lane: str, position: Position, reason: str, at: datetime) -> StageOutcome:
    """What a withdrawal at a position of this lane's commands means; one that was seen before must not be repeated.

    Between the withdrawal and its redelivery a new command may have brought the intent back, or to another lane,
    whose commands are read beside these.
    """
    last_seen = known.seen.get(lane)
    if last_seen is not None and position <= last_seen:
        return StageOutcome(StageKind.REDELIVERED, known)
    noticed = replace(known, seen={**known.seen, lane: position})
    if known.command.lane != lane or not known.refused_every_time:
        return StageOutcome(StageKind.STANDS, noticed)
    if known.state is IntentState.WITHDRAWN:
        return StageOutcome(StageKind.WITHDRAWN, noticed)
    return StageOutcome(StageKind.WITHDRAWN, withdrawn(noticed, reason, at))


def withdrawn(intent: Intent, reason: str, at: datetime) -> Intent:
    """An intent that is out of its lane until a new command comes."""
    return intent.changed(at, state=IntentState.WITHDRAWN, code="Withdrawn", reason=reason, watch_at=None)


def _queued_again(intent: Intent, command: Command, position: Position, at: datetime) -> Intent:
    return intent.changed(
        at,
        command=command,
        position=position,
        state=IntentState.STAGED,
        code=None,
        reason=None,
        tries=0,
        not_before=None,
        alone=False,
        not_found=0,
        unclear=0,
        resends=0,
        watch_at=None,
        watch_until=None,
    )


class Stager:
    """Stores commands as intents. `stage` returns only when they are safe; commit the offset after it."""

    def __init__(
        self,
        store: LaneStore,
        *,
        clock: Clock | None = None,
        metrics: Metrics | None = None,
        fail_point: FailPointHook = no_fail_point,
    ) -> None:
        """Stage into this store."""
        self._store = store
        self._clock = clock or SystemClock()
        self._metrics = metrics or NoMetrics()
        self._fail_point = fail_point

    async def stage(self, commands: Sequence[tuple[Command, Position]]) -> list[StageOutcome]:
        """Stage commands in this order (one outcome for each) and wake their lanes.

        While the database is away it keeps trying; cancel it to give up. Staging the same again changes nothing.
        """
        outcomes: list[StageOutcome] = []
        for chunk in _without_repeats(commands):
            outcomes += await self._until_stored(chunk)
        return outcomes

    async def withdraw(self, ref_id: str, *, lane: str, position: Position, reason: str) -> StageOutcome | None:
        """Take an intent back at this position of its lane's commands; None if there is no such intent.

        As `stage`, it keeps trying while the database is away, and the same again changes nothing.
        """

        async def once() -> tuple[StageOutcome | None] | None:
            known = (await self._store.known([ref_id])).get(ref_id)
            if known is None:
                return (None,)
            outcome = take_back(known, lane, position, reason, await self._store.now())
            write = _write(known, outcome)
            return (outcome,) if write is None or await self._store.stage([write]) else None

        return (await self._until(once))[0]

    async def _until_stored(self, chunk: Sequence[tuple[Command, Position]]) -> list[StageOutcome]:
        return await self._until(lambda: self._stage_once(chunk))

    async def _until(self, once: Callable[[], Awaitable[Result | None]]) -> Result:
        """Again while the database is away, and again when something changed meanwhile (None)."""
        failures = 0
        while True:
            try:
                result = await once()
            except StoreUnavailable as error:
                log.warning("staging waits for the database: %s", error)
                result, first = None, 0.1
            else:
                first = 0.01
            if result is not None:
                return result
            failures += 1
            await self._clock.sleep(backoff(failures, first=first, longest=LONGEST_RETRY_SECONDS))

    async def _stage_once(self, chunk: Sequence[tuple[Command, Position]]) -> list[StageOutcome] | None:
        known = await self._store.known([command.ref_id for command, _ in chunk])
        at = await self._store.now()
        outcomes = [place(known.get(command.ref_id), command, position, at) for command, position in chunk]
        writes = [write for outcome in outcomes if (write := _write(known.get(outcome.intent.ref_id), outcome))]
        self._fail_point(FailPoint.STAGE_BEFORE_INSERT)
        if writes and not await self._store.stage(writes):
            return None
        self._fail_point(FailPoint.STAGE_AFTER_INSERT)
        await self._store.wake(_accounts_by_lane(outcomes))
        self._fail_point(FailPoint.STAGE_AFTER_WAKE)
        self._report(outcomes)
        return outcomes

    def _report(self, outcomes: Sequence[StageOutcome]) -> None:
        for outcome in outcomes:
            if outcome.kind is StageKind.CONFLICT:
                self._metrics.count(Count.CONFLICTS)
                log.error(
                    "other content for an intent that was already sent; the first stands",
                    extra={"ref_id": outcome.intent.ref_id, "lane": outcome.intent.command.lane},
                )


def _write(known: Intent | None, outcome: StageOutcome) -> Intent | IntentChange | None:
    if known is None:
        return outcome.intent
    if outcome.kind is StageKind.REDELIVERED:
        return None
    return IntentChange(before=known, after=outcome.intent)


def _accounts_by_lane(outcomes: Sequence[StageOutcome]) -> dict[str, frozenset[str]]:
    lanes: dict[str, frozenset[str]] = {}
    for outcome in outcomes:
        command = outcome.intent.command
        lanes[command.lane] = lanes.get(command.lane, frozenset()) | {command.account}
    return lanes


def _without_repeats(commands: Sequence[tuple[Command, Position]]) -> list[list[tuple[Command, Position]]]:
    """Cut into runs in which no RefID appears twice: the second must see what the first did."""
    chunks: list[list[tuple[Command, Position]]] = []
    seen: set[str] = set()
    for command, position in commands:
        if not chunks or command.ref_id in seen:
            chunks.append([])
            seen = set()
        chunks[-1].append((command, position))
        seen.add(command.ref_id)
    return chunks
