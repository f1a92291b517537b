"""A service as its own process, as it runs in production: started, asked over HTTP, stopped by SIGTERM."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import httpx
from support.servers import free_ports

Found = TypeVar("Found")
_START_SECONDS = 30.0
_STOP_SECONDS = 40.0


def eventually(look: Callable[[], Found | None], seconds: float = 30.0) -> Found:
    """What `look` returns once it is something; fails when it never is."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"nothing within {seconds} s"
        time.sleep(0.05)


class ServiceProcess:
    """One running service; `url` answers its probes."""

    def __init__(self, module: str, environment: Mapping[str, str]) -> None:
        """Start `python -m module` on a free port with nothing in its environment but what is given."""
        port = free_ports("http")["http"]
        self.url = f"http://127.0.0.1:{port}"
        self._output = Path(tempfile.mkstemp(prefix=f"{module}-", suffix=".log")[1])
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-m", module],
                env={**kept, **environment, "HOADON_HTTP_PORT": str(port)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def get(self, path: str, **options: Any) -> httpx.Response:
        """GET a path."""
        return httpx.get(f"{self.url}{path}", timeout=10, **options)

    def wait_until_live(self) -> None:
        """Wait until the process answers at all."""
        eventually(lambda: self._status("/livez") == 200, _START_SECONDS)

    def wait_until_ready(self) -> None:
        """Wait until every part of it is connected."""
        eventually(lambda: self._status("/readyz") == 200, _START_SECONDS)

    def _status(self, path: str) -> int | None:
        assert self._process.poll() is None, self.text()
        try:
            return self.get(path).status_code
        except httpx.TransportError:
            return None

    def text(self) -> str:
        """Everything it has written."""
        return self._output.read_text(errors="replace")

    def logs(self) -> list[dict[str, Any]]:
        """Its log so far; every line must be a JSON object."""
        return [json.loads(line) for line in self.text().splitlines()]

    def stop(self) -> int:
        """End it orderly; its exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self._process.wait(_STOP_SECONDS)

    def wait(self) -> int:
        """Wait for its own end; its exit code."""
        return self._process.wait(_START_SECONDS)

    def end(self) -> None:
        """Leave nothing behind, whatever the test did."""
        self._process.kill()
        self._process.wait()
        self._output.unlink(missing_ok=True)
