"""The store in memory, which the state machine trusts, and the one over MongoDB do the same."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lanes.model import AccountRecord, Command, InFlight, Intent, IntentState, LaneRecord, LaneState, Phase, Position
from lanes.mongo import MongoLaneStore
from lanes.store import Guard, IntentChange, IntentFilter, LaneStore, Transition
from support.lane_memory import MemoryLaneStore
from support.lanes_world import connect

AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
LANE, ACCOUNT = "lane", "account"
STATES = (IntentState.STAGED, IntentState.SENDING, IntentState.UNKNOWN, IntentState.ISSUED, IntentState.REJECTED)


def in_memory() -> MemoryLaneStore:
    return MemoryLaneStore(lambda: datetime.now(UTC))


@pytest.fixture
async def mongo(mongo_url: str, mongo_database: str) -> AsyncIterator[MongoLaneStore]:
    client = connect(mongo_url)
    made = MongoLaneStore(client[mongo_database])
    await made.ensure_indexes()
    yield made
    client.close()


@pytest.fixture(params=["memory", "mongo"])
def store(request: pytest.FixtureRequest) -> LaneStore:
    made: LaneStore = in_memory() if request.param == "memory" else request.getfixturevalue("mongo")
    return made


def intent(ref_id: str, offset: int = 0, **fields: Any) -> Intent:
    command = Command(ref_id=ref_id, lane=LANE, account=ACCOUNT, content="{}", weight=1, labels={"shop": "demo"})
    position = Position(1, offset)
    made = Intent(command=command, position=position, seen={LANE: position}, staged_at=AT, changed_at=AT)
    return replace(made, **fields)


async def one(store: LaneStore, ref_id: str) -> Intent:
    return (await store.known([ref_id]))[ref_id]


async def staged(store: LaneStore, *ref_ids: str) -> LaneRecord:
    await store.stage([intent(ref_id, number) for number, ref_id in enumerate(ref_ids)])
    await store.wake({LANE: frozenset({ACCOUNT})})
    record = await store.acquire(LANE, holder="me", lease_seconds=30)
    assert record is not None
    return record


def sending(record: LaneRecord, *intents: Intent, **fields: Any) -> Transition:
    refs = tuple(each.ref_id for each in intents)
    named = InFlight(request_id="r", phase=Phase.SENDING, ref_ids=refs, sending=refs)
    changes = tuple(IntentChange(before=i, after=i.changed(AT, state=IntentState.SENDING)) for i in intents)
    return Transition(before=record, after=replace(record, in_flight=named), intents=changes, **fields)


async def test_an_identity_is_inserted_once(store: LaneStore) -> None:
    """Trap: two inserts of one identity. The second ends the writing, and what came after it is not there."""
    assert await store.stage([intent("a")])
    assert not await store.stage([intent("b"), intent("a", 5), intent("c")])
    assert set(await store.known(["a", "b", "c"])) == {"a", "b"}
    assert (await one(store, "a")).position == Position(1, 0)


async def test_a_change_needs_what_it_was_made_of(store: LaneStore) -> None:
    """Version, state, and `seen` if it changes; nothing behind a change that fails overtakes it."""
    await store.stage([intent("a"), intent("b")])
    first = intent("a").changed(AT, state=IntentState.HELD)
    assert await store.change_intent(IntentChange(before=intent("a"), after=first))
    late = intent("a").changed(AT, state=IntentState.WITHDRAWN)
    other = intent("b").changed(AT, state=IntentState.HELD)
    assert not await store.stage(
        [IntentChange(before=intent("a"), after=late), IntentChange(before=intent("b"), after=other), intent("c")]
    )
    assert [(await one(store, ref)).state for ref in "ab"] == [IntentState.HELD, IntentState.STAGED]
    assert await store.known(["c"]) == {}
    higher = replace(first, seen={LANE: Position(1, 9)})
    assert await store.stage([IntentChange(before=first, after=higher)])
    assert not await store.stage([IntentChange(before=first, after=replace(first, seen={LANE: Position(1, 5)}))])
    assert (await one(store, "a")).seen == {LANE: Position(1, 9)}


async def test_a_lease_is_held_until_it_ends(store: LaneStore) -> None:
    """Nobody else gets it before; whoever gets it has the next epoch."""
    await store.wake({LANE: frozenset({ACCOUNT})})
    assert await store.acquire("nowhere", holder="me", lease_seconds=1) is None
    first = await store.acquire(LANE, holder="me", lease_seconds=0.3)
    assert first is not None
    assert await store.acquire(LANE, holder="you", lease_seconds=1) is None
    assert list(await store.due_lanes(grace_seconds=0, limit=9)) == []
    await asyncio.sleep(0.4)
    assert list(await store.due_lanes(grace_seconds=0, limit=9)) == [LANE]
    second = await store.acquire(LANE, holder="you", lease_seconds=30)
    assert second is not None
    assert (second.epoch, second.holder, second.revision) == (first.epoch + 1, "you", first.revision + 1)
    assert await store.release(first, wake_at=None), "of another's lease nothing is known"
    still = await store.load(LANE)
    assert still is not None
    assert still.holder == "you"


async def test_giving_back_never_sleeps_over_work(store: LaneStore) -> None:
    """What was staged since the lane was read makes it due at once."""
    record = await staged(store, "a")
    await store.wake({LANE: frozenset({"other"})})
    assert not await store.release(record, wake_at=None)
    after = await store.load(LANE)
    assert after is not None
    assert (after.holder, after.lease_end, after.accounts) == (None, None, frozenset({ACCOUNT, "other"}))
    assert list(await store.due_lanes(grace_seconds=0, limit=9)) == [LANE]
    assert list(await store.due_lanes(grace_seconds=60, limit=9)) == []
    assert await store.release(after, wake_at=AT + timedelta(days=9999))
    assert list(await store.due_lanes(grace_seconds=0, limit=9)) == []


@pytest.mark.parametrize("held", (False, True))
async def test_a_transition_wakes_its_lane(store: LaneStore, *, held: bool) -> None:
    """In the same write: whoever holds the lane and is about to put it to sleep notices that there is news."""
    record = await staged(store, "a")
    if not held:
        await store.release(record, wake_at=None)
    after = await store.apply(Transition(before=record, after=replace(record, failures=3), wakes=True))
    assert after is not None
    if held:
        assert not await store.release(record, wake_at=None)
    assert list(await store.due_lanes(grace_seconds=0, limit=9)) == [LANE]
    now = await store.load(LANE)
    assert now is not None
    assert (now.failures, now.accounts, now.revision) == (3, frozenset({ACCOUNT}), record.revision + 1)


async def test_a_transition_is_whole_or_nothing(store: LaneStore) -> None:
    """A lane or an intent that has moved leaves everything as it was."""
    record = await staged(store, "a", "b")
    a, b = await one(store, "a"), await one(store, "b")
    moved = replace(b, version=7)
    assert await store.apply(sending(record, a, moved)) is None
    assert await store.apply(sending(replace(record, revision=record.revision + 1), a, b)) is None
    assert [(await one(store, ref)).state for ref in "ab"] == [IntentState.STAGED, IntentState.STAGED]
    after = await store.apply(sending(record, a, b, lease_seconds=60))
    assert after is not None
    stored = await store.load(LANE)
    assert stored is not None
    assert (stored.revision, stored.in_flight) == (after.revision, after.in_flight)
    assert stored.lease_end is not None
    assert stored.lease_end > record.now + timedelta(seconds=45)


async def test_a_guard_keeps_what_it_says(store: LaneStore) -> None:
    """Nothing before those that are named, and a running account."""
    record = await staged(store, "a", "b")
    b = await one(store, "b")
    assert await store.apply(sending(record, b, guard=Guard(account=ACCOUNT, position=b.position))) is None
    stopped = AccountRecord(account=ACCOUNT, state=LaneState.PAUSED, code="Paused", reason="x", state_since=AT)
    await store.set_account(stopped)
    assert await store.apply(sending(record, b, guard=Guard(account=ACCOUNT))) is None
    await store.set_account(replace(stopped, state=LaneState.RUNNING, code=None))
    assert await store.apply(sending(record, b, guard=Guard(account=ACCOUNT))) is not None


async def test_what_was_claimed_ahead_stands_until_something_moves(store: LaneStore) -> None:
    """The lane's revision, the account, and whatever came back before it in the queue."""
    record = await staged(store, "a", "b", "c")
    a, b = await one(store, "a"), await one(store, "b")
    after = await store.apply(sending(record, a, b))
    assert after is not None
    guard = Guard(account=ACCOUNT, position=b.position)
    assert await store.stands(after, guard)
    assert not await store.stands(record, guard)
    assert not await store.stands(after, Guard(account=ACCOUNT, position=Position(1, 2)))
    await store.set_account(AccountRecord(account=ACCOUNT, state=LaneState.PAUSED, code="Paused", state_since=AT))
    assert not await store.stands(after, guard)
    await store.set_account(AccountRecord(account=ACCOUNT, state_since=AT))
    assert await store.stands(after, guard)


