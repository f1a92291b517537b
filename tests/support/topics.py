"""Looks into Kafka topics from a synchronous test."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from aiokafka import AIOKafkaConsumer
from contracts.envelope import Event


def read_events(servers: str, topic: str, enough: Callable[[list[Event]], bool], seconds: float = 30.0) -> list[Event]:
    """All events of a topic from its beginning, as soon as there are enough; fails when there never are."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, _read(servers, topic, enough, seconds)).result()


async def _read(servers: str, topic: str, enough: Callable[[list[Event]], bool], seconds: float) -> list[Event]:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=servers, auto_offset_reset="earliest")
    await consumer.start()
    events: list[Event] = []
    deadline = time.monotonic() + seconds
    try:
        while not enough(events):
            assert time.monotonic() < deadline, f"{topic} has only {[event.id for event in events]}"
            for records in (await consumer.getmany(timeout_ms=200)).values():
                events += [Event.from_record(record.key, record.headers, record.value) for record in records]
    finally:
        await consumer.stop()
    return events
