"""Ingest as a whole process over HTTP: what each delivery is answered and where it ends, bad input included."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import httpx
import pytest
from contracts.dead_letters import DeadLetter
from contracts.envelope import Event
from contracts.haravan import RawResource, RereadRequested, Via
from contracts.topics import Topic
from haravan.signature import sign
from local_stack.layout import TOPICS_FILE
from local_stack.topics import provision, read_topics
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import MongoClient
from runtime.secrets import SecretBox, generate_key
from shops.models import Shop
from shops.store import ShopStore
from support.processes import ServiceProcess, eventually
from support.servers import free_ports
from support.shops import example_with
from support.topics import read_events
from typing_extensions import override

SECRET = "made-up-shop_webhook_secret"
SHOP = "cua-hang-mau"
ORG = 1000114691
READABLE_ORDER = 777001


class HaravanApi(BaseHTTPRequestHandler):
    """Knows one order; as Haravan it refuses a private token that comes with a cookie, though it gives one."""

    def do_GET(self) -> None:
        known = self.path == f"/com/orders/{READABLE_ORDER}.json"
        order = '{"order": {"id": %d, "updated_at": "2026-03-01T00:00:00.0000000Z", "total_price": 600000.0000}}'
        body = (order % READABLE_ORDER if known else '{"errors": "Not Found"}').encode()
        self.send_response(502 if "Cookie" in self.headers else 200 if known else 404)
        self.send_header("Set-Cookie", "session=one")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class World:
    """A running ingest with its surroundings."""

    process: ServiceProcess
    kafka: str
    prefix: str

    def deliver(self, body: bytes, shop: str = SHOP, **headers: str) -> httpx.Response:
        """POST a delivery about an order, signed unless a header says otherwise."""
        given = {
            "X-Haravan-Topic": "orders/updated",
            "X-Haravan-Org-Id": str(ORG),
            "X-Haravan-Hmacsha256": sign(body, SECRET),
            "Content-Type": "application/json; charset=utf-8",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        sent = [(name.encode(), value.encode()) for name, value in given.items() if value]
        return httpx.post(f"{self.process.url}/webhooks/haravan/{shop}", content=body, headers=sent, timeout=10)

    def events(self, topic: Topic, key: str, count: int = 1) -> list[Event]:
        """Events of one key, once there are that many."""
        name = f"{self.prefix}{topic}"
        found = read_events(self.kafka, name, lambda events: sum(event.key == key for event in events) >= count)
        return [event for event in found if event.key == key]


def in_thread(work: object) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def haravan_api() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), HaravanApi) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def environment(kafka_bootstrap_servers: str, mongo_url: str, haravan_api: str) -> Iterator[dict[str, str]]:
    prefix, database, key = f"test-{uuid4().hex}.", f"test_{uuid4().hex}", generate_key()
    in_thread(provision(kafka_bootstrap_servers, read_topics(TOPICS_FILE), prefix=prefix))
    shop = example_with(
        "one-company",
        {"  org_id: 1000114691": f"  base_url: {haravan_api}\n  verify_token: made-up-token\n  org_id: 1000114691"},
    )
    in_thread(store(mongo_url, database, key, shop))
    yield {
        "KAFKA_BOOTSTRAP_SERVERS": kafka_bootstrap_servers,
        "KAFKA_TOPIC_PREFIX": prefix,
        "KAFKA_RETRY_LONGEST": "0.2",
        "MONGO_URL": mongo_url,
        "MONGO_DATABASE": database,
        "HOADON_SECRET_KEYS": key,
    }
    with MongoClient[dict[str, object]](mongo_url) as client:
        client.drop_database(database)


async def store(mongo_url: str, database: str, key: str, shop: Shop) -> None:
    client: AsyncIOMotorClient[dict[str, object]] = AsyncIOMotorClient(mongo_url, tz_aware=True)
    shops = ShopStore(client[database], SecretBox([key]))
    await shops.ensure_indexes()
    await shops.apply(shop, None, "test")
    client.close()


@pytest.fixture(scope="module")
def world(environment: dict[str, str]) -> Iterator[World]:
    process = ServiceProcess("ingest", environment)
    try:
        process.wait_until_ready()
        yield World(process, environment["KAFKA_BOOTSTRAP_SERVERS"], environment["KAFKA_TOPIC_PREFIX"])
        assert process.stop() == 0
        assert not [line for line in process.logs() if "exception" in line]
        assert "made-up" not in process.text()
    finally:
        process.end()


def order(order_id: int, **fields: object) -> bytes:
    return json.dumps({"id": order_id, "updated_at": "2026-02-01T00:00:00Z"} | fields).encode()


def test_an_order_is_published_verbatim_and_then_answered(world: World) -> None:
    """Trap: signature and content are of the raw bytes: Kafka has Haravan's own, with key and trace."""
    body = b'{"id": 500001,  "total_price": 600000.0000, "note": "\\u0110\xc4\x91"}'
    assert world.deliver(body).status_code == 200
    (event,) = world.events(Topic.HARAVAN_ORDERS, f"{ORG}:500001")
    resource = RawResource.from_event(event)
    assert (resource.body, resource.shop, resource.topic, resource.via) == (body, SHOP, "orders/updated", Via.WEBHOOK)
    line = next(line for line in world.process.logs() if line.get("order") == "500001")
    assert line["trace_id"] in (event.traceparent or "")
    assert (line["shop"], line["status"], line["outcome"]) == (SHOP, 200, "published")


