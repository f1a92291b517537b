"""The vendor's answers: camelCase for business calls, PascalCase for the token (Open API §1.3, §2)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.common import jsons
from sandbox.common.control import answer

_DESCRIPTIONS = {
    "InvalidAppID": "Sai thông tin AppID",
    "UnAuthorize": "Sai mã token",
    "InvalidTokenCode": "Token lỗi cần đăng nhập lại",
    "TokenExpiredCode": "Token hết hạn",
    "InvalidTaxCode": "Mã số thuế không hợp lệ",
    "InvoiceTemplateNotExist": "Mẫu hóa đơn không tồn tại",
    "InvoiceQuantityTooLarge": "Số lượng hóa đơn gửi lên trong 1 Request quá số lượng cho phép",
    "LicenseInfo_OutOfInvoice": "Số lượng tài nguyên còn lại không đủ để phát hành toàn bộ các hóa đơn gửi lên",
    "DuplicateInvoiceRefID": "Trùng RefID của hóa đơn",
    "InvoiceNumberNotCotinuous": "Số hóa đơn không liên tục",
    "InvalidDeclaration": "Chưa tồn tại Tờ khai/Thay đổi thông tin có trạng thái CQT chấp nhận",
    "InvalidInvoiceData": "Tham số không hợp lệ",
    "APINotSupportTypeInvoice": "API không hỗ trợ loại hóa đơn với hình thức ký số này",
    "Exception": "Thực hiện bị Exception",
}


class EnvelopeError(Exception):
    """The whole request is refused; answered as an envelope with HTTP `status`."""

    def __init__(self, code: str, *, status: int = 400, errors: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.errors = errors


def describe(code: str) -> str:
    """The vendor's sentence for an error code; the code itself where there is none."""
    return _DESCRIPTIONS.get(code, code)


def business(
    *, data: Any = None, published: Any = None, code: str | None = None, errors: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The envelope of every call but the token's."""
    return {
        "success": code is None,
        "errorCode": code,
        "descriptionErrorCode": None if code is None else describe(code),
        "createInvoiceResult": None,
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
    if request.url.path.endswith("/auth/token"):
        return answer(token_envelope(code=error.code, errors=error.errors), error.status)
    return answer(business(code=error.code, errors=error.errors), error.status)
