"""Where a cell happens: topics, a database and a stand-in of its own, used again by the next cell if all went well."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from contracts.envelope import Event
from contracts.topics import Topic
from invoicer.entrypoints.commands import GROUP
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pydantic import SecretStr
from runtime import tokens
from runtime.clock import SystemClock
from runtime.secrets import SecretBox, generate_key
from runtime.settings import SecretSettings
from support.crash.forks import Child, Forks
from support.crash.ways import AT_ONCE
from support.servers import free_ports
from typing_extensions import override

Document = dict[str, Any]
TOPICS = (Topic.INVOICING_COMMANDS, Topic.INVOICING_RESULTS, Topic.DEAD_LETTERS)
_PATIENCE = {
    # After so long a killed member is missed; the run's own Kafka allows two seconds, others no less than six.
    "KAFKA_SESSION_TIMEOUT": "6" if "KAFKA_BOOTSTRAP_SERVERS" in os.environ else "2",
    "KAFKA_REBALANCE_TIMEOUT": "8",
    "KAFKA_RETRY_LONGEST": "0.5",
    "INVOICER_LANE_LEASE": "4",
    "INVOICER_LANE_DEADLINE": "1.5",
    "INVOICER_LANE_MARGIN": "0.2",
    "INVOICER_LANE_PAUSE": "0.05",
    "INVOICER_LANE_RACE_PAUSE": "0.2",
    "INVOICER_LANE_LONGEST_PAUSE": "2",  # on a machine that is too busy, request after request may come too late
    "INVOICER_LANE_QUIET": "0.6",
    "INVOICER_LANE_MOST_INTENTS": str(AT_ONCE.most),
}
"""What takes minutes in production takes seconds here."""
_WAIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Shared:
    """What all places use: one Kafka, one MongoDB, one fork server."""

    kafka: str
    mongo_url: str
    mongo: AsyncIOMotorClient[Document]
    admin: AIOKafkaAdminClient
    producer: AIOKafkaProducer
    http: httpx.AsyncClient
    forks: Forks
    folder: Path
    tool_url: str = ""
    """Of the signing tool's stand-in, which keeps nothing that one cell could leave to another."""


