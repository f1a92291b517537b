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
        (
            "Thiếu lý do điều chỉnh/thay thế (InvoiceNote), hoặc dài quá {longest} ký tự kể cả văn bản thỏa thuận. Ghi "
            "lý do ngắn gọn."
        ),
        (
            "The reason of the correction (InvoiceNote) is empty or, with the agreement, longer than {longest} "
            "characters. Give a short one."
        ),
    ),
    "correction-incomplete": (
        "Nội dung hóa đơn còn thiếu: {fields}. Bổ sung rồi lập lại.",
        "The invoice lacks: {fields}. Add them and ask again.",
    ),
    "correction-does-not-tie": (
        (
            "Số tiền không khớp: {fields}. Mỗi tổng là tổng của các dòng; mỗi dòng AmountOC = Quantity * UnitPrice "
            "(UnitPrice đủ số lẻ), AmountWithoutVATOC = AmountOC - DiscountAmountOC. Tính lại rồi lập lại."
        ),
        (
            "These figures do not tie: {fields}. Each total is the sum of its lines; in each line AmountOC = Quantity "
            "* UnitPrice (with enough decimals), AmountWithoutVATOC = AmountOC - DiscountAmountOC. Calculate again."
        ),
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
    "return-not-replaced": (
        (
            "Hàng trả lại thì lập hóa đơn điều chỉnh, không thay thế hóa đơn {number} (Thông tư 91/2026, Điều 10.5.c). "
            "Dùng `hoadon invoices adjust … --cause return`, ghi số âm."
        ),
        (
            "Returned goods adjust invoice {number}, they do not replace it (Circular 91/2026 Art. 10.5.c). Use "
            "`hoadon invoices adjust … --cause return` with negative amounts."
        ),
    ),
    "cash-register-return": (
        (
            "Hàng trả lại của hóa đơn máy tính tiền (ký hiệu {series}) được giữ lại: luật chỉ nói hóa đơn sai sót thì "
            "thay thế, không nói cách lập khi trả hàng. Hỏi cơ quan thuế hoặc MISA, rồi lập trên web meInvoice."
        ),
        (
            "Returned goods of a cash-register invoice (series {series}) are held: the law lets an error be replaced "
            "and does not say how goods come back. Ask the tax office or MISA, then do it in meInvoice itself."
        ),
    ),
    "replacement-says-the-same": (
        "Hóa đơn thay thế giống hệt hóa đơn gốc. Sửa chỗ sai trong tệp rồi lập lại.",
        "The replacement says the same as its original. Correct in the file what is wrong and ask again.",
    ),
    "only-form-04": (
        (
            "Chỉ có {fields} khác hóa đơn gốc: sai tên, địa chỉ hoặc thông tin khác mà đúng mã số thuế, hàng hóa, số "
            "tiền, thuế suất thì không lập hóa đơn. Báo người mua và lập thông báo 04/SS-HĐĐT trên web meInvoice "
            "(Thông tư 91/2026, Điều 10.1.a)."
        ),
        (
            "Only {fields} differ from the original: a wrong name, address or the like, with the right tax code, "
            "goods, amounts and rates, takes no invoice. Tell the buyer and file form 04/SS-HĐĐT on meInvoice's web "
            "(Circular 91/2026 Art. 10.1.a)."
        ),
    ),
    "correction-more-than-sold": (
        (
            "Trừ quá số đã bán: {what} còn {left} sau các lần điều chỉnh trước, lần này trừ {off}. Xem các hóa đơn "
            "điều chỉnh bằng `hoadon invoices show`, sửa tệp rồi lập lại."
        ),
        (
            "More is taken off than was sold: of {what} {left} is left after the adjustments before, this one takes "
            "off {off}. See them with `hoadon invoices show`, correct the file and ask again."
        ),
    ),
    "correction-without-agreement": (
        (
            "Người mua là tổ chức, doanh nghiệp: trước khi sửa sai phải có văn bản thỏa thuận (Thông tư 91/2026, Điều "
            "10.1.b). Thêm --agreement-number và --agreement-date; cửa hàng không cần thì đặt "
            "rules.corrections.agreement: not-needed."
        ),
        (
            "The buyer is a company: the error has to be agreed on in writing first (Circular 91/2026 Art. 10.1.b). "
            "Add --agreement-number and --agreement-date; a shop that needs none sets rules.corrections.agreement: "
            "not-needed."
        ),
    ),
    "replacement-after-adjustment": (
        (
            "Thay đổi này của đơn cần hóa đơn thay thế, nhưng hóa đơn {number} đã được điều chỉnh nên lần sau cũng "
            "phải điều chỉnh (Thông tư 91/2026, Điều 10.6.a). Lập hóa đơn điều chỉnh bằng `hoadon invoices adjust`."
        ),
        (
            "This change of the order wants a replacement, but invoice {number} was adjusted before, so that a further "
            "correction adjusts, too (Circular 91/2026 Art. 10.6.a). Write it: `hoadon invoices adjust`."
        ),
    ),
    "corrected-by-hand": (
        (
            "Đơn thay đổi, nhưng hóa đơn (hoặc lần điều chỉnh trước) do người lập tay nên không tự tính tiếp được: lập "
            "bằng `hoadon invoices adjust`."
        ),
        (
            "The order changed, but its invoice or an adjustment of it was written by hand, so that the rest cannot be "
            "worked out: use `hoadon invoices adjust`."
        ),
    ),
    "reopened-after-correction": (
        "Đơn được mở lại sau khi hóa đơn đã điều chỉnh giảm do hủy: nếu bán thì lập hóa đơn mới trên meInvoice.",
        (
            "The order was re-opened after its invoice was adjusted away: look at it, and issue a new invoice in "
            "meInvoice if it is sold."
        ),
    ),
    "buyer-data-gone": (
        (
            "Đơn không còn thông tin người mua nào (note_attributes trống) sau khi xuất hóa đơn: xem lại trên Haravan; "
            "nếu đúng là đổi người mua, thay thế hóa đơn (`hoadon invoices replace`)."
        ),
        (
            "The order has no buyer's data any more (note_attributes is empty): look at it in Haravan; if the buyer "
            "really changed, replace the invoice (`hoadon invoices replace`)."
        ),
    ),
    "refunded-without-record": (
        (
            "Haravan ghi đơn đã hoàn tiền nhưng không có phiếu trả hàng hay hoàn tiền nào: ghi nhận trên Haravan, hoặc "
            "điều chỉnh tay (`hoadon invoices adjust`)."
        ),
        (
            "Haravan calls the order refunded, but has no record of goods or money: record it in Haravan, or adjust by "
            "hand (`hoadon invoices adjust`)."
        ),
    ),
    "money-without-goods": (
        (
            "Đã hoàn {money} đồng không ứng với hàng trả nào: ghi nhận hàng trả trên Haravan, hoặc điều chỉnh giá trị "
            "(`hoadon invoices adjust`, hay rules.corrections.money_only: adjust)."
        ),
        (
            "{money} đồng went back that no returned goods explain: record the return in Haravan, or adjust the value "
            "(`hoadon invoices adjust`, or rules.corrections.money_only: adjust)."
        ),
    ),
    "gifts-returned": (
        "Chỉ hàng tặng được trả lại hoặc thay đổi: không cần hóa đơn, kiểm tra rồi bỏ qua.",
        "Only gifts came back or were changed: no invoice is needed; look at it and let it be.",
    ),
    "split-order-edited": (
        "Đơn bị sửa sau khi đã tách thành nhiều hóa đơn: điều chỉnh tay từng hóa đơn (`hoadon invoices adjust`).",
        "The order was edited after it was split into several invoices: adjust each by `hoadon invoices adjust`.",
    ),
    "nothing-to-approve": (
        "Không còn bản nháp nào để duyệt: xem `hoadon drafts list`.",
        "There is no draft (any more) to approve: see `hoadon drafts list`.",
    ),
}
