"""Traces: one from the webhook through Kafka to the vendor's answer and the write-back.

The context travels as W3C `traceparent` in Kafka headers and in stored documents.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from runtime.settings import TelemetrySettings

_PROPAGATOR = TraceContextTextMapPropagator()
_TRACER = trace.get_tracer("hoadon")
_PARTS_OF_TRACEPARENT, _TRACE_ID_DIGITS = 4, 32
TRACEPARENT = "traceparent"


def configure_tracing(service: str, settings: TelemetrySettings) -> TracerProvider:
    """Install the tracer provider; spans leave the process only when an OTLP endpoint is set."""
    provider = TracerProvider(resource=Resource.create({"service.name": service, "service.namespace": "hoadon"}))
    if settings.otlp_endpoint is not None:
        # Its import is a noticeable part of the start; most processes on a laptop need none of it.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

        endpoint = f"{str(settings.otlp_endpoint).rstrip('/')}/v1/traces"
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    trace.set_tracer_provider(provider)
    return provider


@contextmanager
def span(
    name: str,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    parent: str | None = None,
    links: Iterable[str | None] = (),
    attributes: Mapping[str, AttributeValue] | None = None,
) -> Iterator[Span]:
    """Run a block inside a new span.

    `parent` is a `traceparent` to go on from; without it the current span is the parent. `links` are the
    `traceparent`s of other traces this work belongs to. An exception marks the span with its type only: messages
    may quote personal data.
    """
    context = context_of(parent) if parent else None
    targets = [Link(target) for target in map(_span_context, links) if target.is_valid]
    with _TRACER.start_as_current_span(
        name,
        context=context,
        kind=kind,
        links=targets,
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as current:
        try:
            yield current
        except BaseException as error:
            current.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def past_span(
    name: str,
    *,
    times: tuple[int, int],
    kind: SpanKind = SpanKind.INTERNAL,
    parent: str | None = None,
    links: Iterable[str | None] = (),
    attributes: Mapping[str, AttributeValue] | None = None,
    error: str | None = None,
) -> None:
    """Tell of work that is over: as `span`, from and until `times` (nanoseconds since 1970).

    `error` is the type of the exception it ended with.
    """
    began, ended = times
    targets = [Link(target) for target in map(_span_context, links) if target.is_valid]
    context = context_of(parent) if parent else None
    told = _TRACER.start_span(name, context=context, kind=kind, links=targets, attributes=attributes, start_time=began)
    if error:
        told.set_status(Status(StatusCode.ERROR, error))
    told.end(ended)


def traceparent() -> str | None:
    """The current span's `traceparent`, to be kept in a document or a header; None outside any span."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get(TRACEPARENT)


def context_of(parent: str) -> Context:
    """The OpenTelemetry context of a `traceparent`; empty when it is malformed."""
    return _PROPAGATOR.extract({TRACEPARENT: parent}, context=Context())


def _span_context(parent: str | None) -> trace.SpanContext:
    if parent is None:
        return trace.INVALID_SPAN_CONTEXT
    return trace.get_current_span(context_of(parent)).get_span_context()


def trace_id_of(parent: str | None) -> str | None:
    """The trace id in a W3C `traceparent`; None when there is none that can be read."""
    parts = (parent or "").split("-")
    return parts[1] if len(parts) >= _PARTS_OF_TRACEPARENT and len(parts[1]) == _TRACE_ID_DIGITS else None
