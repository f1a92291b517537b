"""The meInvoice stand-in as a process of its own."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
from support.servers import free_ports

START_SECONDS = 30.0


class SandboxProcess:
    """One running `sandbox meinvoice`; `url` is the base of the vendor's API."""

    def __init__(self, folder: Path) -> None:
        """Start it with its data below `folder`; does not wait."""
        port = free_ports("sandbox")["sandbox"]
        self._control = f"http://127.0.0.1:{port}"
        self.url = f"{self._control}/api/integration"
        command = ["-m", "sandbox", "meinvoice", "--port", str(port), "--data-dir", str(folder)]
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def wait(self) -> None:
        """Wait until it answers.

        Raises:
            RuntimeError: it does not.
        """
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                httpx.get(f"{self._control}/livez").raise_for_status()
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("the sandbox does not answer")

    def put(self, path: str, body: object) -> None:
        """Use the control API."""
        httpx.put(f"{self._control}/_sandbox/{path}", json=body, timeout=30).raise_for_status()

    def get(self, path: str) -> Any:
        """Ask the control API."""
        answer = httpx.get(f"{self._control}/_sandbox/{path}", timeout=60)
        answer.raise_for_status()
        return answer.json()

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(START_SECONDS)
