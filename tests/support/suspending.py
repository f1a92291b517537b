"""Suspends a process where no fail point can: with the request's head sent, its body handed to the socket next."""

import asyncio
import json
import os
import signal
from typing import Any

BODY = "BODY"
"""The name of this place beside those of the fail points."""


def before_a_body_is_written(sends: signal.Signals) -> None:
    """Send this process a signal, once, before the body of a publish request goes to its socket.

    What the event loop has to say about deadlines comes too late then: when the process goes on, the bytes leave.
    """
    transport: Any = asyncio.selector_events._SelectorSocketTransport  # type: ignore[attr-defined]  # the last of our way
    write, left = transport.write, [sends]

    def suspended(self: Any, data: bytes) -> None:
        if left and b'"InvoiceData"' in data:
            os.write(1, json.dumps({"event": left[0].name, "point": BODY}).encode() + b"\n")
            os.kill(os.getpid(), left.pop())
        write(self, data)

    transport.write = suspended