async def test_what_may_be_alive_is_seen_wherever_it_stands(store: LaneStore) -> None:
    """The head of the queue, and behind it only what may be alive and waits in the same lane."""
    aside = intent("d", 3, open_attempts=1, state=IntentState.SET_ASIDE)
    await store.stage([intent("a"), intent("b", 1), intent("c", 2, open_attempts=1), aside, intent("e", 4)])
    for limit, expected in ((1, "ac"), (2, "abc"), (3, "abc"), (5, "abce")):
        assert "".join(each.ref_id for each in await store.queue(LANE, limit=limit)) == expected
    assert await store.queue("elsewhere", limit=1) == []


async def test_an_account_is_blocked_once(store: LaneStore) -> None:
    """The same fault again is no news; what stops or starts an account wakes its lanes."""
    record = await staged(store, "a")
    fault = AccountRecord(account=ACCOUNT, state=LaneState.BLOCKED, code="Licence", reason="x", state_since=AT)
    first = await store.apply(Transition(before=record, after=record, account=fault))
    assert first is not None
    again = await store.apply(Transition(before=first, after=first, account=fault))
    assert again is not None
    assert (await store.accounts([ACCOUNT]))[ACCOUNT].version == 1
    (told,) = await store.unannounced_accounts(limit=9)
    await store.mark_account_announced(ACCOUNT, told.version)
    assert list(await store.unannounced_accounts(limit=9)) == []
    assert (await store.set_account(replace(fault, state=LaneState.RUNNING, code=None))).version == 2
    woken = await store.load(LANE)
    assert woken is not None
    assert woken.staged_count == record.staged_count + 1


