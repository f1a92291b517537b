"""Traps of Kafka, FastStream and motor that are avoided by how things are set; see `docs/reference/traps.md`."""

import asyncio
import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from contracts.topics import Topic
from faststream.kafka import KafkaBroker
from faststream.middlewares import AckPolicy
from pydantic import SecretStr, ValidationError
from runtime.kafka import Ack, Kafka, Outcome, Record, connection
from runtime.mongo import Mongo
from runtime.settings import KafkaSettings, MongoSettings

ROOT = Path(__file__).parents[3]
SETTINGS = KafkaSettings(bootstrap_servers="127.0.0.1:9")
Options = dict[str, Any]


async def handle(_: Record) -> Outcome:
    return Ack()


@pytest.fixture
def brokers(monkeypatch: pytest.MonkeyPatch) -> list[Options]:
    """What brokers are made with."""
    made: list[Options] = []
    original = KafkaBroker.__init__

    def init(self: KafkaBroker, *args: Any, **options: Any) -> None:
        made.append(options)
        original(self, *args, **options)

    monkeypatch.setattr(KafkaBroker, "__init__", init)
    return made


@pytest.fixture
def subscribers(monkeypatch: pytest.MonkeyPatch) -> list[Options]:
    """What subscribers are made with."""
    made: list[Options] = []
    original = KafkaBroker.subscriber

    def subscriber(self: KafkaBroker, *args: Any, **options: Any) -> Any:
        made.append(options)
        return original(self, *args, **options)

    monkeypatch.setattr(KafkaBroker, "subscriber", subscriber)
    return made


def test_the_brokers_defaults_are_not_relied_on(brokers: list[Options]) -> None:
    """Trap: by default at most once, topics of one partition are created, `acks=1`, bodies are decoded too early."""
    Kafka(SETTINGS, service="test")
    (options,) = brokers
    assert options["ack_policy"] is AckPolicy.MANUAL
    assert options["allow_auto_create_topics"] is False
    assert options["enable_idempotence"] is True
    assert options["apply_types"] is False
    assert "acks" not in options


@pytest.mark.parametrize("batches", (False, True))
def test_the_subscribers_defaults_are_not_relied_on(subscribers: list[Options], batches: bool) -> None:
    """Trap: by default a new group reads from the end, `rebalance_timeout_ms` is 10 s; `max_workers` loses commits."""
    kafka = Kafka(SETTINGS, service="test")
    if batches:
        kafka.subscribe_batches(Topic.HARAVAN_ORDERS, "g", lambda _: handle(None))  # type: ignore[arg-type]  # never called
    else:
        kafka.subscribe(Topic.HARAVAN_ORDERS, "g", handle)
    (options,) = subscribers
    assert options["ack_policy"] is AckPolicy.MANUAL
    assert options["auto_offset_reset"] == "earliest"
    assert options["rebalance_timeout_ms"] > options["session_timeout_ms"]
    assert options["heartbeat_interval_ms"] < options["session_timeout_ms"] / 3 + 1
    assert not {"max_workers", "group_instance_id", "partitions", "pattern", "auto_commit"} & set(options)


@pytest.mark.parametrize("seconds", (0, -1))
def test_a_graceful_timeout_of_nothing_is_refused(seconds: int) -> None:
    """Trap: FastStream takes 0 and None for "do not wait at all", and cancels the handler in hand."""
    with pytest.raises(ValidationError, match="graceful_timeout"):
        KafkaSettings(bootstrap_servers="k:1", graceful_timeout=timedelta(seconds=seconds))


def test_the_graceful_timeout_reaches_the_broker(brokers: list[Options]) -> None:
    """Trap: `graceful_timeout` of None means not to wait at all: what is set reaches the broker."""
    Kafka(SETTINGS, service="test")
    assert brokers[0]["graceful_timeout"] == SETTINGS.graceful_timeout.total_seconds() > 0


def test_faststream_is_new_enough() -> None:
    """Trap: before 0.7.5 a cancelled handler was committed, before 0.7.8 a batch was rewound in one partition only."""
    assert tuple(map(int, version("faststream").split(".")[:3])) >= (0, 7, 8)
    project = tomllib.loads((ROOT / "libs/runtime/pyproject.toml").read_text())["project"]
    (pinned,) = [each for each in project["dependencies"] if each.startswith("faststream")]
    assert ">=0.7.8" in pinned
    assert "<0.8" in pinned


def _sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted(ROOT.glob(f"{folder}/**/*.py")):
            if path != Path(__file__):
                yield path


