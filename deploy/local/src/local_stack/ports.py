"""Ports on 127.0.0.1: given by the user, remembered from the last run, or free ones."""

import json
import os
import socket
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import chain
from pathlib import Path

from local_stack.errors import StackError

HOST = "127.0.0.1"
_FIRST, _LAST = 18400, 32000  # below the ports that the kernel lends to outgoing connections
_ROOM = 20  # more than one stack needs


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def choose(
    names: Iterable[str], *, given: Mapping[str, int], remembered: Mapping[str, int], first: int
) -> dict[str, int]:
    """A port for each name: the given one, else the remembered one if free, else the next free one.

    Raises:
        StackError: A given port is taken, or given twice.
    """
    wanted = list(names)
    chosen = {name: _given(name, given[name]) for name in wanted if name in given}
    if len(set(chosen.values())) < len(chosen):
        raise StackError(f"One port is given to two processes ({_listed(chosen)}): give each its own.")
    kept = set(remembered.values())  # also of processes that do not run this time
    free = (port for port in _free_ports(first) if port not in kept)
    for name in wanted:
        if name not in chosen:
            candidates = chain([remembered[name]] if name in remembered else [], free)
            chosen[name] = next(port for port in candidates if port not in chosen.values() and is_free(port))
    return {name: chosen[name] for name in wanted}


def first_for(folder: Path) -> int:
    """Where a folder's search starts: elsewhere than another's, so that two started at once don't meet."""
    stacks = (_LAST - _FIRST) // _ROOM - 1
    return _FIRST + _ROOM * (int.from_bytes(sha256(os.fsencode(folder)).digest()[:4]) % stacks)


def load(file: Path) -> dict[str, int]:
    """The remembered ports; none if the file is missing or unreadable, since new ones can always be chosen."""
    try:
        content = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {name: port for name, port in content.items() if isinstance(port, int) and 0 < port < 65536}  # noqa: PLR2004 - the highest port


def save(file: Path, chosen: Mapping[str, int]) -> None:
    """Remember the ports, and those of earlier runs that this one did not need."""
    file.write_text(json.dumps(load(file) | dict(chosen), indent=2) + "\n")


def _given(name: str, port: int) -> int:
    if not is_free(port):
        raise StackError(f"Port {port}, given for {name}, is taken: stop what listens there or give another port.")
    return port


def _free_ports(first: int) -> Iterator[int]:
    yield from (port for port in range(first, _LAST) if is_free(port))
    raise StackError(f"No port between {first} and {_LAST} is free on {HOST}: give ports by option.")


def _listed(ports: Mapping[str, int]) -> str:
    return ", ".join(f"{name}={port}" for name, port in ports.items())
