"""A process that stands still (SIGSTOP) at any step and wakes when its lease has long been another's.

Up to the last check before the first byte it sends nothing and changes nothing. Between that and the socket nobody can
keep the bytes from leaving: the overlap happens, is reported, and the vendor's own memory of RefIDs keeps it harmless.
"""

import asyncio
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from lanes.ports import FailPoint
from support.crash.orders import REFUSED
from support.crash.place import Shared
from support.replicas import READY_SECONDS, World, company, problems, until, world
from support.suspending import BODY

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(400)]

SLOW = {"kind": "latency", "seconds": 0.3}
LOST = {"kind": "accept-then-reset", "count": 1}
NOTHING = {"kind": "reset-before", "count": 1}
Rules = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a process stands still: at which pass of a point, and the faults that lead there."""

    point: FailPoint
    skip: int = 0
    rules: Rules = ()
    after: FailPoint | None = None
    """Where another has died before, so that there is something to take over."""
    feared: bool | None = False
    """Whether it must fear that a request of its own overlapped, and say so; None: it may."""


STOPS = (
    Stop(FailPoint.STAGE_BEFORE_INSERT),
    Stop(FailPoint.STAGE_AFTER_INSERT),
    Stop(FailPoint.STAGE_AFTER_WAKE),
    Stop(FailPoint.CLAIM_AFTER_LEASE),
    Stop(FailPoint.CLAIM_AFTER_PREPARE),
    Stop(FailPoint.CLAIM_AFTER_COMMIT),
    Stop(FailPoint.CALL_AT_LAST_CHECK),  # passed before connecting
    Stop(FailPoint.CALL_AFTER_LAST_CHECK, feared=None),  # not sent, but stopped by its deadline it may not know
    Stop(FailPoint.CALL_AT_LAST_CHECK, skip=1, feared=None),  # passed again directly before the first byte
    Stop(FailPoint.CALL_AFTER_ANSWER, feared=True),
    Stop(FailPoint.RECORD_AFTER_COMMIT, feared=None),  # the next request, claimed ahead, is under way meanwhile
    Stop(FailPoint.ANNOUNCE_BEFORE_SEND, feared=None),  # so it may be here
    Stop(FailPoint.ANNOUNCE_AFTER_SEND, feared=None),
    Stop(FailPoint.ANNOUNCE_AFTER_MARK, feared=None),
    Stop(FailPoint.SETTLE_AFTER_TAKEOVER, after=FailPoint.CALL_AFTER_ANSWER),
    Stop(FailPoint.SETTLE_AFTER_LOOK_UP, rules=(LOST,)),
    Stop(FailPoint.SETTLE_AFTER_RECORD, rules=(LOST,)),
    Stop(FailPoint.SETTLE_AFTER_RESEND_CLAIM, rules=(NOTHING,)),
)
"""Every point of a lane's way, save the one between the last check and the first byte; watching sends no invoice."""
OVERLAPS = 'hoadon_alarms_total{kind="possible-overlap"}'
AT_ONCE = 4
"""Worlds side by side; each has two invoicers and a stand-in."""
PATIENCE = {"INVOICER_LANE_LEASE": "6", "INVOICER_LANE_DEADLINE": "3"}
"""A dozen processes share two processors: one that is kept waiting for a while must not lose its lane honestly, which
it would report as one more overlap, nor have its request pass for unknown and send it again."""


async def _stand_still(
    made: World,
    point: FailPoint | str,
    *,
    skip: int = 0,
    rules: Rules = (),
    after: FailPoint | None = None,
    **options: Any,
) -> None:
    """One stops at the point, the other takes over; while the vendor works for the other, the first wakes."""
    await made.prepare(SLOW, *rules, **options)
    await made.place.produce(made.company.commands(range(1, len(made.company.ref_ids) + 1)))
    if after is not None:
        await (await made.join(after, signal.SIGKILL)).child.code(READY_SECONDS)
    first = await made.join(point, skip=skip)
    await made.stopped(first)
    until_now = len(await made.requests())
    second = await made.join()

    async def goes_on() -> bool:
        return len(await made.requests()) > until_now

    await until(goes_on, "the vendor to work for the successor")
    first.wake()
    await until(made.done, "everything to be issued and announced")
    await made.ready(first, second)
    await until(lambda: _all_committed(made), "all commands to be committed")


async def _all_committed(made: World) -> bool:
    return (await made.evidence()).commands_left == 0


async def _reports(made: World, *, least: float) -> float:
    """How many overlaps the woken one has reported, once there are at least so many."""
    count = 0.0

    async def enough() -> bool:
        nonlocal count
        count = await made.members[-2].counted(made.place.shared.http, OVERLAPS)
        return count >= least

    await until(enough, "an overlap to be reported")
    return count


async def _complaints(servers: Shared, number: int, stop: Stop) -> list[str]:
    async with world(servers, company(number, 6), **PATIENCE) as made:
        try:
            await _stand_still(made, stop.point, skip=stop.skip, rules=stop.rules, after=stop.after)
            reported = await _reports(made, least=float(stop.feared or 0))
        except TimeoutError as error:
            return [str(error), *problems(await made.evidence())]
        evidence = await made.evidence()
        found = problems(evidence)
        # What is refused leaves nothing to be found: it is sent again if its answer was lost.
        if not stop.rules and set(evidence.repeated()) - {REFUSED}:
            found.append(f"places {evidence.repeated()} were sent twice")
        if stop.feared is not None and reported != stop.feared:
            found.append(f"it reported {reported:g} overlaps")
        return found


async def test_whoever_wakes_when_its_lease_is_anothers_sends_nothing_and_changes_nothing(servers: Shared) -> None:
    """Trap: a paused worker wakes and sends after its lease. No two requests overlap, no invoice is sent twice."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int, stop: Stop) -> list[str]:
        async with gate:
            return await _complaints(servers, number, stop)

    found = await asyncio.gather(*(one(number, stop) for number, stop in enumerate(STOPS, 1)))
    wrong = {f"{stop.point.value} ({stop.skip})": told for stop, told in zip(STOPS, found, strict=True) if told}
    assert not wrong, "\n".join(f"{place}: {told}" for place, told in wrong.items())


@pytest.mark.parametrize("where", (FailPoint.CALL_AFTER_LAST_CHECK, BODY))
async def test_the_one_overlap_that_nobody_can_exclude_is_reported_and_harmless(
    servers: Shared, where: FailPoint | str
) -> None:
    """Trap: suspended after the last check, or with only the socket left to write to, it overlaps; it is reported."""

    async def overlap(number: int, vendor: str) -> None:
        async with world(servers, company(number + len(where), 6), **PATIENCE) as made:
            await _stand_still(made, where, skip=int(where != BODY), on_overlap=vendor)
            reported = await _reports(made, least=1)
            evidence = await made.evidence()
            said = made.members[-2].log()
        assert problems(evidence, overlaps=True) == []
        # Before the head is written, the deadline, which has passed meanwhile, may still stop the body.
        assert evidence.audit["overlaps"] or where != BODY
        assert reported == 1
        assert "requests may have overlapped" in said

    await asyncio.gather(overlap(100, "race"), overlap(200, "issue"))