async def test_announced_never_falls(store: LaneStore) -> None:
    """The highest version counts; what is being sent is told with its outcome."""
    changed = intent("a").changed(AT).changed(AT)
    await store.stage([changed, intent("b").changed(AT, state=IntentState.SENDING), intent("c")])
    assert [i.ref_id for i in await store.unannounced(grace_seconds=0, limit=9)] == ["a"]
    await store.mark_announced({"a": 1, "nobody": 3})
    assert (await one(store, "a")).unannounced
    await store.mark_announced({"a": 2})
    await store.mark_announced({"a": 1})
    after = await one(store, "a")
    assert (after.announced, after.unannounced) == (2, False)


async def test_filters(store: LaneStore) -> None:
    """Newest first, page by page."""
    held = intent("b", state=IntentState.HELD, code="x", staged_at=AT + timedelta(seconds=1))
    await store.stage([intent("a"), held, intent("c", changed_at=AT + timedelta(hours=1))])

    async def found(after: str | None = None, **fields: Any) -> Sequence[str]:
        return [i.ref_id for i in await store.find_intents(IntentFilter(**fields), after=after, limit=9)]

    assert await found() == ["b", "a", "c"]
    assert await found(after="b") == ["a", "c"]
    assert await found(code="x", states=frozenset({IntentState.HELD})) == ["b"]
    assert await found(changed_since=AT + timedelta(minutes=1)) == ["c"]
    assert await found(changed_before=AT + timedelta(minutes=1), labels={"shop": "demo"}) == ["b", "a"]
    assert await found(ref_id_prefix="c", lane=LANE, account=ACCOUNT) == ["c"]


