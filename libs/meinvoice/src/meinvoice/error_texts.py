"""What each of meInvoice's error codes means (meInvoice Open API §14) and what to do next, in two languages."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class ErrorClass(StrEnum):
    """What an error code asks of whoever sent the invoice."""

    ISSUED_ALREADY = "issued-already"
    """An invoice may exist under this RefID: look it up, adopt it, and only if there is none send the same again."""
    NUMBER_RACE = "number-race"
    """Another request of the series came between: wait some seconds and send the same again."""
    UNKNOWN_OUTCOME = "unknown-outcome"
    """Nobody can tell whether the invoice was issued: look it up before anything else."""
    ACCOUNT_FAULT = "account-fault"
    """Every invoice of this account or series would fail alike: stop it and call a person."""
    ORDER_FAULT = "order-fault"
    """Only this invoice is refused: correct it; the others go on.

    One code of the class blames none: after `InvoiceQuantityTooLarge` send fewer at once. Only what is refused so
    although it was sent alone is too long, and is split.
    """
    TRY_LATER = "try-later"
    """Nothing is wrong with the invoice: the vendor could not do it now."""


_ACCOUNT = ErrorClass.ACCOUNT_FAULT
_ORDER = ErrorClass.ORDER_FAULT
_LATER = ErrorClass.TRY_LATER
_RACE = ErrorClass.NUMBER_RACE
_UNKNOWN = ErrorClass.UNKNOWN_OUTCOME
_ALREADY = ErrorClass.ISSUED_ALREADY

Row = tuple[ErrorClass, str, str]

_LOGIN: dict[str, Row] = {
    "InvalidAppID": (
        _ACCOUNT,
        "AppID không đúng. Liên hệ MISA để lấy AppID rồi cập nhật tài khoản.",
        "The AppID is wrong. Get it from MISA and update the account.",
    ),
    "InActiveAppID": (
        _ACCOUNT,
        "AppID đã ngừng hoạt động. Liên hệ MISA để kích hoạt lại.",
        "The AppID is no longer active. Ask MISA to activate it.",
    ),
    "UnAuthorize": (
        _ACCOUNT,
        "meInvoice từ chối đăng nhập. Kiểm tra tên đăng nhập, mật khẩu và mã số thuế của tài khoản.",
        "meInvoice refuses the login. Check user name, password and tax code of the account.",
    ),
    "MisaIdError": (
        _ACCOUNT,
        "Sai tên đăng nhập hoặc mật khẩu meInvoice. Sửa trong cấu hình tài khoản.",
        "meInvoice user name or password is wrong. Correct it in the account's configuration.",
    ),
    "TaxCodeNotExist": (
        _ACCOUNT,
        "Mã số thuế chưa đăng ký trên meInvoice. Kiểm tra mã số thuế của tài khoản.",
        "The tax code is not registered at meInvoice. Check the account's tax code.",
    ),
    "UserNotExist": (
        _ACCOUNT,
        "Người dùng không có quyền trên mã số thuế này. Cấp quyền trên meInvoice.",
        "The user has no right on this tax code. Grant it in meInvoice.",
    ),
    "TokenExpiredCode": (
        _ACCOUNT,
        "Mã kết nối đã hết hạn và đăng nhập lại không thành công. Kiểm tra tài khoản.",
        "The token has expired and logging in again did not help. Check the account.",
    ),
    "InvalidTokenCode": (
        _ACCOUNT,
        "Mã kết nối bị từ chối và đăng nhập lại không thành công. Kiểm tra tài khoản.",
        "The token is refused and logging in again did not help. Check the account.",
    ),
    "APINotSupportTypeInvoice": (
        _ACCOUNT,
        "API không hỗ trợ hình thức ký này cho ký hiệu. Kiểm tra SignType và cách ký số của công ty.",
        "The API does not support this way of signing for the series. Check SignType and how the company signs.",
    ),
}

_SETUP: dict[str, Row] = {
    "DuplicateTemplateName": (
        _ACCOUNT,
        "Trùng tên mẫu hóa đơn. Đổi tên mẫu trên meInvoice.",
        "The template's name exists twice. Rename it in meInvoice.",
    ),
    "DuplicateTemplateNo": (
        _ACCOUNT,
        "Trùng ký hiệu mẫu hóa đơn. Đổi ký hiệu trên meInvoice.",
        "The template's series exists twice. Change it in meInvoice.",
    ),
    "InvoiceTemplateNotExist": (
        _ACCOUNT,
        "Không có mẫu hóa đơn cho ký hiệu này. Tạo mẫu trên meInvoice hoặc sửa ký hiệu trong cấu hình.",
        "There is no template for this series. Create it in meInvoice or correct the series in the configuration.",
    ),
    "InvoicePublishNotExist": (
        _ACCOUNT,
        "Ký hiệu chưa được phát hành. Đăng ký phát hành ký hiệu trên meInvoice.",
        "The series is not released for use. Release it in meInvoice.",
    ),
    "LicenseInfo_NotBuy": (
        _ACCOUNT,
        "Chưa mua gói hóa đơn. Liên hệ MISA để mua rồi chạy tiếp.",
        "No invoice package was bought. Buy one from MISA, then resume.",
    ),
    "LicenseInfo_OutOfInvoice": (
        _ACCOUNT,
        "Số hóa đơn còn lại không đủ. Mua thêm gói hóa đơn rồi chạy tiếp.",
        "Not enough invoices are left. Buy more, then resume.",
    ),
    "LicenseInfo_Expired": (
        _ACCOUNT,
        "Gói hóa đơn chưa thanh toán hoặc đã hết hạn. Liên hệ MISA để gia hạn rồi chạy tiếp.",
        "The invoice package is unpaid or has expired. Renew it with MISA, then resume.",
    ),
    "DeclarationNotExist": (
        _ACCOUNT,
        "Chưa có tờ khai đăng ký hóa đơn. Lập tờ khai và chờ cơ quan thuế chấp nhận.",
        "There is no registration declaration. File it and wait until the tax authority accepts it.",
    ),
    "InvalidDeclaration": (
        _ACCOUNT,
        "Chưa có tờ khai được cơ quan thuế chấp nhận. Chờ chấp nhận rồi chạy tiếp.",
        "No declaration has been accepted by the tax authority. Wait for it, then resume.",
    ),
    "ExistDeclarationNotReceive": (
        _ACCOUNT,
        "Tờ khai đang chờ cơ quan thuế xử lý. Chờ chấp nhận rồi chạy tiếp.",
        "A declaration is still with the tax authority. Wait for it, then resume.",
    ),
    "InvoiceTemplateNotValidInDeclaration": (
        _ACCOUNT,
        "Tờ khai không có loại hóa đơn này. Gửi tờ khai thay đổi hoặc dùng ký hiệu khác.",
        "The declaration does not include this kind of invoice. File a change or use another series.",
    ),
    "ExistsInvoiceNextYear": (
        _ACCOUNT,
        "Ký hiệu đã có hóa đơn của năm sau, không phát hành lùi được. Kiểm tra ngày của hệ thống và ký hiệu.",
        "The series already has invoices of next year; none can be issued before them. Check the clock and the series.",
    ),
    "InvalidInvoiceDate": (
        _ACCOUNT,
        "Ngày hóa đơn nhỏ hơn hóa đơn cuối của ký hiệu. Kiểm tra ai khác phát hành trên ký hiệu này và ngày hệ thống.",
        "The date is before the series' last invoice. Check who else issues on this series, and the clock.",
    ),
}

_SIGNING: dict[str, Row] = {
    "SignatureEmpty": (
        _ACCOUNT,
        "Hóa đơn chưa được ký số. Kiểm tra hình thức ký số của công ty.",
        "The invoice carries no signature. Check how the company signs.",
    ),
    "InvalidSignature": (
        _ACCOUNT,
        "Chữ ký số không hợp lệ. Dùng chữ ký số đã đăng ký trên tờ khai được chấp nhận.",
        "The signature is not valid. Use the one registered in the accepted declaration.",
    ),
    "CertRevocation": (
        _ACCOUNT,
        "Chứng thư số đã bị thu hồi. Liên hệ nhà cung cấp chữ ký số.",
        "The certificate was revoked. Contact its provider.",
    ),
    "InvalidCertByRegistration": (
        _ACCOUNT,
        "Chứng thư số không có trong tờ khai. Bổ sung tờ khai hoặc dùng đúng chứng thư.",
        "The certificate is not in the declaration. Add it there or use the registered one.",
    ),
    "HasRegistrationStopUseCert": (
        _ACCOUNT,
        "Chứng thư số đã khai ngừng sử dụng. Lập tờ khai mới hoặc dùng chứng thư khác.",
        "The certificate was declared out of use. File a new declaration or use another one.",
    ),
    "SigningTimeNotInRegistration": (
        _ACCOUNT,
        "Ngày ký nằm ngoài thời hạn chứng thư số đã đăng ký. Cập nhật chứng thư trên tờ khai.",
        "The signing date is outside the registered certificate's validity. Update the declaration.",
    ),
    "X509SubjectName": (
        _ACCOUNT,
        "Chữ ký số thiếu SubjectName. Liên hệ nhà cung cấp chữ ký số.",
        "The signature has no SubjectName. Contact the certificate's provider.",
    ),
    "X509Certificate": (
        _ACCOUNT,
        "Không có chứng thư số. Liên hệ nhà cung cấp chữ ký số.",
        "There is no certificate. Contact its provider.",
    ),
    "SignSoftDream78Exception": (
        _LATER,
        "Dịch vụ ký số HSM bị lỗi. Hệ thống sẽ thử lại; nếu kéo dài, liên hệ MISA.",
        "The HSM signing service failed. It is tried again; if it goes on, contact MISA.",
    ),
    "SignEsignHSMError": (
        _LATER,
        "Dịch vụ ký số eSign bị lỗi. Hệ thống sẽ thử lại; nếu kéo dài, liên hệ MISA.",
        "The eSign signing service failed. It is tried again; if it goes on, contact MISA.",
    ),
    "CallSignServiceFail": (
        _LATER,
        "Không gọi được dịch vụ ký số. Hệ thống sẽ thử lại; nếu kéo dài, liên hệ MISA.",
        "The signing service could not be reached. It is tried again; if it goes on, contact MISA.",
    ),
}

_NUMBERS: dict[str, Row] = {
    "DuplicateInvoiceRefID": (
        _ALREADY,
        "Hóa đơn với mã tham chiếu này đã được phát hành. Hệ thống tra cứu và ghi nhận hóa đơn đó.",
        "An invoice with this RefID exists. It is looked up and taken over.",
    ),
    "InvoiceDuplicated": (
        _ALREADY,
        "meInvoice báo trùng hóa đơn. Hệ thống tra cứu; nếu chưa có sẽ gửi lại cùng mã tham chiếu.",
        "meInvoice calls the invoice a duplicate. It is looked up; if there is none, the same is sent again.",
    ),
    "DuplicateTransactionID": (
        _ALREADY,
        "Trùng mã tra cứu: hóa đơn này có thể đã phát hành. Hệ thống tra cứu; nếu chưa có thì tạo lại để lấy mã mới.",
        "The lookup code exists already: this invoice may be issued. Look it up; if there is none, create it anew.",
    ),
    "InvoiceNumberNotCotinuous": (
        _RACE,
        "Số hóa đơn không liên tục do có nơi khác phát hành cùng ký hiệu. Hệ thống sẽ gửi lại.",
        "The number is not continuous: someone else issued on this series. The same is sent again.",
    ),
    "InvoiceNumberNotContinuous": (
        _RACE,
        "Số hóa đơn không liên tục do có nơi khác phát hành cùng ký hiệu. Hệ thống sẽ gửi lại.",
        "The number is not continuous: someone else issued on this series. The same is sent again.",
    ),
    "InvalidInvNo": (
        _RACE,
        "Số hóa đơn không hợp lệ. Số do meInvoice cấp; hệ thống sẽ gửi lại.",
        "The invoice number is not valid. meInvoice allots it; the same is sent again.",
    ),
    "Exception": (
        _UNKNOWN,
        "meInvoice báo lỗi không rõ nguyên nhân. Hệ thống tra cứu xem hóa đơn đã phát hành chưa.",
        "meInvoice failed for an unknown cause. It is looked up whether the invoice was issued.",
    ),
    "CreateInvoiceDataError": (
        _UNKNOWN,
        "meInvoice lỗi khi tạo dữ liệu hóa đơn. Hệ thống tra cứu xem hóa đơn đã phát hành chưa.",
        "meInvoice failed while making the invoice. It is looked up whether it was issued.",
    ),
    "InvoiceNotExist": (
        _LATER,
        "meInvoice chưa có dữ liệu hóa đơn này. Hệ thống sẽ hỏi lại.",
        "meInvoice has no data of this invoice yet. It is asked again.",
    ),
    "TooManyRequests": (
        _LATER,
        "meInvoice nhận quá nhiều yêu cầu. Hệ thống chờ rồi gửi lại.",
        "meInvoice got too many requests. It is tried again after a wait.",
    ),
}

_CONTENT: dict[str, Row] = {
    "InvalidInvoiceData": (
        _ORDER,
        "Dữ liệu hóa đơn không hợp lệ. Xem chi tiết lỗi, sửa rồi phát hành lại.",
        "The invoice's data are not valid. See the details, correct them and issue again.",
    ),
    "TaxRateInfo_VATRateName": (
        _ORDER,
        "Loại thuế suất trong bảng tổng hợp không hợp lệ. Sửa thuế suất của mặt hàng rồi phát hành lại.",
        "A rate in the rate totals is not valid. Correct the goods' rate and issue again.",
    ),
    "InvoiceQuantityTooLarge": (
        _ORDER,
        "Gửi quá nhiều trong một lần (tối đa 30 hóa đơn, 50 mã). Gửi ít hơn; hóa đơn gửi riêng vẫn quá lớn thì tách.",
        "Too much in one request (30 invoices, 50 ids at most). Send fewer; split one that is too large by itself.",
    ),
    "XMLTooLong": (
        _ORDER,
        "Hóa đơn quá dài. Tách thành nhiều hóa đơn, mỗi hóa đơn dưới 200 dòng.",
        "The invoice is too long. Split it; each part below 200 lines.",
    ),
    "InvalidXMLData": (
        _ORDER,
        "XML của hóa đơn không hợp lệ. Kiểm tra ký tự lạ trong tên hàng và thông tin người mua.",
        "The invoice's XML is not valid. Look for odd characters in names of goods and of the buyer.",
    ),
    "InvalidTransactionID": (
        _ORDER,
        "Mã tra cứu không hợp lệ. Dùng đúng mã mà meInvoice đã cấp.",
        "The lookup code is not valid. Use the one meInvoice gave.",
    ),
    "InvalidTaxCode": (
        _ORDER,
        "Mã số thuế không hợp lệ. Kiểm tra mã số thuế người mua rồi phát hành lại.",
        "A tax code is not valid. Check the buyer's tax code and issue again.",
    ),
    "TaxReductionDateInValid": (
        _ORDER,
        "Ngày hóa đơn không nằm trong thời gian giảm thuế. Kiểm tra thuế suất theo ngày.",
        "The invoice's date is outside the period of the reduced rate. Check the rates by date.",
    ),
    "InvoiceCannotReplace": (
        _ORDER,
        "Không thay thế được hóa đơn đã hủy. Kiểm tra hóa đơn gốc.",
        "A cancelled invoice cannot be replaced. Check the original.",
    ),
    "InvoiceCannotAdjust": (
        _ORDER,
        "Không điều chỉnh được hóa đơn đã hủy hoặc đã thay thế. Kiểm tra hóa đơn gốc.",
        "A cancelled or replaced invoice cannot be adjusted. Check the original.",
    ),
    "InvoiceCannotReplaceByStatusNew": (
        _ORDER,
        "meInvoice chưa cho thay thế hóa đơn gốc này. Xử lý hóa đơn gốc trên meInvoice trước.",
        "meInvoice does not let this original be replaced yet. Deal with the original in meInvoice first.",
    ),
    "HasAdjustmentInvoice": (
        _ORDER,
        "Hóa đơn gốc đã có hóa đơn điều chỉnh/thay thế, không điều chỉnh hay thay thế được nữa. Hỏi MISA cách xử lý.",
        "The original was adjusted or replaced: it can be neither adjusted nor replaced any more. Ask MISA what to do.",
    ),
}

CODES: Mapping[str, Row] = MappingProxyType(_LOGIN | _SETUP | _SIGNING | _NUMBERS | _CONTENT)
"""Every code that is spelled in full; codes that carry a field's name are patterns in `meinvoice.errors`."""
