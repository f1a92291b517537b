"""What leaves is on record before it leaves."""

from lanes.model import Intent, IntentState
from lanes.ports import Request
from support.lane_vendor import VendorAdapter
from support.lanes_world import LANE, World


async def test_a_request_is_stored_before_it_leaves(world: World) -> None:
    """Trap: what left before it was written down is sent again as another: request, body and owner are stored first."""
    found: list[Intent] = []
    holders: list[str | None] = []

    async def look(request: Request) -> None:
        for parcel in request.parcels:
            intent = await world.intent(parcel.intent.ref_id)
            assert intent.bodies[-1].text == parcel.body
            found.append(intent)
        record = await world.store.load(LANE)
        assert record is not None
        assert record.in_flight is not None
        assert record.in_flight.request_id == request.request_id
        holders.append(record.holder)

    await world.stage("a", "b")
    world.start(world.engine(adapter=VendorAdapter(world.vendor, after_last_check=look)))
    await world.until_state(IntentState.ISSUED, "a", "b")
    assert [(intent.ref_id, intent.state, intent.attempts) for intent in found] == [
        ("a", IntentState.SENDING, 1),
        ("b", IntentState.SENDING, 1),
    ]
    assert None not in holders
