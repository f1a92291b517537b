"""The question before something is sent, on a terminal."""

import os
import pty
import subprocess
import sys

import pytest

_ASKS = """
import asyncio, fcntl, termios
from console.output import Output
from console.session import Session

fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C reaches this process

async def ask():
    print("said", Session("en", Output(as_json=False)).confirmed("Really?"))

asyncio.run(ask())
"""


@pytest.mark.parametrize("key", (b"\x03", b"\x04"))
def test_control_c_ends_the_question(key: bytes) -> None:
    """Ctrl-C ends the command at once, Ctrl-D is a no; neither waits for a line."""
    terminal, other_end = pty.openpty()
    command = [sys.executable, "-c", _ASKS]
    with subprocess.Popen(  # noqa: S603 - this Python with the script above
        command, stdin=other_end, stdout=other_end, stderr=other_end, start_new_session=True
    ) as asking:
        os.close(other_end)
        try:
            shown = b""
            while b"Really?" not in shown:
                shown += os.read(terminal, 1024)
            os.write(terminal, key)
            assert (asking.wait(timeout=60) != 0) is (key == b"\x03")
        finally:
            asking.kill()
            os.close(terminal)
