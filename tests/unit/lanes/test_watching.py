"""Look-ups beside the lanes: what goes wrong with one account harms no other."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import cast

from lanes.announcing import Announcing
from lanes.clock import SystemClock
from lanes.context import Context
from lanes.model import Command, Intent, IntentState, Position
from lanes.outcomes import Found, LookUp
from lanes.ports import NoMetrics, Publisher, no_fail_point
from lanes.settings import LaneSettings
from lanes.store import IntentChange, StoreUnavailable
from lanes.watching import watch
from lanes.workbench import Workbench
from support.lane_memory import MemoryLaneStore
from support.lane_vendor import RecordingAnnouncer
from typing_extensions import override

AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


class Flickering(MemoryLaneStore):
    """Away whenever the first account's intent is to be changed."""

    @override
    async def change_intent(self, change: IntentChange) -> bool:
        if change.after.command.account == "first":
            raise StoreUnavailable("no primary")
        await asyncio.sleep(0.01)
        return await super().change_intent(change)


class Vendor:
    """Has issued everything."""

    async def look_up(self, intents: Sequence[Intent]) -> Mapping[str, LookUp]:
        """Everything."""
        return {intent.ref_id: Found({"number": "1"}) for intent in intents}


def watched(ref_id: str, account: str) -> Intent:
    command = Command(ref_id=ref_id, lane="lane", account=account, content="{}", weight=1)
    refused = Intent(command=command, position=Position(1, 0), seen={}, state=IntentState.REJECTED)
    return replace(refused, open_attempts=1, watch_at=AT, watch_until=AT, last_open_at=AT, changed_at=AT)


async def test_a_database_that_flickers_is_no_error_and_stops_no_other_account() -> None:
    """What could not be written is looked up again; the other account's intent is adopted in the same sweep."""
    store = Flickering(lambda: AT)
    await store.stage([watched("a", "first"), watched("b", "second")])
    context = Context(
        store=store,
        publisher=cast("Publisher", Vendor()),
        announcing=Announcing(store, RecordingAnnouncer(), NoMetrics(), no_fail_point, 0),
        settings=LaneSettings(),
        clock=SystemClock(),
        today=lambda: date(2026, 11, 21),
        new_id=str,
        metrics=NoMetrics(),
        fail_point=no_fail_point,
        holder="me",
        stopping=asyncio.Event(),
        bench=Workbench(1),
    )
    await watch(context)
    states = {ref_id: intent.state for ref_id, intent in (await store.known(["a", "b"])).items()}
    assert states == {"a": IntentState.REJECTED, "b": IntentState.ISSUED}
    assert (await store.known(["a"]))["a"].watch_at == AT
