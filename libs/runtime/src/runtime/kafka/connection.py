"""One process's connection to Kafka, with every option that matters set by hand."""

import asyncio
import logging
from collections.abc import Iterable
from datetime import timedelta

from aiokafka.admin import AIOKafkaAdminClient
from contracts.topics import Topic
from faststream.kafka import KafkaBroker
from faststream.middlewares import AckPolicy

from runtime.app import Resource
from runtime.backoff import Backoff
from runtime.clock import Clock, SystemClock
from runtime.kafka.description import TopicDescription, describe
from runtime.kafka.era_store import EraStore
from runtime.kafka.generations import Generations
from runtime.kafka.progress import look_every
from runtime.kafka.publishing import Publisher
from runtime.kafka.records import BatchHandler, RecordHandler
from runtime.kafka.security import security_of
from runtime.kafka.subscription import Subscription, one_by_one
from runtime.logs import get_logger
from runtime.settings import KafkaSettings

_log = get_logger(__name__)
_LEAVING = timedelta(seconds=5)
"""Beyond the waits for the handler in hand and for acknowledgements, to commit and to leave the groups."""
_NOTICING = timedelta(seconds=2)
"""Beyond the greatest age of what a writer knows of a topic, and its patience with a record."""


class TopicsMissingError(Exception):
    """Topics this process reads are not there; they are provisioned, never created on the way."""

    def __init__(self, missing: Iterable[str]) -> None:
        """Name them."""
        super().__init__(f"Kafka has no topic {', '.join(sorted(missing))}; provision the topics first")


