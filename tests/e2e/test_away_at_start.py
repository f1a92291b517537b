"""Kafka and MongoDB away at start: every service stays up, says so, and goes on when they come."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from support.forwarder import Forwarder, forwarding
from support.play import a_run, complaints, play
from support.stack import SERVICES, WholeStack, until, whole_stack

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def kafka(kafka_bootstrap_servers: str) -> Iterator[Forwarder]:
    """Kafka's address, where nothing answers yet."""
    with forwarding(kafka_bootstrap_servers.split(",", maxsplit=1)[0]) as forwarder:
        yield forwarder


@pytest.fixture(scope="module")
def mongo(mongo_url: str) -> Iterator[Forwarder]:
    """MongoDB's address, where nothing answers yet."""
    with forwarding(_host(mongo_url)) as forwarder:
        yield forwarder


@pytest.fixture(scope="module")
def alone(
    tmp_path_factory: pytest.TempPathFactory,
    kafka_bootstrap_servers: str,
    mongo_url: str,
    kafka: Forwarder,
    mongo: Forwarder,
) -> Iterator[WholeStack]:
    """A stack that is started while neither is there."""
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka.address,
        "MONGO_URL": mongo_url.replace(_host(mongo_url), mongo.address),
        "MONGO_TIMEOUT": "2",
    }
    folder = tmp_path_factory.mktemp("alone")
    with whole_stack(folder, kafka_bootstrap_servers, mongo_url, environment=environment) as made:
        made.start()
        yield made


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def test_every_service_lives_without_them(alone: WholeStack) -> None:
    """It is alive and not ready; a delivery is answered with "later", so that Haravan sends it again."""
    for name in SERVICES:
        until(lambda name=name: alone.status(name, "/livez") == 200, f"{name} to live")  # type: ignore[misc]
        assert alone.status(name) == 503, name
    answer = httpx.post(f"{alone.stack.ingest_url}/webhooks/haravan/demo-my-pham", content=b"{}", timeout=10)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_the_command_line_says_what_is_away(alone: WholeStack) -> None:
    """It ends with 2 and one clear line, not with a stack trace; no password is in it."""
    told = alone.hoadon("orders", "list", MONGO_URL=alone.environment["MONGO_URL"], MONGO_TIMEOUT="1")
    assert told.code == 2
    assert "MongoDB" in told.errors
    assert "Traceback" not in told.errors
    assert (urlsplit(alone.environment["MONGO_URL"]).password or "-") not in told.errors


async def test_they_go_on_when_kafka_and_mongodb_come(alone: WholeStack, kafka: Forwarder, mongo: Forwarder) -> None:
    """Nothing has to be started again: an order becomes its invoice."""
    mongo.open()
    kafka.open()
    alone.wait_until_ready()
    async with alone.world() as (sandbox, database):
        run = await a_run(alone, sandbox, database, "ordinary", "counter sale")
        assert complaints(await play(run)) == []
