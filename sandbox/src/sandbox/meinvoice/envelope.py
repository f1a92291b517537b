"""The vendor's answers: camelCase for business calls, PascalCase for the token (Open API §1.3, §2)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.common import jsons
from sandbox.common.control import answer
from sandbox.meinvoice.error_codes import describe

__all__ = ["EnvelopeError", "as_told", "business", "describe", "refuse_envelope", "token_envelope"]


class EnvelopeError(Exception):
    """The whole request is refused; answered as an envelope with HTTP `status`."""

    def __init__(
        self, code: str, *, status: int = 400, errors: tuple[str, ...] = (), retry_after: int | None = None
    ) -> None:
        super().__init__(code)
        self.retry_after = retry_after
        self.code = code
        self.status = status
        self.errors = errors


def business(
    *,
    data: Any = None,
    created: Any = None,
    published: Any = None,
    code: str | None = None,
    errors: tuple[str, ...] = (),
) -> dict[str, Any]:
    """The envelope of every call but the token's."""
    return {
        "success": code is None,
        "errorCode": code,
        "descriptionErrorCode": None if code is None else describe(code),
        "createInvoiceResult": created,
        "publishInvoiceResult": published,
        "errors": list(errors),
        "data": data,
        "customData": None,
    }


def token_envelope(*, token: str | None = None, code: str = "", errors: tuple[str, ...] = ()) -> dict[str, Any]:
    """The envelope of the token call."""
    return {"Success": token is not None, "Data": token, "ErrorCode": code, "Errors": list(errors), "CustomData": ""}


def as_told(rows: Any, results_as: str) -> Any:
    """A list as the vendor sends it: JSON inside a string."""
    return jsons.dumps(rows) if results_as == "string" else rows


async def refuse_envelope(request: Request, error: Exception) -> Response:
    """Answer an EnvelopeError."""
    if not isinstance(error, EnvelopeError):  # Starlette's handlers are typed for any exception
        raise error
    headers = None if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    if request.url.path.endswith("/auth/token"):
        return answer(token_envelope(code=error.code, errors=error.errors), error.status, headers)
    return answer(business(code=error.code, errors=error.errors), error.status, headers)
