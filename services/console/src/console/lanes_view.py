"""Lanes as a table and JSON, and what an operator does to them."""

from collections.abc import AsyncIterator
from typing import Any

from lanes.model import AccountRecord, IntentState, LaneRecord, LaneState, LaneView
from lanes.operations import LaneOperations, OperationRefused

from console.backend import backend
from console.causes import cause_of
from console.output import Column, moment
from console.session import CommandError, Session

WAITING = (IntentState.STAGED, IntentState.SENDING, IntentState.ACCEPTED, IntentState.UNKNOWN)
"""States of invoices that a lane still has to bring to an end."""
_PAGE = 200


async def all_lanes(operations: LaneOperations, account: str | None = None) -> AsyncIterator[LaneView]:
    """Go through all lanes in order of their keys."""
    after = None
    while page := await operations.list_lanes(account=account, after=after, limit=_PAGE):
        for view in page:
            yield view
        after = page[-1].record.lane


def stopped_by(view: LaneView) -> LaneRecord | AccountRecord | None:
    """Return what keeps a lane from sending: itself, or its account; None while it runs."""
    both: list[LaneRecord | AccountRecord] = [view.record, *view.account_states.values()]
    return next((each for each in both if each.state is not LaneState.RUNNING), None)


def lane_json(view: LaneView) -> dict[str, Any]:
    """Return a lane for programs."""
    record, cause = view.record, stopped_by(view)
    return {
        "lane": record.lane,
        "state": cause.state.value if cause else LaneState.RUNNING.value,
        "code": cause.code if cause else None,
        "reason": cause.reason if cause else None,
        "since": cause.state_since if cause else None,
        "counts": {state.value: count for state, count in view.counts.items()},
        "oldest_waiting_at": view.oldest_waiting_at,
        "last_date": record.last_date,
        "in_flight": len(record.in_flight.ref_ids) if record.in_flight else 0,
        "holder": record.holder,
    }


async def show_lanes(session: Session, account: str | None) -> None:
    """List the lanes."""
    async with backend() as stores:
        views = [view async for view in all_lanes(stores.lanes, account)]
    if session.out.as_json:
        session.out.json([lane_json(view) for view in views])
    else:
        print_lanes(session, views)


def print_lanes(session: Session, views: list[LaneView]) -> None:
    """Print lanes as a table."""
    columns = [
        Column(session.word("lane"), whole=True),
        Column(session.word("state"), whole=True),
        Column(session.word("waiting"), whole=True, right=True),
        Column(session.word("oldest"), whole=True),
        Column(session.word("issued"), whole=True, right=True),
        Column(session.word("rejected"), whole=True, right=True),
        Column(session.word("reason")),
    ]
    session.out.table(columns, [_row(session, view) for view in views])


def _row(session: Session, view: LaneView) -> list[str]:
    cause = stopped_by(view)
    state = cause.state if cause else LaneState.RUNNING
    return [
        view.record.lane,
        session.word(f"state-{state.value}"),
        str(sum(view.counts.get(each, 0) for each in WAITING)),
        moment(view.oldest_waiting_at),
        str(view.counts.get(IntentState.ISSUED, 0)),
        str(view.counts.get(IntentState.REJECTED, 0)),
        cause_of(session, cause.code, cause.reason) if cause else "",
    ]


async def known_lane(operations: LaneOperations, lane: str) -> LaneView:
    """Look at a lane.

    Raises:
        CommandError: when there is none of that name.
    """
    try:
        return await operations.show_lane(lane)
    except OperationRefused as error:
        raise CommandError("no-lane", lane=lane) from error