def test_a_second_delivery_of_the_same_bytes_has_the_same_id(world: World) -> None:
    """Trap: the same delivery comes twice. Haravan gives none an id, so ours is made of what they say."""
    for _ in range(2):
        assert world.deliver(order(500002)).status_code == 200
    first, second = world.events(Topic.HARAVAN_ORDERS, f"{ORG}:500002", 2)
    assert first.id == second.id


@pytest.mark.parametrize("signature", ("", "bm90IGl0", "không phải", sign(b"other", SECRET)))
def test_a_wrong_or_missing_signature_is_refused(world: World, signature: str) -> None:
    """401, and neither the body nor the signature is written down."""
    body = order(500003, note="very-private")
    answer = world.deliver(body, X_Haravan_Hmacsha256=signature)
    assert (answer.status_code, answer.text) == (401, "Unauthorized")
    assert "very-private" not in world.process.text()


def test_an_unknown_shop_is_not_found(world: World) -> None:
    """404, whatever the signature."""
    assert world.deliver(order(1), shop="nobody").status_code == 404


def test_ten_megabytes_are_read_again_by_api(world: World) -> None:
    """A body too large to keep is recorded, answered 200, and the order comes in by API."""
    body = order(READABLE_ORDER, note="x" * 10_000_000)
    assert world.deliver(body, X_Haravan_Order_Id=str(READABLE_ORDER)).status_code == 200
    key = f"{ORG}:{READABLE_ORDER}"
    letter = DeadLetter.from_event(world.events(Topic.DEAD_LETTERS, key)[0])
    assert letter.reason == "TOO_LARGE"
    assert json.loads(letter.body)["size"] == len(body)
    request = RereadRequested.from_event(world.events(Topic.HARAVAN_REREADS, key)[0])
    assert (request.shop, request.resource_id) == (SHOP, str(READABLE_ORDER))
    resource = RawResource.from_event(world.events(Topic.HARAVAN_ORDERS, key)[0])
    assert resource.via is Via.REREAD
    assert resource.version == "2026-03-01T00:00:00.0000000Z"
    assert b'"total_price": 600000.0000' in resource.body


def test_ten_megabytes_without_a_right_signature_are_refused(world: World) -> None:
    """Size buys nobody a record."""
    assert world.deliver(b"x" * 10_000_000, X_Haravan_Hmacsha256=sign(b"", SECRET)).status_code == 401


def test_a_body_beyond_all_limits_is_refused(world: World) -> None:
    """413 before it is read."""
    assert world.deliver(b"x" * 17_000_000).status_code == 413


def test_an_order_that_haravan_does_not_know_any_more_is_put_aside(world: World) -> None:
    """A re-read that ends in 404 is recorded, and the next one goes on."""
    body = order(404404, note="x" * 3_000_000)
    assert world.deliver(body, X_Haravan_Order_Id="404404").status_code == 200
    letters = [DeadLetter.from_event(event) for event in world.events(Topic.DEAD_LETTERS, f"{ORG}:404404", 2)]
    assert {letter.reason for letter in letters} == {"TOO_LARGE", "ORDER_NOT_FOUND"}


@pytest.mark.parametrize(
    ("body", "headers", "reason", "resource_id"),
    (
        (b"\xff\xfe not json", {}, "NOT_JSON", "-"),
        (b"[1, 2]", {}, "NOT_AN_OBJECT", "-"),
        (b'{"no": "id"}', {}, "NO_RESOURCE_ID", "-"),
        (order(500004), {"X_Haravan_Test": "True", "X_Haravan_Order_Id": "500004"}, "TEST_DELIVERY", "500004"),
        (order(500005), {"X_Haravan_Topic": "carts/update", "X_Haravan_Order_Id": "500005"}, "UNKNOWN_TOPIC", "500005"),
        (order(500006), {"X_Haravan_Org_Id": "999", "X_Haravan_Order_Id": "500006"}, "ORG_MISMATCH", "500006"),
    ),
)
def test_what_is_of_no_use_is_put_aside_and_answered(
    world: World, body: bytes, headers: dict[str, str], reason: str, resource_id: str
) -> None:
    """200, so that Haravan keeps the subscription; the original bytes and the reason are in dead-letters."""
    assert world.deliver(body, **headers).status_code == 200

    def found(events: list[Event]) -> bool:
        return any(DeadLetter.from_event(event).reason == reason for event in events)

    events = read_events(world.kafka, f"{world.prefix}{Topic.DEAD_LETTERS}", found)
    letter = next(letter for letter in map(DeadLetter.from_event, events) if letter.reason == reason)
    assert (letter.body, letter.key, letter.shop) == (body, f"{ORG}:{resource_id}", SHOP)


