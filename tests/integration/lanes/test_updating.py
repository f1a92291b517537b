"""Many intents changed at once: each gets its own values, all or none, whatever their texts look like."""

from dataclasses import replace

from lanes.model import Body, Intent, IntentState
from lanes.store import IntentChange, Transition
from support.lanes_world import LANE, TODAY, World

REFS = ("a", "b", "c", "d")


async def staged(world: World) -> list[Intent]:
    """Four of them, as stored."""
    await world.stage(*REFS)
    known = await world.store.known(REFS)
    return [known[ref] for ref in REFS]


def issued(intent: Intent, number: int) -> IntentChange:
    """Another result for each, with texts that MongoDB could take for names of fields."""
    body = Body(text=f"$content {number}", date=TODAY, weight=number, request_id="$$NOW")
    return IntentChange(
        before=intent,
        after=replace(
            intent,
            version=intent.version + 1,
            state=IntentState.ISSUED,
            bodies=(body,),
            result={"number": f"${number}", "nothing": ""},
            reason=None if number % 2 else "$reason",
            unannounced=True,
        ),
    )


async def apply(world: World, changes: list[IntentChange]) -> bool:
    """One transaction over the lane and these."""
    lane = await world.store.load(LANE)
    assert lane is not None
    return await world.store.apply(Transition(before=lane, after=lane, intents=tuple(changes))) is not None


async def test_each_gets_its_own_values(world: World) -> None:
    """What differs between them and what does not is stored as it was given."""
    changes = [issued(intent, number) for number, intent in enumerate(await staged(world))]
    assert await apply(world, changes)
    known = await world.store.known(REFS)
    assert [known[ref] for ref in REFS] == [change.after for change in changes]


async def test_one_that_has_changed_keeps_all_from_changing(world: World) -> None:
    """A version that moved meanwhile fails the whole step, however the changes are sent to the database."""
    intents = await staged(world)
    changes = [issued(intent, number) for number, intent in enumerate(intents)]
    moved = IntentChange(before=intents[2], after=replace(intents[2], version=intents[2].version + 1))
    assert await world.store.change_intent(moved)
    assert not await apply(world, changes)
    known = await world.store.known(REFS)
    assert {known[ref].state for ref in REFS} == {IntentState.STAGED}


async def test_changes_of_different_kinds_go_together(world: World) -> None:
    """Other fields, another version, one that stands alone: all in one step."""
    intents = await staged(world)
    moved = IntentChange(before=intents[0], after=replace(intents[0], version=intents[0].version + 1, code="$x"))
    assert await world.store.change_intent(moved)
    held = replace(intents[3], version=intents[3].version + 1, state=IntentState.HELD, code="Held")
    changes = [
        issued(moved.after, 0),
        issued(intents[1], 1),
        issued(intents[2], 2),
        IntentChange(before=intents[3], after=held),
    ]
    assert await apply(world, changes)
    known = await world.store.known(REFS)
    assert [known[ref] for ref in REFS] == [change.after for change in changes]
