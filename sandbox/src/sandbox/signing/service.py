"""`POST /api/SignXML` (Open API §5.2): checks what it is given and signs it."""

import hmac
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.common.control import Basics, answer
from sandbox.common.exchange import exchange_of
from sandbox.common.options import Options, keep
from sandbox.meinvoice.documents import invoice_xml
from sandbox.signing import signature
from sandbox.signing.certificates import Certificates
from sandbox.signing.options import SignServiceOptions

PATH = "/api/SignXML"
_NEEDED = ("TTChung/KHMSHDon", "TTChung/KHHDon", "TTChung/NLap", "NDHDon/NBan/MST", "NDHDon/TToan/TgTTTBSo")
_REFUSED, _WRONG_KEY, _FAILED, _DONE = 400, 401, 500, 200


class ToolError(Exception):
    """The tool does not sign; `status` and the message stand in its answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class SignService:
    """The stand-in's parts."""

    basics: Basics
    options: Options[SignServiceOptions]
    certificates: Certificates = field(repr=False)


def service_of(request: Request) -> SignService:
    """The stand-in that a request came to."""
    found: SignService = request.app.state.sign_service
    return found


async def sign_xml(request: Request) -> Response:
    """Sign one invoice: HTTP 200 with `Status`, `PayLoad` and `Message`, whatever comes of it."""
    service = service_of(request)
    try:
        signed = _sign(service, request.headers.get("MisaTokenKey", ""), exchange_of(request).call.payload)
    except ToolError as error:
        _note(service, request, str(error))
        return answer({"Status": error.status, "PayLoad": None, "Message": str(error)})
    _note(service, request, None)
    return answer({"Status": _DONE, "PayLoad": signed, "Message": None})


def _note(service: SignService, request: Request, message: str | None) -> None:
    service.basics.requests.tell(exchange_of(request).request, {"signed": message is None, "message": message})


def _sign(service: SignService, token_key: str, payload: Any) -> str:
    options = service.options.current
    if not hmac.compare_digest(token_key.encode(), options.token_key.get_secret_value().encode()):
        raise ToolError(_WRONG_KEY, "MisaTokenKey không hợp lệ")
    if not isinstance(payload, dict) or not isinstance(payload.get("XmlContent"), str):
        raise ToolError(_REFUSED, "Thiếu XmlContent")
    _check_pin(service, str(payload.get("PinCode") or ""))
    if options.error is not None:
        raise ToolError(_FAILED, options.error)
    return _signed(service, payload["XmlContent"])


def _check_pin(service: SignService, pin: str) -> None:
    """A USB token counts wrong PINs and locks itself."""
    database, options = service.basics.database, service.options.current
    wrong = int(database.value("SELECT body FROM kept WHERE name = 'wrong_pins'") or 0)
    if wrong >= options.wrong_pins:
        raise ToolError(_REFUSED, "Thiết bị chữ ký số đã bị khóa do nhập sai mã PIN nhiều lần")
    right = hmac.compare_digest(pin.encode(), options.pin.get_secret_value().encode())
    keep(database, "wrong_pins", 0 if right else wrong + 1)
    if not right:
        raise ToolError(_REFUSED, "Mã PIN không đúng")


def _signed(service: SignService, text: str) -> str:
    options = service.options.current
    try:
        root = signature.read(text)
        missing = [name for name in _NEEDED if not invoice_xml.find(root, f"DLHDon/{name}")]
        if missing:
            raise ToolError(_REFUSED, f"XML thiếu {missing[0]}")
        if options.result == "unsigned":
            return text
        seller = invoice_xml.find(root, "DLHDon/NDHDon/NBan/MST")
        made = signature.sign(
            text,
            service.certificates.of(options.tax_code or seller, days=options.certificate_days),
            service.basics.clock.now(),
            with_subject=options.result != "without-subject",
            with_key=options.result != "without-certificate",
        )
    except signature.BadXmlError as error:
        raise ToolError(_REFUSED, f"XML không hợp lệ: {error}") from error
    return made if options.result != "broken" else _broken(made)


def _broken(text: str) -> str:
    """The invoice with another digest than its content has."""
    before, mark, rest = text.partition("DigestValue>")
    return f"{before}{mark}{'A' if rest[0] != 'A' else 'B'}{rest[1:]}"
