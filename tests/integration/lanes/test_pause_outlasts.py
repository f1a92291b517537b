"""A pause is a person's word: nothing but a person ends it."""

from dataclasses import replace

from lanes.model import IntentState, LaneState
from support.lane_vendor import lost_after_issue
from support.lanes_world import LANE, World


async def given_up_and_found(world: World, *, pause_when_blocked: bool) -> None:
    """A lane that is paused before or after it is given up, and whose invoice is found at last."""
    world.settings = replace(world.settings, whole_resends=0, resend_limit=0, quiet_seconds=0.6)
    world.vendor.faults.append(lost_after_issue)
    world.vendor.invisible_look_ups["a"] = 6
    await world.stage("a")
    world.start(world.engine())
    await world.until_state(IntentState.UNKNOWN, "a")

    async def blocked() -> bool:
        return (await world.operations.show_lane(LANE)).record.state is LaneState.BLOCKED

    if pause_when_blocked:
        await world.until(blocked)
    await world.operations.pause(LANE, "stocktaking")
    await world.until(blocked)
    await world.stage("b")
    await world.until_state(IntentState.ISSUED, "a")


async def assert_still_paused(world: World) -> None:
    """Paused for its own reason, and only a person's word lets it go on."""
    record = (await world.operations.show_lane(LANE)).record
    assert (record.state, record.code, record.reason) == (LaneState.PAUSED, "Paused", "stocktaking")
    assert (await world.intent("b")).state is IntentState.STAGED
    await world.operations.resume(LANE)
    await world.until_state(IntentState.ISSUED, "b")
    await world.assert_all_well("a", "b")


async def test_a_pause_outlasts_an_unknown_outcome(world: World) -> None:
    """A paused lane that is blocked over an unknown outcome is paused again when that is found."""
    await given_up_and_found(world, pause_when_blocked=False)
    await assert_still_paused(world)


async def test_a_lane_that_is_blocked_can_be_paused(world: World) -> None:
    """Paused while it is blocked over an unknown outcome: it does not run by itself when that is found."""
    await given_up_and_found(world, pause_when_blocked=True)
    await assert_still_paused(world)


async def test_a_lane_of_an_earlier_release_is_served(world: World) -> None:
    """Lanes that were stored before they could remember a pause are read as if they remembered none."""
    await world.stage("a")
    await world.database["lanes"].update_one({"_id": LANE}, {"$unset": {"paused_for": ""}})
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a")
    await world.assert_all_well("a")
