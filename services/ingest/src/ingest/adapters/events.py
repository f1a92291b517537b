"""Events to Kafka."""

from datetime import timedelta

from contracts.envelope import Event
from contracts.topics import Topic
from runtime.kafka import KafkaUnavailableError, Publisher, RecordRefusedError

from ingest.application.ports import EventsUnavailableError, EventTooLargeError


class KafkaEvents:
    """Implements the port `Events`."""

    def __init__(self, publisher: Publisher) -> None:
        """Publish through the process's publisher."""
        self._publisher = publisher

    async def publish(self, topic: Topic, event: Event, within: timedelta) -> None:
        """Publish and wait for the acknowledgement.

        Raises:
            EventsUnavailableError: when it does not come within the time.
            EventTooLargeError: when the event can never be published.
        """
        try:
            await self._publisher.publish(topic, event, within)
        except KafkaUnavailableError as error:
            raise EventsUnavailableError(str(error)) from error
        except RecordRefusedError as error:
            raise EventTooLargeError(str(error)) from error
