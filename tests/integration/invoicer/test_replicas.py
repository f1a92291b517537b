"""Two and more invoicers on one lane at once: members come and go and die while commands flow and meInvoice fails."""

import asyncio
import os
import random
import signal
from dataclasses import replace
from itertools import count, islice

import pytest
from aiokafka.admin import NewPartitions
from aiokafka.partitioner import DefaultPartitioner
from contracts.envelope import Event
from contracts.topics import Topic
from lanes.model import IntentState
from lanes.ports import FailPoint
from support.crash.orders import Company
from support.crash.place import Shared
from support.replicas import READY_SECONDS, Member, World, company, problems, until, world
from typing_extensions import override

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(1800)]

SIZE = int(os.environ.get("REPLICAS_INVOICES", "18"))
"""How many invoices each test sends; many make a soak."""
SEED = int(os.environ.get("REPLICAS_SEED", "20261121"))
"""Of the vendor's faults, and of who dies when."""
FAULTS = (
    {"kind": "accept-then-reset", "probability": 0.10},
    {"kind": "accept-then-500", "probability": 0.06},
    {"kind": "garbage", "probability": 0.05},
    {"kind": "element-missing", "probability": 0.05},
    {"kind": "500-before", "probability": 0.05},
    {"kind": "reset-before", "probability": 0.05},
    {"kind": "number-race", "probability": 0.08},
    {"kind": "429", "probability": 0.05, "retry_after": "0.3"},
)
SLOW = {"kind": "latency", "seconds": 0.15}


async def _flow(made: World, chance: random.Random) -> None:
    """Commands come a few at a time."""
    place, size = 1, len(made.company.ref_ids)
    while place <= size:
        several = min(chance.randint(1, 4), size + 1 - place)
        await made.place.produce(made.company.commands(range(place, place + several)))
        place += several
        await asyncio.sleep(chance.random() * 0.4)


async def _all_committed(made: World) -> bool:
    return (await made.evidence()).commands_left == 0


async def _well(made: World) -> None:
    """Everything ends as it must."""
    await until(made.done, "everything to be issued and announced", 60 + 6 * SIZE)
    await until(lambda: _all_committed(made), "all commands to be committed")
    evidence = await made.evidence()
    print(f"{len(evidence.requests)} requests for {SIZE} invoices, sent again: {evidence.repeated()}")  # noqa: T201  (for whoever runs a soak)
    assert problems(evidence) == []


async def test_two_at_once_while_the_vendor_fails(servers: Shared) -> None:
    """Neither sends while the other does, whatever becomes of the answers."""
    chance = random.Random(SEED)  # noqa: S311  (no secret)
    async with world(servers, company(201, SIZE)) as made:
        await made.prepare(SLOW, *FAULTS, seed=SEED)
        await made.ready(await made.join(), await made.join())
        await _flow(made, chance)
        await _well(made)


DEATHS = (
    FailPoint.CALL_AFTER_ANSWER,
    FailPoint.STAGE_AFTER_INSERT,
    FailPoint.RECORD_AFTER_COMMIT,
    FailPoint.STAGE_BEFORE_INSERT,
    FailPoint.CLAIM_AFTER_COMMIT,
)


async def test_members_join_leave_and_die_while_commands_flow(servers: Shared) -> None:
    """Trap: every rebalance takes all partitions, between fetching and handling too; members die at each step."""
    async with world(servers, company(202, SIZE)) as made:
        await made.prepare({"kind": "latency", "seconds": 0.3})
        commands = iter(made.company.commands(range(1, SIZE + 1)))
        orderly = await made.join()
        alive = [await made.join(DEATHS[0], signal.SIGKILL)]
        await made.ready(orderly, *alive)
        await made.place.produce(list(islice(commands, 5)))
        await until(made.vendor_works, "a request under way")
        assert await orderly.leave() == 0
        for point in (*DEATHS[1:], None):
            alive.append(await made.join(point, signal.SIGKILL))  # it joins while the one before it dies
            await made.place.produce(list(islice(commands, 3)))
            await _one_dies(alive)
        while len(alive) > 1:
            await _one_dies(alive)
        await made.place.produce(list(commands))
        await _well(made)
        died = [member for member in made.members if '"SIGKILL"' in member.log()]
    assert len(died) >= 2, "the others took their work before they came to their points"


