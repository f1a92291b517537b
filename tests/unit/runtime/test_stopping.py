"""In which order a process ends, and that whoever stops it has more patience; see `docs/reference/traps.md`."""

import asyncio
import configparser
import os
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from socket import socket
from typing import Any

import httpx
import ingest.bootstrap
import invoicer.bootstrap
import pytest
import status_poller.bootstrap
import yaml
from cryptography.fernet import Fernet
from ingest.adapters.clients import PATIENCE
from ingest.settings import IngestSettings
from invoicer.settings import InvoicerSettings
from local_stack.layout import layout
from local_stack.processes import STOP_SECONDS, Group, configuration, service
from local_stack.supervision import _LEFTOVER_SECONDS, _STOP_SECONDS
from runtime import hosting
from runtime.app import BackgroundTask, Resource, Service
from runtime.settings import HttpSettings, ServiceSettings
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from status_poller.settings import StatusPollerSettings

ROOT = Path(__file__).parents[3]
MARGIN = timedelta(seconds=15)
"""For what has no wait of its own: starting to stop, the last spans, a busy machine."""
OTHERS = ("apache/kafka", "mongo")
"""Images of a Compose file that are not ours."""


@pytest.fixture(autouse=True)
def _defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("KAFKA_", "MONGO_", "HOADON_", "INGEST_", "INVOICER_", "STATUS_POLLER_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9")
    monkeypatch.setenv("MONGO_URL", "mongodb://127.0.0.1:9/?replicaSet=rs")
    monkeypatch.setenv("HOADON_SECRET_KEYS", Fernet.generate_key().decode())


async def services() -> dict[str, tuple[Service, ServiceSettings]]:
    """Every service as it is put together with nothing but defaults."""
    ingesting, invoicing, polling = IngestSettings(), InvoicerSettings(), StatusPollerSettings()
    return {
        "ingest": (await ingest.bootstrap.build(ingesting), ingesting),
        "invoicer": (await invoicer.bootstrap.build(invoicing), invoicing),
        "status-poller": (await status_poller.bootstrap.build(polling), polling),
    }


async def longest_end() -> timedelta:
    return max(made.longest_end(settings.http) for made, settings in (await services()).values())


