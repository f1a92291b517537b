"""An address where nothing answers until it is opened; then it leads to a server."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from support.servers import free_ports

_CHUNK = 65536


class Forwarder:
    """A port that refuses connections until `open`, and afterwards passes every byte on."""

    def __init__(self, target: tuple[str, int]) -> None:
        """Choose the port; nothing listens there yet."""
        self._target = target
        self._listening: socket.socket | None = None
        self._sockets: list[socket.socket] = []
        self.port = free_ports("forwarder")["forwarder"]

    @property
    def address(self) -> str:
        """Where to connect to."""
        return f"127.0.0.1:{self.port}"

    def open(self) -> None:
        """Begin to answer."""
        self._listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def close(self) -> None:
        """End, and cut every connection."""
        for each in (self._listening, *self._sockets):
            if each is not None:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):  # closed
            while True:
                caller, _ = listening.accept()
                server = socket.create_connection(self._target)
                self._sockets += [caller, server]
                for source, sink in ((caller, server), (server, caller)):
                    threading.Thread(target=_pass_on, args=(source, sink), daemon=True).start()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):  # either side has ended
        while data := source.recv(_CHUNK):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


@contextmanager
def forwarding(address: str) -> Iterator[Forwarder]:
    """A forwarder to `host:port` for the length of a block."""
    host, _, port = address.rpartition(":")
    forwarder = Forwarder((host, int(port)))
    try:
        yield forwarder
    finally:
        forwarder.close()