@pytest.mark.parametrize(
    ("name", "why"),
    (
        (r"\.getone\(|wait_for\([^)]*getmany", "a cancelled fetch leaks its counter, so that an idle member stays"),
        (r"\.nack\(|\.reject\(|NACK_ON_ERROR|REJECT_ON_ERROR|ACK_FIRST", "hot loops, skipped records, lost records"),
        (r"max_workers", "its shutdown leaves the group before the handlers have ended"),
        (r"transactional_id", "the effect is at the vendor: transactions of Kafka give nothing there"),
        (r"faststream\.(kafka\.)?fastapi", "leaves FastStream with 1.0"),
        (r"make_ping_asgi|consumer_only", "its ping asks the admin client, which `consumer_only` has none of"),
        (r"AsgiFastStream|as_asgi|try_it_out|asyncapi_path", "it is ready too early, and its pages send to topics"),
        (
            r"BaseMiddleware|middlewares=",
            "the first is the outermost, and errors of an `ack` are swallowed",
        ),
    ),
)
def test_the_services_do_not_use(name: str, why: str) -> None:
    """Trap: what loses records, commits or order, or needs care that nobody takes; so nobody uses it.

    A cancelled `getone()` leaks its counter; `nack` and `reject` loop or skip; `max_workers` leaves the group before
    its handlers have ended; Kafka's transactions do not reach the vendor; the FastAPI router leaves FastStream; its
    ping is false with `consumer_only`, its pages reach topics; the first middleware is outermost and swallows errors.
    """
    users = [path for path in _sources("libs/*/src", "services/*/src") if re.search(name, path.read_text())]
    assert not users, why


_FORKS = r"os\.(fork|forkpty|posix_spawn)|\bmultiprocessing\b|ProcessPoolExecutor|run_in_executor"
_WITHOUT_A_DATABASE = ROOT / "libs/lanes/src/lanes_model"


def test_nothing_that_may_hold_a_client_forks() -> None:
    """Trap: a MongoDB client does not survive a fork; the lanes' model, which forks, has no database."""
    found = {path for path in _sources("libs/*/src", "services/*/src") if re.search(_FORKS, path.read_text())}
    assert {path for path in found if not path.is_relative_to(_WITHOUT_A_DATABASE)} == set()
    model = [path.read_text() for path in _WITHOUT_A_DATABASE.rglob("*.py")]
    assert model
    assert not [text for text in model if re.search(r"motor|pymongo|runtime", text)]


@pytest.mark.parametrize(("driver", "most"), (("motor", 3), ("httpx", 10)))
def test_a_driver_past_its_end_is_known_to_few(driver: str, most: int) -> None:
    """Trap: motor is past its end of life, httpx has no releases: only adapters import them, a contract names each."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (contract,) = [each for each in contracts if each.get("forbidden_modules") == [driver]]
    named = {each.partition(" -> ")[0] for each in contract["ignore_imports"]}
    importing = re.compile(rf"^\s*(?:import|from) {driver}\b", re.MULTILINE)
    found = {
        ".".join(path.relative_to(folder).with_suffix("").parts)
        for folder in (*ROOT.glob("libs/*/src"), *ROOT.glob("services/*/src"))
        for path in folder.rglob("*.py")
        if importing.search(path.read_text())
    }
    assert found == named
    assert len(named) <= most
    packages = {path.name for folder in ("libs/*/src/*", "services/*/src/*") for path in ROOT.glob(folder)}
    assert {name for name in packages if name.isidentifier()} == set(contract["source_modules"])


def test_no_test_trusts_the_brokers_stand_in() -> None:
    """Trap: FastStream's `TestKafkaBroker` knows neither commit nor seek nor rebalance, so that it proves nothing.

    The mock brokers of librdkafka know no group of two.
    """
    stand_ins = re.compile(r"TestKafkaBroker|test\.mock\.num\.brokers|mongomock")
    sources = list(_sources("libs/*/src", "services/*/src", "tests"))
    assert not [path for path in sources if stand_ins.search(path.read_text())]


async def test_an_end_does_not_wait_for_a_kafka_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trap: an idempotent producer has no end to its retries, and stopping it flushes: a SIGTERM would never end."""

    async def flush_for_ever(_: KafkaBroker) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(KafkaBroker, "stop", flush_for_ever)
    monkeypatch.setattr(connection, "_LEAVING", timedelta(0))
    short = timedelta(milliseconds=10)
    settings = SETTINGS.model_copy(update={"graceful_timeout": short, "publish_timeout": short})
    async with asyncio.timeout(5):
        await Kafka(settings, service="test").close()


def mongo_settings() -> MongoSettings:
    return MongoSettings(url=SecretStr("mongodb://127.0.0.1:9/?replicaSet=rs"), database="test")


def test_a_mongo_client_is_made_inside_the_loop() -> None:
    """Trap: motor binds to the loop it is first used in and fails in every other; outside a loop there is no client."""
    with pytest.raises(RuntimeError, match="no running event loop"):
        Mongo(mongo_settings())


async def test_mongo_reads_and_writes_with_a_majority() -> None:
    """Trap: without them what was read may be rolled back, times have no zone, and a call may last for ever."""
    mongo = Mongo(mongo_settings())
    try:
        client = mongo.client
        assert client.write_concern.document == {"w": "majority"}
        assert client.read_concern.level == "majority"
        assert client.codec_options.tz_aware
        assert client.codec_options.uuid_representation == 4  # standard
        options = client.delegate.options
        assert options.retry_writes
        assert options.timeout
    finally:
        await mongo.close()
