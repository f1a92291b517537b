"""Routes for the platform: `/livez`, `/readyz`, `/metrics`."""

from collections.abc import Sequence

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from runtime import metrics
from runtime.resources import Resources
from runtime.settings import HttpSettings


class Health:
    """What the process may say about itself."""

    def __init__(self, resources: Resources, settings: HttpSettings) -> None:
        """Start as not ready."""
        self._resources = resources
        self._ping_timeout = settings.ping_timeout.total_seconds()
        self._state = "starting"

    def started(self) -> None:
        """All resources are open."""
        self._state = "running"

    def stopping(self) -> None:
        """The process ends; from now on it is not ready."""
        self._state = "stopping"
        metrics.gauge("hoadon_ready", 0)

    async def live(self, _request: Request) -> Response:
        """200 while the event loop turns and no handler is stuck; other systems' health plays no part."""
        stuck = dict(self._resources.stuck())
        return JSONResponse({"live": not stuck, "stuck": stuck}, 503 if stuck else 200)

    async def ready(self, _request: Request) -> Response:
        """200 when every part answers its ping, else 503; the body says which part does not and why."""
        parts = await self._resources.ping(self._ping_timeout)
        ready = self._state == "running" and not any(parts.values())
        metrics.gauge("hoadon_ready", int(ready))
        body = {
            "ready": ready,
            "state": self._state,
            "parts": {name: {"ok": why is None, "reason": why} for name, why in parts.items()},
        }
        return JSONResponse(body, 200 if ready else 503)

    async def metrics(self, _request: Request) -> Response:
        """All metrics in Prometheus' text format."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def health_routes(health: Health) -> Sequence[BaseRoute]:
    """The three routes."""
    return (
        Route("/livez", health.live, methods=["GET"]),
        Route("/readyz", health.ready, methods=["GET"]),
        Route("/metrics", health.metrics, methods=["GET"]),
    )
