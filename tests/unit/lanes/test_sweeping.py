"""The sweep over announcements that a crash or a failure left behind."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lanes.announcing import SWEEP_LIMIT, Announcing
from lanes.model import Command, Intent, Position
from lanes.ports import NoMetrics, no_fail_point
from support.lane_memory import MemoryLaneStore
from support.lane_vendor import RecordingAnnouncer
from typing_extensions import override

AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


class Choosy(RecordingAnnouncer):
    """Some things it can never say; then it has said the others of the same list, or not."""

    @override
    async def announce(self, intents: Sequence[Intent]) -> None:
        await super().announce([intent for intent in intents if "odd" not in intent.ref_id])
        if any("odd" in intent.ref_id for intent in intents):
            raise ValueError("this cannot be said")


async def test_what_cannot_be_announced_holds_up_nobody_for_long() -> None:
    """However many there are of it, all others are announced, and each of them once more at most."""
    store = MemoryLaneStore(lambda: AT + timedelta(minutes=1))
    names = [*(f"odd{number}" for number in range(9)), *(f"good{number}" for number in range(9))]
    for number, ref_id in enumerate(names):
        command = Command(ref_id=ref_id, lane="lane", account="account", content="{}", weight=1)
        made = Intent(command=command, position=Position(1, number), seen={})
        await store.stage([replace(made, version=1, unannounced=True, changed_at=AT + timedelta(seconds=number))])
    announcer = Choosy()
    announcing = Announcing(store, announcer, NoMetrics(), no_fail_point, 0.0)
    for _ in range(20):
        await announcing.sweep()
    known = await store.known(names)
    assert {ref_id for ref_id, intent in known.items() if intent.unannounced} == set(names[:9])
    assert announcer.events <= 9 * 5


async def test_what_cannot_be_announced_hides_nobody_behind_it() -> None:
    """Not even when there is more of it than one look finds."""
    store = MemoryLaneStore(lambda: AT + timedelta(minutes=60))
    names = [*(f"odd{number}" for number in range(SWEEP_LIMIT + 5)), "good"]
    for number, ref_id in enumerate(names):
        command = Command(ref_id=ref_id, lane="lane", account="account", content="{}", weight=1)
        made = Intent(command=command, position=Position(1, number), seen={})
        await store.stage([replace(made, version=1, unannounced=True, changed_at=AT + timedelta(seconds=number))])
    announcing = Announcing(store, Choosy(), NoMetrics(), no_fail_point, 0.0)
    for _ in range(SWEEP_LIMIT // 3):
        await announcing.sweep()
    assert not (await store.known(["good"]))["good"].unannounced
