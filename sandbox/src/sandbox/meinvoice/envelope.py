"""The vendor's answers: camelCase for business calls, PascalCase for the token (Open API §1.3, §2, §3)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.common import jsons
from sandbox.common.control import answer
from sandbox.meinvoice.error_codes import describe
from sandbox.meinvoice.options import MeInvoiceOptions

__all__ = [
    "EnvelopeError",
    "as_told",
    "business",
    "describe",
    "listing",
    "pascal",
    "refuse_envelope",
    "refused_envelope",
]


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
    """The envelope of every call but the token's, whichever way the templates' is."""
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


def pascal(*, data: Any = None, code: str = "", errors: tuple[str, ...] = ()) -> dict[str, Any]:
    """The envelope of the token call, and as the document prints it of the templates (Open API §2, §3)."""
    return {"Success": not code, "Data": data, "ErrorCode": code, "Errors": list(errors), "CustomData": ""}


def listing(data: Any, options: MeInvoiceOptions) -> dict[str, Any]:
    """The envelope of a list of templates."""
    return pascal(data=data) if options.templates_envelope == "pascal" else business(data=data)


def refused_envelope(path: str, code: str, errors: tuple[str, ...], options: MeInvoiceOptions) -> dict[str, Any]:
    """The refusal of a whole request, in the envelope of its call."""
    templates = path.endswith("/invoice/templates") and options.templates_envelope == "pascal"
    if templates or path.endswith("/auth/token"):
        return pascal(code=code, errors=errors)
    return business(code=code, errors=errors)


def as_told(rows: Any, results_as: str) -> Any:
    """A list as the vendor sends it: JSON inside a string."""
    return jsons.dumps(rows) if results_as == "string" else rows


async def refuse_envelope(request: Request, error: Exception) -> Response:
    """Answer an EnvelopeError."""
    if not isinstance(error, EnvelopeError):  # Starlette's handlers are typed for any exception
        raise error
    headers = None if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    options: MeInvoiceOptions = request.app.state.meinvoice.options.current
    return answer(refused_envelope(request.url.path, error.code, error.errors, options), error.status, headers)
