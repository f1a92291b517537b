"""What operators do beside a running engine."""

from dataclasses import replace
from datetime import timedelta

import pytest
from lanes.deciding import WaitUntil
from lanes.inspecting import inspect_lane
from lanes.model import IntentState, LaneState, Position
from lanes.operations import OperationRefused, Refusal
from lanes.outcomes import Rejected
from lanes.queries import IntentQueries
from lanes.staging import StageKind, Stager
from support.lane_vendor import lost_after_issue, lost_before_issue
from support.lanes_world import ACCOUNT, LANE, SLOWER, CrashingStore, InstantClock, World


async def test_pause_stops_claims_not_settling(world: World) -> None:
    """A paused lane sends nothing new and settles what it has in flight, resends included."""
    world.settings = SLOWER
    world.vendor.faults.append(lost_before_issue)
    await world.stage("a")
    engine = world.engine()
    world.start(engine)
    await world.until_state(IntentState.UNKNOWN, "a")
    await world.operations.pause(LANE, "stocktaking")
    await world.stage("b")
    engine.notify(LANE)
    await world.until_state(IntentState.ISSUED, "a")
    assert (await world.intent("b")).state is IntentState.STAGED
    await world.operations.resume(LANE)
    await world.until_state(IntentState.ISSUED, "b")
    await world.assert_all_well("a", "b")


async def test_set_aside_lets_the_lane_go_on(world: World) -> None:
    """An unsettled intent that is set aside stops blocking its lane, and is adopted when it is found."""
    world.settings = replace(world.settings, quiet_seconds=0.9, watch_seconds=30.0)
    world.vendor.faults.append(lost_after_issue)
    world.vendor.invisible_look_ups["a"] = 2
    await world.stage("a")
    world.start(world.engine())
    await world.until_state(IntentState.UNKNOWN, "a")
    await world.stage("b")
    await world.operations.set_aside("a", "the customer waits")
    await world.until_state(IntentState.ISSUED, "b")
    assert (await world.intent("a")).state is IntentState.SET_ASIDE
    with pytest.raises(OperationRefused):
        await world.operations.withdraw("a", "not any more")
    await world.until_state(IntentState.ISSUED, "a")
    await world.assert_all_well("a", "b")


async def test_set_aside_unblocks_a_given_up_lane(world: World) -> None:
    """Setting aside the one that blocked a lane is enough for the lane to go on."""
    world.settings = replace(world.settings, whole_resends=0, resend_limit=0, quiet_seconds=0.05)
    world.vendor.faults.append(lost_before_issue)
    await world.stage("a", "b")
    world.start(world.engine())
    await world.until(lambda: world.announcer.lanes)
    await world.operations.set_aside("a", "by hand")
    await world.operations.set_aside("b", "by hand")
    await world.stage("c")
    await world.until_state(IntentState.ISSUED, "c")


async def test_withdraw_what_was_never_sent(world: World) -> None:
    """A staged intent can be withdrawn and is not sent; a new command brings it back at the tail."""
    await world.stage("a", "b")
    withdrawn = await world.operations.withdraw("a", "ordered twice")
    assert withdrawn.state is IntentState.WITHDRAWN
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "b")
    assert (await world.intent("a")).state is IntentState.WITHDRAWN
    await world.stage("a")
    await world.until_state(IntentState.ISSUED, "a")
    assert world.first_requests() == ["b", "a"]


async def test_withdraw_is_refused_for_what_is_issued(world: World) -> None:
    """What is issued can't be withdrawn, and what does not exist says so."""
    await world.stage("a")
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a")
    with pytest.raises(OperationRefused, match="issued"):
        await world.operations.withdraw("a", "too late")
    with pytest.raises(OperationRefused, match="no intent"):
        await world.operations.withdraw("nobody", "…")


async def test_account_pause_reaches_present_and_future_lanes(world: World) -> None:
    """Pausing an account stops its lanes, also those that come later."""
    await world.operations.pause_account(ACCOUNT, "licence")
    await world.stage("a")
    await world.stage("b", lane="sandbox:0101243150:1C__TBB")
    world.start(world.engine())
    await world.until(lambda: world.announcer.lanes)
    assert not world.vendor.requests
    await world.operations.resume_account(ACCOUNT)
    await world.until_state(IntentState.ISSUED, "a", "b")


async def test_lists_lanes_and_intents(world: World) -> None:
    """The read models count, filter and page."""
    world.vendor.refused["b"] = Rejected("InvalidTaxCode", "bad")
    await world.stage("a", "b", "c")
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a", "c")
    (view,) = await world.operations.list_lanes()
    assert view.counts == {IntentState.ISSUED: 2, IntentState.REJECTED: 1}
    assert view.record.state is LaneState.RUNNING
    queries = IntentQueries(world.store)
    page = await queries.list_intents(labels={"shop": "demo"}, limit=2)
    rest = await queries.list_intents(labels={"shop": "demo"}, limit=2, after=page.next_after)
    assert sorted(i.ref_id for i in (*page.intents, *rest.intents)) == ["a", "b", "c"]
    assert rest.next_after is None
    rejected = await queries.list_intents(states=frozenset({IntentState.REJECTED}), lane=LANE)
    assert [intent.ref_id for intent in rejected.intents] == ["b"]
    assert [i.ref_id for i in (await queries.list_intents(labels={"order": "c"})).intents] == ["c"]
    assert [i.ref_id for i in (await queries.list_intents(ref_id_prefix="a")).intents] == ["a"]


