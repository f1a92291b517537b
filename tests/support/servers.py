"""One real Kafka and one real MongoDB per test run, started by the first test that asks, in whichever xdist worker."""

import asyncio
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from local_stack import ports
from local_stack.given import check_kafka, check_mongo, kafka_answers
from local_stack.jars import fetch, read_lock
from local_stack.java import find_java
from local_stack.kafka import KafkaServer
from local_stack.layout import cache_folder
from local_stack.maven import from_maven_central
from local_stack.mongo import MongoServer, find_mongod

RUN_FOLDER = "HOADON_TEST_RUN_FOLDER"
RUN_PROCESS = "HOADON_TEST_RUN_PROCESS"
_START_SECONDS = 100
_STOP_SECONDS = 20
_FIRST_PORT, _END_OF_PORTS = 10000, 18400
"""Below the ports of local stacks, which choose by themselves, and those that the kernel lends."""

Result = TypeVar("Result")


def begin_run() -> None:
    """Called in the run's first process: where its servers' files go, and whose end ends them."""
    os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="hoadon-tests-")
    os.environ[RUN_PROCESS] = str(os.getpid())


def end_run() -> None:
    """Called in the run's first process: stop what was started and wait until it is gone."""
    run = Path(os.environ.pop(RUN_FOLDER))
    for keeper in run.glob("*/keeper.pid"):
        os.kill(int(keeper.read_text()), signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while any(run.glob("*/keeper.pid")) and time.monotonic() < deadline:
        time.sleep(0.05)
    shutil.rmtree(run, ignore_errors=True)


def kafka_bootstrap_servers() -> str:
    """The address of the run's Kafka, or of the one that the environment names."""
    if given := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        _in_new_loop(lambda: asyncio.run(check_kafka(given)))
        return given
    return _once("kafka", _start_kafka)


def mongo_url() -> str:
    """The connection string of the run's MongoDB, or of the one that the environment names."""
    if given := os.environ.get("MONGO_URL"):
        check_mongo(given)
        return given
    return _once("mongo", _start_mongo)


def free_ports(*names: str) -> dict[str, int]:
    """Free ports, the next ones of a counter that all test processes of this machine share.

    A server listens seconds after its port was chosen: meanwhile no worker and no other run is given the same.
    """
    last = Path(tempfile.gettempdir()) / f"hoadon-test-port-{os.getuid()}"
    with _locked(last):
        free = filter(ports.is_free, _ports_after(last.read_text()))
        chosen = {name: next(free) for name in names}
        last.write_text(str(list(chosen.values())[-1]))
    return chosen


def _ports_after(last: str) -> Iterator[int]:
    """All ports, from the one behind the last on; where there is none, each process begins elsewhere."""
    size = _END_OF_PORTS - _FIRST_PORT
    begin = int(last) - _FIRST_PORT + 1 if last.isdigit() else os.getpid()
    return (_FIRST_PORT + number % size for number in range(begin, begin + size))


def _start_kafka(folder: Path) -> str:
    jars = fetch(read_lock(), cache_folder(os.environ), download=from_maven_central(os.environ))
    port = free_ports("kafka", "controller")
    server = KafkaServer(find_java(os.environ), jars, folder, port["kafka"], port["controller"])
    server.prepare()
    _keep(folder, server.command())
    _wait(folder, lambda: _in_new_loop(lambda: asyncio.run(kafka_answers(server.bootstrap_servers))))
    return server.bootstrap_servers


def _start_mongo(folder: Path) -> str:
    server = MongoServer(find_mongod(), folder, free_ports("mongo")["mongo"])
    server.prepare()
    _keep(folder, server.command())
    _wait(folder, server.ready)
    return server.url


def _once(name: str, start: Callable[[Path], str]) -> str:
    folder = Path(os.environ[RUN_FOLDER]) / name
    folder.mkdir(exist_ok=True)
    address = folder / "address"
    with _locked(folder / "lock"):
        if not address.exists():
            address.write_text(start(folder))
    return address.read_text()


def _keep(folder: Path, command: list[str]) -> None:
    keeper = Path(__file__).with_name("keeper.py")
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-I", "-S", str(keeper), os.environ[RUN_PROCESS], str(folder), *command],
        start_new_session=True,
    )
    process.returncode = 0  # the keeper outlives this worker: nobody here waits for it
    (folder / "keeper.pid").write_text(str(process.pid))


def _wait(folder: Path, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not ready():
        if time.monotonic() > deadline:
            output = (folder / "output.log").read_text(errors="replace")
            raise RuntimeError(f"{folder.name} does not answer; its last output:\n{output[-3000:]}")
        time.sleep(0.1)


def _in_new_loop(work: Callable[[], Result]) -> Result:
    """Fixtures are synchronous but may run while a test's event loop is set up: a thread of its own has none."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