class Kafka:
    """The broker, its publisher and its subscriptions; `subscribe` before the resource is opened."""

    def __init__(
        self, settings: KafkaSettings, *, service: str, clock: Clock | None = None, eras: EraStore | None = None
    ) -> None:
        """Prepare the connection; `service` names the client and is the source of dead letters.

        `eras` remembers the topics' partitions; ordered subscriptions need it.
        """
        self._settings = settings
        self._service = service
        self._clock = clock or SystemClock()
        self._eras = eras
        self._subscriptions: list[Subscription] = []
        self._looking: asyncio.Task[None] | None = None
        self.broker = KafkaBroker(
            settings.bootstrap_servers.split(","),
            client_id=f"hoadon-{service}",
            security=security_of(settings),
            ack_policy=AckPolicy.MANUAL,  # FastStream's default is at most once
            allow_auto_create_topics=False,  # its default creates topics of one partition
            enable_idempotence=True,  # and with it acks=all; its default is acks=1
            max_request_size=settings.max_message_bytes,
            metadata_max_age_ms=int(settings.metadata_age.total_seconds() * 1000),
            graceful_timeout=settings.graceful_timeout.total_seconds(),
            apply_types=False,  # handlers get raw bytes; nothing is decoded before our own code
            logger=logging.getLogger("hoadon.faststream"),  # its default one writes coloured text by itself
            log_level=logging.DEBUG,  # its line per message says nothing that our own does not
        )
        self.publisher = Publisher(self.broker, settings)

    def subscribe(self, topic: Topic, group: str, handler: RecordHandler) -> None:
        """Hand every record of a topic to `handler`, one at a time per process.

        What the handler raises is never lost: MongoDB or Kafka being away retries in place, anything else is retried
        `unexpected_attempts` times and then goes to `dead-letters`.
        """
        self._add(topic, group, one_by_one(handler), batch=1)

    def subscribe_batches(
        self, topic: Topic, group: str, handler: BatchHandler, max_records: int = 100, *, ordered: bool = False
    ) -> None:
        """Hand records over in lists of one partition each; partitions are handled side by side.

        When the handler raises, the list is handed over again record by record, so that one bad record harms no other.
        `ordered`: records have a `place` that orders those of one key for ever, and stay in this order when partitions
        are added.

        Raises:
            ValueError: for an ordered subscription of a connection without `eras`.
        """
        if ordered and self._eras is None:
            raise ValueError(f"{topic} cannot be read in order: the connection remembers no eras")
        self._add(topic, group, handler, batch=max_records, eras=self._eras if ordered else None)

    def _add(self, topic: Topic, group: str, handler: BatchHandler, batch: int, eras: EraStore | None = None) -> None:
        subscription = Subscription(
            settings=self._settings,
            service=self._service,
            topic=topic.value,
            group=group,
            handler=handler,
            publisher=self.publisher,
            clock=self._clock,
            backoff=Backoff(timedelta(milliseconds=500), self._settings.retry_longest),
            generations=None if eras is None else self._generations(topic, eras),
        )
        subscription.register(self.broker, batch)
        self._subscriptions.append(subscription)

    def _generations(self, topic: Topic, eras: EraStore) -> Generations:
        full_topic = f"{self._settings.topic_prefix}{topic.value}"

        async def look() -> TopicDescription:
            return await describe(self.broker.config.admin_client, full_topic)

        return Generations(
            topic=full_topic,
            store=eras,
            describe=look,
            clock=self._clock,
            settle=self._settings.metadata_age + self._settings.publish_timeout + _NOTICING,
        )

    async def open(self) -> None:
        """Connect, join the groups and start consuming.

        Raises:
            TopicsMissingError: when a topic to read is not there.
            KafkaError: when Kafka cannot be reached.
        """
        # A producer that fails to start leaks its client, so a throw-away client looks first.
        await self._look()
        try:
            await self.broker.start()
        except BaseException:
            await self.broker.stop()
            raise
        for subscription in self._subscriptions:
            subscription.started()
        self._looking = asyncio.create_task(self._look_for_progress(), name="kafka-progress")

    async def _look_for_progress(self) -> None:
        while True:
            await self._clock.sleep(look_every(self._settings.locked_up_after))
            for subscription in self._subscriptions:
                try:
                    await subscription.look()
                except Exception:  # noqa: BLE001  (whoever watches over the others must not die first)
                    _log.exception("progress is not known", topic=subscription.full_topic)

    async def _look(self) -> None:
        options = _client_options(self._settings)
        admin = AIOKafkaAdminClient(client_id=f"hoadon-{self._service}-look", request_timeout_ms=5_000, **options)
        try:
            await admin.start()
            wanted = {subscription.full_topic for subscription in self._subscriptions}
            if missing := wanted - set(await admin.list_topics()):
                raise TopicsMissingError(missing)
        finally:
            await admin.close()

    async def close(self) -> None:
        """Stop fetching, let the handler in hand finish, commit, leave the groups, flush the producer.

        An idempotent producer goes on for ever trying to flush to a Kafka that is away: then this ends all the same.
        """
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        patience = self._patience()
        try:
            async with asyncio.timeout(patience.total_seconds()):
                await self.broker.stop()
        except TimeoutError:
            _log.warning("kafka was not left in order", waited=patience.total_seconds())

    def _patience(self) -> timedelta:
        return self._settings.graceful_timeout + self._settings.publish_timeout + _LEAVING

    async def ping(self) -> None:
        """Ask the cluster for its description.

        Raises:
            Exception: whatever kept it from answering.
        """
        await self.broker.config.admin_client.describe_cluster()

    def stuck(self, after: timedelta) -> str | None:
        """The first handler that runs longer than `after`, or consumer that is locked up; None when all is well."""
        reasons = (subscription.stuck(after.total_seconds()) for subscription in self._subscriptions)
        return next((reason for reason in reasons if reason is not None), None)

    def resource(self, stuck_after: timedelta = timedelta(minutes=10)) -> Resource:
        """The connection as a resource of the process; put it last, so that consuming starts when all else is open."""
        return Resource(
            name="kafka",
            open=self.open,
            close=self.close,
            ping=self.ping,
            stuck=lambda: self.stuck(stuck_after),
            closing=self._patience(),
        )


def _client_options(settings: KafkaSettings) -> dict[str, object]:
    from faststream.kafka.security import parse_security  # noqa: PLC0415  (only where the bare client is used)

    return {"bootstrap_servers": settings.bootstrap_servers.split(","), **parse_security(security_of(settings))}
