"""What each delivery is answered."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from contracts.dead_letters import DeadLetter
from contracts.haravan import RereadRequested
from contracts.topics import Topic
from haravan.signature import sign
from ingest.application.receive import ReceiveDelivery
from ingest.entrypoints.webhooks import WebhookLimits, Webhooks
from starlette.applications import Starlette
from support.clocks import ManualClock
from support.ingest import MemoryEvents, MemoryShops

SECRET = "app secret"
LIMITS = WebhookLimits(1000, 5000, timedelta(seconds=2), timedelta(seconds=5))
ORDER = b'{"id": 5, "note": "\xc4\x90"}'


@pytest.fixture
def shops() -> MemoryShops:
    return MemoryShops()


@pytest.fixture
def events() -> MemoryEvents:
    return MemoryEvents()


@pytest.fixture
async def client(shops: MemoryShops, events: MemoryEvents) -> AsyncIterator[httpx.AsyncClient]:
    webhooks = Webhooks(shops, ReceiveDelivery(events), ManualClock(), LIMITS)
    transport = httpx.ASGITransport(Starlette(routes=webhooks.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as opened:
        yield opened


async def deliver(
    client: httpx.AsyncClient, body: bytes = ORDER, secret: str = SECRET, shop: str = "demo", **headers: str
) -> httpx.Response:
    given = {"X-Haravan-Topic": "orders/create", "X-Haravan-Hmacsha256": sign(body, secret)} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return await client.post(f"/webhooks/haravan/{shop}", content=body, headers=given)


@pytest.mark.parametrize("secret", ("app secret", "shop secret"))
async def test_either_secret_is_right(client: httpx.AsyncClient, events: MemoryEvents, secret: str) -> None:
    """App webhooks and the shop's own ones are signed with different secrets."""
    assert (await deliver(client, secret=secret)).status_code == 200
    ((topic, event),) = events.published
    assert (topic, event.key, event.data) == (Topic.HARAVAN_ORDERS, "7:5", ORDER)


async def test_the_old_spelling_of_the_signature_is_taken(client: httpx.AsyncClient) -> None:
    """As an alias only."""
    headers = {"X-Haravan-Topic": "orders/create", "X-Haravan-Hmac-Sha256": sign(ORDER, "app secret")}
    assert (await client.post("/webhooks/haravan/demo", content=ORDER, headers=headers)).status_code == 200


@pytest.mark.parametrize("secret", ("", "another"))
async def test_a_wrong_signature_is_refused(client: httpx.AsyncClient, events: MemoryEvents, secret: str) -> None:
    """And nothing is published."""
    assert (await deliver(client, secret=secret)).status_code == 401
    assert events.published == []


async def test_changed_bytes_are_refused(client: httpx.AsyncClient) -> None:
    """Trap: the signature is over the raw bytes, not over what they mean."""
    headers = {"X-Haravan-Topic": "orders/create", "X-Haravan-Hmacsha256": sign(b'{"id":5}', "app secret")}
    assert (await client.post("/webhooks/haravan/demo", content=b'{"id": 5}', headers=headers)).status_code == 401


async def test_an_unknown_shop_is_404_even_with_no_signature(client: httpx.AsyncClient) -> None:
    """In the same style as the other refusals."""
    answer = await deliver(client, shop="nobody", X_Haravan_Hmacsha256="")
    assert (answer.status_code, answer.text) == (404, "Not Found")


async def test_kafka_away_is_503_with_a_time_to_come_again(client: httpx.AsyncClient, events: MemoryEvents) -> None:
    """Trap: 2xx for a delivery that is not durable loses it: never 200 for what is not stored."""
    events.away = True
    for body in (ORDER, b"not json", b"x" * 2000):
        answer = await deliver(client, body, X_Haravan_Order_Id="5")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_a_shop_that_cannot_be_read_is_503(client: httpx.AsyncClient, shops: MemoryShops) -> None:
    """Haravan comes again; 404 would end the subscription."""
    shops.away = True
    assert (await deliver(client)).status_code == 503


async def test_a_large_body_is_recorded_and_read_again(client: httpx.AsyncClient, events: MemoryEvents) -> None:
    """The letter stands in for the bytes that were not kept."""
    assert (await deliver(client, b"x" * 2000, X_Haravan_Order_Id="5")).status_code == 200
    (_, letter), (_, request) = events.published
    assert events.topics() == [Topic.DEAD_LETTERS, Topic.HARAVAN_REREADS]
    assert b'"size": 2000' in DeadLetter.from_event(letter).body
    assert RereadRequested.from_event(request).resource_id == "5"


async def test_what_kafka_cannot_hold_is_read_again_too(client: httpx.AsyncClient, events: MemoryEvents) -> None:
    """A record limit below the kept size loses nothing."""
    events.largest = 300
    body = b'{"id": 5, "note": "' + b"x" * 500 + b'"}'
    assert (await deliver(client, body)).status_code == 200
    assert events.topics() == [Topic.DEAD_LETTERS, Topic.HARAVAN_REREADS]
    assert (await deliver(client, body, X_Haravan_Topic="products/update")).status_code == 200
    assert events.topics()[2:] == [Topic.DEAD_LETTERS]


async def test_beyond_the_limit_is_413(client: httpx.AsyncClient, events: MemoryEvents) -> None:
    """Announced or not."""
    assert (await deliver(client, b"x" * 6000)).status_code == 413

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(6):
            yield b"x" * 1000

    answer = await client.post("/webhooks/haravan/demo", content=chunks())
    assert answer.status_code == 413
    assert events.published == []


async def test_a_sender_that_dawdles_is_answered_in_time(client: httpx.AsyncClient, events: MemoryEvents) -> None:
    """The deadline is ours, not the sender's."""

    async def chunks() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(30)
        yield b"}"

    assert (await client.post("/webhooks/haravan/demo", content=chunks())).status_code == 503
    assert events.published == []


@pytest.mark.parametrize(
    ("token", "challenge", "status"), (("tôi", "abc", 200), ("toi", "abc", 401), ("", "abc", 401), ("tôi", "", 401))
)
async def test_the_handshake(client: httpx.AsyncClient, token: str, challenge: str, status: int) -> None:
    """The raw challenge for the right token, nothing of it for a wrong one."""
    params = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": challenge}
    answer = await client.get("/webhooks/haravan/demo", params=params)
    assert answer.status_code == status
    assert (answer.text == challenge) is (status == 200)


async def test_other_methods_are_refused(client: httpx.AsyncClient) -> None:
    """405."""
    assert (await client.delete("/webhooks/haravan/demo")).status_code == 405


async def test_a_slash_at_the_end_is_no_redirect(client: httpx.AsyncClient, events: MemoryEvents) -> None:
    """Haravan follows none and deletes a subscription that answers so."""
    assert (await deliver(client, shop="demo/")).status_code == 200
    assert len(events.published) == 1
    params = {"hub.verify_token": "tôi", "hub.challenge": "abc"}
    assert (await client.get("/webhooks/haravan/demo/", params=params)).text == "abc"
