"""What is told of a buyer although the invoice is made: codes that carry nothing of his data."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class BuyerFlag(StrEnum):
    """Stored and shown with the decision, so a code never changes its meaning."""

    AS_GIVEN = "buyer-as-given"
    CORRECTED = "buyer-corrected"
    CODE_UNCHECKED = "buyer-tax-code-unchecked"
    CODE_REPAIRED = "buyer-tax-code-repaired"
    CODE_DROPPED = "buyer-tax-code-dropped"
    ID_MAY_BE_BRANCH = "buyer-id-may-be-branch"
    EMAIL_LEFT_OUT = "buyer-email-left-out"
    FILLED_FROM_BOOK = "buyer-filled-from-book"
    FROM_BOOK = "buyer-from-book"
    DIFFERS_FROM_BOOK = "buyer-differs-from-book"


FLAG_TEXTS: Final[Mapping[BuyerFlag, tuple[str, str]]] = {
    BuyerFlag.AS_GIVEN: (
        "Người mua được in đúng như trên đơn, không kiểm tra, theo quyết định của kế toán.",
        "The buyer is printed as the order gives him, unchecked, as the accountant decided.",
    ),
    BuyerFlag.CORRECTED: (
        "Người mua do kế toán nhập thay cho thông tin trên đơn.",
        "The buyer was entered by the accountant in place of the order's data.",
    ),
    BuyerFlag.CODE_UNCHECKED: (
        "Mã số thuế người mua không đúng số kiểm tra hoặc dạng. Nếu meInvoice từ chối, sửa mã rồi gửi lại.",
        "The buyer's tax code fails its check or form. Where meInvoice refuses it, correct it and send it again.",
    ),
    BuyerFlag.CODE_REPAIRED: (
        "Mã số thuế 9 số đã được thêm số 0 ở đầu. Đối chiếu với khách nếu nghi ngờ.",
        "A tax code of nine digits got its leading zero back. Compare it with the buyer's where in doubt.",
    ),
    BuyerFlag.CODE_DROPPED: (
        "Mã số thuế không hợp lệ nên xuất cho người tiêu dùng (rules.buyer.bad_tax_code: consumer).",
        "The tax code is not valid, so it was sold to a consumer (rules.buyer.bad_tax_code: consumer).",
    ),
    BuyerFlag.ID_MAY_BE_BRANCH: (
        "12 số được in là số định danh cá nhân, nhưng thêm số 0 ở đầu thì là mã chi nhánh hợp lệ. Kiểm tra với khách.",
        "Twelve digits are printed as a personal id; with a leading zero they are a branch's tax code. Ask the buyer.",
    ),
    BuyerFlag.EMAIL_LEFT_OUT: (
        "Có email nhận hóa đơn không đọc được nên bỏ qua. Kiểm tra email trên đơn.",
        "An e-mail address for the invoice cannot be read and was left out. Check the order's e-mail.",
    ),
    BuyerFlag.FILLED_FROM_BOOK: (
        "Tên hoặc địa chỉ thiếu trên đơn được lấy từ sổ người mua theo cùng mã số thuế.",
        "Name or address that the order lacks came from the book of buyers, by the same tax code.",
    ),
    BuyerFlag.FROM_BOOK: (
        "Đơn không có thông tin hóa đơn; khách này luôn được xuất cho công ty ghi trong sổ người mua.",
        "The order has no invoice data; this customer is always invoiced to the company in the book of buyers.",
    ),
    BuyerFlag.DIFFERS_FROM_BOOK: (
        "Mã số thuế trên đơn khác mã trong sổ người mua: theo đơn. Kiểm tra lại sổ.",
        "The order's tax code differs from the one in the book of buyers: the order counts. Check the book.",
    ),
}
"""Each flag in Vietnamese and English, with what to do."""
