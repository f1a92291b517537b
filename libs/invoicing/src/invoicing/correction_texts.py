"""The words of every reason why an issued invoice may not be corrected in the way that was asked for."""

from typing import Final

CORRECTION_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "not-issued-yet": (
        "Hóa đơn này chưa phát hành nên chưa thể điều chỉnh hay thay thế. Hóa đơn chưa gửi: sửa đơn trên Haravan.",
        "This invoice is not issued, so there is nothing to adjust or replace yet. Correct the order instead.",
    ),
    "adjustment-not-corrected": (
        "Hóa đơn {number} là hóa đơn điều chỉnh. Điều chỉnh thêm cho hóa đơn gốc (Thông tư 91/2026, Điều 10).",
        "Invoice {number} is an adjustment itself. Adjust its original once more (Circular 91/2026 Art. 10).",
    ),
    "cash-register-only-replaced": (
        (
            "Hóa đơn máy tính tiền (ký hiệu {series}) có sai sót thì chỉ được thay thế, không được điều chỉnh "
            "(Thông tư 91/2026, Điều 10.1.c). Lập hóa đơn thay thế."
        ),
        (
            "A wrong cash-register invoice (series {series}) can only be replaced, not adjusted (Circular 91/2026 "
            "Art. 10.1.c). Replace it."
        ),
    ),
    "correction-of-other-kind": (
        (
            "Hóa đơn {number} đã có hóa đơn sửa sai theo hình thức khác ({first}); lần sau phải cùng hình thức "
            "với lần đầu (Thông tư 91/2026, Điều 10.6.a)."
        ),
        (
            "Invoice {number} was corrected in the other form before ({first}); a further correction takes the "
            "form of the first (Circular 91/2026 Art. 10.6.a)."
        ),
    ),
    "correction-under-way": (
        (
            "Hóa đơn {number} đang có một lần sửa sai chưa phát hành xong ({first}). Chờ kết quả, hoặc rút lần đó "
            "lại, rồi lập lần sau."
        ),
        "A correction of invoice {number} is not issued yet ({first}). Wait for it, or withdraw it, and ask again.",
    ),
    "replaced-already": (
        "Hóa đơn {number} đã được thay thế bằng {replacement}. Sửa sai tiếp thì sửa trên hóa đơn thay thế.",
        "Invoice {number} is replaced by {replacement}. Correct the replacement: it is the invoice now.",
    ),
    "correction-without-note": (
        "Thiếu lý do điều chỉnh/thay thế (InvoiceNote), hoặc dài quá {longest} ký tự. Ghi lý do ngắn gọn.",
        "The reason of the correction (InvoiceNote) is empty or longer than {longest} characters. Give a short one.",
    ),
    "correction-incomplete": (
        "Nội dung hóa đơn còn thiếu: {fields}. Bổ sung rồi lập lại.",
        "The invoice lacks: {fields}. Add them and ask again.",
    ),
    "correction-does-not-tie": (
        "Số tiền không khớp với các dòng hàng: {fields}. Tính lại rồi lập lại.",
        "These totals are not the sums of their lines: {fields}. Calculate them again.",
    ),
    "replacement-negative": (
        "Hóa đơn thay thế ghi số tiền đúng của cả hóa đơn nên không được âm. Muốn giảm một phần thì điều chỉnh.",
        "A replacement states the whole right amounts, which are not negative. To take something off, adjust.",
    ),
    "return-not-negative": (
        "Điều chỉnh vì hàng trả lại thì ghi số âm, nhưng tổng tiền là {total}. Chỉ ghi phần trả lại, bằng số âm.",
        "An adjustment for returned goods takes off, but its total is {total}. State only what came back, as negative.",
    ),
    "replacement-replaced-again": (
        (
            "Hóa đơn {number} là hóa đơn thay thế; có sai sót thì thay thế tiếp, không điều chỉnh (Thông tư 91/2026, "
            "Điều 10.6.a). Hàng trả lại thì được điều chỉnh."
        ),
        (
            "Invoice {number} is a replacement itself: an error in it is corrected by another replacement, not "
            "adjusted (Circular 91/2026 Art. 10.6.a). Returned goods may adjust it."
        ),
    ),
}
