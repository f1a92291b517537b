"""The words of every reason why an order is due, waits, is skipped or is held before its amounts matter."""

from typing import Final

_RELEASE_VI = "Sửa đơn trên Haravan (đơn sẽ được xét lại), hoặc xuất tay trên meInvoice."
_RELEASE_EN = "Correct the order in Haravan (it is then judged again), or issue it by hand in meInvoice."

WHEN_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "part-triggered": (
        (
            "Đã giao {units} đơn vị chưa có hóa đơn (các hóa đơn trước: {units_before}); phần này có hóa đơn riêng "
            "theo quy tắc '{trigger}'."
        ),
        (
            "{units} units are due by '{trigger}' and not invoiced yet ({units_before} are); they get an invoice of "
            "their own."
        ),
    ),
    "released": (
        "Có người quyết định xuất hóa đơn ngay.",
        "A person decided to issue it now.",
    ),
    "triggered": (
        "Đơn đã đến lúc xuất hóa đơn theo quy tắc '{trigger}'.",
        "The order has met its trigger '{trigger}'.",
    ),
    "no-start-date": (
        (
            "Cửa hàng chưa đặt ngày bắt đầu (rules.start_date) nên chưa tự động xuất hóa đơn nào. Xuất riêng đơn này: "
            "`hoadon orders issue ĐƠN`."
        ),
        (
            "The shop has no start date (rules.start_date) yet, so nothing is issued automatically. To issue this "
            "order: `hoadon orders issue ORDER`."
        ),
    ),
    "not-paid": (
        "Chờ thanh toán đủ; xuất ngay: `hoadon orders issue ĐƠN`.",
        "Waiting for full payment; to issue it now: `hoadon orders issue ORDER`.",
    ),
    "not-fulfilled": (
        "Chờ xuất kho giao hàng; xuất ngay: `hoadon orders issue ĐƠN`.",
        "Waiting for fulfilment; to issue it now: `hoadon orders issue ORDER`.",
    ),
    "not-delivered": (
        "Chờ giao hàng thành công; xuất ngay: `hoadon orders issue ĐƠN`.",
        "Waiting for delivery; to issue it now: `hoadon orders issue ORDER`.",
    ),
    "not-confirmed": (
        "Chờ xác nhận đơn hàng; xuất ngay: `hoadon orders issue ĐƠN`.",
        "Waiting for the order to be confirmed; to issue it now: `hoadon orders issue ORDER`.",
    ),
    "part-not-delivered": (
        (
            "Mới giao một phần, phần đã giao không còn gì để xuất hoặc cửa hàng chọn chờ (rules.part_delivery: wait): "
            "chờ giao tiếp. Xuất ngay phần còn lại: `hoadon orders issue ĐƠN`."
        ),
        (
            "Partly delivered, and what was delivered is invoiced or waits for the rest (rules.part_delivery: wait): "
            "waiting for the next delivery. To issue the rest now: `hoadon orders issue ORDER`."
        ),
    ),
    "manual": (
        "Đơn này xuất hóa đơn bằng tay (quy tắc '{rule}', trigger manual): `hoadon orders issue ĐƠN`.",
        "This order is issued by hand (rule '{rule}', trigger manual): `hoadon orders issue ORDER`.",
    ),
    "reread": (
        (
            "Dữ liệu đơn chưa đầy đủ ({partial}); đang đọc lại từ Haravan. Nếu sau vài phút vẫn vậy: xem `hoadon "
            "dead-letters list`, rồi `hoadon orders recheck`."
        ),
        (
            "The payload is partial ({partial}); the order is being read again from Haravan. If it stays so for "
            "minutes: see `hoadon dead-letters list`, then `hoadon orders recheck`."
        ),
    ),
    "all-parts-invoiced": (
        "Mọi phần khách giữ đã có hóa đơn.",
        "Everything the buyer keeps is invoiced.",
    ),
    "cancelled": ("Đơn đã hủy nên không xuất hóa đơn.", "The order is cancelled: nothing is issued."),
    "rule-skipped": (
        "Quy tắc '{rule}' (rules.when) bỏ qua đơn này. Vẫn muốn xuất: `hoadon orders issue ĐƠN`.",
        "Rule '{rule}' (rules.when) skips this order. To issue it all the same: `hoadon orders issue ORDER`.",
    ),
    "test-order": ("Đơn thử nên không xuất hóa đơn.", "A test order: never invoiced."),
    "both-before-start": (
        (
            "Đơn tạo và hoàn tất trước ngày bắt đầu {start_date} (rules.start_date). Vẫn muốn xuất: `hoadon orders "
            "issue ĐƠN`."
        ),
        (
            "Created and triggered before the start date {start_date} (rules.start_date). To issue it all the same: "
            "`hoadon orders issue ORDER`."
        ),
    ),
    "nothing-kept": (
        "Toàn bộ hàng đã được trả lại trước khi xuất hóa đơn.",
        "Everything was returned before an invoice was issued.",
    ),
    "zero-total-skipped": (
        "Đơn 0 đồng, cửa hàng chọn bỏ qua (rules.zero_total: skip). Vẫn muốn xuất: `hoadon orders issue ĐƠN`.",
        (
            "A zero total; the shop skips these (rules.zero_total: skip). To issue it all the same: `hoadon orders "
            "issue ORDER`."
        ),
    ),
    "before-start": (
        (
            "Đơn tạo trước ngày bắt đầu {start_date} nhưng hoàn tất từ đó: kiểm tra đã xuất hóa đơn nơi khác chưa. "
            "Nếu chưa: `hoadon orders release ĐƠN --accept`, hoặc lùi rules.start_date rồi `hoadon orders recheck`."
        ),
        (
            "Created before the start date {start_date} but triggered on or after it: check whether it was invoiced "
            "elsewhere. If not: `hoadon orders release ORDER --accept`, or set rules.start_date earlier and `hoadon "
            "orders recheck`."
        ),
    ),
    "partial-payload": (
        "Haravan trả về đơn thiếu dữ liệu ({partial}) kể cả sau khi đọc lại. " + _RELEASE_VI,
        "Haravan's order is incomplete ({partial}) even after a re-read. " + _RELEASE_EN,
    ),
    "cancel-unclear": (
        (
            "Đơn có ngày hủy nhưng trạng thái không phải đã hủy. Sửa đơn trên Haravan (đơn sẽ được xét lại). Hoặc "
            "chấp nhận: `hoadon orders release ĐƠN --accept`."
        ),
        (
            "The order has a cancellation date but its status is not cancelled. Correct the order in Haravan (it is "
            "then judged again). Or accept it: `hoadon orders release ORDER --accept`."
        ),
    ),
    "payment-voided": (
        (
            "Thanh toán của đơn đã bị hủy (voided). Sửa đơn trên Haravan (đơn sẽ được xét lại). Hoặc chấp nhận: "
            "`hoadon orders release ĐƠN --accept`."
        ),
        (
            "The order's payment is voided. Correct the order in Haravan (it is then judged again). Or accept it: "
            "`hoadon orders release ORDER --accept`."
        ),
    ),
    "part-delivered": (
        (
            "Mới giao một phần ({delivered}/{fulfilments}) và Haravan không cho biết kiện nào có hàng nào: chờ giao "
            "đủ thì xuất cả đơn, hoặc đặt rules.part_delivery: wait. Hoặc xuất ngay cả phần chưa giao: `hoadon orders "
            "release ĐƠN --accept`."
        ),
        (
            "Partly delivered ({delivered} of {fulfilments}), and Haravan does not tell what is in the parcels: wait "
            "until everything is delivered and the whole order is issued, or set rules.part_delivery: wait. Or issue "
            "the rest, too, now: `hoadon orders release ORDER --accept`."
        ),
    ),
    "rule-held": (
        (
            "Quy tắc '{rule}' (rules.when) giữ đơn này chờ người quyết định. Cho xuất: `hoadon orders release ĐƠN "
            "--accept`."
        ),
        (
            "Rule '{rule}' (rules.when) holds this order for a person. To let it go: `hoadon orders release ORDER "
            "--accept`."
        ),
    ),
    "dry-run": (
        (
            "Chạy thử (rules.dry_run, hoặc dry_run của quy tắc '{rule}'), nếu chạy thật thì: {would}. Muốn chạy thật: "
            "tắt dry_run rồi `hoadon orders recheck`."
        ),
        (
            "A dry run (rules.dry_run, or dry_run of rule '{rule}'); otherwise it would: {would}. To go live: turn "
            "dry_run off and `hoadon orders recheck`."
        ),
    ),
    "zero-total": (
        ("Đơn 0 đồng, cửa hàng chọn giữ lại (rules.zero_total: hold). Cho xuất: `hoadon orders release ĐƠN --accept`."),
        (
            "A zero total; the shop holds these (rules.zero_total: hold). To let it go: `hoadon orders release ORDER "
            "--accept`."
        ),
    ),
    "edited-after-part": (
        (
            "Đơn bị sửa sau khi phần giao đầu đã có hóa đơn nên các phần sau tạm dừng. Sửa đơn lại như cũ trên Haravan "
            "hoặc xuất phần còn lại theo đơn đã sửa: `hoadon orders release ĐƠN --accept`."
        ),
        (
            "The order was edited after its first part was invoiced, so that the later parts are held. Put it back in "
            "Haravan; or issue the rest by the edited order: `hoadon orders release ORDER --accept`."
        ),
    ),
    "reread-failed": (
        (
            "Dữ liệu đơn chưa đầy đủ và không đọc lại được từ Haravan ({why}): xem `hoadon dead-letters list`, sửa kết "
            "nối Haravan (token, đơn còn hay không), rồi `hoadon orders recheck`."
        ),
        (
            "The payload is partial and the order could not be read again from Haravan ({why}): see "
            "`hoadon dead-letters list`, mend the connection (token, whether the order is there), then "
            "`hoadon orders recheck`."
        ),
    ),
}
