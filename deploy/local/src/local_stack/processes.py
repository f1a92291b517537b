"""The processes of a stack and the process manager's configuration that runs them."""

import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from local_stack import tie
from local_stack.layout import Layout


class Group(StrEnum):
    """Processes that start and stop together. Later ones stop first: no service loses its Kafka or MongoDB."""

    INFRASTRUCTURE = "infrastructure"
    SANDBOX = "sandbox"
    SERVICES = "services"


_PRIORITY = {Group.INFRASTRUCTURE: 10, Group.SANDBOX: 20, Group.SERVICES: 30}
STOP_SECONDS: Mapping[Group, int] = {Group.INFRASTRUCTURE: 20, Group.SANDBOX: 20, Group.SERVICES: 120}
"""How long each may take to end before it is killed; a service has a call to a vendor to finish and to record."""


@dataclass(frozen=True, slots=True)
class Program:
    """One process: what starts it, and what it gets besides the environment that all share."""

    name: str
    group: Group
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


def service(name: str, port: int) -> Program:
    """One of the services, listening on the given port."""
    environment = {"HOADON_HTTP_PORT": str(port), "PYTHONUNBUFFERED": "1"}
    return Program(name, Group.SERVICES, [script(name)], environment)


def sandbox(vendor: str, port: int, data: Path) -> Program:
    """A vendor's stand-in; its state is kept in a folder of its own."""
    command = [script("sandbox"), vendor, "--port", str(port), "--data-dir", str(data / f"sandbox-{vendor}")]
    return Program(f"sandbox-{vendor}", Group.SANDBOX, command, {"PYTHONUNBUFFERED": "1"})


def script(name: str) -> str:
    """A command of the environment that this Python belongs to."""
    return str(Path(sys.executable).parent / name)


def tied(layout: Layout, name: str, command: Iterable[str]) -> list[str]:
    """The command, wrapped so that it dies with its parent and holds its lock while it lives."""
    return [sys.executable, "-I", "-S", tie.__file__, str(layout.lock(name)), *command]


def configuration(layout: Layout, programs: Sequence[Program]) -> str:
    """`supervisord.conf`. It holds no secret: what all processes share they inherit from the process manager."""
    groups = [group for group in Group if any(program.group is group for program in programs)]
    sections = [
        _section("unix_http_server", {"file": layout.control_socket, "chmod": "0700"}),
        _section(
            "supervisord",
            {**_MANAGER, "logfile": layout.logs / "supervisord.log", "pidfile": layout.run / "supervisord.pid"},
        ),
        _section(
            "rpcinterface:supervisor",
            {"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"},
        ),
        *(_program(layout, program) for program in programs),
        *(_group(group, programs) for group in groups),
    ]
    return "\n".join(sections)


_MANAGER: Mapping[str, object] = {
    "nodaemon": "true",
    "silent": "true",
    "logfile_maxbytes": "1MB",
    "logfile_backups": 2,
    "loglevel": "info",
}

_EVERY_PROGRAM: Mapping[str, object] = {
    "autorestart": "true",
    "startsecs": 1,
    "startretries": 20,  # the pause between two tries grows by a second each time
    "stopsignal": "TERM",
    "redirect_stderr": "true",
    "stdout_logfile_maxbytes": "10MB",
    "stdout_logfile_backups": 3,
}


def _program(layout: Layout, program: Program) -> str:
    values = {
        "command": shlex.join(tied(layout, program.name, program.command)),
        "autostart": "true" if program.group is Group.INFRASTRUCTURE else "false",
        "stdout_logfile": layout.logs / f"{program.name}.log",
        "stopwaitsecs": STOP_SECONDS[program.group],
        **_EVERY_PROGRAM,
    }
    if program.environment:
        values["environment"] = ",".join(f'{name}="{value}"' for name, value in program.environment.items())
    return _section(f"program:{program.name}", values)


def _group(group: Group, programs: Sequence[Program]) -> str:
    members = ",".join(program.name for program in programs if program.group is group)
    return _section(f"group:{group}", {"programs": members, "priority": _PRIORITY[group]})


def _section(name: str, values: Mapping[str, object]) -> str:
    lines = "".join(f"{key} = {str(value).replace('%', '%%')}\n" for key, value in values.items())
    return f"[{name}]\n{lines}"
