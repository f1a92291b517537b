"""What each command of `local-stack` does; the command line itself is in `__main__`."""

import asyncio
import signal
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from local_stack import ports
from local_stack.bring_up import bring_up, check_given, while_alive
from local_stack.errors import StackError
from local_stack.given import check_kafka
from local_stack.jars import Progress, fetch, read_lock
from local_stack.layout import Layout, cache_folder
from local_stack.stack import Plan, RunningStack, make_plan, write_environment
from local_stack.supervision import Supervision
from local_stack.topics import provision, read_topics


def run(
    layout: Layout, *, once: bool, given_ports: Mapping[str, int], environment: Mapping[str, str], out: Console
) -> bool:
    """Start everything, show the demo, stop everything. False if the demo found something wrong.

    Raises:
        StackError: It does not start.
    """
    started_at = datetime.now(UTC)
    supervision = Supervision(layout)
    plan = _plan(supervision, with_sandbox=True, given_ports=given_ports, environment=environment, out=out)
    try:
        _start(plan, supervision, environment, out, detached=False)
        return asyncio.run(_show(supervision, plan.stack, once=once, started_at=started_at))
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave processes behind
        out.print("Stopping …")
        supervision.stop()


def up(layout: Layout, *, given_ports: Mapping[str, int], environment: Mapping[str, str], out: Console) -> None:
    """Start infrastructure and services in the background and say how to go on.

    Raises:
        StackError: It does not start; nothing is left running then.
    """
    supervision = Supervision(layout)
    plan = _plan(supervision, with_sandbox=False, given_ports=given_ports, environment=environment, out=out)
    try:
        _start(plan, supervision, environment, out, detached=True)
    except BaseException:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        supervision.stop()
        raise
    _print_addresses(plan.stack, out)
    out.print("\nNext, from this folder:\n  .venv/bin/hoadon config apply your-shop.yaml\n`make down` stops it all.")


def down(layout: Layout, out: Console) -> None:
    """Stop what runs here; it is no error if nothing does."""
    supervision = Supervision(layout)
    if not layout.run.exists() or not supervision.is_running():
        out.print("Nothing runs here.")
        return
    supervision.stop()
    out.print("Stopped.")


def status(layout: Layout, out: Console) -> bool:
    """Show each process and its port; False if nothing runs."""
    states = Supervision(layout).processes() if layout.run.exists() else []
    if not states:
        out.print("Nothing runs here: `make run` or `make up` starts it.")
        return False
    remembered = ports.load(layout.ports)
    table = Table("process", "state", "address", "details")
    for state in states:
        port = remembered.get({"mongod": "mongo"}.get(state.name, state.name.removeprefix("sandbox-")))
        table.add_row(state.name, state.state.lower(), f"{ports.HOST}:{port}" if port else "", state.description)
    out.print(table)
    return True


def fetch_kafka(environment: Mapping[str, str], out: Console) -> None:
    """Fetch Kafka's jars unless the user brings a Kafka; silent when there is nothing to do."""
    from local_stack.maven import from_maven_central  # noqa: PLC0415 - costs 0.2 s, and only this command needs it

    if not environment.get("KAFKA_BOOTSTRAP_SERVERS"):
        fetch(read_lock(), cache_folder(environment), download=from_maven_central(environment), progress=_progress(out))


def make_topics(file: Path, environment: Mapping[str, str], out: Console) -> None:
    """Make the declared topics on the user's Kafka.

    Raises:
        StackError: None is named, or it does not answer.
    """
    servers = environment.get("KAFKA_BOOTSTRAP_SERVERS")
    if not servers:
        raise StackError(
            "KAFKA_BOOTSTRAP_SERVERS names no Kafka: set it, or use `make up`, which makes the topics itself."
        )
    declared = read_topics(file)

    async def make() -> None:
        await check_kafka(servers)
        await provision(servers, declared)

    asyncio.run(make())
    out.print(f"{len(declared)} topics are on {servers}.")


def _plan(
    supervision: Supervision,
    *,
    with_sandbox: bool,
    given_ports: Mapping[str, int],
    environment: Mapping[str, str],
    out: Console,
) -> Plan:
    layout = supervision.layout
    asyncio.run(check_given(environment))
    layout.create()
    supervision.clear_leftovers()
    return make_plan(
        layout, with_sandbox=with_sandbox, given_ports=given_ports, environment=environment, progress=_progress(out)
    )


def _start(
    plan: Plan, supervision: Supervision, environment: Mapping[str, str], out: Console, *, detached: bool
) -> None:
    out.print(
        f"Starting {', '.join(program.name for program in plan.programs)}; logs are in {_shown(plan.layout.logs)}"
    )
    supervision.start(plan.programs, {**environment, **plan.stack.environment}, detached=detached)
    write_environment(plan)
    asyncio.run(bring_up(plan, supervision, lambda step: out.print(f"  {step}")))


async def _show(supervision: Supervision, stack: RunningStack, *, once: bool, started_at: datetime) -> bool:
    from local_stack.demo.driver import run as play  # noqa: PLC0415 - no other command needs it

    return await while_alive(supervision, play(stack, once=once, started_at=started_at))


def _print_addresses(stack: RunningStack, out: Console) -> None:
    rows = {
        "ingest (webhooks)": f"{stack.ingest_url}/webhooks/haravan/<shop>",
        "invoicer": stack.invoicer_url,
        "status-poller": stack.status_poller_url,
        "Kafka": stack.kafka_bootstrap_servers,
    }
    out.print("")
    for name, address in rows.items():
        out.print(f"  {name:<20} {address}")


def _progress(out: Console) -> Progress:
    def progress(done: int, of: int) -> None:
        if done == 1:
            out.print(f"Fetching Apache Kafka from Maven Central, once: {of} jars, 43 MB")
        if done % 10 == 0 or done == of:
            out.print(f"  {done} of {of}")

    return progress


def _shown(path: Path) -> str:
    """A path as short as it can be said from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
