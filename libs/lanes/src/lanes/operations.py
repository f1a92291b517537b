"""What an operator does to lanes, accounts and intents. Every function is safe beside running engines."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from lanes.model import PAUSED_CODE, AccountRecord, Intent, IntentState, LaneRecord, LaneState, LaneView, Phase
from lanes.recording import watched
from lanes.settings import LaneSettings
from lanes.settling import without
from lanes.staging import withdrawn
from lanes.store import IntentChange, LaneStore, Transition

ATTEMPTS = 20


class Refusal(StrEnum):
    """Why an operation is not allowed."""

    NO_LANE = "no-lane"
    NO_INTENT = "no-intent"
    KEEPS_CHANGING = "keeps-changing"
    """It changed each time it was read: try again in a moment."""
    SENDING = "sending"
    """It is being sent at this moment: try again in a moment."""
    NOT_IN_THE_WAY = "not-in-the-way"
    """It is issued, refused or withdrawn: its lane does not wait for it."""
    MAY_BE_ISSUED = "may-be-issued"
    """It is issued, or an attempt without an answer may be."""


class OperationRefused(Exception):  # noqa: N818 - names what is so
    """The operation is not allowed now; the message says why and what to do, `why` and `subject` say it to programs."""

    def __init__(self, why: Refusal, subject: str, message: str) -> None:
        """Say why this lane or intent cannot be operated on."""
        super().__init__(message)
        self.why = why
        self.subject = subject


def set_aside_refusal(intent: Intent) -> OperationRefused | None:
    """Why an intent cannot be set aside now; None when it can."""
    match intent.state:
        case IntentState.SENDING:
            message = f"{intent.ref_id} is being sent right now: try again in a moment"
            return OperationRefused(Refusal.SENDING, intent.ref_id, message)
        case IntentState.ISSUED | IntentState.REJECTED | IntentState.WITHDRAWN:
            message = f"{intent.ref_id} is {intent.state}: it is not in its lane's way"
            return OperationRefused(Refusal.NOT_IN_THE_WAY, intent.ref_id, message)
        case _:
            return None


def withdraw_refusal(intent: Intent) -> OperationRefused | None:
    """Why an intent cannot be withdrawn now; None when it can."""
    if intent.refused_every_time:
        return None
    message = f"{intent.ref_id} is {intent.state}: only what no attempt may have issued can be withdrawn"
    return OperationRefused(Refusal.MAY_BE_ISSUED, intent.ref_id, message)


class LaneOperations:
    """Pause, resume, block, set aside, withdraw; and what lanes look like."""

    def __init__(self, store: LaneStore, settings: LaneSettings) -> None:
        """Operate on this store."""
        self._store = store
        self._settings = settings

    async def pause(self, lane: str, reason: str) -> LaneRecord:
        """Stop claims of a lane; what is in flight is settled.

        A block stays as it is, since a pause would allow resends and forget its reason; should it end by itself, the
        lane is paused then.
        """
        return await self._set_state(lane, LaneState.PAUSED, PAUSED_CODE, reason)

    async def block(self, lane: str, code: str, reason: str) -> LaneRecord:
        """Stop claims and resends of a lane; look-ups go on. A block under another code stays, as for a pause."""
        return await self._set_state(lane, LaneState.BLOCKED, code, reason)

    async def resume(self, lane: str) -> LaneRecord:
        """Let a lane go on. What it has in flight may be resent again, one by one."""
        return await self._set_state(lane, LaneState.RUNNING, None, None)

    async def pause_account(self, account: str, reason: str) -> AccountRecord:
        """Stop claims and resends of all lanes of an account, present and future; look-ups go on."""
        return await self._set_account(account, LaneState.PAUSED, PAUSED_CODE, reason)

    async def resume_account(self, account: str) -> AccountRecord:
        """Let the lanes of an account go on; lanes that are paused or blocked themselves stay so."""
        return await self._set_account(account, LaneState.RUNNING, None, None)

    async def set_aside(self, ref_id: str, reason: str) -> Intent:
        """Take an intent out of its lane's way. If an attempt may be alive, look-ups go on and adopt it when found.

        Raises:
            OperationRefused: if it is being sent at this moment, or is not in the lane's way.
        """
        for _ in range(ATTEMPTS):
            intent = await self._intent(ref_id)
            done = await self._set_aside(intent, reason)
            if done is not None:
                return done
        raise OperationRefused(Refusal.KEEPS_CHANGING, ref_id, f"{ref_id} keeps changing: try again in a moment")

    async def withdraw(self, ref_id: str, reason: str) -> Intent:
        """Take back what was never sent or was refused every time.

        Raises:
            OperationRefused: if it was issued or an attempt may still be alive.
        """
        for _ in range(ATTEMPTS):
            intent = await self._intent(ref_id)
            if refusal := withdraw_refusal(intent):
                raise refusal
            after = withdrawn(intent, reason, await self._store.now())
            if await self._store.change_intent(IntentChange(before=intent, after=after)):
                return after
        raise OperationRefused(Refusal.KEEPS_CHANGING, ref_id, f"{ref_id} keeps changing: try again in a moment")

    async def list_lanes(
        self, *, account: str | None = None, after: str | None = None, limit: int = 200
    ) -> Sequence[LaneView]:
        """Lanes in order of their keys, `limit` at a time, from the one after `after`."""
        return await self._views(await self._store.find_lanes(account=account, after=after, limit=limit))

    async def show_lane(self, lane: str) -> LaneView:
        """One lane.

        Raises:
            OperationRefused: if there is none of that name.
        """
        return (await self._views([await self._lane(lane)]))[0]

    async def _views(self, records: Sequence[LaneRecord]) -> list[LaneView]:
        lanes = [record.lane for record in records]
        counts = await self._store.count_by_state(lanes)
        oldest = await self._store.oldest_waiting(lanes)
        accounts = await self._store.accounts(sorted({a for record in records for a in record.accounts}))
        return [
            LaneView(
                record=record,
                account_states={a: accounts.get(a, AccountRecord(account=a)) for a in sorted(record.accounts)},
                counts=counts.get(record.lane, {}),
                oldest_waiting_at=oldest.get(record.lane),
            )
            for record in records
        ]

    async def _lane(self, lane: str) -> LaneRecord:
        record = await self._store.load(lane)
        if record is None:
            raise OperationRefused(Refusal.NO_LANE, lane, f"there is no lane {lane}")
        return record

    async def _intent(self, ref_id: str) -> Intent:
        intent = (await self._store.known([ref_id])).get(ref_id)
        if intent is None:
            raise OperationRefused(Refusal.NO_INTENT, ref_id, f"there is no intent {ref_id}")
        return intent

    async def _set_state(self, lane: str, state: LaneState, code: str | None, reason: str | None) -> LaneRecord:
        for _ in range(ATTEMPTS):
            record = await self._lane(lane)
            runs = state is LaneState.RUNNING
            if not runs and record.state is LaneState.BLOCKED and record.code != code:
                after = replace(record, paused_for=reason)
            else:
                after = record.with_state(state, code=code, reason=reason, at=record.now)
            changes = await self._new_chances(record) if runs else ()
            if after is record and not runs:  # what runs is woken all the same: it may have been put to sleep
                return record
            transition = Transition(before=record, after=after, intents=changes, wakes=True)
            stored = await self._store.apply(transition)
            if stored is not None:
                return stored
        raise OperationRefused(Refusal.KEEPS_CHANGING, lane, f"lane {lane} keeps changing: try again in a moment")

    async def _new_chances(self, record: LaneRecord) -> tuple[IntentChange, ...]:
        """Let what is in flight be resent again, one by one."""
        if record.in_flight is None or record.in_flight.phase is Phase.SENDING:
            return ()
        intents = (await self._store.known(record.in_flight.ref_ids)).values()
        whole = self._settings.whole_resends
        return tuple(
            IntentChange(before=i, after=replace(i, version=i.version + 1, resends=min(i.resends, whole), unclear=0))
            for i in intents
            if i.resends > whole or i.unclear > 0
        )

    async def _set_account(self, account: str, state: LaneState, code: str | None, reason: str | None) -> AccountRecord:
        at = await self._store.now()
        return await self._store.set_account(
            AccountRecord(account=account, state=state, code=code, reason=reason, state_since=at)
        )

    async def _set_aside(self, intent: Intent, reason: str) -> Intent | None:
        if intent.state is IntentState.SET_ASIDE:
            return intent
        if refusal := set_aside_refusal(intent):
            raise refusal
        at = await self._store.now()
        aside = intent.changed(at, state=IntentState.SET_ASIDE, code="SetAside", reason=reason)
        after = replace(watched(aside, at, self._settings), not_before=None)
        change = IntentChange(before=intent, after=after)
        if intent.state in {IntentState.STAGED, IntentState.HELD}:
            return after if await self._store.change_intent(change) else None
        record = await self._lane(intent.command.lane)
        after_lane = without(record, {intent.ref_id}, at)
        transition = Transition(before=record, after=after_lane, intents=(change,), wakes=True)
        return after if await self._store.apply(transition) is not None else None