async def _one_dies(alive: list[Member]) -> None:
    """The first that comes to its point; if none does, because another has taken its work, the oldest from outside.

    Until then the work may have to wait for Kafka: two seconds to miss the one that died before, eight for a rebalance.
    Several may die in one step; the only one left is not killed from outside, for somebody must do the work.
    """
    doomed = [member.child.ended for member in alive]
    await asyncio.wait(doomed, timeout=15, return_when=asyncio.FIRST_COMPLETED)
    if len(alive) > 1 and not any(ended.done() for ended in doomed):
        alive[0].kill()
        await alive[0].child.code(READY_SECONDS)
    alive[:] = [member for member in alive if not member.child.ended.done()]


class _Retried(Company):
    """A company whose third invoice is refused, then corrected and sent again: all must be issued."""

    @property
    @override
    def refused(self) -> str:
        return "none"


def _moving(first: int, size: int) -> Company:
    """A company whose lane moves from partition 0 to partition 1 when there are two."""
    made = next(
        made
        for made in (company(number, size) for number in count(first))
        if DefaultPartitioner()(made.lane.encode(), [0, 1], [0, 1]) == 1
    )
    return _Retried(made.tax_code, made.shop_id, made.org_id, made.ref_ids)


async def _write(made: World, partition: int, *events: Event) -> None:
    """Write as a writer does that knows the topic as it is."""
    for event in events:
        headers = [(name, value.encode()) for name, value in event.headers().items()]
        await made.place.shared.producer.send_and_wait(
            made.place.topic(Topic.INVOICING_COMMANDS), event.data, event.key.encode(), partition, headers=headers
        )


async def _grow(made: World) -> None:
    topic, shared = made.place.topic(Topic.INVOICING_COMMANDS), made.place.shared
    await shared.admin.create_partitions({topic: NewPartitions(total_count=2)})

    async def noticed() -> bool:
        await shared.producer.client.force_metadata_update()
        return len(await shared.producer.partitions_for(topic)) == 2

    await until(noticed, "the writer to know both partitions")


async def test_a_partition_added_while_commands_flow_with_a_backlog(servers: Shared) -> None:
    """Trap: adding partitions moves keys. The old one's backlog goes first; a lower offset is no redelivery."""
    quick = {"KAFKA_METADATA_AGE": "1", "KAFKA_PUBLISH_TIMEOUT": "2"}
    async with world(servers, _moving(300, 12), **quick) as made:
        await made.prepare(SLOW)
        commands = made.company.commands(range(1, 13))
        corrected = replace(commands[2], data=commands[2].data.replace(b"0101243151", b"0101243150"))
        first = await made.join(FailPoint.STAGE_BEFORE_INSERT)
        await _write(made, 0, *commands[:6])
        await made.stopped(first)
        await _grow(made)
        await _write(made, 1, commands[10])
        await _write(made, 0, *commands[6:10])  # a writer that has not noticed yet
        await made.ready(await made.join())
        first.wake()
        await until(lambda: _state(made, 3, IntentState.REJECTED), "the third to be refused")
        await _write(made, 1, corrected, commands[11])
        await until(made.done, "everything to be issued and announced")
        await until(lambda: _all_committed(made), "all commands to be committed")
        found = problems(await made.evidence())
    # The retry takes a place at the tail, and another body than the one that was refused.
    assert found == ["numbers go to places [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 3, 12]", "intent 3 was sent with 2 bodies"]


async def _state(made: World, place: int, state: IntentState) -> bool:
    intent = (await made.intents()).get(made.company.ref_ids[place - 1])
    return intent is not None and intent.state is state
