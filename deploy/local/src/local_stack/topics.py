"""Topics are declared once, as Strimzi `KafkaTopic` resources; here they are read and made on any Kafka."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import yaml
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from local_stack.errors import StackError, one_line

_VISIBLE_SECONDS = 30
_REPLICAS = "min.insync.replicas"


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Metadata(_Declared):
    """Name and labels; the name is the topic's."""

    name: str = Field(min_length=1, max_length=249)
    labels: dict[str, str] = {}


class Spec(_Declared):
    """What Strimzi calls the topic's spec."""

    partitions: int = Field(ge=1)
    replicas: int = Field(ge=1)
    config: dict[str, int | str] = {}


class KafkaTopic(_Declared):
    """One resource of the declaration."""

    api_version: Literal["kafka.strimzi.io/v1"] = Field(alias="apiVersion")
    kind: Literal["KafkaTopic"]
    metadata: Metadata
    spec: Spec


def read_topics(file: Path) -> tuple[KafkaTopic, ...]:
    """The declared topics, in the file's order.

    Raises:
        StackError: The file can't be read, is no such declaration, or names a topic twice.
    """
    try:
        topics = tuple(
            KafkaTopic.model_validate(document) for document in yaml.safe_load_all(file.read_text()) if document
        )
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise StackError(f"The topics in {file} can't be read ({one_line(error)}): repair the file.") from error
    names = [topic.metadata.name for topic in topics]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise StackError(f"The topics in {file} name {', '.join(twice)} twice: remove one.")
    return topics


async def provision(bootstrap_servers: str, topics: Sequence[KafkaTopic], *, prefix: str = "") -> None:
    """Create the topics that are missing and add the partitions that are; what is there already stays as it is.

    Replicas, and how many must be in step, are capped to the number of brokers. Tests give a prefix of their own.

    Raises:
        StackError: Kafka refuses, or a topic has more partitions than declared.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers, client_id="local-stack")
    try:
        await admin.start()
        await _provision(admin, {prefix + topic.metadata.name: topic.spec for topic in topics})
    except (KafkaError, OSError, TimeoutError) as error:
        raise StackError(
            f"The topics can't be made on {bootstrap_servers} ({one_line(error)}): "
            "check its log and what this client may do."
        ) from error
    finally:
        await admin.close()


async def _provision(admin: AIOKafkaAdminClient, wanted: Mapping[str, Spec]) -> None:
    counts = await _partitions(admin, wanted)
    if missing := {name: spec for name, spec in wanted.items() if name not in counts}:
        brokers = len((await admin.describe_cluster())["brokers"])
        await _create(admin, [_new_topic(name, spec, brokers) for name, spec in missing.items()])
    await _grow(admin, wanted, counts)
    await _visible(admin, wanted)


async def _partitions(admin: AIOKafkaAdminClient, wanted: Iterable[str]) -> dict[str, int]:
    """How many partitions each of the topics has that exist."""
    there = set(await admin.list_topics()) & set(wanted)
    described = await admin.describe_topics(sorted(there)) if there else []
    return {topic["topic"]: len(topic["partitions"]) for topic in described}


async def _visible(admin: AIOKafkaAdminClient, wanted: Mapping[str, Spec]) -> None:
    """Wait until the broker tells what the controller has decided: who asks earlier is told of no such topic."""
    async with asyncio.timeout(_VISIBLE_SECONDS):
        while True:
            counts = await _partitions(admin, wanted)
            if all(counts.get(name, 0) >= spec.partitions for name, spec in wanted.items()):
                return
            await asyncio.sleep(0.02)


async def _create(admin: AIOKafkaAdminClient, topics: list[NewTopic]) -> None:
    answer = await admin.create_topics(topics)
    for name, code, *_ in answer.topic_errors:
        if code not in (0, TopicAlreadyExistsError.errno):  # another process may have made it meanwhile
            raise for_code(code)(name)


async def _grow(admin: AIOKafkaAdminClient, wanted: Mapping[str, Spec], counts: Mapping[str, int]) -> None:
    for name, count in counts.items():
        if count > wanted[name].partitions:
            raise StackError(
                f"Topic {name} has {count} partitions, more than the {wanted[name].partitions} declared, "
                f"and Kafka can't take any away: declare {count}."
            )
    growing = {
        name: NewPartitions(wanted[name].partitions)
        for name, count in counts.items()
        if count < wanted[name].partitions
    }
    if growing:
        await admin.create_partitions(growing)


def _new_topic(name: str, spec: Spec, brokers: int) -> NewTopic:
    replicas = min(spec.replicas, brokers)
    config = {key: str(value) for key, value in spec.config.items()}
    if _REPLICAS in config:
        config[_REPLICAS] = str(min(int(config[_REPLICAS]), replicas))
    return NewTopic(name, num_partitions=spec.partitions, replication_factor=replicas, topic_configs=config)
