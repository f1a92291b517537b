"""What an operator does to lanes, accounts and intents. Every function is safe beside running engines."""

from collections.abc import Sequence
from dataclasses import replace

from lanes.model import AccountRecord, Intent, IntentState, LaneRecord, LaneState, LaneView, Phase
from lanes.recording import watched
from lanes.settings import LaneSettings
from lanes.settling import without
from lanes.staging import withdrawn
from lanes.store import IntentChange, LaneStore, Transition

ATTEMPTS = 20


class OperationRefused(Exception):  # noqa: N818 - names what is so
    """The operation is not allowed now; the message says why and what to do."""


class LaneOperations:
    """Pause, resume, block, set aside, withdraw; and what lanes look like."""

    def __init__(self, store: LaneStore, settings: LaneSettings) -> None:
        """Operate on this store."""
        self._store = store
        self._settings = settings

    async def pause(self, lane: str, reason: str) -> LaneRecord:
        """Stop claims of a lane; what is in flight is settled."""
        return await self._set_state(lane, LaneState.PAUSED, "Paused", reason)

    async def block(self, lane: str, code: str, reason: str) -> LaneRecord:
        """Stop claims and resends of a lane; look-ups go on."""
        return await self._set_state(lane, LaneState.BLOCKED, code, reason)

    async def resume(self, lane: str) -> LaneRecord:
        """Let a lane go on. What it has in flight may be resent again, one by one."""
        return await self._set_state(lane, LaneState.RUNNING, None, None)

    async def pause_account(self, account: str, reason: str) -> AccountRecord:
        """Stop claims of all lanes of an account, present and future."""
        return await self._set_account(account, LaneState.PAUSED, "Paused", reason)

    async def block_account(self, account: str, code: str, reason: str) -> AccountRecord:
        """As `pause_account`, for a fault."""
        return await self._set_account(account, LaneState.BLOCKED, code, reason)

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
        raise OperationRefused(f"{ref_id} keeps changing: try again in a moment")

    async def withdraw(self, ref_id: str, reason: str) -> Intent:
        """Take back what was never sent or was refused every time.

        Raises:
            OperationRefused: if it was issued or an attempt may still be alive.
        """
        for _ in range(ATTEMPTS):
            intent = await self._intent(ref_id)
            if not intent.refused_every_time:
                raise OperationRefused(
                    f"{ref_id} is {intent.state}: only what no attempt may have issued can be withdrawn"
                )
            after = withdrawn(intent, reason, await self._store.now())
            if await self._store.change_intent(IntentChange(before=intent, after=after)):
                return after
        raise OperationRefused(f"{ref_id} keeps changing: try again in a moment")

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
            raise OperationRefused(f"there is no lane {lane}")
        return record

    async def _intent(self, ref_id: str) -> Intent:
        intent = (await self._store.known([ref_id])).get(ref_id)
        if intent is None:
            raise OperationRefused(f"there is no intent {ref_id}")
        return intent

    async def _set_state(self, lane: str, state: LaneState, code: str | None, reason: str | None) -> LaneRecord:
        for _ in range(ATTEMPTS):
            record = await self._lane(lane)
            after = record.with_state(state, code=code, reason=reason, at=record.now)
            changes = await self._new_chances(record) if state is LaneState.RUNNING else ()
            if after is record and not changes:
                return record
            stored = await self._store.apply(Transition(before=record, after=after, intents=changes))
            if stored is not None:
                await self._store.wake({lane: record.accounts})
                return stored
        raise OperationRefused(f"lane {lane} keeps changing: try again in a moment")

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
        at = await self._store.now()
        aside = intent.changed(at, state=IntentState.SET_ASIDE, code="SetAside", reason=reason)
        after = replace(watched(aside, at, self._settings), not_before=None)
        change = IntentChange(before=intent, after=after)
        match intent.state:
            case IntentState.UNKNOWN | IntentState.ACCEPTED:
                record = await self._lane(intent.command.lane)
                lane_after = without(record, {intent.ref_id}, at)
                transition = Transition(before=record, after=lane_after, intents=(change,))
                if await self._store.apply(transition) is None:
                    return None
                await self._store.wake({record.lane: record.accounts})
                return after
            case IntentState.STAGED | IntentState.HELD:
                return after if await self._store.change_intent(change) else None
            case IntentState.SENDING:
                raise OperationRefused(f"{intent.ref_id} is being sent right now: try again in a moment")
            case IntentState.SET_ASIDE:
                return intent
            case IntentState.ISSUED | IntentState.REJECTED | IntentState.WITHDRAWN:
                raise OperationRefused(f"{intent.ref_id} is {intent.state}: it is not in its lane's way")
