"""A worker dies at every numbered step; another one continues."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest
from lanes.model import IntentState, Position
from lanes.outcomes import Rejected
from lanes.ports import Count, FailPoint, Request
from lanes.staging import StageKind, Stager
from support.lane_vendor import Fault, VendorAdapter, each, lost_after_issue, lost_before_issue
from support.lanes_world import LANE, Crash, CrashingStore, InstantClock, World

STAGING = (FailPoint.STAGE_BEFORE_INSERT, FailPoint.STAGE_AFTER_INSERT, FailPoint.STAGE_AFTER_WAKE)
SERVING = (
    FailPoint.CLAIM_AFTER_LEASE,
    FailPoint.CLAIM_AFTER_PREPARE,
    FailPoint.CLAIM_AFTER_COMMIT,
    FailPoint.CALL_AT_LAST_CHECK,
    FailPoint.CALL_AFTER_LAST_CHECK,
    FailPoint.CALL_AFTER_ANSWER,
    FailPoint.RECORD_AFTER_COMMIT,
    FailPoint.ANNOUNCE_BEFORE_SEND,
    FailPoint.ANNOUNCE_AFTER_SEND,
    FailPoint.ANNOUNCE_AFTER_MARK,
)


@pytest.mark.parametrize("point", STAGING)
async def test_crash_while_staging(world: World, point: FailPoint) -> None:
    """A stager that dies anywhere is repeated by the redelivery, and everything is issued once."""

    def fail(reached: FailPoint) -> None:
        if reached is point:
            raise Crash(reached)

    commands = [(world.command(ref), Position(1, number)) for number, ref in enumerate(("a", "b"))]
    with pytest.raises(Crash):
        await Stager(world.store, fail_point=fail).stage(commands)
    outcomes = await Stager(world.store).stage(commands)
    assert {outcome.kind for outcome in outcomes} <= {StageKind.STAGED, StageKind.REDELIVERED}
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a", "b")
    await world.assert_all_well("a", "b")


@pytest.mark.parametrize("point", SERVING)
async def test_crash_while_serving(world: World, point: FailPoint) -> None:
    """Trap: what left is sent again after a crash. A worker that dies at any step is followed by one that continues."""
    await world.stage("a", "b", "c")
    world.start(world.engine(crash_at=point))
    with pytest.raises(Crash):
        await world.ended()
    await world.stage("d")
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a", "b", "c", "d")
    await world.assert_all_well("a", "b", "c", "d")


@pytest.mark.parametrize(
    ("point", "fault"),
    (
        (FailPoint.SETTLE_AFTER_LOOK_UP, lost_after_issue),
        (FailPoint.SETTLE_AFTER_LOOK_UP, lost_before_issue),
        (FailPoint.SETTLE_AFTER_RECORD, lost_after_issue),
        (FailPoint.SETTLE_AFTER_RECORD, lost_before_issue),
        (FailPoint.SETTLE_AFTER_RESEND_CLAIM, lost_before_issue),
    ),
)
async def test_crash_while_settling(world: World, point: FailPoint, fault: Fault) -> None:
    """A worker that dies while it settles an unknown outcome is followed by one that settles it."""
    world.vendor.faults.append(fault)
    await world.stage("a", "b")
    world.start(world.engine(crash_at=point))
    with pytest.raises(Crash):
        await world.ended()
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a", "b")
    await world.assert_all_well("a", "b")


async def test_crash_during_takeover(world: World) -> None:
    """Trap: a takeover that begins with new work. Two die, the second right after it; what was in flight goes first."""
    await world.stage("a")
    world.start(world.engine(crash_at=FailPoint.CALL_AFTER_ANSWER))
    with pytest.raises(Crash):
        await world.ended()
    world.start(world.engine(crash_at=FailPoint.SETTLE_AFTER_TAKEOVER))
    with pytest.raises(Crash):
        await world.ended()
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a")
    await world.assert_all_well("a")


@pytest.mark.parametrize("point", (FailPoint.WATCH_AFTER_LOOK_UP, FailPoint.WATCH_AFTER_RECORD))
async def test_crash_while_watching(world: World, point: FailPoint) -> None:
    """A worker that dies before or after it records a late look-up is followed by one that goes on."""
    world.settings = replace(world.settings, watch_seconds=30.0)
    world.vendor.faults.extend([lost_before_issue, each(Rejected("InvalidData", "no"))])
    await world.stage("a")
    world.start(world.engine(crash_at=point))
    await world.until_state(IntentState.REJECTED, "a")
    world.vendor.issue(LANE, "a", world.vendor.requests[0].bodies[0])
    with pytest.raises(BaseExceptionGroup):
        await world.ended()
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a")
    await world.assert_all_well("a")


async def test_two_engines_never_overlap(world: World) -> None:
    """Trap: two workers on one lane at once; they send one request at a time per lane."""
    world.vendor.latency = 0.02
    world.settings = replace(world.settings, turn_requests=1, sweep_grace_seconds=0.0)
    lanes = [LANE, "sandbox:0101243150:1C__TBB"]
    refs = [f"r{number:02d}" for number in range(20)]
    engines = [world.engine(), world.engine()]
    for engine in engines:
        world.start(engine)
    for ref in refs:
        for lane in lanes:
            await world.stage(f"{lane[-3:]}-{ref}", lane=lane)
            for engine in engines:
                engine.notify(lane)
    everything = [f"{lane[-3:]}-{ref}" for lane in lanes for ref in refs]
    await world.until_state(IntentState.ISSUED, *everything)
    assert world.vendor.overlaps == 0
    for lane in lanes:
        mine = [ref for ref in world.first_requests() if ref.startswith(lane[-3:])]
        assert mine == [f"{lane[-3:]}-{ref}" for ref in refs]


async def test_paused_worker_wakes_after_its_lease(world: World) -> None:
    """A worker that slept between claim and last check does not send once its lease is too short."""
    gate = asyncio.Event()

    async def wait_at_gate(_: Request) -> None:
        await gate.wait()

    sleeper = VendorAdapter(world.vendor, before_last_check=wait_at_gate)
    await world.stage("a")
    world.start(world.engine(adapter=sleeper))
    await world.until_state(IntentState.SENDING, "a")
    world.start(world.engine())
    await asyncio.sleep(world.settings.lease_seconds - 0.3)
    gate.set()
    await world.until_state(IntentState.ISSUED, "a")
    await world.assert_all_well("a")
    assert len(world.vendor.requests) == 1


async def test_suspended_before_the_last_check_is_no_alarm(world: World) -> None:
    """Whoever wakes too late and sends nothing has overlapped with nobody: operators are not told that it may have."""
    resumed = asyncio.Event()

    async def asleep(_: Request) -> None:
        while not resumed.is_set():
            with suppress(asyncio.CancelledError):  # a suspended process does not notice its deadline either
                await resumed.wait()

    await world.stage("a")
    world.start(world.engine(adapter=VendorAdapter(world.vendor, before_last_check=asleep)))
    await world.until_state(IntentState.SENDING, "a")
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a")
    resumed.set()
    await world.until(lambda: world.metrics.counts[Count.NOT_SENT])
    await world.assert_all_well("a")
    assert len(world.vendor.requests) == 1
    assert not world.metrics.counts[Count.SUPERSEDED]


async def test_suspended_after_the_last_check_issues_once(world: World) -> None:
    """The one gap that is left: a worker suspended after its last check overlaps; one invoice, and it is counted."""
    resumed = asyncio.Event()

    async def asleep(_: Request) -> None:
        while not resumed.is_set():
            with suppress(asyncio.CancelledError):  # a suspended process does not notice its deadline either
                await resumed.wait()

    suspended = VendorAdapter(world.vendor, after_last_check=asleep)
    await world.stage("a")
    world.start(world.engine(adapter=suspended))
    await world.until_state(IntentState.SENDING, "a")
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a")
    resumed.set()
    await world.until(lambda: world.metrics.counts[Count.SUPERSEDED])
    await world.assert_all_well("a")


async def test_superseded_answer_changes_nothing(world: World) -> None:
    """Trap: whoever was superseded between answer and recording changes nothing of what its successor recorded."""
    gate = asyncio.Event()
    store = CrashingStore(world.store)
    await world.stage("a", "b")
    world.start(world.engine(store=store, at={FailPoint.CALL_AFTER_ANSWER: lambda: setattr(store, "gate", gate)}))
    await world.until(lambda: store.gate)
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a", "b")
    await world.assert_all_well("a", "b")
    before = await world.intent("a")
    gate.set()
    await world.until(lambda: world.metrics.counts[Count.SUPERSEDED])
    assert await world.intent("a") == before


async def test_store_away_while_recording(world: World) -> None:
    """An answer outlives a database that is away: it is recorded as soon as that is back."""
    store = CrashingStore(world.store)
    await world.stage("a")
    world.start(world.engine(store=store, at={FailPoint.CALL_AFTER_ANSWER: lambda: setattr(store, "failures", 3)}))
    await world.until_state(IntentState.ISSUED, "a")
    await world.assert_all_well("a")
    assert len(world.vendor.requests) == 1
    assert not world.vendor.look_ups


async def test_staging_waits_for_the_database(world: World) -> None:
    """Trap: the database is away while a command is staged: a stager does not return before it is safe."""
    store = CrashingStore(world.store, failures=2)
    await Stager(store, clock=InstantClock()).stage([(world.command("a"), Position(1, 0))])
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a")


async def test_orderly_shutdown_finishes_the_call(world: World) -> None:
    """Stopping lets the call finish, records it, gives the lease back, and leaves the rest for the next."""
    world.vendor.latency = 0.2
    refs = [f"r{number:02d}" for number in range(31)]
    await world.stage(*refs)
    engine = world.engine()
    world.start(engine)
    await world.until(lambda: world.vendor.requests)
    engine.stop()
    await world.ended()
    record = await world.store.load(LANE)
    assert record is not None
    assert (record.holder, record.in_flight, record.wake_at is not None) == (None, None, True)
    assert len(world.vendor.issued) == 30
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, *refs)
    await world.assert_all_well(*refs)


async def test_cancelled_call_is_unknown(world: World) -> None:
    """Trap: cancelling the call after bytes have left is no failure: unknown, and the next worker settles it."""
    world.settings = replace(world.settings, shutdown_seconds=0.05)
    world.vendor.latency = 0.3
    await world.stage("a")
    engine = world.engine()
    world.start(engine)
    await world.until(lambda: world.vendor.requests)
    engine.stop()
    await world.ended()
    assert (await world.intent("a")).state is IntentState.UNKNOWN
    world.vendor.latency = 0
    world.start(world.engine())
    await world.until_state(IntentState.ISSUED, "a")
    await world.assert_all_well("a")


async def test_a_shutdown_that_is_cut_short_still_records(world: World) -> None:
    """Trap: whoever cancels a stopping engine finds the call marked unknown and the lease given back."""
    world.vendor.latency = 30
    await world.stage("a")
    engine = world.engine()
    world.start(engine)
    await world.until(lambda: world.vendor.requests)
    engine.stop()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    world.tasks[-1].cancel()
    with suppress(asyncio.CancelledError):
        await world.ended()
    record = await world.store.load(LANE)
    assert record is not None
    assert (await world.intent("a")).state is IntentState.UNKNOWN
    assert (record.holder, record.lease_end) == (None, None)
