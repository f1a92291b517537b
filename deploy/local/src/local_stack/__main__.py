"""The `local-stack` command: what `make run`, `make up`, `make down` and `make status` do."""

import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from local_stack import commands
from local_stack.errors import StackError
from local_stack.layout import TOPICS_FILE, layout
from local_stack.topics import read_topics

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
_out = Console(highlight=False, soft_wrap=True)

Home = Annotated[Path, typer.Option(envvar="HOADON_HOME", help="Folder for data, logs and addresses.")]


def _port(variable: str) -> object:
    return typer.Option(envvar=variable, min=1, max=65535, show_default="a free one", help="Port on 127.0.0.1.")


IngestPort = Annotated[int | None, _port("HOADON_INGEST_PORT")]
InvoicerPort = Annotated[int | None, _port("HOADON_INVOICER_PORT")]
StatusPollerPort = Annotated[int | None, _port("HOADON_STATUS_POLLER_PORT")]
KafkaPort = Annotated[int | None, _port("HOADON_KAFKA_PORT")]
MongoPort = Annotated[int | None, _port("HOADON_MONGO_PORT")]
HaravanPort = Annotated[int | None, _port("HOADON_HARAVAN_PORT")]
MeinvoicePort = Annotated[int | None, _port("HOADON_MEINVOICE_PORT")]

_HOME = Path(".hoadon")


@app.command()
def run(
    *,
    home: Home = _HOME,
    once: Annotated[bool, typer.Option("--once", help="End with a summary when all sample orders are done.")] = False,
    ingest_port: IngestPort = None,
    invoicer_port: InvoicerPort = None,
    status_poller_port: StatusPollerPort = None,
    kafka_port: KafkaPort = None,
    mongo_port: MongoPort = None,
    haravan_port: HaravanPort = None,
    meinvoice_port: MeinvoicePort = None,
) -> None:
    """Start everything with the vendors' stand-ins and a demo; Ctrl-C stops it."""
    ports = {
        "ingest": ingest_port,
        "invoicer": invoicer_port,
        "status-poller": status_poller_port,
        "kafka": kafka_port,
        "mongo": mongo_port,
        "haravan": haravan_port,
        "meinvoice": meinvoice_port,
    }
    with _interruptible():
        right = commands.run(layout(home), once=once, given_ports=_given(ports), environment=os.environ, out=_out)
    if not right:
        raise typer.Exit(1)


@app.command()
def up(
    *,
    home: Home = _HOME,
    ingest_port: IngestPort = None,
    invoicer_port: InvoicerPort = None,
    status_poller_port: StatusPollerPort = None,
    kafka_port: KafkaPort = None,
    mongo_port: MongoPort = None,
) -> None:
    """Start Kafka, MongoDB and the services in the background, for a shop of your own."""
    ports = {
        "ingest": ingest_port,
        "invoicer": invoicer_port,
        "status-poller": status_poller_port,
        "kafka": kafka_port,
        "mongo": mongo_port,
    }
    with _interruptible():
        commands.up(layout(home), given_ports=_given(ports), environment=os.environ, out=_out)


@app.command()
def down(home: Home = _HOME, quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing.")] = False) -> None:
    """Stop what runs here, services first."""
    commands.down(layout(home), Console(quiet=quiet, highlight=False, soft_wrap=True))


@app.command()
def status(home: Home = _HOME) -> None:
    """Show what runs and where it listens; ends with 3 if nothing does."""
    if not commands.status(layout(home), _out):
        raise typer.Exit(3)


@app.command()
def fetch() -> None:
    """Fetch Apache Kafka into the cache, unless it is there or KAFKA_BOOTSTRAP_SERVERS names another."""
    commands.fetch_kafka(os.environ, _out)


@app.command()
def topics(file: Annotated[Path, typer.Option(help="The declaration.")] = TOPICS_FILE) -> None:
    """Make the declared topics on KAFKA_BOOTSTRAP_SERVERS, for Kafka that you run yourself."""
    commands.make_topics(file, os.environ, _out)


@app.command("check-topics")
def check_topics(file: Annotated[Path, typer.Option(help="The declaration.")] = TOPICS_FILE) -> None:
    """Check the declaration of topics without any Kafka."""
    _out.print(f"{file.name}: {len(read_topics(file))} topics")


def main() -> None:
    """Run a command; what the user can repair ends with one line and code 2, Ctrl-C with 130."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what it warns of while a server starts is no news
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts background jobs with it ignored
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        app()
    except StackError as error:
        print(f"local-stack: {error}", file=sys.stderr)  # noqa: T201 - one line, unwrapped, whatever the terminal
        sys.exit(2)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C is how `run` is meant to end: no message of a framework's own."""
    try:
        yield
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _given(ports: dict[str, int | None]) -> dict[str, int]:
    return {name: port for name, port in ports.items() if port is not None}


if __name__ == "__main__":
    main()
