"""Kafka behind the port."""

from runtime.clock import Clock
from runtime.kafka import Publisher
from runtime.tracing import span

from status_poller.application.ports import StatusEvent

SOURCE = "/services/status-poller"


class KafkaAnnouncer:
    """Publishes to `invoicing.status`."""

    def __init__(self, publisher: Publisher, clock: Clock) -> None:
        """Publish through the process's publisher."""
        self._publisher = publisher
        self._clock = clock

    async def announce(self, message: StatusEvent, traceparent: str | None) -> None:
        """Publish under the invoice's own trace.

        Raises:
            KafkaUnavailableError: Kafka did not acknowledge it.

        """
        with span("announce status", parent=traceparent):
            event = message.to_event(source=SOURCE, time=self._clock.utc_now(), traceparent=traceparent)
            await self._publisher.publish(message.topic, event)
