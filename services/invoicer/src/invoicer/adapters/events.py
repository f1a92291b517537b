"""The way to Kafka for what the decide role says."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.envelope import Event
from contracts.topics import Topic
from runtime.kafka import Publisher
from typing_extensions import override

from invoicer.application.ports import Events


@dataclass(frozen=True, slots=True)
class KafkaEvents(Events):
    """Sends one after the other: a command never overtakes its decision."""

    publisher: Publisher

    @override
    async def publish(self, messages: Sequence[tuple[Topic, Event]]) -> None:
        for topic, event in messages:
            await self.publisher.publish(topic, event)
