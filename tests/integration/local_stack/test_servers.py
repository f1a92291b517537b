"""The servers that the local stack starts: both Javas, authentication, provisioning."""

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from local_stack.layout import TOPICS_FILE
from local_stack.topics import KafkaTopic, provision, read_topics
from pymongo import MongoClient
from pymongo.errors import OperationFailure


def test_mongo_refuses_who_has_no_credentials(mongo_url: str) -> None:
    """Without the password nothing can be read, so that nothing else on the machine can reach the data."""
    address = mongo_url.split("@")[1].split("/", maxsplit=1)[0]
    with (
        MongoClient[dict[str, object]](address, directConnection=True) as client,
        pytest.raises(OperationFailure, match="requires authentication"),
    ):
        client["hoadon"].list_collection_names()


def test_mongo_has_transactions(mongo_url: str, mongo_database: str) -> None:
    """Trap: transactions need a replica set. Intents and lanes change together or not at all."""
    with MongoClient[dict[str, object]](mongo_url) as client:
        collection = client[mongo_database]["things"]
        with client.start_session() as session:
            session.start_transaction()
            collection.insert_one({"a": 1}, session=session)
            session.abort_transaction()
        assert collection.count_documents({}) == 0


async def _partitions(bootstrap_servers: str) -> dict[str, int]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    try:
        await admin.start()
        return {topic["topic"]: len(topic["partitions"]) for topic in await admin.describe_topics()}
    finally:
        await admin.close()


async def test_provisioning_twice_changes_nothing(kafka_bootstrap_servers: str, topic_prefix: str) -> None:
    """Every start provisions, so doing it again must be harmless."""
    topics = read_topics(TOPICS_FILE)
    await provision(kafka_bootstrap_servers, topics, prefix=topic_prefix)
    found = await _partitions(kafka_bootstrap_servers)
    assert {topic.metadata.name: topic.spec.partitions for topic in topics} == {
        name.removeprefix(topic_prefix): count for name, count in found.items() if name.startswith(topic_prefix)
    }


async def test_provisioning_adds_declared_partitions(kafka_bootstrap_servers: str, topic_prefix: str) -> None:
    """A declaration that has grown is followed."""
    topic = read_topics(TOPICS_FILE)[0]
    grown = KafkaTopic.model_validate(
        topic.model_dump(by_alias=True) | {"spec": topic.spec.model_dump() | {"partitions": 8}}
    )
    await provision(kafka_bootstrap_servers, [grown], prefix=topic_prefix)
    assert (await _partitions(kafka_bootstrap_servers))[topic_prefix + topic.metadata.name] == 8


async def test_a_message_comes_back(kafka_bootstrap_servers: str, topic_prefix: str) -> None:
    """What the idempotent producer was acknowledged can be read."""
    topic = f"{topic_prefix}dead-letters"
    async with AIOKafkaProducer(
        bootstrap_servers=kafka_bootstrap_servers, acks="all", enable_idempotence=True
    ) as producer:
        await producer.send_and_wait(topic, b"hello", key=b"k")
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=kafka_bootstrap_servers, auto_offset_reset="earliest", group_id=topic_prefix
    ) as consumer:
        message = await consumer.getone()
    assert message.value == b"hello"