@dataclass(frozen=True, slots=True)
class Place:
    """One set of topics, one database, one stand-in of meInvoice."""

    shared: Shared
    prefix: str
    database: AsyncIOMotorDatabase[Document]
    secrets: SecretBox
    vendor_url: str
    vendor: Child
    environment: Mapping[str, str]

    @classmethod
    async def make(cls, shared: Shared) -> "Place":
        """A fresh place."""
        name, key = uuid4().hex[:12], generate_key()
        prefix, database = f"crash-{name}.", f"crash_{name}"
        await _create(shared.admin, [f"{prefix}{topic}" for topic in TOPICS])
        port = free_ports("meinvoice")["meinvoice"]
        log = shared.folder / f"{name}-vendor.log"
        vendor = await shared.forks.sandbox("meinvoice", log, port=port, data=shared.folder / name)
        place = cls(
            shared=shared,
            prefix=prefix,
            database=shared.mongo[database],
            secrets=SecretBox.from_settings(SecretSettings(keys=SecretStr(key))),
            vendor_url=f"http://127.0.0.1:{port}",
            vendor=vendor,
            environment={
                **_PATIENCE,
                "KAFKA_BOOTSTRAP_SERVERS": shared.kafka,
                "KAFKA_TOPIC_PREFIX": prefix,
                "MONGO_URL": shared.mongo_url,
                "MONGO_DATABASE": database,
                "HOADON_SECRET_KEYS": key,
                "HOADON_HTTP_PORT": "0",
                "INVOICER_ROLES": '["publish"]',
            },
        )
        await wait_for(shared.http, place.vendor_url)
        return place

    async def close(self) -> None:
        """Leave nothing behind."""
        self.vendor.send(signal.SIGKILL)
        await self.vendor.code(_WAIT_SECONDS)
        await self.shared.mongo.drop_database(self.database.name)
        await self.shared.admin.delete_topics([self.topic(topic) for topic in TOPICS])

    def topic(self, topic: Topic) -> str:
        """The topic's name in Kafka."""
        return f"{self.prefix}{topic}"

    async def control(self, method: str, path: str, body: object = None) -> Document:
        """Use the stand-in's control API."""
        answer = await self.shared.http.request(method, f"{self.vendor_url}/_sandbox/{path}", json=body)
        answer.raise_for_status()
        told: Document = answer.json()
        return told

    async def produce(self, events: Sequence[Event]) -> None:
        """Put commands into their topic, in this order, as one batch."""
        topic = self.topic(Topic.INVOICING_COMMANDS)
        waits = [
            await self.shared.producer.send(
                topic, event.data, event.key.encode(), headers=[(n, v.encode()) for n, v in event.headers().items()]
            )
            for event in events
        ]
        await asyncio.gather(*waits)

    async def end_of(self, topic: Topic) -> int:
        """Where the next record will go."""
        async with _consumer(self.shared.kafka) as consumer:
            partition = TopicPartition(self.topic(topic), 0)
            ends: dict[TopicPartition, int] = await consumer.end_offsets([partition])
            return ends[partition]

    async def read(self, topic: Topic, start: int) -> list[Event]:
        """All events from an offset to the end."""
        async with _consumer(self.shared.kafka) as consumer:
            partition = TopicPartition(self.topic(topic), 0)
            consumer.assign([partition])
            consumer.seek(partition, start)
            end = (await consumer.end_offsets([partition]))[partition]
            events: list[Event] = []
            async with asyncio.timeout(_WAIT_SECONDS):
                while await consumer.position(partition) < end:
                    for records in (await consumer.getmany(timeout_ms=200)).values():
                        events += [Event.from_record(each.key, each.headers, each.value) for each in records]
            return events

    async def committed(self) -> int:
        """The offset that the commands' group has committed; 0: none."""
        partition = TopicPartition(self.topic(Topic.INVOICING_COMMANDS), 0)
        offsets = await self.shared.admin.list_consumer_group_offsets(f"{self.prefix}{GROUP}")
        return int(offsets[partition].offset) if partition in offsets else 0

    async def publish(self, log_in: Mapping[str, str], invoices: Sequence[Mapping[str, Any]]) -> None:
        """Issue these at once, before the cell begins."""
        api, http = f"{self.vendor_url}/api/integration", self.shared.http
        token = (await http.post(f"{api}/auth/token", json=dict(log_in))).json()["Data"]
        body = {"SignType": 2, "InvoiceData": list(invoices), "PublishInvoiceData": None}
        answer = await http.post(f"{api}/invoice", json=body, headers={"Authorization": f"Bearer {token}"})
        answer.raise_for_status()

    async def log_in_an_hour_ago(self, account: str, log_in: Mapping[str, str]) -> None:
        """A token that has been in use for an hour, so that a new one may be fetched when it is refused."""

        async def login() -> SecretStr:
            answer = await self.shared.http.post(f"{self.vendor_url}/api/integration/auth/token", json=dict(log_in))
            return SecretStr(answer.json()["Data"])

        kept = tokens.AccountTokens(self.database, self.secrets, _AnHourAgo())
        await kept.of(account, login).get()

    async def let_a_minute_pass(self, account: str) -> None:
        """Since the last login, so that the next is allowed."""
        before = datetime.now(UTC) - timedelta(minutes=1)
        await self.database[tokens.COLLECTION].update_one({"_id": account}, {"$set": {"not_before": before}})


class _AnHourAgo(SystemClock):
    @override
    def utc_now(self) -> datetime:
        return super().utc_now() - timedelta(hours=1)


async def wait_for(http: httpx.AsyncClient, url: str) -> None:
    """Wait until a stand-in answers."""
    async with asyncio.timeout(_WAIT_SECONDS):
        while True:
            try:
                await http.get(f"{url}/livez")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return


@asynccontextmanager
async def _consumer(kafka: str) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False)
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def _create(admin: AIOKafkaAdminClient, names: Sequence[str]) -> None:
    await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1) for name in names])
    async with asyncio.timeout(_WAIT_SECONDS):
        while set(names) - set(await admin.list_topics()):  # noqa: ASYNC110 - the broker tells no event
            await asyncio.sleep(0.05)
