"""The signing tool's stand-in as an ASGI app."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Scope

from sandbox.common import faults, jsons, options, requests
from sandbox.common.call import Call
from sandbox.common.clock import MovableClock
from sandbox.common.control import BadRequestError, Basics, answer, common_routes, refuse
from sandbox.common.database import Database
from sandbox.common.exchange import ExchangeMiddleware
from sandbox.common.faults import Faults
from sandbox.common.options import Options, kept_offset
from sandbox.common.requests import RequestLog
from sandbox.signing.certificates import Certificates
from sandbox.signing.options import SignServiceOptions
from sandbox.signing.service import PATH, SignService, service_of, sign_xml

_SCHEMA = f"{faults.SCHEMA}{options.SCHEMA}{requests.SCHEMA}"


class SignServiceVendor:
    """How the middleware sees the tool's requests."""

    prefix = PATH
    retry_after = "2"

    def describe(self, scope: Scope, body: bytes) -> Call:
        """Only the body: a tool knows neither companies nor series."""
        try:
            payload = jsons.loads(body)
        except jsons.BadJsonError:
            payload = None
        return Call(method=scope["method"], path=scope["path"], payload=payload)

    def unanswered(self, request: int, call: Call, is_there: Callable[[], bool]) -> AbstractContextManager[None]:
        """Requests do not disturb each other."""
        del request, call, is_there
        return nullcontext()

    def enter(self, request: int, call: Call) -> frozenset[str]:
        """Requests do not disturb each other."""
        del request, call
        return frozenset()

    def leave(self, request: int, call: Call) -> None:
        """Nothing was noted."""

    def refusal(self, call: Call, status: int) -> tuple[bytes, str]:
        """The tool's own form."""
        del call
        return jsons.dumps({"Status": status, "PayLoad": None, "Message": "Lỗi dịch vụ ký số"}).encode(), (
            "application/json"
        )


def make_sign_service(data_dir: Path, clock: MovableClock | None = None) -> SignService:
    """The stand-in over the database in that folder."""
    data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(data_dir / "sign-service.sqlite3", _SCHEMA)
    clock = clock or MovableClock()
    clock.offset = kept_offset(database)
    basics = Basics(database, clock, Faults(database), RequestLog(database, clock))
    basics.requests.interrupt()
    return SignService(basics, Options(SignServiceOptions, database), Certificates(database, clock.now))


async def list_requests(request: Request) -> Response:
    """Every signing that was asked for, and what came of it."""
    return answer({"requests": service_of(request).basics.requests.find(path=f"*{PATH}")})


async def tell_certificate(request: Request) -> Response:
    """Serial number (hexadecimal) and end of the certificate that signs for a tax code."""
    service = service_of(request)
    found = service.certificates.of(request.path_params["tax_code"], days=service.options.current.certificate_days)
    return answer({"serial": found.serial, "not_after": found.x509.not_valid_after_utc.isoformat()})


def make_app(service: SignService) -> Starlette:
    """The app: /api/SignXML is the tool's, what is below /_sandbox our own."""
    basics = service.basics
    common = common_routes(basics, service.options, when_reset=lambda: None, when_moved=lambda: None)
    app = Starlette(
        routes=[
            Route(PATH, sign_xml, methods=["POST"]),
            Route("/_sandbox/requests", list_requests, methods=["GET"]),
            Route("/_sandbox/certificates/{tax_code}", tell_certificate, methods=["GET"]),
            *common,
        ],
        middleware=[
            Middleware(
                ExchangeMiddleware,
                vendor=SignServiceVendor(),
                faults=basics.faults,
                requests=basics.requests,
                clock=basics.clock,
                latency_seconds=lambda: service.options.current.latency_seconds,
            )
        ],
        exception_handlers={BadRequestError: refuse},
    )
    app.state.sign_service = service
    return app
