"""The process manager (supervisor) of one stack: started, asked and stopped."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from local_stack import tie
from local_stack.errors import StackError, one_line
from local_stack.layout import Layout
from local_stack.processes import STOP_SECONDS, Group, Program, configuration, tied

MANAGER = "supervisord"
_RUNNING = 1
_STOP_SECONDS = 15.0 + sum(STOP_SECONDS.values())  # one group after the other
_LEFTOVER_SECONDS = 15.0 + max(STOP_SECONDS.values())  # all at once: nobody kills them
_START_SECONDS = 60.0
_AWAY = (OSError, HTTPException, Fault)  # not listening, cut off, or answering that it is about to stop


@dataclass(frozen=True, slots=True)
class ProcessState:
    """What the process manager knows of one process."""

    name: str
    state: str
    pid: int
    description: str

    @property
    def given_up(self) -> bool:
        """Whether it ended so often in a row that it is not started again."""
        return self.state == "FATAL"


@dataclass(frozen=True, slots=True)
class Supervision:
    """The process manager that belongs to one layout, running or not."""

    layout: Layout

    @property
    def log(self) -> Path:
        """Where it tells which process started, ended and was started again."""
        return self.layout.logs / f"{MANAGER}.log"

    def is_running(self) -> bool:
        """Whether it answers and is not about to stop."""
        try:
            with self._asking() as manager:
                return bool(manager.getState()["statecode"] == _RUNNING)
        except _AWAY:
            return False

    def processes(self) -> list[ProcessState]:
        """The state of every process; none if the manager is gone."""
        try:
            with self._asking() as manager:
                answer: list[dict[str, Any]] = manager.getAllProcessInfo()
        except _AWAY:
            return []
        return [
            ProcessState(str(each["name"]), str(each["statename"]), int(each["pid"]), str(each["description"]))
            for each in answer
        ]

    def start(self, programs: Sequence[Program], environment: Mapping[str, str], *, detached: bool) -> None:
        """Start it with these processes; those of the infrastructure start at once, the others when asked.

        Unless detached, it ends when this process ends, however that happens. `clear_leftovers` comes first.

        Raises:
            StackError: It does not start.
        """
        file = self.layout.run / "supervisord.conf"
        file.write_text(configuration(self.layout, programs))
        command = tied(self.layout, MANAGER, [sys.executable, "-m", "supervisor.supervisord", "-c", str(file)])
        parent = {} if detached else {tie.PARENT: str(os.getpid())}
        process = subprocess.Popen(  # noqa: S603 - our own command
            command,
            env={name: value for name, value in environment.items() if name != tie.PARENT} | parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is ours alone: we stop the processes in order
        )
        self._wait_until_started(process)
        process.returncode = 0  # nobody waits for it by its id: its lock tells whether it lives

    def start_group(self, group: Group) -> None:
        """Start a group's processes without waiting for them.

        Raises:
            StackError: The process manager is gone.
        """
        try:
            with self._asking() as manager:
                manager.startProcessGroup(group.value, False)
        except _AWAY as error:
            raise StackError(f"The {group} processes can't be started ({one_line(error)}): see {self.log}.") from error

    def stop(self) -> None:
        """Stop every process in order, then the manager, and wait until all are gone.

        Raises:
            StackError: Something does not end in time.
        """
        deadline = time.monotonic() + _STOP_SECONDS
        while alive := self._alive():
            if time.monotonic() > deadline:
                raise StackError(
                    f"These do not stop: {', '.join(alive)}. See {self.layout.logs}, or end them with kill -9."
                )
            self._ask_to_stop()  # again and again: one that has only just started does not listen yet
            time.sleep(0.1)
        self.layout.control_socket.unlink(missing_ok=True)

    def _ask_to_stop(self) -> None:
        with suppress(*_AWAY), self._asking() as manager:
            manager.shutdown()

    def clear_leftovers(self) -> None:
        """Wait for what a crashed stack has left to end; stale sockets and process ids need nothing.

        Raises:
            StackError: A stack runs here, or what it left does not end.
        """
        deadline = time.monotonic() + _LEFTOVER_SECONDS
        settled = 0
        while left := self._alive():
            settled = settled + 1 if self.is_running() else 0
            if settled >= 20:  # noqa: PLR2004 - two seconds: one whose parent has died stops by then
                raise StackError(
                    f"A stack already runs in {self.layout.root}: stop it with Ctrl-C where it runs, "
                    "or with `make down`."
                )
            if time.monotonic() > deadline:
                raise StackError(
                    f"An earlier {' and '.join(left)} still uses {self.layout.root}: end it with kill, then try again."
                )
            time.sleep(0.1)

    def _alive(self) -> list[str]:
        names = (file.stem for file in self.layout.run.glob("*.lock"))
        return sorted(name for name in names if is_held(self.layout, name))

    @contextmanager
    def _asking(self) -> Iterator[Any]:
        transport = SupervisorTransport(None, None, f"unix://{self.layout.control_socket}")
        try:
            yield ServerProxy("http://127.0.0.1", transport=transport).supervisor
        finally:
            transport.close()

    def _wait_until_started(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self.is_running():
            if process.poll() is not None or time.monotonic() > deadline:
                process.send_signal(signal.SIGTERM)
                raise StackError(f"The process manager does not start: see {self.log}.")
            time.sleep(0.02)


def is_held(layout: Layout, name: str) -> bool:
    """Whether a process of this name lives: it holds its lock until it ends."""
    try:
        descriptor = os.open(layout.lock(name), os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
