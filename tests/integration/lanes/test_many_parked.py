"""Many lanes that cannot go on at the same time: known of at once, and without cost to the others."""

import logging

import pytest
from lanes.model import IntentState, LaneState
from lanes.outcomes import AccountFault
from lanes.ports import Count
from support.lane_vendor import each
from support.lanes_world import World

PARKED = tuple(f"sandbox:01012431{number:02d}:1C__TAA" for number in range(12))
FREE = "sandbox:2222222222:1C__TAA"


async def test_many_lanes_that_park_are_counted_told_and_cost_nothing(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Trap: many lanes park at once: each is counted, logged as an error and announced, and sends nothing in vain."""
    world.vendor.faults.extend(each(AccountFault("InvoiceTemplateNotExist", "no template")) for _ in PARKED)
    for lane in PARKED:
        await world.stage(f"first of {lane}", f"second of {lane}", lane=lane, account=lane.rpartition(":")[0])
    engine = world.engine()
    with caplog.at_level(logging.ERROR, "lanes"):
        world.start(engine)
        await world.until(lambda: world.metrics.counts[Count.BLOCKED] == len(PARKED))
        await world.until(lambda: len(world.announcer.lanes) == len(PARKED))
    told = {change.key: change.state for change in world.announcer.lanes}
    assert told == dict.fromkeys(PARKED, LaneState.BLOCKED)
    logged = [record.__dict__["lane"] for record in caplog.records if record.getMessage() == "a lane changed"]
    assert sorted(logged) == sorted(PARKED)
    for number in range(5):
        ref_id = f"free {number}"
        await world.stage(ref_id, lane=FREE, account="sandbox:2222222222")
        engine.notify(FREE)
        for lane in PARKED:
            engine.notify(lane)
        await world.until_state(IntentState.ISSUED, ref_id)
    assert len([request for request in world.vendor.requests if request.lane in PARKED]) == len(PARKED)
    assert world.metrics.counts[Count.BLOCKED] == len(PARKED)
