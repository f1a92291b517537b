"""The question before something is sent, on a terminal."""

import os
import pty
import signal
import sys
import time

import pytest

_ASKS = """
import asyncio
from console.output import Output
from console.session import Session

async def ask():
    print("said", Session("en", Output(as_json=False)).confirmed("Really?"))

asyncio.run(ask())
"""


@pytest.mark.parametrize("key", (b"\x03", b"\x04"))
def test_control_c_ends_the_question(key: bytes) -> None:
    """Ctrl-C ends the command at once, Ctrl-D is a no; neither waits for a line."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-c", _ASKS])  # noqa: S606 - this Python with the script above
    shown, deadline = b"", time.monotonic() + 60
    try:
        while b"Really?" not in shown:
            shown += os.read(terminal, 1024)
        os.write(terminal, key)
        while time.monotonic() < deadline:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                break
            time.sleep(0.05)
        else:
            pytest.fail("the question goes on")
        assert (os.waitstatus_to_exitcode(status) != 0) is (key == b"\x03")
    finally:
        if not ended:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        os.close(terminal)
