"""Runs one service inside one event loop: server, resources, tasks, end."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import uvicorn
from starlette.applications import Starlette
from typing_extensions import override

from runtime.app import Service
from runtime.clock import SystemClock
from runtime.health import Health, health_routes
from runtime.resources import Resources
from runtime.settings import HttpSettings, InvalidSettingsError, ServiceSettings
from runtime.tasks import TaskDiedError, TaskKeeper
from runtime.telemetry import configure, get_logger

S = TypeVar("S", bound=ServiceSettings)
_log = get_logger(__name__)


class PortTakenError(OSError):
    """The address cannot be listened on."""

    def __init__(self, settings: HttpSettings, error: OSError) -> None:
        """Say which address, why, and what to change."""
        super().__init__(
            f"cannot listen on {settings.host}:{settings.port} ({error.strerror}); "
            "set HOADON_HTTP_PORT to a free port, or 0 to take any"
        )


async def host(
    name: str,
    settings: S,
    build: Callable[[S], Awaitable[Service]],
    *,
    stop_on: Sequence[signal.Signals] = (),
    stop: asyncio.Event | None = None,
) -> None:
    """Run the service until one of the signals, or until `stop` is set.

    Raises:
        PortTakenError: when the address cannot be listened on.
        InvalidSettingsError: when `build` refuses the settings with a `ValueError`.
        TaskDiedError: a background task ended with what is no `Exception`; everything else was stopped in order.
    """
    tracing = configure(name, settings.telemetry)
    stopping = stop or asyncio.Event()
    for number in stop_on:
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    try:
        await _serve(settings.http, await _built(settings, build), stopping)
    finally:
        await asyncio.to_thread(tracing.shutdown)


async def _built(settings: S, build: Callable[[S], Awaitable[Service]]) -> Service:
    try:
        return await build(settings)
    except (ValueError, OSError) as error:  # OSError: a file that a setting names cannot be used
        raise InvalidSettingsError(str(error)) from error


@dataclass(frozen=True, slots=True)
class _Process:
    """What has to end in order."""

    settings: HttpSettings
    resources: Resources
    tasks: TaskKeeper
    health: Health
    server: uvicorn.Server
    longest_end: timedelta

    async def open_then_run(self) -> None:
        await self.resources.open()
        self.health.started()
        _log.info("started")
        await self.tasks.run()

    async def end(self, running: "asyncio.Task[None]", serving: "asyncio.Task[None]") -> None:
        self.health.stopping()
        _log.info("stopping", at_most_seconds=self.longest_end.total_seconds())
        if self.settings.drain_delay:
            await asyncio.sleep(self.settings.drain_delay.total_seconds())
        await self.tasks.stop(self.settings.shutdown_timeout.total_seconds())
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        self.server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)
        await self.resources.close()


async def _serve(settings: HttpSettings, service: Service, stopping: asyncio.Event) -> None:
    resources = Resources(service.resources, SystemClock())
    health = Health(resources, settings)
    server = _Server(_config(Starlette(routes=[*health_routes(health), *service.routes]), settings))
    keeper = TaskKeeper(service.tasks, SystemClock())
    process = _Process(settings, resources, keeper, health, server, service.longest_end(settings))
    with _listen(settings) as listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]), name="http")
        _log.info("listening", host=str(settings.host), port=listener.getsockname()[1])
        running = asyncio.create_task(process.open_then_run(), name="run")
        stopped = asyncio.create_task(stopping.wait(), name="stop")
        died = asyncio.create_task(process.tasks.died.wait(), name="died")
        await asyncio.wait({stopped, died, serving}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        died.cancel()
        await process.end(running, serving)
    _log.info("stopped")
    if process.tasks.died.is_set():
        raise TaskDiedError("a background task died; start the process again")


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: the process ends in our order."""

    @contextlib.contextmanager
    @override
    def capture_signals(self) -> Iterator[None]:
        yield


def _config(app: Starlette, settings: HttpSettings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="off",  # the server must answer probes before the resources are open
        log_config=None,
        access_log=False,  # would log query strings, which hold the verify token
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=max(1, int(settings.shutdown_timeout.total_seconds())),
    )


def _listen(settings: HttpSettings) -> socket.socket:
    family = socket.AF_INET if settings.host.version == 4 else socket.AF_INET6  # noqa: PLR2004  (IP version)
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((str(settings.host), settings.port))
    except OSError as error:
        listener.close()
        raise PortTakenError(settings, error) from error
    listener.listen(1024)
    return listener
