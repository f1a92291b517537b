"""The main path on a real MongoDB: order, limits, outcomes."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from lanes.model import Intent, IntentState, LaneState
from lanes.outcomes import (
    Accepted,
    AccountFault,
    NotSent,
    Rejected,
    TryAgain,
    WholeAccountFault,
    WholeRefused,
    WholeTryAgain,
)
from lanes.ports import Count
from support.lane_vendor import RecordingAnnouncer, accepted_and_issued_later, answer, each
from support.lanes_world import ACCOUNT, LANE, SLOWER, World
from typing_extensions import override


async def test_issues_in_order_of_position(world: World) -> None:
    """Intents are issued once each, in the order in which they were staged, 30 to a request."""
    refs = [f"r{number:03d}" for number in range(70)]
    await world.stage(*refs)
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, *refs)
    await world.assert_all_well(*refs)
    assert [len(request.ref_ids) for request in world.vendor.requests] == [30, 30, 10]


async def test_keeps_below_the_weight_limit(world: World) -> None:
    """The weights of one request add up to less than 200, and what can never fit is held."""
    await world.stage("a", "b", weight=150)
    await world.stage("too-heavy", weight=200)
    await world.stage("c", weight=49)
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a", "b", "c")
    assert [request.ref_ids for request in world.vendor.requests] == [["a"], ["b", "c"]]
    assert (await world.intent("too-heavy")).code == "TooManyLines"


async def test_holds_what_cannot_be_prepared(world: World) -> None:
    """A held intent leaves the queue with its reason, and new content for it goes out."""
    await world.stage("held", content={"hold": "no template"})
    await world.stage("next")
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "next")
    held = await world.intent("held")
    assert (held.state, held.reason) == (IntentState.HELD, "no template")
    assert world.metrics.counts[Count.HELD] == 1
    await world.stage("held")
    await world.until_state(IntentState.ISSUED, "held")


async def test_rejection_leaves_the_lane_running(world: World) -> None:
    """An order's fault rejects that intent alone, and a new command retries it at the tail."""
    world.vendor.refused["b"] = Rejected("InvalidTaxCode", "bad tax code")
    await world.stage("a", "b", "c")
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a", "c")
    assert (await world.intent("b")).code == "InvalidTaxCode"
    world.vendor.refused.clear()
    await world.stage("b", content={"ref": "b", "tax": "good"})
    await world.until_state(IntentState.ISSUED, "b")
    assert json.loads(world.vendor.bodies["b"])["tax"] == "good"
    assert world.vendor.issued["b"]["number"] == "00000003"


async def test_number_race_tries_again(world: World) -> None:
    """A race for the number is tried again until it is won, in order."""
    world.vendor.faults.extend([each(TryAgain("InvoiceNumberNotCotinuous", 0.01))] * 3)
    await world.stage("a", "b")
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a", "b")
    await world.assert_all_well("a", "b")
    assert len(world.vendor.requests) == 4


async def test_endless_race_blocks_the_lane(world: World) -> None:
    """An intent that is refused "for now" too often blocks its lane and calls a person."""
    world.vendor.faults.extend([each(TryAgain("InvoiceDuplicated", 0.001))] * world.settings.try_again_limit)
    await world.stage("a")
    world.start(world.engine())
    await world.until(lambda: world.announcer.lanes)
    assert world.announcer.lanes[0].state is LaneState.BLOCKED
    assert "InvoiceDuplicated" in (world.announcer.lanes[0].reason or "")
    await world.operations.resume(LANE)
    await world.until_state(IntentState.ISSUED, "a")


async def test_whole_refusal_goes_one_by_one(world: World) -> None:
    """A refusal that names no invoice is isolated by sending one by one."""
    world.vendor.faults.append(answer(WholeRefused("InvalidData", "something is wrong")))
    world.vendor.refused["b"] = Rejected("InvalidData", "this one")
    await world.stage("a", "b", "c")
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a", "c")
    await world.until_state(IntentState.REJECTED, "b")
    assert [request.ref_ids for request in world.vendor.requests] == [["a", "b", "c"], ["a"], ["b"], ["c"]]


async def test_whole_refusal_of_one_rejects_it(world: World) -> None:
    """A whole refusal of a request with one intent can only mean that one."""
    world.vendor.faults.append(answer(WholeRefused("InvalidData", "something is wrong")))
    await world.stage("a")
    world.start(world.engine())
    await world.until_state(IntentState.REJECTED, "a")


async def test_fault_of_the_lane_blocks_it_and_loses_nothing(world: World) -> None:
    """Trap: a lane that waits holds up others: its fault blocks it alone; resuming continues in order."""
    world.vendor.faults.append(each(AccountFault("InvoiceTemplateNotExist", "no template")))
    await world.stage("a", "b")
    engine = world.engine()
    world.start(engine)
    await world.until(lambda: world.announcer.lanes)
    await world.stage("other", lane="sandbox:0101243150:1C__TBB")
    engine.notify("sandbox:0101243150:1C__TBB")
    await world.until_state(IntentState.ISSUED, "other")
    assert (await world.intent("a")).state is IntentState.STAGED
    assert (await world.operations.show_lane(LANE)).record.code == "InvoiceTemplateNotExist"
    await world.operations.resume(LANE)
    await world.until_state(IntentState.ISSUED, "a", "b")
    assert world.first_requests() == ["a", "b", "other"]
    assert [change.state for change in world.announcer.lanes if change.key == LANE] == [
        LaneState.BLOCKED,
        LaneState.RUNNING,
    ]


