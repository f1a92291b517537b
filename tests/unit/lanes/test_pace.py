"""How fast a lane goes, and that nothing it does for speed breaks a rule: in virtual time, step by step."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from lanes.engine import LaneEngine
from lanes.model import Intent, IntentState
from lanes.operations import OperationRefused
from lanes.outcomes import Answer, NotSent, TryAgain, WholeTryAgain
from lanes.ports import Count, FailPoint, Request
from lanes.store import Transition
from support.lane_vendor import RecordingAnnouncer, VendorAdapter, answer, each
from support.lanes_world import LANE, TODAY
from support.virtual_lanes import LATENCY, TRIP, SlowStore, VirtualLane
from typing_extensions import override

ALL = ("a", "b", "c", "d", "e", "f")


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


def test_what_is_claimed_ahead_at_midnight_does_not_leave(lane: VirtualLane) -> None:
    """Its day is the one its bodies were made for, also if the next begins while it is being written."""
    store = SlowStore(lane.memory)

    def midnight(transition: Transition) -> float:
        flying = transition.after.in_flight
        if flying is not None and flying.following is not None:
            lane.today = TODAY + timedelta(days=1)
        return 0.0

    store.receipt_takes = midnight
    lane.start(lane.worker(store))
    lane.pass_time(20)
    assert [lane.vendor.issued[ref_id]["date"] for ref_id in ALL] == ["2026-11-21"] * 2 + ["2026-11-22"] * 4


def test_a_vendor_slower_than_the_lease_allows_gets_one_request_after_the_other(lane: VirtualLane) -> None:
    """What was claimed ahead would be too old to leave: once that is seen, nothing more is claimed ahead."""
    lane.vendor.latency = 9.0
    lane.stage(*(f"more-{number}" for number in range(10)))
    lane.start(lane.worker())
    lane.pass_time(200)
    assert len(lane.vendor.issued) == 16
    assert lane.metrics.counts[Count.LEASE_TOO_SHORT] == 1
    assert lane.metrics.counts[Count.NOT_SENT] == 0


def test_a_pause_is_kept_by_a_worker_that_was_slow_to_take_the_lane(make: Callable[..., VirtualLane]) -> None:
    """It does not know when the time it was told was read: it waits as if that were just now."""
    lane = make(pause_seconds=3.0, turn_requests=1)
    store, slow = SlowStore(lane.memory), SlowStore(lane.memory, lease_takes=2.0)
    first = lane.worker(store, during={1: _stopping(lambda: first)})
    lane.start(first)
    lane.pass_time(1.0)
    assert lane.batches() == [["a", "b"]]
    lane.start(lane.worker(slow))
    lane.pass_time(20)
    assert lane.gaps()[0] >= 3.0


def _stopping(engine: Callable[[], LaneEngine]) -> Callable[[], Awaitable[None]]:
    async def stop() -> None:
        engine().stop()

    return stop


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


def test_an_answer_is_recorded_when_its_exchange_is(make: Callable[..., VirtualLane]) -> None:
    """A worker that dies between the two leaves a request under way, which whoever takes over puts on record."""
    lane = make(pause_seconds=1.0)
    lane.vendor.record_takes = 5.0
    lane.start(lane.worker())
    lane.pass_time(3.0)
    assert set(lane.vendor.issued) == {"a", "b"}
    assert lane.states("a", "b") == {IntentState.SENDING}
    lane.pass_time(4.0)
    assert lane.states("a", "b") == {IntentState.ISSUED}


def test_the_log_holds_up_the_answer_and_not_the_next_request(lane: VirtualLane) -> None:
    """What was claimed ahead leaves at once; the answer before it is recorded beside it, when its exchange is."""
    lane.vendor.record_takes = LATENCY / 2
    lane.start(lane.worker())
    lane.pass_time(3 * TRIP + LATENCY + 3 * TRIP)
    assert lane.batches() == [["a", "b"], ["c", "d"]]
    assert lane.states("a", "b", "c", "d") == {IntentState.SENDING}
    lane.pass_time(LATENCY / 2 + 6 * TRIP)
    assert lane.states("a", "b") == {IntentState.ISSUED}
    assert lane.gaps() == [pytest.approx(TRIP)]


def test_an_answer_is_recorded_whatever_becomes_of_the_log(lane: VirtualLane) -> None:
    """Records that fail cost no invoice."""
    lane.vendor.record_fails = True
    lane.start(lane.worker())
    lane.pass_time(20)
    assert lane.states(*ALL) == {IntentState.ISSUED}
    assert lane.vendor.look_ups == []


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


def test_an_answer_does_not_wait_for_the_announcement_before_it(lane: VirtualLane) -> None:
    """Two results may wait for the broker; what is known of the third request is recorded all the same."""
    lane.announcer = AwayAnnouncer(failures=1)
    lane.start(lane.worker())
    lane.pass_time(5 * LATENCY)
    assert lane.announcer.events == 0
    assert lane.states(*ALL) == {IntentState.ISSUED}


def test_a_lane_that_is_cut_off_is_given_back_before_its_results_are_told(make: Callable[..., VirtualLane]) -> None:
    """Its successor need not wait for its lease to end while the broker is away."""
    lane = make(pause_seconds=1.0, shutdown_seconds=0.0)
    lane.announcer = AwayAnnouncer(failures=1)
    lane.start(lane.worker())
    lane.pass_time(LATENCY + 20 * TRIP)
    assert lane.memory.lanes[LANE].lease_end is not None
    lane.cancel()
    lane.pass_time(1.0)
    assert lane.memory.lanes[LANE].lease_end is None


def test_a_publisher_that_keeps_the_deadline_is_not_cut_off_while_it_does(lane: VirtualLane) -> None:
    """Trap: two deadlines in one moment leave a connection open: the vendor works on while the next request comes."""
    closed: list[bool] = []

    async def hang_up(request: Request) -> None:
        closed.append(False)
        try:
            async with asyncio.timeout(lane.settings.deadline_seconds):
                await asyncio.sleep(3600)
        except TimeoutError:
            for _ in range(5):
                await asyncio.sleep(0)  # closing takes some turns of the loop
            closed[-1] = True
            raise

    engine = lane.worker()
    engine._context = replace(engine._context, publisher=VendorAdapter(lane.vendor, after_last_check=hang_up))
    lane.start(engine)
    lane.pass_time(lane.settings.deadline_seconds + 1)
    assert closed == [True]
    assert lane.states("a", "b") == {IntentState.UNKNOWN}


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
