"""`hoadon dead-letters`: list, show, send again."""

from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from contracts.dead_letters import DeadLetter
from support.console import Hoadon

AT = datetime(2026, 11, 21, 3, tzinfo=UTC)
BODY = '{"id": 1, "note": "hỏng'.encode()


@pytest.fixture
async def letters(hoadon: Hoadon, kafka_bootstrap_servers: str, topic_prefix: str) -> str:
    """Put two letters, one from a topic and one from a webhook; give the prefix of the topics."""
    hoadon.environment.update(KAFKA_BOOTSTRAP_SERVERS=kafka_bootstrap_servers, KAFKA_TOPIC_PREFIX=topic_prefix)
    from_topic = DeadLetter(
        origin="haravan.orders",
        reason="unreadable",
        detail="data: is not JSON",
        at=AT,
        key="7:1",
        body=BODY,
        headers={"ce_id": "e1", "ce_type": "x"},
    )
    from_webhook = DeadLetter(
        origin="webhook", reason="unknown-topic", detail="x", at=AT, key="demo", body=b"\xff\x00", headers={}
    )
    producer = AIOKafkaProducer(bootstrap_servers=kafka_bootstrap_servers)
    await producer.start()
    for letter in (from_topic, from_webhook):
        event = letter.to_event(source="/services/invoicer")
        headers = [(name, value.encode()) for name, value in event.headers().items()]
        await producer.send_and_wait(f"{topic_prefix}dead-letters", event.data, key=event.key.encode(), headers=headers)
    await producer.send_and_wait(f"{topic_prefix}dead-letters", b"no letter", key=b"k")
    await producer.stop()
    return topic_prefix


async def read_all(servers: str, topic: str) -> list[tuple[bytes | None, bytes | None, dict[str, bytes]]]:
    """Return what stands in a topic."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=servers, auto_offset_reset="earliest")
    await consumer.start()
    ends = await consumer.end_offsets(consumer.assignment())
    found: list[tuple[bytes | None, bytes | None, dict[str, bytes]]] = []
    while len(found) < sum(ends.values()):
        for records in (await consumer.getmany(timeout_ms=500)).values():
            found += [(record.key, record.value, dict(record.headers)) for record in records]
    await consumer.stop()
    return found


@pytest.mark.usefixtures("letters")
async def test_letters_are_listed_and_shown(hoadon: Hoadon) -> None:
    """Every letter is listed, even what is none; one is shown with its headers and body."""
    listed = {one["reason"]: one for one in (await hoadon("dead-letters", "list", "--json")).json()}
    assert set(listed) == {"unreadable", "unknown-topic", "not-a-letter"}
    assert listed["unreadable"]["size"] == len(BODY)
    narrowed = await hoadon("dead-letters", "list", "--json", "--reason", "unreadable")
    assert len(narrowed.json()) == 1
    table = await hoadon("dead-letters", "list")
    assert all(text in table.out for text in (listed["unreadable"]["id"], "haravan.orders", "7:1"))
    shown = (await hoadon("dead-letters", "show", listed["unreadable"]["id"], "--json")).json()
    assert (shown["body"], shown["headers"]["ce_id"]) == (BODY.decode(), "e1")
    assert (await hoadon("dead-letters", "show", listed["unknown-topic"]["id"])).code == 0
    assert (await hoadon("dead-letters", "show", "9:9")).code == 1


async def test_a_letter_is_sent_again(hoadon: Hoadon, letters: str, kafka_bootstrap_servers: str) -> None:
    """The original bytes go to the original topic under the original key and headers."""
    listed = {one["reason"]: one["id"] for one in (await hoadon("dead-letters", "list", "--json")).json()}
    answer = await hoadon("dead-letters", "retry", listed["unreadable"])
    assert answer.code == 0
    assert "haravan.orders" in answer.out
    assert await read_all(kafka_bootstrap_servers, f"{letters}haravan.orders") == [
        (b"7:1", BODY, {"ce_id": b"e1", "ce_type": b"x"})
    ]
    refused = await hoadon("--lang", "en", "dead-letters", "retry", listed["unknown-topic"])
    assert refused.code == 1
    assert "came from webhook" in refused.error


async def test_kafka_away_is_one_line(hoadon: Hoadon) -> None:
    """Kafka away is one line with the address, and 2."""
    answer = await hoadon("dead-letters", "list", KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
    assert (answer.code, answer.out) == (2, "")
    assert "127.0.0.1:1" in answer.error.splitlines()[-1]
