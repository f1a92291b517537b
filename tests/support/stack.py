"""A whole stack for a test: services and stand-ins as processes of their own on the run's Kafka and MongoDB."""

import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from local_stack import ports, tie
from local_stack.demo.control import Sandbox
from local_stack.layout import TOPICS_FILE, Layout, layout
from local_stack.processes import Program, sandbox, script, service, tied
from local_stack.stack import RunningStack
from local_stack.topics import provision, read_topics
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pymongo import MongoClient
from runtime.secrets import generate_key
from support.servers import free_ports

SERVICES = ("ingest", "invoicer", "status-poller")
VENDORS = ("haravan", "meinvoice")
QUICK: Mapping[str, str] = {
    "KAFKA_SESSION_TIMEOUT": "6",  # the least that Kafka allows: so long a killed member keeps its partitions
    "KAFKA_REBALANCE_TIMEOUT": "8",  # so long one that is killed while it joins keeps the others waiting
    "KAFKA_RETRY_LONGEST": "0.5",
    "INVOICER_LANE_LEASE": "6",
    "INVOICER_LANE_DEADLINE": "4",
    "INVOICER_LANE_MARGIN": "1",
    "INVOICER_LANE_PAUSE": "0.1",
    "INVOICER_LANE_RACE_PAUSE": "0.2",
    "INVOICER_LANE_QUIET": "0.7",
    "STATUS_POLLER_FIRST_POLLS": "[3, 5, 10]",
    "STATUS_POLLER_INTERVAL": "0.2",
    "STATUS_POLLER_LEASE": "8",
}
"""Patience of production in seconds instead of minutes."""
_READY_SECONDS = 90.0
_PAUSE = 0.05
_COMMAND_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Command:
    """What a command ended with."""

    code: int
    output: str
    errors: str

    @property
    def parsed(self) -> Any:
        """Its output as JSON."""
        return json.loads(self.output)


@dataclass
class WholeStack:
    """Processes by name; each keeps its port when it is started again."""

    stack: RunningStack
    layout: Layout
    programs: Mapping[str, Program]
    environment: Mapping[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, *names: str, **environment: str) -> None:
        """Start these processes, or all, with more in their environment; does not wait."""
        for name in names or self.programs:
            program = self.programs[name]
            with self._log(name).open("ab") as output:
                self.running[name] = subprocess.Popen(  # noqa: S603 - our own command
                    tied(self.layout, name, program.command),
                    env={**self._kept(), **self.environment, **program.environment, **environment},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                )

    def kill(self, name: str) -> None:
        """Kill -9."""
        self.running[name].send_signal(signal.SIGKILL)
        self.running[name].wait()

    def stop(self, *names: str) -> list[int]:
        """End these processes orderly, or all; their exit codes."""
        chosen = [self.running[name] for name in names or tuple(reversed(self.running))]
        for process in chosen:
            process.terminate()
        return [process.wait(_READY_SECONDS) for process in chosen]

    def wait_until_ready(self, *names: str) -> None:
        """Wait until these, or all, can work."""
        for name in names or self.programs:
            until(lambda name=name: self.status(name) == httpx.codes.OK, f"{name} to be ready")  # type: ignore[misc]

    def status(self, name: str, path: str | None = None) -> int | None:
        """What a process answers when it is asked whether it can work; None: nothing."""
        assert self.running[name].poll() is None, f"{name} has ended:\n{self._log(name).read_text()[-3000:]}"
        try:
            return httpx.get(self.url(name) + (path or ("/readyz" if name in SERVICES else "/livez"))).status_code
        except httpx.TransportError:
            return None

    def url(self, name: str) -> str:
        """Where a process listens."""
        return {
            "ingest": self.stack.ingest_url,
            "invoicer": self.stack.invoicer_url,
            "status-poller": self.stack.status_poller_url,
            "sandbox-haravan": self.stack.haravan_url,
            "sandbox-meinvoice": self.stack.meinvoice_url,
        }[name]

    def log(self, name: str) -> list[dict[str, Any]]:
        """What a process has logged so far: every line is JSON."""
        return [json.loads(line) for line in self._log(name).read_text().splitlines()]

    def hoadon(self, *arguments: str, **environment: str) -> Command:
        """Run the command line as a user would."""
        done = subprocess.run(  # noqa: S603 - our own command
            [script("hoadon"), *arguments],
            env={**self._kept(), **self.environment, **self.stack.environment, **environment},
            capture_output=True,
            text=True,
            timeout=_COMMAND_SECONDS,
            check=False,
        )
        return Command(done.returncode, done.stdout, done.stderr)

    def end(self) -> None:
        """Leave nothing behind."""
        for process in self.running.values():
            process.kill()
        for process in self.running.values():
            process.wait()

    @asynccontextmanager
    async def world(self) -> AsyncIterator[tuple[Sandbox, AsyncIOMotorDatabase[dict[str, Any]]]]:
        """The stand-ins' control API and the database."""
        mongo: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(self.stack.mongo_url, tz_aware=True)
        try:
            async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
                sandboxes = Sandbox(client, self.stack.haravan_url, self.stack.meinvoice_url)
                yield sandboxes, mongo[self.stack.mongo_database]
        finally:
            mongo.close()

    def _log(self, name: str) -> Path:
        return self.layout.logs / f"{name}.log"

    @staticmethod
    def _kept() -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {tie.PARENT: str(os.getpid())}


def until(look: Callable[[], bool], what: str, seconds: float = _READY_SECONDS) -> None:
    """Wait for something; fails when it does not come."""
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, f"waited {seconds:g} s for {what}"
        time.sleep(_PAUSE)


@contextmanager
def whole_stack(
    folder: Path, kafka: str, mongo_url: str, *, environment: Mapping[str, str] | None = None
) -> Iterator[WholeStack]:
    """A stack whose topics, groups and database nobody else uses; nothing is started yet."""
    prefix, database = f"e2e-{uuid4().hex[:12]}.", f"e2e_{uuid4().hex[:12]}"
    with ThreadPoolExecutor(1) as pool:  # a thread of its own: the test's event loop is not ours to run
        pool.submit(asyncio.run, provision(kafka, read_topics(TOPICS_FILE), prefix=prefix)).result()
    made = _make(folder, kafka, mongo_url, database, {**QUICK, "KAFKA_TOPIC_PREFIX": prefix, **(environment or {})})
    try:
        yield made
    finally:
        made.end()
        with MongoClient[dict[str, object]](mongo_url) as client:
            client.drop_database(database)


def _make(folder: Path, kafka: str, mongo_url: str, database: str, environment: Mapping[str, str]) -> WholeStack:
    places = layout(folder / "stack")
    places.create()
    port = free_ports(*SERVICES, *VENDORS)
    url = {name: f"http://{ports.HOST}:{number}" for name, number in port.items()}
    shared = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "MONGO_URL": mongo_url,
        "MONGO_DATABASE": database,
        "HOADON_SECRET_KEYS": generate_key(),
    }
    programs = [
        *(sandbox(vendor, port[vendor], places.data) for vendor in VENDORS),
        *(service(name, port[name]) for name in SERVICES),
    ]
    stack = RunningStack(
        ingest_url=url["ingest"],
        invoicer_url=url["invoicer"],
        status_poller_url=url["status-poller"],
        haravan_url=url["haravan"],
        meinvoice_url=url["meinvoice"],
        kafka_bootstrap_servers=kafka,
        mongo_url=mongo_url,
        mongo_database=database,
        data_dir=places.data,
        logs_dir=places.logs,
        environment=shared,
    )
    return WholeStack(stack, places, {each.name: each for each in programs}, {**shared, **environment})
