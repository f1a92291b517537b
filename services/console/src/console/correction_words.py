"""Words of corrections: of asking for them, and of what a retry or withdrawal means to one."""

from typing import Final

CORRECTION_WORDS: Final[dict[str, tuple[str, str]]] = {
    "original": ("Hóa đơn gốc", "Original"),
    "other-invoices": ("Hóa đơn khác của đơn", "Other invoices of it"),
    "correction-sale": ("hóa đơn bán hàng", "sales invoice"),
    "correction-adjust": ("hóa đơn điều chỉnh", "adjusting invoice"),
    "correction-replace": ("hóa đơn thay thế", "replacing invoice"),
    "correction-question": (
        "Phát hành hóa đơn này? Phát hành rồi thì không xóa được. [c/K]",
        "Issue this invoice? Once issued it cannot be deleted. [y/N]",
    ),
    "correction-sent": (
        "Đã gửi lệnh {ref_id}; xem kết quả: `hoadon invoices show {ref_id}`.",
        "Sent as {ref_id}; see what becomes of it: `hoadon invoices show {ref_id}`.",
    ),
    "correction-known": (
        "Đã yêu cầu như vậy trước đây: cùng lệnh được gửi lại, không thành hóa đơn thứ hai.",
        "The same was asked for before: the same command is sent again, it does not become a second invoice.",
    ),
    "agreement-half": (
        "--agreement-number và --agreement-date đi cùng nhau: ghi cả số và ngày của văn bản thỏa thuận",
        "--agreement-number and --agreement-date go together: give number and date of the written agreement",
    ),
    "correction-refused": ("không lập được: {reason}", "not possible: {reason}"),
    "correction-content": ("nội dung trong {file} chưa dùng được: {problems}", "{file} cannot be used: {problems}"),
    "content-not-utf8": (
        "tệp {file} không phải văn bản UTF-8; lưu lại bằng UTF-8",
        "file {file} is not UTF-8 text; save it as UTF-8",
    ),
    "content-not-json": (
        (
            "tệp {file} không phải JSON ({reason}); cần InvoiceData của meInvoice, như `hoadon invoices show … "
            "--json` in ra ở content"
        ),
        (
            "file {file} is not JSON ({reason}); it has to be meInvoice's InvoiceData, as `hoadon invoices show … "
            "--json` prints it under content"
        ),
    ),
    "content-no-object": (
        (
            "tệp {file} phải chứa một đối tượng JSON {{…}}: InvoiceData của meInvoice, như `hoadon invoices show … "
            "--json` in ra ở content"
        ),
        (
            "file {file} has to hold one JSON object {{…}}: meInvoice's InvoiceData, as `hoadon invoices show … "
            "--json` prints it under content"
        ),
    ),
    "content-unknown-fields": (
        "nội dung trong {file} chưa dùng được: InvoiceData không có trường {fields}; xóa đi hoặc sửa tên",
        "{file} cannot be used: InvoiceData has no field {fields}; remove it or correct its name",
    ),
    "no-order-of-invoice": (
        "không có đơn nào của hóa đơn {invoice} nên không sửa từ đây được",
        "no order is known for invoice {invoice}, so that it cannot be corrected from here",
    ),
    "order-keeps-changing": (
        "đơn liên tục thay đổi; thử lại sau giây lát",
        "the order keeps changing; try again in a moment",
    ),
    # what a retry or a withdrawal means to one: its order, judged anew, never plans it again
    "retry-refused-before-correction": (
        (
            "Lần trước bị từ chối với mã {code}: sẽ lại bị từ chối trừ khi nguyên nhân đã được xử lý. Nếu nội dung "
            "sai: lập lại với tệp đã sửa, {command}."
        ),
        (
            "It was refused with {code}: it will be refused again unless the cause is gone. If its content is wrong: "
            "ask for it again with a corrected file, {command}."
        ),
    ),
    "retry-held-correction": (
        (
            "không gửi lại: nội dung này sẽ lại bị giữ. Rút lại (`hoadon invoices withdraw {ref_id} --reason …`), rồi "
            "lập lại với tệp đã sửa, {command}."
        ),
        (
            "not sent: the same content would be held again. Withdraw it (`hoadon invoices withdraw {ref_id} --reason "
            "…`), then ask for it again with a corrected file, {command}."
        ),
    ),
    "retry-withdrawn-correction": (
        "không gửi: đã rút lại. Nếu vẫn cần: lập lại, {command}.",
        "not sent: it was withdrawn. If it is wanted: ask for it again, {command}.",
    ),
    "retry-not-planned-correction": (
        "không gửi: không có hồ sơ đơn nào giữ lệnh của hóa đơn này. Nếu vẫn cần: lập lại, {command}.",
        "not sent: no order's document holds its command. If it is wanted: ask for it again, {command}.",
    ),
    "withdraw-never-sent-correction": (
        "được rút lại; hóa đơn gốc vẫn như cũ. Nếu vẫn cần sửa: lập lại, {command}.",
        "is taken back; its original stays as it is. If it still has to be corrected: ask again, {command}.",
    ),
}
