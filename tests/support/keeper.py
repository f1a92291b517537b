"""Keeps one server alive for as long as the test run's first process lives, then stops it and deletes its folder.

Started as a file with nothing but the standard library: `python keeper.py PID FOLDER PROGRAM ARGUMENT…`. Under
xdist a worker may end before the others, so no worker can own a server; and a run that is killed can't clean up, so the
keeper watches it.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

_STOP_SECONDS = 15


def main() -> None:
    """Start the server, wait for the run's end or the server's, clean up."""
    run, folder = int(sys.argv[1]), Path(sys.argv[2])
    stopping: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)

    signal.signal(signal.SIGTERM, stop)
    with (folder / "output.log").open("ab") as output:
        server = subprocess.Popen(sys.argv[3:], stdin=subprocess.DEVNULL, stdout=output, stderr=output)  # noqa: S603 - the tests' own command
    while not stopping and server.poll() is None and _alive(run):
        time.sleep(0.1)
    server.terminate()
    try:
        server.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    if stopping or not _alive(run):
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):  # another server of the run is still stopping, and will do it
            folder.parent.rmdir()


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    main()
