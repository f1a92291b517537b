"""Why an invoice cannot be corrected, in two languages: cause and next step."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Refusal(StrEnum):
    """Why an original can't be corrected in this way."""

    NOT_PUBLISHED = "not-published"
    """It is not published, or has no number yet."""
    STATE_UNKNOWN = "state-unknown"
    """The status tells none of the documented states."""
    CANCELLED = "cancelled"
    """`EInvoiceStatus` 2."""
    REPLACED = "replaced"
    """`EInvoiceStatus` 7: its replacement is the invoice now."""
    ADJUSTED = "adjusted"
    """`EInvoiceStatus` 8: never replaced. The law has it adjusted again (Circular 91/2026 Art. 10.6.a); §14 says of
    `HasAdjustmentInvoice` that meInvoice may refuse that, too."""
    ADJUSTS_ANOTHER = "adjusts-another"
    """`EInvoiceStatus` 5: what it adjusts is adjusted again."""
    FORM_OF_THE_FIRST = "form-of-the-first"
    """`EInvoiceStatus` 3: an error in a replacement is corrected by another replacement."""
    CODE_REFUSED = "code-refused"
    """The tax authority refused it a code: it never became an invoice."""
    CASH_REGISTER = "cash-register"
    """An error in an invoice of a cash register is corrected by replacement only."""
    NO_SUCH_SERIES = "no-such-series"
    """Series or template are not spelled as under their decree."""
    NO_SUCH_NUMBER = "no-such-number"
    """The number is not one."""
    ANOTHER_INVOICE = "another-invoice"
    """The status row speaks of another invoice."""
    NO_REASON = "no-reason"
    """`InvoiceNote` is required."""


TEXTS: Mapping[Refusal, tuple[str, str]] = MappingProxyType(
    {
        Refusal.NOT_PUBLISHED: (
            "Hóa đơn gốc chưa phát hành hoặc chưa có số. Chờ có số rồi lập lại.",
            "The original is not published or has no number yet. Wait for the number and try again.",
        ),
        Refusal.STATE_UNKNOWN: (
            "Không rõ trạng thái hóa đơn gốc. Kiểm tra trên meInvoice rồi lập lại.",
            "The original's state cannot be told. Look at it in meInvoice and try again.",
        ),
        Refusal.CANCELLED: (
            "Hóa đơn gốc đã bị hủy nên không thay thế hay điều chỉnh được. Lập hóa đơn mới nếu cần.",
            "The original is cancelled and can't be corrected. Issue a new invoice if one is needed.",
        ),
        Refusal.REPLACED: (
            "Hóa đơn gốc đã bị thay thế. Xử lý trên hóa đơn thay thế.",
            "The original has been replaced. Correct the invoice that replaced it.",
        ),
        Refusal.ADJUSTED: (
            "Hóa đơn gốc đã được điều chỉnh, không thay thế được. Điều chỉnh tiếp; meInvoice từ chối thì hỏi MISA.",
            "The original was adjusted and can't be replaced. Adjust it again; if meInvoice refuses that, ask MISA.",
        ),
        Refusal.ADJUSTS_ANOTHER: (
            "Đây là hóa đơn điều chỉnh. Lập điều chỉnh tiếp cho hóa đơn gốc của nó.",
            "This invoice adjusts another one. Adjust that one again.",
        ),
        Refusal.FORM_OF_THE_FIRST: (
            "Đây là hóa đơn thay thế, sai sót phải xử lý cùng hình thức. Lập hóa đơn thay thế cho nó.",
            "This invoice replaces another one, and an error keeps the first form. Replace it.",
        ),
        Refusal.CODE_REFUSED: (
            "Cơ quan thuế từ chối cấp mã nên hóa đơn không có hiệu lực. Sửa rồi phát hành hóa đơn mới.",
            "The tax authority refused it a code, so it is no invoice. Correct the data and issue a new one.",
        ),
        Refusal.CASH_REGISTER: (
            "Hóa đơn từ máy tính tiền có sai sót chỉ được thay thế. Lập hóa đơn thay thế.",
            "An error in a cash-register invoice is corrected by replacement only. Replace it.",
        ),
        Refusal.NO_SUCH_SERIES: (
            "Ký hiệu hoặc mẫu số hóa đơn gốc không đúng. Chép lại từ hóa đơn gốc.",
            "The original's series or template is not spelled right. Copy it from the original.",
        ),
        Refusal.NO_SUCH_NUMBER: (
            "Số hóa đơn gốc không đúng, chỉ gồm tối đa 8 chữ số. Chép lại từ hóa đơn gốc.",
            "The original's number is not right, at most 8 digits. Copy it from the original.",
        ),
        Refusal.ANOTHER_INVOICE: (
            "Trạng thái nhận được là của hóa đơn khác. Tra cứu lại theo mã tra cứu của hóa đơn gốc.",
            "The status speaks of another invoice. Look it up by the original's lookup code.",
        ),
        Refusal.NO_REASON: (
            "Thiếu lý do thay thế hoặc điều chỉnh. Ghi lý do rồi lập lại.",
            "The reason for the correction is missing. Give one and try again.",
        ),
    }
)