async def test_a_process_ends_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trap: order of stopping. Readiness off, calls under way finish, requests too, Kafka is left before the rest."""
    journal: list[str] = []
    ports: list[int] = []
    running, stop, asked, finished, release = (asyncio.Event() for _ in range(5))
    listen = hosting._listen

    def listening(settings: HttpSettings) -> socket:
        made = listen(settings)
        ports.append(made.getsockname()[1])
        return made

    def part(name: str) -> Resource:
        async def say(what: str) -> None:
            journal.append(f"{what} {name}")

        return Resource(name, lambda: say("open"), lambda: say("close"))

    async def lanes(stopping: asyncio.Event) -> None:
        running.set()
        await stopping.wait()
        async with httpx.AsyncClient() as http:
            answer = await http.get(f"http://127.0.0.1:{ports[0]}/readyz")
        journal.append(f"call finishes, readiness {answer.status_code}")
        finished.set()

    async def slow(_: Request) -> PlainTextResponse:
        asked.set()
        await release.wait()
        journal.append("request finishes")
        return PlainTextResponse("done")

    async def ask() -> str:
        async with httpx.AsyncClient() as http:
            return (await http.get(f"http://127.0.0.1:{ports[0]}/slow")).text

    monkeypatch.setattr(hosting, "_listen", listening)
    made = Service([part("mongodb"), part("kafka")], [BackgroundTask("lanes", lanes)], [Route("/slow", slow)])
    serving = asyncio.create_task(hosting._serve(HttpSettings(port=0), made, stop))
    async with asyncio.timeout(30):
        await running.wait()
        asking = asyncio.create_task(ask())
        await asked.wait()
        stop.set()
        await finished.wait()
        for _ in range(100):  # whatever does not wait for the request goes on now
            await asyncio.sleep(0)
        release.set()
        assert await asking == "done"
        await serving
    assert journal == [
        "open mongodb",
        "open kafka",
        "call finishes, readiness 503",
        "request finishes",
        "close kafka",
        "close mongodb",
    ]


async def test_every_service_leaves_kafka_before_it_closes_what_handlers_use() -> None:
    """Trap: order of stopping. Opened last is closed first: handlers finish and commit while MongoDB is open."""
    for made, _ in (await services()).values():
        names = [resource.name for resource in made.resources]
        assert (names[0], names[-1]) == ("mongodb", "kafka")


async def test_the_longest_end_has_room_for_a_call_and_the_handler_in_hand() -> None:
    """Trap: the grace period must exceed `graceful_timeout`, the longest HTTP deadline and a margin: all count."""
    for made, settings in (await services()).values():
        http, kafka = settings.http, settings.kafka
        waits = http.shutdown_timeout + kafka.graceful_timeout + kafka.publish_timeout
        assert made.longest_end(http) > waits
    made, settings = (await services())["invoicer"]
    assert isinstance(settings, InvoicerSettings)
    call = settings.lane.deadline + settings.lane.margin
    assert made.longest_end(settings.http) > call + settings.http.shutdown_timeout + settings.kafka.graceful_timeout
    slower = settings.model_copy(update={"lane": settings.lane.model_copy(update={"deadline": timedelta(seconds=25)})})
    later = (await invoicer.bootstrap.build(slower)).longest_end(settings.http)
    assert later - made.longest_end(settings.http) == timedelta(seconds=25) - settings.lane.deadline
    drained = settings.http.model_copy(update={"drain_delay": timedelta(seconds=7)})
    assert made.longest_end(drained) - made.longest_end(settings.http) == timedelta(seconds=7)


async def test_the_local_processes_are_given_the_time_to_end(tmp_path: Path) -> None:
    """Trap: a grace period below `graceful_timeout` and the longest HTTP deadline ends a call by SIGKILL."""
    needed = (await longest_end() + MARGIN).total_seconds()
    parsed = configparser.ConfigParser(interpolation=None)
    parsed.read_string(configuration(layout(tmp_path / ".hoadon"), [service(name, 1) for name in await services()]))
    for name in await services():
        assert parsed.getint(f"program:{name}", "stopwaitsecs") >= needed
    assert sum(STOP_SECONDS.values()) < _STOP_SECONDS
    assert STOP_SECONDS[Group.SERVICES] < _LEFTOVER_SECONDS


def _manifests() -> Iterator[tuple[str, Sequence[str], Any]]:
    """Name, images and grace period in seconds of every workload that the repository describes."""
    compose = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())
    for name, each in compose["services"].items():
        found = re.fullmatch(r"(\d+)s", str(each.get("stop_grace_period")))
        yield f"compose.yaml: {name}", [each.get("image", "")], int(found[1]) if found else None
    for path in sorted((ROOT / "deploy/k8s").rglob("*.yaml")):
        for document in yaml.safe_load_all(path.read_text()):
            pod = (document or {}).get("spec", {}).get("template", {}).get("spec", {})
            if "containers" in pod:
                images = [container.get("image", "") for container in pod["containers"]]
                yield f"{path.name}: {document['metadata']['name']}", images, pod.get("terminationGracePeriodSeconds")


async def test_manifests_give_the_time_to_end() -> None:
    """Trap: the grace period is 10 s in Docker and 30 s in Kubernetes, less than `graceful_timeout` and a call."""
    ours = (await longest_end() + MARGIN).total_seconds()
    for name, images, seconds in _manifests():
        theirs = all(image.partition(":")[0] in OTHERS for image in images)
        assert seconds is not None, name
        assert seconds >= (STOP_SECONDS[Group.INFRASTRUCTURE] if theirs else ours), name


async def test_the_documented_grace_period_is_long_enough() -> None:
    """Trap: grace period above `graceful_timeout` and the longest HTTP deadline; the page says what to set."""
    page = (ROOT / "docs/reference/http.md").read_text()
    found = re.search(r"grace period of (\d+) s", page)
    assert found
    assert int(found[1]) >= (await longest_end() + MARGIN).total_seconds()
    assert int(found[1]) == STOP_SECONDS[Group.SERVICES]


def test_a_rebalance_waits_longer_than_a_handler_calls() -> None:
    """Trap: `rebalance_timeout_ms` below the longest HTTP call of a handler lets another member begin beside it."""
    settings = IngestSettings()
    longest = timedelta(seconds=PATIENCE.attempts * (PATIENCE.timeout + PATIENCE.longest_wait))
    assert longest <= settings.kafka.graceful_timeout < settings.kafka.rebalance_timeout - timedelta(seconds=5)
    lane = InvoicerSettings().lane
    assert lane.deadline + lane.margin < settings.kafka.rebalance_timeout - timedelta(seconds=5)


async def test_no_vendor_is_called_twice_or_over_a_stale_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trap: a stale kept connection breaks a POST, a transport that retries sends it twice: in any service."""
    made: dict[str, list[httpx.AsyncHTTPTransport]] = {}
    init: Callable[..., None] = httpx.AsyncHTTPTransport.__init__

    def remembered(self: httpx.AsyncHTTPTransport, **options: Any) -> None:
        init(self, **options)
        made.setdefault(name, []).append(self)

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "__init__", remembered)
    builders: dict[str, Callable[[], Awaitable[object]]] = {
        "invoicer": lambda: invoicer.bootstrap.build(InvoicerSettings()),
        "status-poller": lambda: status_poller.bootstrap.build(StatusPollerSettings()),
        "ingest": lambda: ingest.bootstrap.build(IngestSettings()),
    }
    for name, build in builders.items():  # noqa: B007  (`remembered` reads the name)
        await build()
    assert {name: {each._pool._retries for each in transports} for name, transports in made.items()} == {
        "invoicer": {0},
        "status-poller": {0},
        "ingest": {0},
    }
    assert {each._pool._keepalive_expiry for each in made["invoicer"]} == {2.0}
    assert made["status-poller"][0]._pool._keepalive_expiry == 2.0