class Pair:
    """The same done to both."""

    def __init__(self, mongo: MongoLaneStore) -> None:
        self.stores: tuple[LaneStore, LaneStore] = (in_memory(), mongo)

    async def do(self, name: str, *args: Any, **fields: Any) -> Any:
        """Do it, and compare what both say."""
        mine, other = [await getattr(store, name)(*args, **fields) for store in self.stores]
        assert bare(mine) == bare(other), (name, args)
        return mine


def bare(result: Any) -> Any:
    """A result without the times that the two databases have made themselves."""
    match result:
        case LaneRecord():
            ends = (result.lease_end is None, result.wake_at is None)
            return replace(result, now=AT, lease_end=None, wake_at=None), ends
        case list() | tuple():
            return [bare(each) for each in result]
        case dict():
            return {key: bare(value) for key, value in result.items()}
        case _:
            return result


@pytest.mark.parametrize("seed", range(4))
async def test_both_do_the_same_whatever_is_done(mongo: MongoLaneStore, seed: int) -> None:
    """Writes in any order, of what is stored and of what is not any more."""
    pair, chance = Pair(mongo), random.Random(seed)  # noqa: S311  (a test's choices)
    remembered: dict[str, list[Intent]] = {}
    for step in range(60):
        ref = chance.choice("abcd")
        known = await pair.do("known", [ref])
        if ref not in known or chance.random() < 0.1:
            await pair.do("stage", [intent(ref, step)])
            continue
        before = chance.choice([known[ref], known[ref], *remembered.setdefault(ref, [known[ref]])])
        remembered[ref].append(known[ref])
        state = chance.choice(STATES)
        change = IntentChange(before=before, after=before.changed(AT, state=state, code=chance.choice((None, "x"))))
        await some_write(pair, chance, change, step)
        for name in ("unannounced", "watched"):
            options = {"limit": 9} if name == "watched" else {"limit": 9, "grace_seconds": 0}
            both = [sorted(i.ref_id for i in await getattr(each, name)(**options)) for each in pair.stores]
            assert both[0] == both[1]
        await pair.do("count_by_state", [LANE])
        await pair.do("queue", LANE, limit=9)
        await pair.do("load", LANE)


async def some_write(pair: Pair, chance: random.Random, change: IntentChange, step: int) -> None:
    """One write, with what was read now or longer ago."""
    record = await pair.do("load", LANE)
    ref_id = change.before.ref_id
    match chance.randrange(8):
        case 0:
            await pair.do("change_intent", change)
        case 1:
            await pair.do("stage", [change, intent(f"new{step}", step)])
        case 2:
            await pair.do("mark_announced", {ref_id: chance.randrange(4)})
        case 3:
            await pair.do("wake", {LANE: frozenset({chance.choice((ACCOUNT, "other"))})})
        case 4 if record is not None:
            await pair.do("acquire", LANE, holder="me", lease_seconds=chance.choice((0, 30)))
        case 5 if record is not None:
            await pair.do("release", replace(record, epoch=record.epoch - chance.choice((0, 0, 1))), wake_at=None)
        case 6 if record is not None:
            state = AccountRecord(account=ACCOUNT, state=LaneState.PAUSED, code="x", reason="y", state_since=AT)
            await pair.do("set_account", replace(state, state=chance.choice(tuple(LaneState))))
        case _ if record is not None:
            paused = record.with_state(chance.choice(tuple(LaneState)), code=None, reason=None, at=AT)
            guard = chance.choice((None, Guard(account=ACCOUNT, position=change.before.position)))
            stale = replace(record, revision=record.revision - chance.choice((0, 0, 0, 1)))
            await pair.do("apply", Transition(before=stale, after=paused, intents=(change,), guard=guard))
            await pair.do("mark_lane_announced", LANE, chance.randrange(3))
        case _:
            await pair.do("due_lanes", grace_seconds=0, limit=9)