async def test_a_withdrawal_waits_for_the_database_and_is_not_repeated(world: World) -> None:
    """A withdrawn intent that was brought back is not taken away again by a redelivery of the withdrawal."""
    await world.stage("a")
    store = CrashingStore(world.store, failures=3)
    stager = Stager(store, clock=InstantClock())
    position = Position(1, world.offset)
    world.offset += 1
    first = await stager.withdraw("a", lane=LANE, position=position, reason="cancelled")
    assert first is not None
    assert first.kind is StageKind.WITHDRAWN
    assert (await world.intent("a")).state is IntentState.WITHDRAWN
    await world.stage("a")
    again = await stager.withdraw("a", lane=LANE, position=position, reason="cancelled")
    assert again is not None
    assert again.kind is StageKind.REDELIVERED
    assert (await world.intent("a")).state is IntentState.STAGED
    assert await stager.withdraw("nobody", lane=LANE, position=position, reason="cancelled") is None


async def test_a_lane_is_inspected(world: World) -> None:
    """What is in flight, the head of the queue and the next step are told without disturbing the lane."""
    world.settings = replace(world.settings, quiet_seconds=5.0)
    world.vendor.faults.append(lost_before_issue)
    await world.stage("a")
    world.start(world.engine())
    await world.until_state(IntentState.UNKNOWN, "a")
    await world.stage("b", "c")
    detail = await inspect_lane(world.store, world.settings, LANE, queue=1)
    assert [intent.ref_id for intent in detail.in_flight] == ["a"]
    assert [intent.ref_id for intent in detail.queue] == ["b"]
    assert detail.step == WaitUntil((await world.intent("a")).look_up_at or detail.view.record.now)
    with pytest.raises(OperationRefused) as refused:
        await inspect_lane(world.store, world.settings, "nowhere")
    assert (refused.value.why, refused.value.subject) == (Refusal.NO_LANE, "nowhere")


async def test_block_stops_resends_too(world: World) -> None:
    """A lane that an operator blocked looks up what it has in flight and sends nothing, until it is resumed."""
    world.settings = SLOWER
    world.vendor.faults.append(lost_before_issue)
    await world.stage("a")
    world.start(world.engine())
    await world.until_state(IntentState.UNKNOWN, "a")
    blocked = await world.operations.block(LANE, "Stopped", "MISA asks us to wait")
    assert (blocked.state, blocked.code) == (LaneState.BLOCKED, "Stopped")
    looked_up = len(world.vendor.look_ups)
    await world.until(lambda: len(world.vendor.look_ups) > looked_up + 2)
    assert len(world.vendor.requests) == 1
    await world.operations.resume(LANE)
    await world.until_state(IntentState.ISSUED, "a")
    await world.assert_all_well("a")


async def test_a_block_is_not_weakened_or_renamed(world: World) -> None:
    """One that lands between an operator's look and his word keeps its code; his own may be given another reason."""
    await world.stage("a")
    await world.operations.block(LANE, "Certificate", "expired")
    for stop in (world.operations.pause(LANE, "stocktaking"), world.operations.block(LANE, "Stopped", "x")):
        lane = await stop
        assert (lane.state, lane.code, lane.reason) == (LaneState.BLOCKED, "Certificate", "expired")
    lane = await world.operations.block(LANE, "Certificate", "expired since Monday")
    assert (lane.code, lane.reason) == ("Certificate", "expired since Monday")
    assert (await world.operations.resume(LANE)).state is LaneState.RUNNING
    assert (await world.operations.pause(LANE, "stocktaking")).state is LaneState.PAUSED
    assert (await world.operations.block(LANE, "Stopped", "x")).state is LaneState.BLOCKED


async def test_intents_are_listed_by_code_and_time_of_change(world: World) -> None:
    """What was refused with a code since an hour is found, and nothing else."""
    world.vendor.refused["b"] = Rejected("InvalidTaxCode", "bad")
    await world.stage("a", "b")
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a")
    await world.until_state(IntentState.REJECTED, "b")
    queries, now = IntentQueries(world.store), await world.store.now()
    hour = timedelta(hours=1)
    assert [i.ref_id for i in (await queries.list_intents(code="InvalidTaxCode")).intents] == ["b"]
    assert not (await queries.list_intents(code="Other")).intents
    assert len((await queries.list_intents(changed_since=now - hour, changed_before=now + hour)).intents) == 2
    assert not (await queries.list_intents(changed_before=now - hour)).intents
