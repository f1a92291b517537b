"""A span and a duration for every HTTP request to a vendor, without its query string."""

import time

import httpx
from opentelemetry.trace import SpanKind
from typing_extensions import override

from runtime import metrics
from runtime.tracing import TRACEPARENT, span, traceparent


class TracedTransport(httpx.AsyncBaseTransport):
    """Wraps a transport with a client span and the request's duration.

    `propagate` sends `traceparent` along; vendors do not need it, our own services do. Use it as
    `httpx.AsyncClient(transport=TracedTransport(), base_url=…)`.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport | None = None, *, propagate: bool = False) -> None:
        """Wrap `inner`, by default a plain transport without retries."""
        self._inner = inner or httpx.AsyncHTTPTransport()
        self._propagate = propagate

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        attributes = {
            "http.request.method": request.method,
            "server.address": request.url.host,
            "url.path": request.url.path,
        }
        started = time.perf_counter()
        status = "error"
        try:
            with span(f"{request.method} {request.url.path}", kind=SpanKind.CLIENT, attributes=attributes) as current:
                if self._propagate and (parent := traceparent()):
                    request.headers[TRACEPARENT] = parent
                response = await self._inner.handle_async_request(request)
                current.set_attribute("http.response.status_code", response.status_code)
                status = f"{response.status_code // 100}xx"
                return response
        finally:
            elapsed = time.perf_counter() - started
            metrics.observe(
                "hoadon_vendor_request_seconds", elapsed, host=request.url.host, method=request.method, status=status
            )

    @override
    async def aclose(self) -> None:
        await self._inner.aclose()