def test_the_handshake_returns_the_challenge(world: World) -> None:
    """200 with the raw challenge for the right token, 401 for any other, and the token is in no log."""
    path = f"/webhooks/haravan/{SHOP}"
    right = {"hub.mode": "subscribe", "hub.verify_token": "made-up-token", "hub.challenge": "1158201444"}
    answer = world.process.get(path, params=right)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")
    assert world.process.get(path, params=right | {"hub.verify_token": "wrong"}).status_code == 401
    assert world.process.get("/webhooks/haravan/nobody", params=right).status_code == 404
    assert "made-up-token" not in world.process.text()


def test_metrics_count_deliveries(world: World) -> None:
    """What was refused and what was published can be told apart."""
    world.deliver(order(500007))
    text = world.process.get("/metrics").text
    assert f'hoadon_webhooks_total{{outcome="published",shop="{SHOP}"}}' in text
    assert "_created" not in text


@contextmanager
def forwarding(port: int, target: str) -> Iterator[None]:
    """Make a server reachable under another port, as if it had just been started there."""
    host, _, target_port = target.partition(":")
    listener = socket.create_server(("127.0.0.1", port))
    stopping = threading.Event()

    def pump(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, sink):
                end.close()

    def accept() -> None:
        while not stopping.is_set():
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.create_connection((host, int(target_port)))
            for pair in ((client, server), (server, client)):
                threading.Thread(target=pump, args=pair, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield
    finally:
        stopping.set()
        listener.close()


def test_kafka_away_at_start_and_coming_later(environment: dict[str, str], world: World) -> None:
    """The process stays up and says why it is not ready, answers 503, connects when Kafka comes, then takes orders."""
    port = free_ports("kafka")["kafka"]
    process = ServiceProcess("ingest", environment | {"KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{port}"})
    late = World(process, world.kafka, world.prefix)
    try:
        process.wait_until_live()
        eventually(lambda: any(line["event"] == "waiting" and line["part"] == "kafka" for line in process.logs()))
        ready = process.get("/readyz")
        assert ready.status_code == 503
        assert not ready.json()["parts"]["kafka"]["ok"]
        assert ready.json()["parts"]["mongodb"]["ok"]
        answer = late.deliver(order(500008))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        with forwarding(port, world.kafka):
            process.wait_until_ready()
            assert late.deliver(order(500008)).status_code == 200
        late.events(Topic.HARAVAN_ORDERS, f"{ORG}:500008")
        assert process.stop() == 0
    finally:
        process.end()


@pytest.mark.parametrize(
    ("variable", "value"),
    (
        ("HOADON_SECRET_KEYS", "no-key"),
        ("MONGO_URL", "mongodb://user:s3/cr3t@host:1/"),
        ("MONGO_DATABASE", "two words"),
        ("KAFKA_SSL_CA_FILE", "/nowhere/ca.pem"),
    ),
)
def test_wrong_settings_end_at_once_with_one_line(environment: dict[str, str], variable: str, value: str) -> None:
    """Exit code 2 and the names of the variables, never their values."""
    process = ServiceProcess("ingest", environment | {variable: value})
    try:
        assert process.wait() == 2
        assert variable in process.text()
        assert value not in process.text()
        assert len(process.text().splitlines()) == 1
    finally:
        process.end()


def test_mongodb_away_at_start_leaves_the_process_up(environment: dict[str, str]) -> None:
    """Live, not ready, and deliveries are answered 503 so that Haravan sends them again."""
    away = environment | {"MONGO_URL": "mongodb://127.0.0.1:9/?replicaSet=rs0", "MONGO_TIMEOUT": "1"}
    process = ServiceProcess("ingest", away)
    try:
        process.wait_until_live()
        assert process.get("/readyz").json()["parts"]["mongodb"]["ok"] is False
        world = World(process, "", "")
        assert world.deliver(order(500009)).status_code == 503
        assert process.stop() == 0
    finally:
        process.end()
