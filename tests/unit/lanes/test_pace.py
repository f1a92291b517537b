"""How fast a lane goes, and that nothing it does for speed breaks a rule: in virtual time, step by step."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from lanes.engine import LaneEngine
from lanes.model import Intent, IntentState
from lanes.operations import OperationRefused
from lanes.outcomes import Answer, NotSent, TryAgain, WholeTryAgain
from lanes.ports import Count, FailPoint
from lanes.settings import LaneSettings
from lanes.store import Transition
from support.lane_vendor import RecordingAnnouncer, answer, each
from support.lanes_world import LANE, TODAY, Crash
from support.virtual_lanes import LATENCY, TRIP, SlowStore, VirtualLane
from typing_extensions import override

ALL = ("a", "b", "c", "d", "e", "f")


@pytest.fixture
def make() -> Iterator[Callable[..., VirtualLane]]:
    """Six invoices wait in a lane that takes two at a time and has no pause, unless the settings are others."""
    lanes: list[VirtualLane] = []

    def make(**settings: float) -> VirtualLane:
        chosen: dict[str, Any] = {"pause_seconds": 0.0, "most_intents": 2, **settings}
        lanes.append(VirtualLane(settings=LaneSettings(**chosen)))
        lanes[-1].stage(*ALL)
        return lanes[-1]

    yield make
    for lane in lanes:
        lane.loop.end()


@pytest.fixture
def lane(make: Callable[..., VirtualLane]) -> VirtualLane:
    """As `make` makes it."""
    return make()


def test_between_two_requests_lies_one_question(lane: VirtualLane) -> None:
    """Whether anything has moved; recording the answer and claiming ahead happen together, during the next call."""
    store = SlowStore(lane.memory)
    lane.start(lane.worker(store))
    lane.pass_time(5)
    assert lane.batches() == [["a", "b"], ["c", "d"], ["e", "f"]]
    assert lane.gaps() == [pytest.approx(TRIP), pytest.approx(TRIP)]
    assert store.operations.count("stands") == 2
    assert store.operations.count("apply") == 5
    assert lane.states(*ALL) == {IntentState.ISSUED}


def test_a_claim_does_not_lengthen_the_pause(make: Callable[..., VirtualLane]) -> None:
    """With a pause the claim is written before the pause is over, and the request leaves when it is, not sooner."""
    lane = make(pause_seconds=1.0)
    lane.start(lane.worker())
    lane.pass_time(10)
    assert lane.batches() == [["a", "b"], ["c", "d"], ["e", "f"]]
    assert all(1.0 <= gap <= 1.0 + 0.1 * TRIP for gap in lane.gaps())


def test_a_claim_that_is_quicker_than_the_last_waits(make: Callable[..., VirtualLane]) -> None:
    """Written before the pause is over by as much as the last one took, a request still leaves only when it is."""
    lane = make(pause_seconds=1.0)
    store, slow = SlowStore(lane.memory), [0.1]
    store.receipt_takes = lambda _: slow.pop() if slow else 0.0
    lane.start(lane.worker(store))
    lane.pass_time(10)
    assert lane.batches() == [["a", "b"], ["c", "d"], ["e", "f"]]
    assert all(gap >= 1.0 for gap in lane.gaps())


def test_a_short_queue_is_read_when_the_answer_is_there(lane: VirtualLane) -> None:
    """A request that would not be full is not prepared ahead: what is staged during the call still goes with it."""
    lane.stage("g")
    lane.start(lane.worker())
    lane.pass_time(2.9 * LATENCY)
    assert lane.batches() == [["a", "b"], ["c", "d"], ["e", "f"]]
    lane.stage("h")
    lane.pass_time(5)
    assert lane.batches()[3:] == [["g", "h"]]


@pytest.mark.parametrize("way", ("pause", "block", "pause_account"))
def test_stopped_during_the_call(lane: VirtualLane, way: str) -> None:
    """A lane or account that is paused or blocked while a request is under way claims nothing more."""

    async def stop() -> None:
        match way:
            case "pause":
                await lane.operations.pause(LANE, "stocktaking")
            case "block":
                await lane.operations.block(LANE, "Fault", "a fault elsewhere")
            case _:
                await lane.operations.pause_account("sandbox:0101243150", "stocktaking")

    lane.start(lane.worker(during={1: stop}))
    lane.pass_time(20)
    assert lane.batches() == [["a", "b"]]
    assert lane.states("a", "b") == {IntentState.ISSUED}
    assert lane.states("c", "d", "e", "f") == {IntentState.STAGED}
    assert lane.memory.lanes[LANE].in_flight is None


def test_withdrawn_during_the_call(lane: VirtualLane) -> None:
    """An intent that is withdrawn before it was claimed ahead is not sent; those behind it move up."""
    lane.start(lane.worker(during={1: lambda: lane.operations.withdraw("e", "cancelled")}))
    lane.pass_time(20)
    assert lane.batches() == [["a", "b"], ["c", "d"], ["f"]]
    assert lane.intent("e").state is IntentState.WITHDRAWN


def test_what_is_claimed_ahead_counts_as_being_sent(lane: VirtualLane) -> None:
    """Nobody but its worker knows whether it has left: it is not withdrawn, and not lost for it."""
    refused: list[Exception] = []

    async def withdraw() -> None:
        try:
            await lane.operations.withdraw("c", "cancelled")
        except OperationRefused as refusal:
            refused.append(refusal)

    lane.start(lane.worker(during={1: withdraw}))
    lane.pass_time(20)
    assert len(refused) == 1
    assert lane.batches() == [["a", "b"], ["c", "d"], ["e", "f"]]


def test_content_changed_during_the_call(lane: VirtualLane) -> None:
    """New content for what waits is what is sent."""

    async def change() -> None:
        stored = lane.intent("e")
        command = replace(stored.command, content='{"ref": "e", "note": "new"}')
        lane.memory.intents["e"] = replace(stored, command=command, version=stored.version + 1)

    lane.start(lane.worker(during={1: change}))
    lane.pass_time(20)
    assert lane.batches() == [["a", "b"], ["c", "d"], ["e", "f"]]
    assert '"note": "new"' in lane.vendor.bodies["e"]


def test_an_earlier_one_comes_back_during_the_call(lane: VirtualLane) -> None:
    """What was held and is released at its old place goes before what was prepared ahead: nothing is skipped."""
    held = lane.intent("c")
    lane.memory.intents["c"] = replace(held, state=IntentState.HELD)

    async def release() -> None:
        lane.memory.intents["c"] = replace(held, version=held.version + 1)

    lane.start(lane.worker(during={1: release}))
    lane.pass_time(20)
    assert lane.batches() == [["a", "b"], ["c", "d"], ["e", "f"]]


def test_the_day_changes_during_the_call(lane: VirtualLane) -> None:
    """What was prepared for yesterday is prepared again: its date is the day of its claim."""

    async def midnight() -> None:
        lane.today = TODAY + timedelta(days=1)

    lane.start(lane.worker(during={1: midnight}))
    lane.pass_time(20)
    dates = [lane.vendor.issued[ref_id]["date"] for ref_id in ALL]
    assert dates == ["2026-11-21"] * 2 + ["2026-11-22"] * 4


def test_nothing_is_claimed_ahead_across_midnight(lane: VirtualLane) -> None:
    """Were both unknown after a crash, the first would have to be sent again behind a later date."""
    store = SlowStore(lane.memory)

    def midnight(point: FailPoint) -> None:
        if point is FailPoint.CALL_AT_LAST_CHECK:
            lane.today = TODAY + timedelta(days=1)

    lane.start(lane.worker(store, fail_point=midnight))
    lane.pass_time(20)
    named = [transition.after.in_flight for transition in store.transitions if transition.after.in_flight]
    assert [flying.following for flying in named if flying.following and "c" in flying.following.ref_ids] == []
    assert lane.batches() == [["a", "b"], ["c", "d"], ["e", "f"]]


def test_a_refusal_for_now_is_seen_to_before_the_next_claim(lane: VirtualLane) -> None:
    """A number race goes back to its place and waits; nothing that was prepared ahead overtakes it."""
    lane.vendor.faults.append(each(TryAgain("InvoiceNumberNotCotinuous", 0.1)))
    lane.start(lane.worker())
    lane.pass_time(20)
    assert lane.batches() == [["a", "b"], ["a", "b"], ["c", "d"], ["e", "f"]]
    assert lane.gaps()[0] >= lane.settings.race_pause_seconds


@pytest.mark.parametrize("told", (NotSent("no route"), WholeTryAgain("SignESignHSMError", 1.0, "later")))
def test_a_lane_that_gets_nowhere_is_noticed_and_goes_on(make: Callable[..., VirtualLane], told: Answer) -> None:
    """Nobody can help where the vendor is away: nothing is blocked, but every tenth request in vain is an alarm."""
    lane = make(pause_seconds=1.0)
    lane.vendor.faults.extend([answer(told)] * 25)
    lane.start(lane.worker())
    lane.pass_time(3_000)
    assert lane.metrics.counts[Count.STALLED] == 2
    assert lane.states(*ALL) == {IntentState.ISSUED}


def test_told_to_stop_during_the_call(lane: VirtualLane) -> None:
    """The call ends, its answer is recorded, nothing more is claimed, and the lease is given back."""
    engine: LaneEngine

    async def stop() -> None:
        engine.stop()

    engine = lane.worker(during={1: stop})
    lane.run(_served(lane, engine))
    assert lane.batches() == [["a", "b"]]
    assert lane.states("c", "d", "e", "f") == {IntentState.STAGED}
    record = lane.memory.lanes[LANE]
    assert (record.in_flight, record.lease_end) == (None, None)


@pytest.mark.parametrize("moment", (LATENCY + 1.2 * TRIP, LATENCY + 1.6 * TRIP, LATENCY + 1.9 * TRIP))
def test_cancelled_while_an_answer_is_recorded(make: Callable[..., VirtualLane], moment: float) -> None:
    """The answer is recorded to its end; what was claimed with it and never sent goes back to the queue."""
    lane = make(pause_seconds=0.0, shutdown_seconds=0.0)
    lane.start(lane.worker())
    lane.pass_time(3 * TRIP)  # the lease, the queue, the accounts
    lane.pass_time(moment)
    lane.cancel()
    lane.pass_time(10)
    assert lane.task is not None
    assert lane.task.done()
    assert lane.batches() == [["a", "b"]]
    assert lane.states("a", "b") == {IntentState.ISSUED}
    assert lane.states("c", "d", "e", "f") == {IntentState.STAGED}
    assert {lane.intent(ref_id).attempts for ref_id in "cdef"} == {0}
    record = lane.memory.lanes[LANE]
    assert (record.in_flight, record.lease_end) == (None, None)


def test_a_lost_receipt_of_the_joined_step(lane: VirtualLane) -> None:
    """The database took the recording and the claim and did not say so: the claim, which nobody sent, is sent."""
    store = SlowStore(lane.memory)
    store.lose_receipt_of = lambda transition: len(transition.intents) == 4
    lane.start(lane.worker(store))
    lane.pass_time(20)
    assert lane.batches() == [["a", "b"], ["c", "d"], ["e", "f"]]
    assert lane.vendor.look_ups == []


def claims_ahead(transition: Transition) -> bool:
    """Whether it names what may follow a request under way, and records nothing."""
    flying = transition.after.in_flight
    return flying is not None and flying.following is not None and len(transition.intents) == 2


def test_a_claim_ahead_of_which_neither_receipt_nor_reading_arrives(lane: VirtualLane) -> None:
    """It was written, and its worker cannot know: what it named was never sent and goes back to the queue."""
    store = SlowStore(lane.memory, lose_receipt_of=claims_ahead, then_fails="load")
    lane.start(lane.worker(store))
    lane.pass_time(20)
    assert lane.batches() == [["a", "b"], ["c", "d"], ["e", "f"]]
    assert lane.states(*ALL) == {IntentState.ISSUED}
    assert lane.vendor.look_ups == []


def test_a_claim_ahead_that_is_written_late(lane: VirtualLane) -> None:
    """The database gave up on it, and a moment after the lane was read again it is there all the same."""
    lane.vendor.latency = 2.0
    lane.start(lane.worker(SlowStore(lane.memory, answers_late=claims_ahead)))
    lane.pass_time(20)
    assert lane.batches() == [["a", "b"], ["c", "d"], ["e", "f"]]
    assert lane.states(*ALL) == {IntentState.ISSUED}
    assert lane.vendor.look_ups == []


@pytest.mark.parametrize("pause", (0.0, 1.0))
def test_a_reading_that_is_behind_does_not_cost_an_answer(make: Callable[..., VirtualLane], pause: float) -> None:
    """A write was refused for what a majority does not know of yet: it is read again until it can be seen."""
    lane = make(pause_seconds=pause)
    store = SlowStore(lane.memory)

    async def pause_lane() -> None:
        before = await lane.memory.load(LANE)
        await lane.operations.pause(LANE, "the accountant looks")
        store.reads_behind.extend([before, before])

    lane.start(lane.worker(store, during={2: pause_lane}))
    lane.pass_time(20)
    assert lane.batches() == [["a", "b"], ["c", "d"]]
    assert lane.states("a", "b", "c", "d") == {IntentState.ISSUED}
    assert lane.states("e", "f") == {IntentState.STAGED}
    assert lane.vendor.look_ups == []


@pytest.mark.parametrize("takes", (9.0, 25.0))
@pytest.mark.parametrize("lost", (False, True))
def test_a_late_receipt_of_the_joined_step(lane: VirtualLane, *, lost: bool, takes: float) -> None:
    """Its lease counts from before it was asked for: with too little of it left the claim is given back unsent."""
    store = SlowStore(lane.memory)
    late = [takes]
    store.receipt_takes = lambda transition: late.pop() if len(transition.intents) == 4 and late else 0.0
    if lost:
        store.lose_receipt_of = lambda transition: len(transition.intents) == 4
    lane.start(lane.worker(store))
    lane.pass_time(200)
    assert lane.metrics.counts[Count.LEASE_TOO_SHORT] >= 1
    assert lane.batches() == [["a", "b"], ["c", "d"], ["e", "f"]]
    assert lane.vendor.look_ups == []


@pytest.mark.parametrize(
    "point",
    (
        FailPoint.CLAIM_AFTER_PREPARE,
        FailPoint.RECORD_AFTER_COMMIT,
        FailPoint.CLAIM_AFTER_COMMIT,
        FailPoint.CALL_AT_LAST_CHECK,
    ),
)
def test_a_crash_at_the_joined_step(lane: VirtualLane, point: FailPoint) -> None:
    """Whoever continues finds either nothing of the step or all of it; everything is issued once and in order."""
    store, reached = SlowStore(lane.memory), 0

    def crash(at: FailPoint) -> None:
        nonlocal reached
        reached += at is point
        if at is point and reached == 2 - (point is FailPoint.RECORD_AFTER_COMMIT):
            store.dead = True
            raise Crash(at)

    lane.start(lane.worker(store, fail_point=crash))
    lane.pass_time(5)
    assert lane.crashed()
    lane.start(lane.worker())
    lane.pass_time(400)
    numbers = [lane.vendor.issued[ref_id]["number"] for ref_id in ALL]
    assert numbers == sorted(numbers)
    assert lane.states(*ALL) == {IntentState.ISSUED}
    assert lane.vendor.overlaps == 0


@pytest.mark.parametrize(
    ("point", "left_behind"),
    (
        (FailPoint.CALL_AT_LAST_CHECK, [["a", "b"], ["c", "d"]]),
        (FailPoint.CALL_AFTER_ANSWER, [["c", "d"], ["e", "f"]]),
        (FailPoint.CLAIM_AFTER_COMMIT, [["a", "b"], ["c", "d"]]),
    ),
)
def test_requests_that_a_dead_worker_left_behind_are_told(
    make: Callable[..., VirtualLane], point: FailPoint, left_behind: list[list[str]]
) -> None:
    """Each as it was named, with its bodies: nobody else has a record of what may have been sent."""
    lane = make()
    lane.stage("g", "h")
    store, reached = SlowStore(lane.memory), 0

    def crash(at: FailPoint) -> None:
        nonlocal reached
        reached += at is point
        if at is point and reached == 2:
            store.dead = True
            raise Crash(at)

    lane.start(lane.worker(store, fail_point=crash))
    lane.pass_time(5)
    assert lane.crashed()
    unrecorded = list(lane.vendor.requests)[-1]
    lane.start(lane.worker())
    lane.pass_time(400)
    told = {request.request_id: request for request in lane.vendor.left_behind}
    assert [[parcel.intent.ref_id for parcel in request.parcels] for request in told.values()] == left_behind
    if unrecorded.request_id in told:
        assert [parcel.body for parcel in told[unrecorded.request_id].parcels] == unrecorded.bodies
    assert lane.states(*ALL) == {IntentState.ISSUED}


@dataclass
class AwayAnnouncer(RecordingAnnouncer):
    """Takes longer to fail than a claim may wait for its request."""

    @override
    async def announce(self, intents: Sequence[Intent]) -> None:
        if self.failures:
            await asyncio.sleep(10)
        await super().announce(intents)


def test_announcements_that_take_long_make_no_claim_grow_old(lane: VirtualLane) -> None:
    """While they do, nothing is claimed ahead: the lane gets slower, and gives nothing back."""
    lane.announcer = AwayAnnouncer(failures=5)
    lane.stage(*(f"more-{number}" for number in range(6)))
    lane.start(lane.worker())
    lane.pass_time(200)
    assert len(lane.vendor.issued) == 12
    assert lane.metrics.counts[Count.NOT_SENT] == 0
    assert set(lane.announcer.intents) == set(lane.vendor.issued)


def test_lanes_take_turns_although_claims_are_joined(lane: VirtualLane) -> None:
    """A lane whose place others wait for gives it up after its requests, in the middle of a full queue."""
    lane.settings = replace(lane.settings, turn_requests=1, most_lanes=1)
    engine = lane.worker()
    for name in (LANE, "sandbox:0101243150:1C__TZZ"):
        engine.notify(name)
    lane.start(engine)
    lane.pass_time(20)
    assert lane.memory.lanes[LANE].epoch > 1
    assert lane.states(*ALL) == {IntentState.ISSUED}


async def _served(lane: VirtualLane, engine: LaneEngine) -> None:
    engine.notify(LANE)
    await engine.run()
