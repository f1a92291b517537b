"""The process manager: what is killed comes back, what is stopped is gone, nothing is orphaned."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from local_stack.errors import StackError
from local_stack.layout import Layout, layout
from local_stack.processes import Group, Program
from local_stack.supervision import MANAGER, Supervision, is_held

SLEEPER = Program("sleeper", Group.INFRASTRUCTURE, [sys.executable, "-S", "-c", "import time; time.sleep(600)"])
_SECONDS = 30


def _eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def _process_id(supervision: Supervision) -> int:
    return next((state.pid for state in supervision.processes() if state.state == "RUNNING"), 0)


def _manager_id(where: Layout) -> int:
    return int((where.run / "supervisord.pid").read_text())


@pytest.fixture
def where(tmp_path: Path) -> Layout:
    """A stack's folders."""
    made = layout(tmp_path / ".hoadon")
    made.create()
    return made


@pytest.fixture
def supervision(where: Layout) -> Iterator[Supervision]:
    """A running process manager with one process; stopped afterwards if it still runs."""
    managed = Supervision(where)
    managed.clear_leftovers()
    managed.start([SLEEPER], os.environ, detached=False)
    yield managed
    managed.stop()


def test_a_killed_process_comes_back(supervision: Supervision) -> None:
    """Kill -9 of one process is repaired without anybody."""
    _eventually(lambda: _process_id(supervision) > 0)
    before = _process_id(supervision)
    os.kill(before, signal.SIGKILL)
    _eventually(lambda: _process_id(supervision) not in {0, before})


def test_stopping_leaves_nothing(supervision: Supervision, where: Layout) -> None:
    """After a stop neither the manager nor a process lives, and stopping again is harmless."""
    _eventually(lambda: is_held(where, "sleeper"))
    supervision.stop()
    assert not is_held(where, "sleeper")
    assert not is_held(where, MANAGER)
    assert not where.control_socket.exists()
    supervision.stop()


def test_processes_end_when_the_manager_is_killed(supervision: Supervision, where: Layout) -> None:
    """Nothing is orphaned, and the next start finds a clean place in spite of a stale socket."""
    _eventually(lambda: is_held(where, "sleeper"))
    os.kill(_manager_id(where), signal.SIGKILL)
    _eventually(lambda: not is_held(where, "sleeper"))
    supervision.clear_leftovers()
    supervision.start([SLEEPER], os.environ, detached=False)
    _eventually(lambda: _process_id(supervision) > 0)


def test_a_second_stack_in_the_same_folder_is_refused(supervision: Supervision, where: Layout) -> None:
    """Two stacks never share their data."""
    with pytest.raises(StackError, match=r"A stack already runs in .* `make down`"):
        Supervision(where).clear_leftovers()


def test_all_ends_when_its_starter_is_killed(where: Layout) -> None:
    """Kill -9 of `local-stack run` leaves no manager and no process."""
    with subprocess.Popen(_starter(where, detached=False, then="time.sleep(600)")) as starter:  # noqa: S603 - ours
        try:
            _eventually(lambda: is_held(where, "sleeper"))
        finally:
            starter.kill()
    _eventually(lambda: not is_held(where, "sleeper") and not is_held(where, MANAGER))


def test_a_detached_manager_outlives_its_starter(where: Layout) -> None:
    """`make up` ends, what it started goes on until `make down`."""
    try:
        subprocess.run(_starter(where, detached=True, then="pass"), check=True, timeout=60)  # noqa: S603 - ours
        _eventually(lambda: is_held(where, "sleeper"))
        assert Supervision(where).is_running()
    finally:
        Supervision(where).stop()
    assert not is_held(where, "sleeper")


def _starter(where: Layout, *, detached: bool, then: str) -> list[str]:
    """Another process that starts the sleeper."""
    lines = [
        "import os, time",
        "from pathlib import Path",
        "from local_stack.layout import layout",
        "from local_stack.processes import Group, Program",
        "from local_stack.supervision import Supervision",
        f"sleeper = Program('sleeper', Group.INFRASTRUCTURE, {list(SLEEPER.command)!r})",
        f"Supervision(layout(Path({str(where.root)!r}))).start([sleeper], os.environ, detached={detached})",
        then,
    ]
    return [sys.executable, "-c", "\n".join(lines)]
