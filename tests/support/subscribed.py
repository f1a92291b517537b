"""A connection to Kafka for the length of a block, and a handler that keeps what it got."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from runtime.kafka import Ack, Kafka, Outcome, Record
from runtime.settings import KafkaSettings

SOON = 60.0


@asynccontextmanager
async def opened(settings: KafkaSettings, register: Callable[[Kafka], None] = lambda _: None) -> AsyncIterator[Kafka]:
    """Connect, with these subscriptions."""
    kafka = Kafka(settings, service="test")
    register(kafka)
    await kafka.open()
    try:
        yield kafka
    finally:
        await kafka.close()


class Seen:
    """Keeps what a handler got and answers what the test wants."""

    def __init__(self, answer: Callable[[Record], Awaitable[Outcome]] | None = None) -> None:
        """Acknowledge, unless `answer` says something else."""
        self.records: list[Record] = []
        self._answer = answer
        self._more = asyncio.Condition()

    async def __call__(self, record: Record) -> Outcome:
        """Handle one."""
        async with self._more:
            self.records.append(record)
            self._more.notify_all()
        return Ack() if self._answer is None else await self._answer(record)

    async def wait(self, count: int) -> list[Record]:
        """Until there are so many."""
        async with asyncio.timeout(SOON), self._more:
            await self._more.wait_for(lambda: len(self.records) >= count)
        return self.records

    def values(self) -> list[bytes]:
        """Their bodies, in order."""
        return [record.value for record in self.records]
