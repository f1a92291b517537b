"""The part of the control API that both stand-ins have: faults, options, clock, requests, reset."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_settings import BaseSettings
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.common import jsons
from sandbox.common.clock import MovableClock, to_text
from sandbox.common.database import Database
from sandbox.common.faults import FaultPlan, Faults
from sandbox.common.options import Options, move_clock
from sandbox.common.requests import RequestLog


class BadRequestError(Exception):
    """A request of the control API that cannot be understood; the message says what to change."""


class ClockSetting(BaseModel):
    """Where the clock shall stand."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    offset_seconds: float


@dataclass(frozen=True, slots=True)
class Basics:
    """What every stand-in is made of."""

    database: Database
    clock: MovableClock
    faults: Faults
    requests: RequestLog


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer with exact decimals."""
    return Response(
        jsons.dumps(value), status_code=status, headers=headers, media_type="application/json; charset=utf-8"
    )


async def read_object(request: Request) -> dict[str, Any]:
    """The request's JSON object; an empty body is an empty object.

    Raises:
        BadRequestError: the body is not a JSON object.
    """
    body = await request.body()
    try:
        value = jsons.loads(body) if body else {}
    except jsons.BadJsonError as error:
        raise BadRequestError(str(error)) from error
    if not isinstance(value, dict):
        raise BadRequestError("the body must be a JSON object")
    return value


M = TypeVar("M", bound=BaseModel)


async def read_model(request: Request, model: type[M]) -> M:
    """The request's JSON body as a model.

    Raises:
        BadRequestError: a field is missing, unknown or of the wrong kind; the message names it.
    """
    try:
        return model.model_validate(await read_object(request))
    except ValidationError as error:
        raise BadRequestError(_first_fault(error)) from error


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, fault['loc'])) or 'body'}: {fault['msg']}"


async def refuse(_request: Request, error: Exception) -> Response:  # Starlette awaits handlers
    """Answer of the control API to what it cannot understand."""
    return answer({"error": str(error)}, 400)


def common_routes(
    basics: Basics, options: Options[Any], *, when_reset: Callable[[], None], when_moved: Callable[[], None]
) -> list[Route]:
    """`/livez` and the control routes that do not depend on the vendor."""
    return [
        Route("/livez", _livez),
        *_fault_routes(basics.faults),
        *_option_routes(options),
        *_clock_routes(basics, when_moved),
        _reset_route(basics, options, when_reset),
    ]


async def _livez(_request: Request) -> Response:  # Starlette awaits endpoints
    return answer({"status": "ok"})


def _fault_routes(faults: Faults) -> list[Route]:
    async def put(request: Request) -> Response:
        faults.replace(await read_model(request, FaultPlan))
        return answer(faults.report())

    async def get(_request: Request) -> Response:  # Starlette awaits endpoints
        return answer(faults.report())

    async def delete(_request: Request) -> Response:  # Starlette awaits endpoints
        faults.replace(FaultPlan())
        return answer(faults.report())

    path = "/_sandbox/faults"
    return [
        Route(path, put, methods=["PUT"]),
        Route(path, get, methods=["GET"]),
        Route(path, delete, methods=["DELETE"]),
    ]


def _option_routes(options: Options[Any]) -> list[Route]:
    async def put(request: Request) -> Response:
        try:
            changed: BaseSettings = options.change(await read_object(request))
        except ValidationError as error:
            raise BadRequestError(_first_fault(error)) from error
        return answer(changed.model_dump(mode="json"))

    async def get(_request: Request) -> Response:  # Starlette awaits endpoints
        return answer(options.current.model_dump(mode="json"))

    path = "/_sandbox/options"
    return [Route(path, put, methods=["PUT"]), Route(path, get, methods=["GET"])]


def _clock_routes(basics: Basics, when_moved: Callable[[], None]) -> list[Route]:
    def told() -> Response:
        clock = basics.clock
        return answer({"now": to_text(clock.now()), "offset_seconds": clock.offset.total_seconds()})

    async def put(request: Request) -> Response:
        setting = await read_model(request, ClockSetting)
        move_clock(basics.database, basics.clock, setting.offset_seconds)
        when_moved()
        return told()

    async def get(_request: Request) -> Response:  # Starlette awaits endpoints
        return told()

    path = "/_sandbox/clock"
    return [Route(path, put, methods=["PUT"]), Route(path, get, methods=["GET"])]


def _reset_route(basics: Basics, options: Options[Any], when_reset: Callable[[], None]) -> Route:
    async def delete(_request: Request) -> Response:  # Starlette awaits endpoints
        basics.database.clear()
        options.reset()
        move_clock(basics.database, basics.clock, 0)
        when_reset()
        return answer({"status": "empty"})

    return Route("/_sandbox/state", delete, methods=["DELETE"])
