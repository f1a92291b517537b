"""What may be alive goes first, wherever in the queue it stands: its date stands already."""

from dataclasses import replace
from datetime import date

from lanes.model import IntentState
from lanes.outcomes import AccountFault
from support.lane_vendor import each, lost_before_issue
from support.lanes_world import LANE, World

BEFORE_IT = [f"before{number:02d}" for number in range(40)]


async def test_an_open_attempt_behind_more_than_a_request_takes_goes_first(world: World) -> None:
    """Held ones that are corrected keep their places before it: a day later they must not overtake it."""
    world.settings = replace(world.settings, watch_seconds=60.0)
    fault = AccountFault("LicenseInfo_OutOfInvoice", "used up")
    world.vendor.faults.extend([lost_before_issue, each(fault)])
    await world.stage(*BEFORE_IT, content={"hold": "incomplete"})
    world.start(world.engine())
    await world.until_state(IntentState.HELD, *BEFORE_IT)
    await world.stage("open")

    async def refused_after_a_lost_answer() -> bool:
        intent = await world.intent("open")
        return intent.state is IntentState.STAGED and intent.open_attempts > 0

    await world.until(refused_after_a_lost_answer)
    world.today = date(2026, 11, 22)
    await world.stage(*BEFORE_IT, content={"complete": True})
    await world.operations.resume(LANE)
    await world.until_state(IntentState.ISSUED, "open", *BEFORE_IT)
    dates = [issued["date"] for issued in world.vendor.issued.values()]
    assert dates == sorted(dates)
    assert next(iter(world.vendor.issued)) == "open"
