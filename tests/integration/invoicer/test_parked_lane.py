"""A lane that is parked, from Kafka to the vendor: its records do not wait in the partition with it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.partitioner import DefaultPartitioner
from contracts.commands import IssueInvoice
from invoicer.application.stage_commands import StageCommands
from invoicer.entrypoints.commands import GROUP, TOPIC, CommandsHandler
from lanes.engine import LaneEngine
from lanes.model import IntentState, LaneState
from lanes.outcomes import AccountFault
from lanes.staging import Stager
from runtime.kafka import Kafka, MongoEras
from runtime.settings import KafkaSettings
from support.lane_vendor import each
from support.lanes_world import World, connect

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SAMPLE = Path(__file__).parents[2] / "data/contracts/hoadon.invoicing.issue-invoice.v1.json"
ISSUE = IssueInvoice.model_validate_json(SAMPLE.read_text())


def partition(key: str) -> int:
    every = list(range(6))
    return int(DefaultPartitioner()(key.encode(), every, every))


PARKED = ISSUE.lane
BESIDE = next(
    lane
    for lane in (f"sandbox:{number:010d}:1C__TAA" for number in range(1000))
    if partition(lane) == partition(PARKED)
)


@pytest.fixture
async def world(mongo_url: str, mongo_database: str) -> AsyncIterator[World]:
    client = connect(mongo_url)
    made = World(client[mongo_database])
    await made.store.ensure_indexes()
    yield made
    await made.close()
    client.close()


@pytest.fixture
def settings(kafka_bootstrap_servers: str, topic_prefix: str) -> KafkaSettings:
    return KafkaSettings(bootstrap_servers=kafka_bootstrap_servers, topic_prefix=topic_prefix)


@asynccontextmanager
async def staging(settings: KafkaSettings, world: World, engine: LaneEngine) -> AsyncIterator[Kafka]:
    """The invoicer's way from Kafka to the engine."""
    kafka = Kafka(settings, service="test", eras=MongoEras(world.database))
    stage = StageCommands(Stager(world.store), engine.notify, _never, _never)
    kafka.subscribe_batches(TOPIC, GROUP, CommandsHandler(stage), ordered=True)
    await kafka.open()
    try:
        yield kafka
    finally:
        await kafka.close()


def _never(ref_id: str, lane: str) -> None:
    raise AssertionError(f"{ref_id} of {lane}")


async def send(kafka: Kafka, lane: str, *ref_ids: str) -> None:
    for ref_id in ref_ids:
        command = ISSUE.model_copy(update={"ref_id": ref_id, "lane": lane, "account": lane.rpartition(":")[0]})
        await kafka.publisher.publish(TOPIC, command.to_event(source="/test", time=NOW))


async def committed(settings: KafkaSettings, place: int) -> Sequence[int]:
    """The group's offset and the partition's end."""
    where = TopicPartition(f"{settings.topic_prefix}{TOPIC}", place)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.bootstrap_servers,
        group_id=f"{settings.topic_prefix}{GROUP}",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        return [await consumer.committed(where) or 0, (await consumer.end_offsets([where]))[where]]
    finally:
        await consumer.stop()


async def test_the_records_of_a_parked_lane_are_acknowledged(settings: KafkaSettings, world: World) -> None:
    """Trap: a lane that waits holds up its partition; parked in MongoDB, its records are acknowledged and kept."""
    world.vendor.faults.append(each(AccountFault("InvoiceTemplateNotExist", "no template")))
    engine = world.engine()
    world.start(engine)
    async with staging(settings, world, engine) as kafka:
        await send(kafka, PARKED, "a")
        await world.until(lambda: world.announcer.lanes, seconds=60)
        await send(kafka, PARKED, "b", "c")
        await send(kafka, BESIDE, "other")
        await world.until_state(IntentState.ISSUED, "other")
    assert await committed(settings, partition(PARKED)) == [4, 4]
    assert (await world.operations.show_lane(PARKED)).record.state is LaneState.BLOCKED
    assert [(await world.intent(ref_id)).state for ref_id in "abc"] == [IntentState.STAGED] * 3
    await world.operations.resume(PARKED)
    engine.notify(PARKED)
    await world.until_state(IntentState.ISSUED, "a", "b", "c")
    assert [ref_id for ref_id in world.first_requests() if ref_id != "other"] == ["a", "b", "c"]
