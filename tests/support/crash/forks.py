"""The other end of the fork server: starts processes and learns how they ended."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

_MESSAGE = 1 << 20


class Child:
    """One process. `code` is its exit code once it has ended, negative for the signal that ended it."""

    def __init__(self, pid: int, log: Path) -> None:
        """A process that writes to this log."""
        self.pid = pid
        self.log = log
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def send(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        with suppress(ProcessLookupError):
            if not self.ended.done():
                os.kill(self.pid, number)

    async def code(self, seconds: float) -> int | None:
        """Wait for its end; None when it lives on."""
        done, _ = await asyncio.wait({self.ended}, timeout=seconds)
        return self.ended.result() if done else None


class Forks:
    """Starts processes through one fork server."""

    def __init__(self, channel: socket.socket) -> None:
        """Talk through this socket."""
        self._channel = channel
        self._ids = count()
        self._asked: dict[int, tuple[asyncio.Future[Child], Path]] = {}
        self._children: dict[int, Child] = {}

    async def invoicer(
        self,
        environment: Mapping[str, str],
        log: Path,
        *,
        point: str | None = None,
        sends: signal.Signals = signal.SIGKILL,
        skip: int = 0,
    ) -> Child:
        """An invoicer that kills itself, or sends itself another signal, at the fail point of this name.

        `skip`: so many times it passes the point before.
        """
        return await self._start("invoicer", environment, log, point=point, sends=sends.value, skip=skip)

    async def sandbox(self, vendor: str, log: Path, *, port: int, data: Path) -> Child:
        """A stand-in: `meinvoice`, or `sign-service`."""
        arguments = [vendor, "--port", str(port), "--data-dir", str(data)]
        return await self._start("sandbox", {}, log, arguments=arguments)

    async def _start(self, run: str, environment: Mapping[str, str], log: Path, **more: Any) -> Child:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        number = next(self._ids)
        started: asyncio.Future[Child] = asyncio.get_running_loop().create_future()
        self._asked[number] = started, log
        asked = {"id": number, "run": run, "environment": {**kept, **environment}, "log": str(log), **more}
        await asyncio.get_running_loop().sock_sendall(self._channel, json.dumps(asked).encode())
        return await started

    async def listen(self) -> None:
        """Take what the server tells, until it ends."""
        loop = asyncio.get_running_loop()
        while message := await loop.sock_recv(self._channel, _MESSAGE):
            told = json.loads(message)
            if "id" in told:
                started, log = self._asked.pop(told["id"])
                self._children[told["pid"]] = child = Child(told["pid"], log)
                started.set_result(child)
            else:
                self._children.pop(told["pid"]).ended.set_result(told["code"])
        self._server_is_gone()

    def _server_is_gone(self) -> None:
        """Nobody waits for what will never come."""
        for started, _ in self._asked.values():
            started.set_exception(RuntimeError("the fork server ended: see its output"))
        for child in self._children.values():
            child.ended.set_result(-signal.SIGKILL)


@asynccontextmanager
async def fork_server() -> AsyncIterator[Forks]:
    """A fork server; all its processes end with it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setblocking(False)
    path = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    server = subprocess.Popen(  # noqa: S603, ASYNC220 - our own command; starting it takes no time
        [sys.executable, "-m", "support.crash.forked", str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.DEVNULL,
    )
    theirs.close()
    forks = Forks(ours)
    listening = asyncio.create_task(forks.listen())
    try:
        yield forks
    finally:
        listening.cancel()
        ours.close()
        await asyncio.to_thread(server.wait)
