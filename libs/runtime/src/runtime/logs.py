"""Logs: one JSON object per line, with the trace and whatever is bound to the work in hand.

Standard-library loggers (FastStream, aiokafka, uvicorn, motor) go the same way.
"""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

import structlog
from opentelemetry import trace
from structlog.contextvars import bind_contextvars, bound_contextvars
from structlog.stdlib import BoundLogger
from structlog.typing import EventDict, Processor, WrappedLogger
from typing_extensions import override

from runtime.redaction import redact_fields

# Silent below these levels; what they say at INFO helps nobody who is not debugging them.
_QUIET = {
    "aiokafka": logging.WARNING,
    "hoadon.faststream": logging.ERROR,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "pymongo": logging.WARNING,
    "uvicorn": logging.WARNING,
    "asyncio": logging.WARNING,
    # says every few seconds that Kafka is away, which our own line with the back-off says better
    "aiokafka.conn": logging.CRITICAL,
}
_LONGEST_MESSAGE = 200
_STRUCTURAL = frozenset({"event", "level", "timestamp", "logger", "exception", "_record", "_from_structlog"})


def configure_logging(service: str, level: str, stream: TextIO | None = None) -> None:
    """Send all logs of the process as JSON lines to `stream` (standard error by default)."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _ServiceName(service),
        _add_trace,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.ExceptionRenderer(
            structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=30)
        ),
        _without_payload,
        _redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = _JsonHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(least, logging.getLevelName(level)))
    logging.captureWarnings(capture=True)


def get_logger(name: str) -> BoundLogger:
    """A logger whose calls take an event's name and keyword fields."""
    logger: BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def bind(**fields: object) -> None:
    """Put fields (`shop`, `order`, `ref_id`, `lane`) on every further line of the present task."""
    bind_contextvars(**fields)


@contextmanager
def bound(**fields: object) -> Iterator[None]:
    """Put fields on every line inside the block."""
    with bound_contextvars(**fields):
        yield


class _JsonHandler(logging.StreamHandler[TextIO]):
    """Says in a line of its own that a line could not be written, without the arguments that it came with."""

    @override
    def handleError(self, record: logging.LogRecord) -> None:
        failure = sys.exc_info()[0]
        kind = failure.__name__ if failure is not None else ""
        line = {"event": "log line lost", "level": "error", "logger": record.name, "reason": kind}
        with suppress(OSError, ValueError):  # the stream itself is gone
            self.stream.write(f"{json.dumps(line)}\n")
            self.flush()


class _ServiceName:
    def __init__(self, service: str) -> None:
        self._service = service

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["service"] = self._service
        return event


def _add_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = trace.format_trace_id(context.trace_id)
        event["span_id"] = trace.format_span_id(context.span_id)
    return event


def _without_payload(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep the traceback, but of each message only its short first line: validation errors quote what they refuse."""
    _shorten(event.get("exception"))
    return event


def _shorten(errors: object) -> None:
    for error in errors if isinstance(errors, list) else ():
        _shorten(error)  # the members of a group are lists inside a list
        if isinstance(error, dict):
            lines = str(error.get("exc_value", "")).splitlines() or [""]
            error["exc_value"] = lines[0][:_LONGEST_MESSAGE]
            _shorten(error.get("exceptions"))


def _redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    clean: dict[str, Any] = {
        key: value if key in _STRUCTURAL - {"event", "exception"} else redact_fields({key: value})[key]
        for key, value in event.items()
    }
    return clean
