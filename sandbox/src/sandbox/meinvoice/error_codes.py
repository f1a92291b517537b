"""The vendor's error codes with its own sentences (Open API §14)."""

_DESCRIPTIONS = {
    "InvalidAppID": "Sai thông tin AppID",
    "InActiveAppID": "Ứng dụng ngừng theo dõi",
    "UnAuthorize": "Sai mã token",
    "InvalidTokenCode": "Token lỗi cần đăng nhập lại",
    "TokenExpiredCode": "Token hết hạn",
    "InvalidTaxCode": "Mã số thuế không hợp lệ",
    "InvoiceTemplateNotExist": "Mẫu hóa đơn không tồn tại",
    "InvoiceTemplateNotValidInDeclaration": "Tờ khai/Thay đổi thông tin không chứa loại hóa đơn đang phát hành",
    "InvoiceQuantityTooLarge": "Số lượng hóa đơn gửi lên trong 1 Request quá số lượng cho phép",
    "LicenseInfo_NotBuy": "Chưa mua tài nguyên",
    "LicenseInfo_OutOfInvoice": "Số lượng tài nguyên còn lại không đủ để phát hành toàn bộ các hóa đơn gửi lên",
    "LicenseInfo_Expired": "Tài nguyên chưa thanh toán hoặc đã hết hạn",
    "DuplicateTemplateName": "Lỗi trùng tên mẫu",
    "DuplicateTemplateNo": "Lỗi trùng ký hiệu",
    "TaxRateInfo_VATRateName": ("Tên loại thuế suất trong Bảng tổng hợp thuế suất của hóa đơn có dữ liệu không hợp lệ"),
    "XMLTooLong": "File XML quá dài",
    "DuplicateInvoiceRefID": "Trùng RefID của hóa đơn",
    "InvoiceDuplicated": "Trùng hóa đơn \u2013 hóa đơn đã được phát hành",
    "InvoiceNumberNotCotinuous": "Số hóa đơn không liên tục",
    "DeclarationNotExist": "Chưa tồn tại Tờ khai/Thay đổi thông tin",
    "InvalidDeclaration": "Chưa tồn tại Tờ khai/Thay đổi thông tin có trạng thái CQT chấp nhận",
    "ExistDeclarationNotReceive": "Tồn tại tờ khai có trạng thái: Đã gửi CQT/ CQT Tiếp nhận",
    "ExistsInvoiceNextYear": "Tồn tại hóa đơn của năm tiếp theo",
    "InvalidInvoiceDate": "Nếu ngày hóa đơn không hợp lệ, nhỏ hơn ngày của hóa đơn cuối cùng đã phát hành",
    "TaxReductionDateInValid": "Ngày hóa đơn giảm thuế không hợp lệ",
    "InvoiceCannotReplace": "Không thể thay thế hóa đơn đã hủy",
    "InvoiceCannotAdjust": "Không thể điều chỉnh hóa đơn đã hủy/thay thế",
    "InvoiceCannotReplaceByStatusNew": "Hóa đơn gốc chưa được hủy, không thể thay thế",
    "HasAdjustmentInvoice": "Hóa đơn đã được lập hóa đơn điều chỉnh, không thể thay thế",
    "InvalidTransactionID": "Mã tra cứu không hợp lệ",
    "DuplicateTransactionID": "Trùng Mã tra cứu",
    "SignatureEmpty": "Chữ ký số bị bỏ trống",
    "InvalidSignature": "Chữ ký số không hợp lệ",
    "CertRevocation": "Chữ ký số đã bị thu hồi",
    "InvalidCertByRegistration": "Chữ ký số không tồn tại trong tờ khai",
    "HasRegistrationStopUseCert": "Tồn tại tờ khai Ngừng sử dụng chứng thư số",
    "SigningTimeNotInRegistration": (
        "Ngày ký không thuộc khoảng thời gian có hiệu lực của chứng thư số đã đăng ký với cơ quan thuế"
        " và được CQT chấp nhận"
    ),
    "X509SubjectName": "Không có SubjectName trên file XML đã ký",
    "X509Certificate": "Không có chứng thư số",
    "SignSoftDream78Exception": "Lỗi ký số HSM",
    "SignEsignHSMError": "Lỗi ký số HSM",
    "CallSignServiceFail": "Lỗi ký số",
    "InvalidXMLData": "XML không hợp lệ",
    "InvalidInvNo": "Số hóa đơn không hợp lệ",
    "InvalidInvoiceData": "Tham số không hợp lệ",
    "InvoiceNotExist": "Hóa đơn không tồn tại",
    "APINotSupportTypeInvoice": "API không hỗ trợ loại hóa đơn với hình thức ký số này",
    "CreateInvoiceDataError": "Tạo XML hóa đơn lỗi không xác định",
    "Exception": "Thực hiện bị Exception \u2013 Không rõ nguyên nhân",
}


def describe(code: str) -> str:
    """The vendor's sentence for an error code; the code itself where there is none."""
    return _DESCRIPTIONS.get(code, code)
