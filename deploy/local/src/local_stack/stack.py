"""A whole stack: what it consists of, brought up in order, taken down in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from local_stack import ports
from local_stack.jars import Progress, fetch, read_lock
from local_stack.java import find_java
from local_stack.kafka import KafkaServer
from local_stack.keys import VARIABLE, secret_keys
from local_stack.layout import Layout, cache_folder
from local_stack.mongo import MongoServer, find_mongod
from local_stack.processes import Group, Program, sandbox, service

SERVICES = ("ingest", "invoicer", "status-poller")
SANDBOXES = ("haravan", "meinvoice")


@dataclass(frozen=True, slots=True)
class RunningStack:
    """Where a stack that is up can be reached.

    `environment` is what a child command such as `hoadon` needs; it holds secrets, as does `mongo_url`.
    The sandboxes' addresses are empty when the stack runs without them.
    """

    ingest_url: str
    invoicer_url: str
    status_poller_url: str
    haravan_url: str
    meinvoice_url: str
    kafka_bootstrap_servers: str
    mongo_url: str = field(repr=False)
    mongo_database: str
    data_dir: Path
    logs_dir: Path
    environment: dict[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is going to run, with everything that can be known before it does."""

    layout: Layout
    programs: tuple[Program, ...]
    stack: RunningStack
    mongo: MongoServer | None
    """Our own MongoDB; None when the user brings one."""

    @property
    def ready_urls(self) -> dict[str, str]:
        """Which address tells that a process can work, by the process's name."""
        stack = self.stack
        services = {
            "ingest": stack.ingest_url,
            "invoicer": stack.invoicer_url,
            "status-poller": stack.status_poller_url,
        }
        sandboxes = {"sandbox-haravan": stack.haravan_url, "sandbox-meinvoice": stack.meinvoice_url}
        return {name: f"{url}/readyz" for name, url in services.items()} | {
            name: f"{url}/livez" for name, url in sandboxes.items() if url
        }


def make_plan(
    layout: Layout,
    *,
    with_sandbox: bool,
    given_ports: Mapping[str, int],
    environment: Mapping[str, str],
    progress: Progress,
) -> Plan:
    """Fetch what is missing, choose ports and write the servers' configurations. Nothing is started yet.

    Raises:
        StackError: Something can't be fetched, found or used.
    """
    kafka_given, mongo_given = environment.get("KAFKA_BOOTSTRAP_SERVERS"), environment.get("MONGO_URL")
    binary = None if mongo_given else find_mongod()
    kafka_files = None if kafka_given else _kafka_files(environment, progress)
    chosen = _ports(
        layout,
        [
            *SERVICES,
            *(SANDBOXES if with_sandbox else ()),
            *(() if kafka_given else ("kafka", "kafka-controller")),
            *(() if mongo_given else ("mongo",)),
        ],
        given_ports,
    )
    mongo = MongoServer(binary, layout.data / "mongo", chosen["mongo"]) if binary else None
    kafka = (
        KafkaServer(*kafka_files, layout.data / "kafka", chosen["kafka"], chosen["kafka-controller"])
        if kafka_files
        else None
    )
    for server in (mongo, kafka):
        if server:
            server.prepare()
    stack = _addresses(
        layout,
        chosen,
        kafka_given or (kafka.bootstrap_servers if kafka else ""),
        mongo_given or (mongo.url if mongo else ""),
        environment,
    )
    return Plan(layout, tuple(_programs(layout, chosen, kafka, mongo)), stack, mongo)


def write_environment(plan: Plan) -> None:
    """Shell lines that point commands such as `hoadon` at the stack, readable by their owner only."""
    lines = [f"export {name}={_quoted(value)}\n" for name, value in plan.stack.environment.items()]
    file = plan.layout.environment
    file.touch(mode=0o600)
    file.write_text("# Where the local stack is; `hoadon` reads this file by itself.\n" + "".join(lines))


def _kafka_files(environment: Mapping[str, str], progress: Progress) -> tuple[Path, Path]:
    java = find_java(environment)
    from local_stack.maven import from_maven_central  # noqa: PLC0415 - costs 0.2 s, and only the first start needs it

    return java, fetch(
        read_lock(), cache_folder(environment), download=from_maven_central(environment), progress=progress
    )


def _ports(layout: Layout, names: list[str], given: Mapping[str, int]) -> dict[str, int]:
    chosen = ports.choose(names, given=given, remembered=ports.load(layout.ports), first=ports.first_for(layout.root))
    ports.save(layout.ports, chosen)
    return chosen


def _programs(
    layout: Layout, chosen: Mapping[str, int], kafka: KafkaServer | None, mongo: MongoServer | None
) -> list[Program]:
    infrastructure = partial(Program, group=Group.INFRASTRUCTURE)
    programs = [infrastructure(name="kafka", command=kafka.command())] if kafka else []
    programs += [infrastructure(name="mongod", command=mongo.command())] if mongo else []
    programs += [sandbox(vendor, chosen[vendor], layout.data) for vendor in SANDBOXES if vendor in chosen]
    return programs + [service(name, chosen[name]) for name in SERVICES]


def _addresses(
    layout: Layout, chosen: Mapping[str, int], kafka: str, mongo: str, environment: Mapping[str, str]
) -> RunningStack:
    urls = {name: f"http://{ports.HOST}:{port}" for name, port in chosen.items()}
    database = environment.get("MONGO_DATABASE") or "hoadon"
    return RunningStack(
        ingest_url=urls["ingest"],
        invoicer_url=urls["invoicer"],
        status_poller_url=urls["status-poller"],
        haravan_url=urls.get("haravan", ""),
        meinvoice_url=urls.get("meinvoice", ""),
        kafka_bootstrap_servers=kafka,
        mongo_url=mongo,
        mongo_database=database,
        data_dir=layout.data,
        logs_dir=layout.logs,
        environment={
            "KAFKA_BOOTSTRAP_SERVERS": kafka,
            "MONGO_URL": mongo,
            "MONGO_DATABASE": database,
            VARIABLE: secret_keys(environment, layout.root),
            "HOADON_SERVICE_URLS": ",".join(f"{name}={urls[name]}" for name in SERVICES),
        },
    )


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"
