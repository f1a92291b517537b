"""Running a stand-in as a process: its socket, its log, its orderly end."""

import asyncio
import logging
import socket
import sys
from types import FrameType

import structlog
import uvicorn
from starlette.applications import Starlette
from typing_extensions import override

from sandbox.common.connections import TrackedProtocol

log = structlog.get_logger()


class OrderlyServer(uvicorn.Server):
    """uvicorn, except that SIGTERM and SIGINT end the process with code 0."""

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.should_exit = True


def set_up_logging() -> None:
    """Log JSON lines to standard output; uvicorn's warnings go the same way."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def make_server(app: Starlette) -> OrderlyServer:
    """A server for the app; give its `serve` a listening socket."""
    config = uvicorn.Config(
        app,
        http=TrackedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=2,
        timeout_keep_alive=75,
    )
    return OrderlyServer(config)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 picks a free one.

    Raises:
        OSError: the address is taken or not ours.
    """
    return socket.create_server((host, port), backlog=512)


def run(app: Starlette, listening: socket.socket, *, vendor: str) -> None:
    """Serve until SIGTERM or SIGINT."""
    host, port = listening.getsockname()[:2]
    log.info("listening", vendor=vendor, host=host, port=port)
    asyncio.run(make_server(app).serve(sockets=[listening]))
    log.info("stopped", vendor=vendor)
