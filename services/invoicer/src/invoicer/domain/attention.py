"""What happened to an order after its invoice was planned, in words for whoever has to look at it."""

from datetime import datetime

from invoicing.order import Order
from orders.model import Attention

from invoicer.domain.state import differs

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
    "deleted-after-planned": (
        "Đơn bị xóa trên Haravan sau khi đã lập hóa đơn: kiểm tra với người bán.",
        "The order was deleted in Haravan after its invoice was planned: check with the seller.",
    ),
}
VOID = frozenset({"cancelled-after-planned", "deleted-after-planned"})
"""Codes of orders that shall have no invoice: what was not sent yet is taken back."""


def attention(code: str, at: datetime) -> Attention:
    """The note that a person finds on the order."""
    vi, en = _TEXTS[code]
    return Attention(code=code, message_vi=vi, message_en=en, at=at)


def attention_for(invoiced: Order, newest: Order, at: datetime) -> Attention | None:
    """What the newest state asks of a person, compared with the state that was invoiced; None when nothing."""
    if newest.cancelled and not invoiced.cancelled:
        return attention("cancelled-after-planned", at)
    if len(newest.refunds) > len(invoiced.refunds):
        return attention("returned-after-planned", at)
    if differs(invoiced, newest):
        return attention("changed-after-planned", at)
    return None