async def test_fault_of_the_account_blocks_all_its_lanes(world: World) -> None:
    """Trap: many lanes park at once: a refused token stops all of the account, announced once, and nothing else."""
    second = "sandbox:0101243150:1C__TBB"
    world.vendor.faults.append(answer(WholeAccountFault("UnAuthorize", "token refused")))
    await world.stage("a")
    engine = world.engine()
    world.start(engine)
    await world.until(lambda: world.announcer.lanes)
    await world.stage("b", lane=second)
    await world.stage("c", lane="sandbox:2222222222:1C__TAA", account="sandbox:2222222222")
    for lane in (second, "sandbox:2222222222:1C__TAA"):
        engine.notify(lane)
    await world.until_state(IntentState.ISSUED, "c")
    view = await world.operations.show_lane(second)
    assert view.account_states[ACCOUNT].state is LaneState.BLOCKED
    assert [change.key for change in world.announcer.lanes] == [ACCOUNT]
    await world.operations.resume_account(ACCOUNT)
    await world.until_state(IntentState.ISSUED, "a", "b")


async def test_nothing_sent_is_tried_again(world: World) -> None:
    """Trap: 429 says when to come back; what never reached the server leaves no trace but a longer wait."""
    world.vendor.faults.extend([answer(NotSent("connection refused")), answer(WholeTryAgain("429", 0.01))])
    await world.stage("a")
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a")
    intent = await world.intent("a")
    assert (intent.attempts, len(intent.bodies), intent.open_attempts) == (2, 1, 0)


async def test_accepted_is_found_later(world: World) -> None:
    """What the vendor accepted stays in flight until a look-up finds it; the lane waits meanwhile."""
    world.settings = SLOWER
    world.vendor.faults.append(accepted_and_issued_later)
    world.vendor.invisible_look_ups["a"] = 3
    await world.stage("a")
    world.start(world.engine())
    await world.until_state(IntentState.ACCEPTED, "a")
    await world.stage("b")
    await world.until_state(IntentState.ISSUED, "a", "b")
    await world.assert_all_well("a", "b")
    assert len(world.vendor.requests) == 2


async def test_dates_never_go_back(world: World) -> None:
    """The date in a body is today's, but never before the last one of its lane."""
    world.start(world.engine())
    await world.stage("a")
    await world.until_state(IntentState.ISSUED, "a")
    world.today = date(2026, 11, 20)
    await world.stage("b")
    await world.until_state(IntentState.ISSUED, "b")
    assert world.vendor.issued["b"]["date"] == "2026-11-21"


async def test_failed_announcements_are_swept(world: World) -> None:
    """Trap: a crash between storing and telling. What could not be announced at once is announced by the sweep."""
    world.announcer.failures = 2
    await world.stage("a")
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a")
    await world.assert_all_well("a")


@dataclass
class Choking(RecordingAnnouncer):
    """Can't announce one of them, and counts how often it announces the others."""

    chokes_on: str = "b"
    told: Counter[str] = field(default_factory=Counter)

    @override
    async def announce(self, intents: Sequence[Intent]) -> None:
        for intent in intents:
            if intent.ref_id == self.chokes_on:
                raise ValueError("not to be put in words")
            self.told[intent.ref_id] += 1
            await super().announce([intent])


async def test_one_that_cannot_be_announced_holds_up_no_other(world: World) -> None:
    """The sweep goes round what the announcer chokes on, and does not announce the others again and again."""
    announcer = Choking()
    world.announcer = announcer
    await world.stage("a", "b", "c")
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a", "b", "c")
    await world.until(lambda: set(announcer.intents) == {"a", "c"})
    await world.until_announced("a", "c")
    told = announcer.told.copy()
    await asyncio.sleep(10 * world.settings.sweep_seconds)
    assert announcer.told == told


async def test_a_lane_that_only_waits_gives_its_place_to_others(world: World) -> None:
    """What the vendor works on for long is looked up often, and keeps nobody else from being served meanwhile."""
    world.settings = replace(world.settings, most_lanes=1, hold_seconds=0.5, accepted_seconds=30.0)
    world.vendor.faults.append(each(Accepted()))
    await world.stage("a")
    engine = world.engine()
    world.start(engine)
    await world.until_state(IntentState.ACCEPTED, "a")
    await world.stage("b", lane="sandbox:0101243150:1C__TBB")
    engine.notify("sandbox:0101243150:1C__TBB")
    await world.until_state(IntentState.ISSUED, "b")
    assert (await world.intent("a")).state is IntentState.ACCEPTED
