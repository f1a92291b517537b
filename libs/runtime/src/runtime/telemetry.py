"""Logs and traces of a process, set up together."""

from opentelemetry.sdk.trace import TracerProvider

from runtime.http import TracedTransport
from runtime.logs import bind, bound, configure_logging, get_logger
from runtime.settings import TelemetrySettings
from runtime.tracing import configure_tracing, span, traceparent

__all__ = ["TracedTransport", "bind", "bound", "configure", "get_logger", "span", "traceparent"]


def configure(service: str, settings: TelemetrySettings) -> TracerProvider:
    """Set up structured logs and the tracer provider; call once, before anything else."""
    configure_logging(service, settings.log_level)
    return configure_tracing(service, settings)
