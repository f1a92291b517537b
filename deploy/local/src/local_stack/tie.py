"""Becomes another program, tied to its parent's life and holding a lock for its own: no orphans, nothing twice.

Started as a file (`python -I -S tie.py LOCK PROGRAM ARGUMENT…`) with nothing but the standard library, so that it
costs some 20 ms. The kernel sends SIGTERM when the parent dies, however it dies (Linux; elsewhere the parent must stop
it). The lock is inherited by the program and released by the kernel when the program ends.
"""

import ctypes
import fcntl
import os
import signal
import sys
import time

PARENT = "HOADON_PARENT_PID"
"""Environment variable with the process id that the parent is known to have."""

_PR_SET_PDEATHSIG = 1
_LOCK_DESCRIPTOR = 3  # the process manager closes what is above when it starts, and all of them in its children
_WAIT_SECONDS = 30.0
_EX_TEMPFAIL = 75


def main() -> None:
    """Tie, lock, and become the program."""
    lock, *command = sys.argv[1:]
    _die_with_parent()
    _hold(lock)
    os.environ[PARENT] = str(os.getpid())
    os.execvp(command[0], command)  # noqa: S606 - the program is the point


def _die_with_parent() -> None:
    if sys.platform == "linux" and PARENT in os.environ:
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != int(os.environ[PARENT]):  # it died before the kernel knew of us
            sys.exit(_EX_TEMPFAIL)


def _hold(lock: str) -> None:
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > deadline:
                sys.exit(f"{lock} is held by an earlier process that does not end")
            time.sleep(0.05)
    if descriptor != _LOCK_DESCRIPTOR:
        os.dup2(descriptor, _LOCK_DESCRIPTOR)
        os.close(descriptor)
    os.set_inheritable(_LOCK_DESCRIPTOR, True)


if __name__ == "__main__":
    main()
