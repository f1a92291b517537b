"""A consumer that lost its partition and writes late."""

from dataclasses import replace

from lanes.model import IntentState, Position
from lanes.store import IntentChange
from support.lanes_world import LANE, World


async def test_a_consumer_that_wakes_late_does_not_lower_what_was_seen(world: World) -> None:
    """The late write of an older command must not make the newest look new when it comes again."""
    await world.stage("a")
    known = await world.intent("a")
    second, third = (replace(known, seen={LANE: Position(9, offset)}) for offset in (2, 3))
    assert await world.store.stage([IntentChange(before=known, after=third)])
    assert not await world.store.stage([IntentChange(before=known, after=second)])
    assert (await world.intent("a")).seen == {LANE: Position(9, 3)}
    withdrawn = await world.operations.withdraw("a", "cancelled")
    assert withdrawn.state is IntentState.WITHDRAWN
    assert withdrawn.seen == {LANE: Position(9, 3)}
