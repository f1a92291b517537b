"""Asks a broker what a topic is now: its id and its number of partitions, not what the client remembers."""

from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.abstract import AbstractType
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Boolean, CompactArray, CompactString, Int16, Int32, Schema, TaggedFields
from typing_extensions import override

_API = 3  # Metadata
_VERSION = 10  # the first that tells topic ids (Kafka 2.8, KIP-516); aiokafka's own classes end at version 5
_TEXT = CompactString("utf-8")
_TAGS = ("tags", TaggedFields)


class _Uuid(AbstractType):  # type: ignore[misc]  # aiokafka has no types
    """Sixteen bytes, which aiokafka has no type for."""

    @classmethod
    @override
    def encode(cls, value: UUID) -> bytes:
        return value.bytes

    @classmethod
    @override
    def decode(cls, data: BytesIO) -> UUID:
        return UUID(bytes=data.read(16))


class _MetadataResponse(Response):  # type: ignore[misc]  # aiokafka has no types
    """Kafka protocol, MetadataResponse version 10."""

    API_KEY = _API
    API_VERSION = _VERSION
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("brokers", CompactArray(("id", Int32), ("host", _TEXT), ("port", Int32), ("rack", _TEXT), _TAGS)),
        ("cluster_id", _TEXT),
        ("controller_id", Int32),
        (
            "topics",
            CompactArray(
                ("error_code", Int16),
                ("name", _TEXT),
                ("topic_id", _Uuid),
                ("is_internal", Boolean),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", CompactArray(Int32)),
                        ("in_sync", CompactArray(Int32)),
                        ("offline", CompactArray(Int32)),
                        _TAGS,
                    ),
                ),
                ("operations", Int32),
                _TAGS,
            ),
        ),
        ("cluster_operations", Int32),
        _TAGS,
    )


class _MetadataStruct(RequestStruct):  # type: ignore[misc]  # aiokafka has no types
    """Kafka protocol, MetadataRequest version 10."""

    FLEXIBLE_VERSION = True
    API_KEY = _API
    API_VERSION = _VERSION
    RESPONSE_TYPE = _MetadataResponse
    SCHEMA = Schema(
        ("topics", CompactArray(("topic_id", _Uuid), ("name", _TEXT), _TAGS)),
        ("allow_auto_creation", Boolean),
        ("cluster_operations", Boolean),
        ("topic_operations", Boolean),
        _TAGS,
    )


class _MetadataRequest(Request[_MetadataStruct]):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = _API

    def __init__(self, topic: str) -> None:
        self._topic = topic

    @override
    def build(self, request_struct_class: type[_MetadataStruct]) -> _MetadataStruct:
        return request_struct_class([(UUID(int=0), self._topic, {})], False, False, False, {})


@dataclass(frozen=True, slots=True)
class TopicDescription:
    """What a topic is now. One that is deleted and made anew has another id."""

    topic_id: str
    partitions: int


async def describe(admin: AIOKafkaAdminClient, topic: str) -> TopicDescription:
    """Ask one broker.

    Raises:
        KafkaError: when it does not answer, or does not know the topic.
    """
    client = admin._client  # noqa: SLF001  (aiokafka offers no other way to a request of its own)
    answer = (await client.send(client.get_random_node(), _MetadataRequest(topic))).to_object()
    (found,) = answer["topics"]
    if found["error_code"]:
        raise for_code(found["error_code"])(topic)
    if found["topic_id"] == UUID(int=0):
        raise KafkaError(f"the broker tells no id of topic {topic}: Kafka 2.8 or later is needed")
    return TopicDescription(topic_id=str(found["topic_id"]), partitions=len(found["partitions"]))
