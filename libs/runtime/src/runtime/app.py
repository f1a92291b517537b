"""A service process: HTTP for probes, resources that come and go, background tasks, an orderly end.

The HTTP server comes first and stays up whatever happens to Kafka or MongoDB: `/readyz` says what is missing, the
process connects when it comes. On SIGTERM: readiness off, tasks asked to stop, running requests finished, resources
closed in reverse (consumers finish the record in hand and leave their group), exit code 0.
"""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from starlette.routing import BaseRoute

from runtime.settings import HttpSettings, InvalidSettingsError, ServiceSettings, read_settings

S = TypeVar("S", bound=ServiceSettings)


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that is opened at start, closed at the end and pinged for readiness.

    `open` is tried again with back-off until it succeeds, so it must be safe to call again after a failure. `ping`
    raises when the resource cannot be used now. `stuck` gives a reason when its work makes no progress, which fails
    `/livez`; it must never depend on another system's health. `closing` is the longest that `close` waits for others.
    """

    name: str
    open: Callable[[], Awaitable[None]]
    close: Callable[[], Awaitable[None]]
    ping: Callable[[], Awaitable[None]] | None = None
    stuck: Callable[[], str | None] | None = None
    closing: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class BackgroundTask:
    """A loop that runs while the process does.

    `run` gets an event that is set when the process stops; it should then return soon (it is cancelled after the
    HTTP shutdown timeout, or after `grace` if that is longer). If it ends before, by return or exception, it is started
    again with back-off and counted. What is no `Exception` ends the process.
    """

    name: str
    run: Callable[[asyncio.Event], Awaitable[None]]
    grace: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Service:
    """What `build` puts together: resources in the order they open, tasks that start once all are open, routes."""

    resources: Sequence[Resource]
    tasks: Sequence[BackgroundTask] = ()
    routes: Sequence[BaseRoute] = field(default_factory=tuple)

    def longest_end(self, http: HttpSettings) -> timedelta:
        """The sum of all waits of an orderly end; most take none of it. Whoever stops the process must wait longer."""
        tasks = max([http.shutdown_timeout, *(task.grace for task in self.tasks)]) if self.tasks else timedelta(0)
        closing = sum((resource.closing for resource in self.resources), timedelta(0))
        return http.drain_delay + tasks + http.shutdown_timeout + closing


def run_service(name: str, settings_type: type[S], build: Callable[[S], Awaitable[Service]]) -> int:
    """Run a service until SIGTERM or SIGINT.

    The exit code: 0 after an orderly end, 1 for a taken port, 2 for settings, 3 when a background task died.

    `build` runs inside the loop, so that drivers bind to it; it must not connect to anything, and it raises
    `ValueError` for settings that it cannot use.
    """
    from runtime.hosting import PortTakenError, host  # noqa: PLC0415  (hosting imports this module's types)
    from runtime.tasks import TaskDiedError  # noqa: PLC0415  (as above)

    try:
        settings = read_settings(settings_type)
        asyncio.run(host(name, settings, build, stop_on=(signal.SIGTERM, signal.SIGINT)))
    except PortTakenError as error:
        return _refuse(name, str(error), 1)
    except InvalidSettingsError as error:
        return _refuse(name, f"settings: {error}", 2)
    except TaskDiedError as error:
        return _refuse(name, str(error), 3)
    return 0


def _refuse(name: str, message: str, code: int) -> int:
    sys.stderr.write(f"{name}: {message}\n")
    return code
