"""Words of decisions: explaining, releasing, drafts, previews."""

from typing import Final

DECIDING_WORDS: Final[dict[str, tuple[str, str]]] = {
    "state-draft": ("chờ duyệt", "draft"),
    "state-dismissed": ("đã bỏ qua", "dismissed"),
    "series": ("Ký hiệu", "Series"),
    "rule": ("Quy tắc", "Rule"),
    "rates": ("Thuế suất từng dòng", "Rates by line"),
    "flags": ("Lưu ý", "Flags"),
    "order-total": ("Tổng tiền đơn", "Order total"),
    "ways-out": ("Cách xử lý", "Ways out"),
    "why-there": ("Công ty, ký hiệu", "Company, series"),
    "routed-by": ("theo {why}", "by {why}"),
    "based-on": ("Căn cứ", "Based on"),
    "based-on-facts": (
        "cấu hình bản {version}, trạng thái đơn lúc {updated}, xét lúc {decided}",
        "configuration version {version}, the order as of {updated}, judged at {decided}",
    ),
    "approved": ("Người duyệt", "Approved by"),
    "picture": ("Xem trên meInvoice", "meInvoice's picture"),
    "event-return": ("khách trả hàng", "goods returned"),
    "event-cancellation": ("đơn bị hủy", "order cancelled"),
    "event-edit": ("đơn bị sửa", "order edited"),
    "event-buyer": ("đổi người mua", "buyer changed"),
    "event-money": ("hoàn tiền không kèm hàng", "money without goods"),
    "way-accept": ("chấp nhận: `hoadon orders release ĐƠN --accept`", "accept: `hoadon orders release ORDER --accept`"),
    "way-issue": ("xuất ngay: `hoadon orders issue ĐƠN`", "issue it now: `hoadon orders issue ORDER`"),
    "way-buyer-consumer": (
        "bán cho người tiêu dùng: `hoadon orders release ĐƠN --buyer consumer`",
        "sell to a consumer: `hoadon orders release ORDER --buyer consumer`",
    ),
    "way-buyer-as-given": (
        "in như trên đơn: `hoadon orders release ĐƠN --buyer as-given`",
        "print as given: `hoadon orders release ORDER --buyer as-given`",
    ),
    "way-buyer-corrected": (
        "ghi người mua đúng: `hoadon orders release ĐƠN --name … --tax-code … --address …`",
        "give the right buyer: `hoadon orders release ORDER --name … --tax-code … --address …`",
    ),
    "way-target": (
        "chọn công ty: `hoadon orders release ĐƠN --account … --series …`",
        "choose the company: `hoadon orders release ORDER --account … --series …`",
    ),
    "way-edit-order": ("sửa đơn trên Haravan", "correct the order in Haravan"),
    "way-edit-rules": (
        "sửa cấu hình cửa hàng rồi `hoadon orders recheck ĐƠN`",
        "correct the shop's file, then `hoadon orders recheck ORDER`",
    ),
    "way-wait": ("chờ, hệ thống tự xét lại", "wait: it is judged again by itself"),
    "no-view": ("meInvoice chưa cho xem hóa đơn: {reason}", "meInvoice shows no picture: {reason}"),
    "released": (
        "Đã ghi nhận quyết định cho đơn {order}; đơn đang được đọc lại và xét: `hoadon orders explain {order}`.",
        "Noted for order {order}; it is read again and judged: `hoadon orders explain {order}`.",
    ),
    "release-what": (
        "chưa có quyết định nào: ghi --accept, --buyer, --name…, hoặc --account và --series",
        "nothing was decided: give --accept, --buyer, --name…, or --account and --series",
    ),
    "not-acceptable": (
        "đơn {order} ở {reason}, không thể bỏ qua: xem cách xử lý bằng `hoadon orders explain {order}`",
        "order {order} stands at {reason}, which nobody can accept: see `hoadon orders explain {order}`",
    ),
    "buyer-twice": (
        "--buyer không đi cùng --name, --tax-code…: chọn một",
        "--buyer does not go with --name, --tax-code…: choose one",
    ),
    "target-half": ("--account và --series đi cùng nhau", "--account and --series go together"),
    "no-target": (
        "cửa hàng không có {account} {series}; có: {known}",
        "the shop has no {account} {series}; it has: {known}",
    ),
    "drafts-which": (
        "chưa chọn bản nháp: ghi RefID, tên đơn, hoặc --all",
        "no draft was named: give RefIDs, names of orders, or --all",
    ),
    "no-draft": ("không có bản nháp {draft}", "there is no draft {draft}"),
    "drafts-question": (
        "Duyệt {count} bản nháp? Phát hành rồi thì không xóa được. [c/K]",
        "Approve {count} drafts? Once issued they cannot be deleted. [y/N]",
    ),
    "drafts-sent": ("Đã duyệt và chuyển đi phát hành: {count}.", "Approved and on their way: {count}."),
    "drafts-dismissed": ("Đã bỏ qua: {count}.", "Dismissed: {count}."),
    "preview-unreadable": ("không đọc được: {problem}", "cannot be read: {problem}"),
    "preview-nothing": ("chưa biết gì về đơn này", "nothing is known of this order yet"),
    "preview-not-json": (
        "{file} không phải JSON ({reason}); cần đơn hàng như Haravan gửi, hoặc mỗi dòng một đơn",
        "{file} is not JSON ({reason}); an order as Haravan sends it was expected, or one on each line",
    ),
    "preview-no-object": (
        "{file}: cần một đơn hàng hoặc một sự kiện (đối tượng JSON)",
        "{file}: an order or an event (a JSON object) was expected",
    ),
    "preview-at": (
        "{file}: 'at' cần thời điểm có múi giờ, ví dụ 2026-11-20T09:00:00+07:00",
        "{file}: 'at' must be a time with its zone, such as 2026-11-20T09:00:00+07:00",
    ),
    "preview-goods": ("tệp {file} chưa dùng được: {problem}", "{file} cannot be used: {problem}"),
    "preview-draft": ("chờ duyệt (xem như được duyệt)", "draft (taken as approved)"),
    "preview-sale": ("HÓA ĐƠN BÁN HÀNG", "SALES INVOICE"),
    "preview-adjust": ("HÓA ĐƠN ĐIỀU CHỈNH", "ADJUSTING INVOICE"),
    "preview-replace": ("HÓA ĐƠN THAY THẾ", "REPLACING INVOICE"),
}
