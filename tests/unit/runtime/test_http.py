"""A request to a vendor has a span without its query, and carries the trace only where asked."""

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from runtime.http import TracedTransport
from runtime.tracing import context_of, span, traceparent


def client(seen: list[httpx.Request], *, propagate: bool = False, fail: bool = False) -> httpx.AsyncClient:
    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if fail:
            raise httpx.ConnectError("refused")
        return httpx.Response(404)

    return httpx.AsyncClient(transport=TracedTransport(httpx.MockTransport(answer), propagate=propagate))


async def test_the_span_names_host_and_path_only(spans: InMemorySpanExporter) -> None:
    """The query may hold a token."""
    seen: list[httpx.Request] = []
    async with client(seen) as http:
        await http.get("https://apis.haravan.com/com/orders.json?secret=1")
    (done,) = spans.get_finished_spans()
    assert "secret" not in done.to_json()
    assert dict(done.attributes or {})["http.response.status_code"] == 404
    assert "traceparent" not in seen[0].headers


async def test_the_trace_goes_along_where_asked(spans: InMemorySpanExporter) -> None:
    """To our own services."""
    seen: list[httpx.Request] = []
    async with client(seen, propagate=True) as http:
        with span("outer") as outer:
            await http.get("http://console/api/v1")
    carried = trace.get_current_span(context_of(seen[0].headers["traceparent"])).get_span_context()
    assert carried.trace_id == outer.get_span_context().trace_id


async def test_a_failure_marks_the_span_by_its_type(spans: InMemorySpanExporter) -> None:
    """Without the message, which may quote anything."""
    async with client([], fail=True) as http:
        with pytest.raises(httpx.ConnectError):
            await http.get("https://host/x")
    (done,) = spans.get_finished_spans()
    assert done.status.description == "ConnectError"
    assert not done.events


def test_a_stored_traceparent_is_gone_on_from(spans: InMemorySpanExporter) -> None:
    """From a document or a Kafka header: as parent, or as link of a batch; a malformed one is left out."""
    with span("first") as first:
        kept = traceparent()
    with span("second", parent=kept, links=[kept, None, "rubbish"]) as second:
        assert second.get_span_context().trace_id == first.get_span_context().trace_id
    assert [len(done.links) for done in spans.get_finished_spans()] == [0, 1]
