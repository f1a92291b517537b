"""The fork server: imports everything once, then forks a process for each that is asked for.

A forked child is a process of its own: its SIGKILL is real. Starting an interpreter with all its imports takes two
seconds of processor, forking one takes none. The server has neither threads nor an event loop when it forks.
"""

import ctypes
import gc
import json
import os
import random
import selectors
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from typing import Any

import invoicer.bootstrap
import sandbox.__main__
from invoicer.settings import InvoicerSettings
from lanes.ports import FailPoint
from runtime.app import run_service
from support import suspending

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve whoever holds the other end of the socket whose number is given, until it is closed."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    if threading.active_count() > 1:
        raise RuntimeError("a process with threads must not fork")
    gc.collect()
    gc.freeze()
    _Server(channel).serve()


class _Server:
    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._children: set[int] = set()
        self._wake, woken = socket.socketpair()
        self._wake.setblocking(False)
        woken.setblocking(False)
        signal.set_wakeup_fd(woken.fileno())
        self._woken = woken
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)

    def serve(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._channel, selectors.EVENT_READ)
            selector.register(self._wake, selectors.EVENT_READ)
            while self._once(selector):
                pass
        for child in self._children:
            os.kill(child, signal.SIGKILL)

    def _once(self, selector: selectors.BaseSelector) -> bool:
        for key, _ in selector.select():
            if key.fileobj is self._wake:
                self._wake.recv(4096)
                self._reap()
            elif not self._asked():
                return False
        return True

    def _asked(self) -> bool:
        """Fork one child; False when nobody is there any more."""
        message = self._channel.recv(1 << 20)
        if not message:
            return False
        asked = json.loads(message)
        child = os.fork()
        if child == 0:
            _become(asked, [self._channel, self._wake, self._woken])
        self._children.add(child)
        self._tell(id=asked["id"], pid=child)
        return True

    def _reap(self) -> None:
        while self._children:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                return
            self._children.discard(child)
            self._tell(pid=child, code=os.waitstatus_to_exitcode(status))

    def _tell(self, **message: int) -> None:
        self._channel.send(json.dumps(message).encode())


def _become(asked: Mapping[str, Any], inherited: list[socket.socket]) -> None:
    """Never returns."""
    code = 70
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        for each in inherited:
            each.close()
        _redirect(asked["log"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        random.seed()
        code = _RUNS[asked["run"]](asked)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _redirect(log: str) -> None:
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)


def _invoicer(asked: Mapping[str, Any]) -> int:
    hook = _signals_itself(asked["point"], signal.Signals(asked["sends"]), asked["skip"])
    if asked["point"] == suspending.BODY:
        suspending.before_a_body_is_written(signal.Signals(asked["sends"]))
    return run_service("invoicer", InvoicerSettings, partial(invoicer.bootstrap.build, fail_point=hook))


def _signals_itself(name: str | None, sends: signal.Signals, skip: int) -> Callable[[FailPoint], None]:
    """A hook that sends this process a signal, once, when it has come to a point more often than `skip` times."""
    passed = count()

    def hook(point: FailPoint) -> None:
        if point.name == name and next(passed) == skip:
            os.write(1, json.dumps({"event": sends.name, "point": point.value}).encode() + b"\n")
            os.kill(os.getpid(), sends)

    return hook


def _sandbox(asked: Mapping[str, Any]) -> int:
    sys.argv = ["sandbox", *asked["arguments"]]
    sandbox.__main__.main()
    return 0


_RUNS: Mapping[str, Callable[[Mapping[str, Any]], int]] = {"invoicer": _invoicer, "sandbox": _sandbox}

if __name__ == "__main__":
    main()
