"""Intents whose earlier attempt may still be alive: they go first, and they are watched to the end."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import cast

from lanes.announcing import Announcing
from lanes.claiming import assemble, claim_transition
from lanes.context import Context
from lanes.deciding import Claim, decide
from lanes.model import Body, Command, Intent, IntentState, LaneRecord, Position
from lanes.outcomes import LookUp, NotFound
from lanes.ports import NoMetrics, Prepared, Publisher, no_fail_point
from lanes.settings import LaneSettings
from lanes.watching import watch
from lanes.workbench import Workbench
from support.lane_memory import MemoryLaneStore
from support.lane_vendor import RecordingAnnouncer
from support.lanes_world import InstantClock

AT = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)
YESTERDAY, TODAY = date(2026, 12, 31), date(2027, 1, 1)
LANE = LaneRecord(lane="lane", revision=1, epoch=1, now=AT, last_date=YESTERDAY)
SETTINGS = LaneSettings()


def intent(ref_id: str, offset: int, **fields: object) -> Intent:
    """A staged intent."""
    command = Command(ref_id=ref_id, lane="lane", account="account", content="{}", weight=1)
    made = Intent(command=command, position=Position(1, offset), seen={"lane": Position(1, offset)})
    return replace(made, **fields)  # type: ignore[arg-type]  # fields of Intent


def alive(ref_id: str, offset: int, **fields: object) -> Intent:
    """One that was sent yesterday without an answer, and sent again and refused for now."""
    body = Body("{}", YESTERDAY, 1, "first")
    return intent(ref_id, offset, bodies=(body,), attempts=2, open_attempts=1, last_open_at=AT, **fields)


def claim(*queue: Intent) -> Claim:
    """What is decided about a queue."""
    step = decide(LANE, in_flight=(), queue=queue, accounts={}, now=AT, settings=SETTINGS)
    assert isinstance(step, Claim)
    return step


def test_what_may_be_alive_goes_before_what_would_get_a_later_date() -> None:
    """The date of an open attempt stands, so it goes before an intent of an earlier place that gets today's."""
    raced, unanswered = intent("a", 1, attempts=1), alive("b", 2)
    assert [i.ref_id for i in claim(raced, unanswered).candidates] == ["b"]
    assert [i.ref_id for i in claim(raced).candidates] == ["a"]


def test_the_guard_of_a_claim_lets_open_attempts_go_first() -> None:
    """Nothing counts as skipped by what may be alive; by anything else it does."""
    for queue, expected in (((intent("a", 1), alive("b", 2)), None), ((intent("a", 1),), Position(1, 1))):
        batch = assemble(
            LANE,
            claim(*queue),
            today=TODAY,
            request_id="next",
            prepare=lambda _, day: Prepared(day.isoformat(), 1),
            settings=SETTINGS,
        )
        transition = claim_transition(LANE, batch, request_id="next", at=AT, settings=SETTINGS)
        assert transition.guard is not None
        assert transition.guard.position == expected


@dataclass
class SlowVendor:
    """Its look-up is asked before the end of the watch and answered after it."""

    now: datetime = AT

    async def look_up(self, intents: Sequence[Intent]) -> Mapping[str, LookUp]:
        """Not found, so far; meanwhile a day passes."""
        self.now += timedelta(days=1)
        return {i.ref_id: NotFound() for i in intents}


async def test_a_watch_ends_only_by_a_look_up_that_was_asked_after_its_end() -> None:
    """A worker that is suspended during a look-up does not take its old answer for the last one."""
    vendor = SlowVendor()
    store = MemoryLaneStore(lambda: vendor.now)
    until = AT + timedelta(hours=1)
    store.intents["a"] = alive("a", 1, state=IntentState.REJECTED, watch_at=AT, watch_until=until)
    announcing = Announcing(store, RecordingAnnouncer(), NoMetrics(), no_fail_point, 0.0)
    context = Context(
        store=store,
        publisher=cast("Publisher", vendor),
        announcing=announcing,
        settings=SETTINGS,
        clock=InstantClock(),
        today=lambda: TODAY,
        new_id=lambda: "id",
        metrics=NoMetrics(),
        fail_point=no_fail_point,
        holder="worker",
        stopping=asyncio.Event(),
        bench=Workbench(1),
    )
    await watch(context)
    assert store.intents["a"].open_attempts == 1
    await watch(context)
    assert store.intents["a"].open_attempts == 0
