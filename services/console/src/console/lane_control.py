"""What an operator does to a lane or to all lanes of an account: pause and resume."""

from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from lanes.model import AccountRecord, IntentState, LaneRecord, LaneState, LaneView
from lanes.operations import LaneOperations

from console.backend import backend
from console.lanes_view import WAITING, all_lanes, known_lane
from console.session import CommandError, Session

STOPPED = "Stopped"
"""The code of a lane that an operator keeps even from resending."""
_UNSETTLED = (IntentState.SENDING, IntentState.ACCEPTED, IntentState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Target:
    """A lane, or all lanes of an account: exactly one of both."""

    lane: str | None
    account: str | None

    def check(self) -> None:
        """Refuse none and both.

        Raises:
            CommandError: when it is not exactly one.
        """
        if (self.lane is None) == (self.account is None):
            raise CommandError("lane-or-account", code=2)


async def pause(session: Session, target: Target, reason: str, *, resends: bool, dry_run: bool) -> None:
    """Pause a lane (with `resends` keep it even from resending) or an account.

    Raises:
        CommandError: when there is no such lane or account, or the reason is empty.
    """
    target.check()
    if not reason.strip():
        raise CommandError("no-pause-reason", code=2)
    if resends and target.account is not None:
        raise CommandError("resends-of-account", code=2)
    async with backend() as stores:
        lanes = stores.lanes
        if target.lane is not None:
            view = await known_lane(lanes, target.lane)
            _not_weaker(target.lane, view.record, resends=resends)
            after = LaneState.BLOCKED if resends else LaneState.PAUSED
            note = session.word("pause-looks-up" if resends else "pause-settles")
            _say(session, target.lane, view.record.state, after, note=note, dry_run=dry_run)
            if not dry_run:
                stop = lanes.block(target.lane, STOPPED, reason) if resends else lanes.pause(target.lane, reason)
                _not_weaker(target.lane, await stop, resends=resends)  # it may have been blocked a moment ago
        elif target.account is not None:
            account, _ = await _account(lanes, target.account)
            _not_weaker(target.account, account, resends=False)
            note = session.word("pause-looks-up")
            _say(session, target.account, account.state, LaneState.PAUSED, note=note, dry_run=dry_run)
            if not dry_run:
                await lanes.pause_account(target.account, reason)


def _not_weaker(name: str, now: LaneRecord | AccountRecord, *, resends: bool) -> None:
    """A pause in the place of a block would allow resends; any stop in its place would forget why it was blocked."""
    if now.state is LaneState.BLOCKED and not (resends and now.code == STOPPED):
        raise CommandError("refused-blocked", subject=name)


async def resume(session: Session, target: Target, *, dry_run: bool) -> None:
    """Resume a lane with the accounts that stop it, or an account.

    Raises:
        CommandError: when there is no such lane or account.
    """
    target.check()
    async with backend() as stores:
        lanes = stores.lanes
        if target.lane is not None:
            view = await known_lane(lanes, target.lane)
            accounts, views = list(view.account_states.values()), [view]
        else:
            account, views = await _account(lanes, target.account or "")
            accounts = [account]
        stopped = [each for each in accounts if each.state is not LaneState.RUNNING or target.account is not None]
        for account in stopped:
            await _resume(session, account, lanes.resume_account, dry_run=dry_run)
        lane = views[0].record if target.lane is not None else None
        if lane is not None and (lane.state is not LaneState.RUNNING or not stopped):
            await _resume(session, lane, lanes.resume, dry_run=dry_run)
        resumed = {account.account for account in stopped} | ({lane.lane} if lane else set())
        _say_what_goes_on(session, await _concerned(lanes, views, stopped), resumed)


async def _concerned(
    lanes: LaneOperations, views: Sequence[LaneView], accounts: Sequence[AccountRecord]
) -> list[LaneView]:
    """These lanes as they were looked at, and all others that send through these accounts."""
    found = {view.record.lane: view for view in views}
    for account in accounts:
        async for view in all_lanes(lanes, account.account):
            found.setdefault(view.record.lane, view)
    return list(found.values())


async def _account(lanes: LaneOperations, account: str) -> tuple[AccountRecord, list[LaneView]]:
    """An account as one of its lanes knows it; one through which no lane sends is refused as a slip of the pen."""
    views = [view async for view in all_lanes(lanes, account)]
    if not views:
        raise CommandError("no-account", account=account)
    return views[0].account_states[account], views


async def _resume(
    session: Session,
    record: LaneRecord | AccountRecord,
    operation: Callable[[str], Awaitable[object]],
    *,
    dry_run: bool,
) -> None:
    key = record.lane if isinstance(record, LaneRecord) else record.account
    _say(session, key, record.state, LaneState.RUNNING, dry_run=dry_run)
    if not dry_run:
        await operation(key)


def _say(session: Session, name: str, before: LaneState, after: LaneState, *, note: str = "", dry_run: bool) -> None:
    would = session.word("operator-would") if dry_run else ""
    states = {"before": session.word(f"state-{before.value}"), "after": session.word(f"state-{after.value}")}
    change = session.word("would-be", name=name, **states)
    session.out.text(f"{would}{change}" + (f"; {note}" if note else ""))


def _say_what_goes_on(session: Session, views: Sequence[LaneView], resumed: AbstractSet[str]) -> None:
    """What waits in lanes that are stopped by themselves, or by another account, goes on waiting."""
    claiming = [view for view in views if _stop_of(view, resumed) is None]
    settling = [view for view in views if _stop_of(view, resumed) in {None, LaneState.PAUSED}]
    waiting = sum(view.counts.get(state, 0) for view in claiming for state in WAITING if state not in _UNSETTLED)
    unsettled = sum(view.counts.get(state, 0) for view in settling for state in _UNSETTLED)
    if waiting:
        session.out.text(f"  {session.word('resume-goes-on', count=waiting)}")
    if unsettled:
        session.out.text(f"  {session.word('resume-chances', count=unsettled)}")


def _stop_of(view: LaneView, resumed: AbstractSet[str]) -> LaneState | None:
    """How the lane is stopped once these are resumed; a stopped account is as a blocked lane, a pause settles."""
    if any(each.state is not LaneState.RUNNING and key not in resumed for key, each in view.account_states.items()):
        return LaneState.BLOCKED
    if view.record.state is LaneState.RUNNING or view.record.lane in resumed:
        return None
    return view.record.state
