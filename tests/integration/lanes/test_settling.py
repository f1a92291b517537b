"""Unknown outcomes: looked up, adopted, resent unchanged, one by one, then a person."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from lanes.model import Intent, IntentState, LaneState
from lanes.outcomes import Answer, Answered, Issued, LookUp, Lost, Rejected, TryAgain
from lanes.ports import Count, Request
from lanes.staging import StageKind
from support.lane_vendor import (
    ScriptedVendor,
    VendorAdapter,
    answer,
    each,
    hang_after_issue,
    lost_after_issue,
    lost_before_issue,
)
from support.lanes_world import LANE, SLOWER, World
from typing_extensions import override


async def test_lost_answer_is_adopted_without_a_resend(world: World) -> None:
    """What was issued although its answer was lost is found and adopted; nothing is sent twice."""
    world.vendor.faults.append(lost_after_issue)
    await world.stage("a", "b")
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a", "b")
    await world.assert_all_well("a", "b")
    assert len(world.vendor.requests) == 1
    assert world.metrics.counts[Count.ADOPTED] == 2


async def test_hanging_call_ends_at_its_deadline(world: World) -> None:
    """A call that hangs ends at its hard deadline and is settled like any lost answer."""
    world.vendor.faults.append(hang_after_issue)
    await world.stage("a")
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a")
    await world.assert_all_well("a")
    assert len(world.vendor.requests) == 1


async def test_lost_request_is_resent_unchanged(world: World) -> None:
    """Trap: "not found" is not "not issued": after two, the identical body goes out again, a day later too."""
    world.settings = SLOWER
    world.vendor.faults.append(lost_before_issue)
    await world.stage("a", "b")
    world.start(world.engine())
    await world.until_state(IntentState.UNKNOWN, "a", "b")
    world.today = date(2026, 11, 22)
    await world.until_state(IntentState.ISSUED, "a", "b")
    await world.assert_all_well("a", "b")
    first, second = world.vendor.requests
    assert first.bodies == second.bodies
    assert second.started - first.started >= 2 * world.settings.quiet_seconds
    assert len(world.vendor.look_ups) == 2


async def test_what_the_answer_leaves_out_is_unknown(world: World) -> None:
    """An intent that the answer does not name is unknown, while the others are recorded."""
    world.settings = SLOWER

    def name_only_the_first(vendor: ScriptedVendor, request: Request) -> Answer:
        outcomes = vendor.issue_all(request)
        return Answered({"a": outcomes["a"], "stranger": outcomes["a"]})

    world.vendor.faults.append(name_only_the_first)
    await world.stage("a", "b")
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a")
    assert (await world.intent("b")).state is IntentState.UNKNOWN
    await world.until_state(IntentState.ISSUED, "b")
    await world.assert_all_well("a", "b")


async def test_success_without_result_is_unknown(world: World) -> None:
    """An issued answer without anything in it is not believed."""
    world.settings = SLOWER
    world.vendor.faults.append(each(Issued({})))
    await world.stage("a")
    world.start(world.engine())
    await world.until_state(IntentState.UNKNOWN, "a")
    await world.until_state(IntentState.ISSUED, "a")


async def test_two_resends_then_one_by_one_then_a_person(world: World) -> None:
    """Trap: retrying for ever: the whole is resent twice, then its head alone, then the lane is blocked."""
    world.vendor.faults.extend([lost_before_issue] * 5)
    await world.stage("a", "b")
    world.start(world.engine())
    await world.until(lambda: world.announcer.lanes)
    sent = [request.ref_ids for request in world.vendor.requests]
    assert sent == [["a", "b"], ["a", "b"], ["a", "b"], ["a"], ["a"]]
    assert (await world.operations.show_lane(LANE)).record.state is LaneState.BLOCKED
    await world.operations.resume(LANE)
    await world.until_state(IntentState.ISSUED, "a", "b")
    await world.assert_all_well("a", "b")
    assert len({body for request in world.vendor.requests for body in request.bodies}) == 2


async def test_blocked_lane_adopts_what_appears_late(world: World) -> None:
    """Look-ups of a blocked lane go on; once everything is found it runs again by itself."""
    world.settings = replace(world.settings, whole_resends=0, resend_limit=0, quiet_seconds=0.05)
    world.vendor.faults.append(lost_after_issue)
    world.vendor.invisible_look_ups["a"] = 5
    await world.stage("a")
    world.start(world.engine())
    await world.until(lambda: world.announcer.lanes)
    await world.until_state(IntentState.ISSUED, "a")
    await world.stage("b")
    await world.until_state(IntentState.ISSUED, "b")
    assert [change.state for change in world.announcer.lanes] == [LaneState.BLOCKED, LaneState.RUNNING]


async def test_refusal_is_provisional_while_an_older_request_may_live(world: World) -> None:
    """Trap: the first request arrives late: the refusal of its resend does not stand when it has issued after all."""
    world.settings = SLOWER
    world.vendor.faults.extend([lost_before_issue, each(Rejected("InvalidData", "no"))])
    await world.stage("a")
    world.start(world.engine())
    await world.until_state(IntentState.REJECTED, "a")
    (outcome,) = await world.stage("a", content={"ref": "a", "changed": True})
    assert outcome.kind is StageKind.CONFLICT
    world.vendor.issue(LANE, "a", world.vendor.requests[0].bodies[0])
    await world.until_state(IntentState.ISSUED, "a")
    await world.assert_all_well("a")


async def test_refusal_is_final_after_the_watch(world: World) -> None:
    """When the look-ups of a whole watch find nothing, content may change and the intent be retried."""
    world.vendor.faults.extend([lost_before_issue, each(Rejected("InvalidData", "no"))])
    await world.stage("a")
    world.start(world.engine())
    await world.until_state(IntentState.REJECTED, "a")

    async def let_go() -> bool:
        return (await world.intent("a")).open_attempts == 0

    await world.until(let_go)
    await world.stage("a", content={"ref": "a", "changed": True})
    await world.until_state(IntentState.ISSUED, "a")
    assert "changed" in world.vendor.bodies["a"]


async def test_race_on_a_resend_keeps_the_body(world: World) -> None:
    """Trap: a resend with another body is another document: after a refusal "for now" it is not re-dated."""
    world.settings = SLOWER
    world.vendor.faults.extend([lost_before_issue, each(TryAgain("InvoiceNumberNotCotinuous", 0.01))])
    await world.stage("a")
    world.start(world.engine())
    await world.until_state(IntentState.UNKNOWN, "a")
    world.today = date(2026, 11, 22)
    await world.stage("b")
    await world.until_state(IntentState.ISSUED, "a", "b")
    assert world.vendor.issued["a"]["date"] == "2026-11-21"
    assert world.vendor.issued["b"]["date"] == "2026-11-22"
    assert len({request.bodies[0] for request in world.vendor.requests if "a" in request.ref_ids}) == 1


async def test_failing_look_ups_block_and_go_on(world: World) -> None:
    """Look-ups that bring nothing clear end in a person being called, not in a resend."""
    world.settings = replace(world.settings, unclear_limit=3, quiet_seconds=0.03)
    world.vendor.faults.append(answer(Lost("reset")))
    await world.stage("a")

    class Blind(VendorAdapter):
        @override
        async def look_up(self, intents: Sequence[Intent]) -> Mapping[str, LookUp]:
            raise ConnectionError("away")

    world.start(world.engine(adapter=Blind(world.vendor)))
    await world.until(lambda: world.announcer.lanes)
    assert world.announcer.lanes[0].code == "UnknownOutcome"
    assert len(world.vendor.requests) == 1
