"""What happened to an order after its invoice was planned, in words for whoever has to look at it."""

from dataclasses import replace
from datetime import datetime

from invoicing.buyer import buyer_of
from invoicing.order import Order
from invoicing.reasons import Stopped
from invoicing.rules import BuyerRules

from orders.model import Attention, OrderRecord
from orders.state import differs

_TEXTS = {
    "cancelled-after-planned": (
        "Đơn bị hủy sau khi đã lập hoặc đang lập hóa đơn: cần hóa đơn điều chỉnh hoặc thay thế.",
        "The order was cancelled after its invoice was planned: it needs an adjustment or a replacement.",
    ),
    "returned-after-planned": (
        "Đơn có hàng trả hoặc hoàn tiền sau khi đã lập hóa đơn: cần hóa đơn điều chỉnh.",
        "Goods or money went back after the invoice was planned: it needs an adjustment.",
    ),
    "changed-after-planned": (
        "Nội dung đơn thay đổi sau khi đã lập hóa đơn: kiểm tra và điều chỉnh hoặc thay thế nếu cần.",
        "The order was edited after its invoice was planned: check it, adjust or replace if needed.",
    ),
    "buyer-changed-after-planned": (
        (
            "Thông tin người mua thay đổi sau khi đã lập hóa đơn: khác mã số thuế thì thay thế hóa đơn, chỉ khác tên "
            "hoặc địa chỉ thì gửi mẫu 04/SS-HDDT."
        ),
        (
            "The buyer changed after the invoice was planned: replace it if the tax code differs, send form 04/SS-HDDT "
            "if only name or address do."
        ),
    ),
    "reread-failed": (
        "Không đọc lại được đơn từ Haravan: xem `hoadon dead-letters list`, sửa kết nối rồi `hoadon orders recheck`.",
        "The order could not be read again: see `hoadon dead-letters list`, mend that, then `hoadon orders recheck`.",
    ),
    "reopened-after-planned": (
        "Đơn được mở lại trong khi hóa đơn đang được rút: chờ kết quả rút rồi đơn sẽ được xét lại.",
        "The order was re-opened while its invoice was being taken back: judged again when that is settled.",
    ),
    "correction-return": (
        "Có hàng trả sau khi xuất hóa đơn: cần hóa đơn điều chỉnh (cửa hàng chọn tự làm: `hoadon invoices adjust`).",
        "Goods came back after the invoice: it needs an adjustment (the shop makes these: `hoadon invoices adjust`).",
    ),
    "correction-cancellation": (
        "Đơn bị hủy sau khi xuất hóa đơn: cần điều chỉnh giảm hết (cửa hàng chọn tự làm: `hoadon invoices adjust`).",
        "Cancelled after the invoice: adjust all of it away (the shop makes these: `hoadon invoices adjust`).",
    ),
    "correction-edit": (
        "Đơn bị sửa sau khi xuất hóa đơn: cần điều chỉnh hoặc thay thế (`hoadon invoices adjust` hay `replace`).",
        "Edited after the invoice: adjust or replace it (`hoadon invoices adjust` or `replace`).",
    ),
    "correction-buyer": (
        "Người mua đổi mã số thuế sau khi xuất hóa đơn: cần hóa đơn thay thế (`hoadon invoices replace`).",
        "The buyer's tax code changed after the invoice: replace it (`hoadon invoices replace`).",
    ),
    "correction-money": (
        "Có hoàn tiền không kèm hàng trả: kiểm tra và điều chỉnh nếu cần (`hoadon invoices adjust`).",
        "Money went back without goods: look at it and adjust if needed (`hoadon invoices adjust`).",
    ),
    "correction-draft": (
        "Hóa đơn điều chỉnh hoặc thay thế đã được lập sẵn, đang chờ duyệt: xem `hoadon drafts list`.",
        "A correction is made and waits for approval: see `hoadon drafts list`.",
    ),
    "deleted-after-planned": (
        "Đơn bị xóa trên Haravan sau khi đã lập hóa đơn: kiểm tra với người bán.",
        "The order was deleted in Haravan after its invoice was planned: check with the seller.",
    ),
}
VOID = frozenset({"cancelled-after-planned", "deleted-after-planned"})
"""Codes of orders that shall have no invoice: what was not sent yet is taken back."""
REOPENED = "reopened-after-planned"


def is_withdrawing(record: OrderRecord) -> bool:
    """Whether the order's invoice may just be on its way back."""
    return record.attention is not None and record.attention.code in VOID | {REOPENED}


def attention(code: str, at: datetime) -> Attention:
    """The note that a person finds on the order."""
    vi, en = _TEXTS[code]
    return Attention(code=code, message_vi=vi, message_en=en, at=at)


def attention_for(invoiced: Order, newest: Order, rules: BuyerRules, at: datetime) -> Attention | None:
    """What the newest state asks of a person, compared with the state that was invoiced; None when nothing."""
    if newest.cancelled and not invoiced.cancelled:
        return attention("cancelled-after-planned", at)
    if any(now > then for now, then in zip(_back(newest), _back(invoiced), strict=True)):
        return attention("returned-after-planned", at)
    if differs(invoiced, newest):
        return attention("changed-after-planned", at)
    if _buyer(invoiced, rules) != _buyer(newest, rules):
        return attention("buyer-changed-after-planned", at)
    return None


def _back(order: Order) -> tuple[int, ...]:
    """How often goods or money went back; money may be recorded among the payments alone, or as a status."""
    payments = sum(each.kind == "refund" and not each.failed for each in order.transactions)
    return len(order.refunds), payments, int("refunded" in order.financial_status)


def _buyer(order: Order, rules: BuyerRules) -> object:
    """Who would be printed, or why nobody could be; where the invoice is mailed is no part of it."""
    try:
        return replace(buyer_of(order, rules), emails=(), print_email=True)
    except Stopped as stopped:
        return stopped.finding
