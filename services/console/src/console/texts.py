"""Every word of the command line's tables and messages, in Vietnamese and English."""

from typing import Final, Literal

from console.catalogue_words import CATALOGUE_WORDS
from console.correction_words import CORRECTION_WORDS
from console.deciding_words import DECIDING_WORDS
from console.operator_texts import OPERATOR_WORDS

Language = Literal["vi", "en"]

_WORDS: Final[dict[str, tuple[str, str]]] = {
    # columns
    "account": ("Tài khoản", "Account"),
    "accounts": ("Tài khoản", "Accounts"),
    "amount": ("Thành tiền", "Amount"),
    "at": ("Lúc", "At"),
    "attempts": ("Lần gửi", "Attempts"),
    "change": ("Thay đổi", "Change"),
    "count": ("Số lượng", "Count"),
    "created": ("Nhận lúc", "Staged"),
    "detail": ("Chi tiết", "Detail"),
    "discount": ("Chiết khấu", "Discount"),
    "event": ("Diễn biến", "Event"),
    "id": ("Mã", "Id"),
    "in-flight": ("Đang gửi", "In flight"),
    "invoice": ("Hóa đơn", "Invoice"),
    "issued": ("Đã xuất", "Issued"),
    "item": ("Hàng hóa, dịch vụ", "Item"),
    "key": ("Khóa", "Key"),
    "lane": ("Làn", "Lane"),
    "lookup-code": ("Mã tra cứu", "Lookup code"),
    "name": ("Tên", "Name"),
    "oldest": ("Chờ lâu nhất", "Oldest waiting"),
    "order": ("Đơn", "Order"),
    "org": ("Shop Haravan", "Haravan shop"),
    "origin": ("Nguồn", "Origin"),
    "outcome": ("Kết quả", "Outcome"),
    "part": ("Thành phần", "Part"),
    "place": ("Vị trí", "Place"),
    "price": ("Đơn giá", "Unit price"),
    "quantity": ("SL", "Qty"),
    "rate": ("Thuế suất", "VAT rate"),
    "reason": ("Lý do", "Reason"),
    "rejected": ("Bị từ chối", "Rejected"),
    "remedy": ("Cách xử lý", "What to do"),
    "request": ("Yêu cầu", "Request"),
    "seconds": ("Giây", "Seconds"),
    "shop": ("Cửa hàng", "Shop"),
    "size": ("Kích thước", "Size"),
    "state": ("Trạng thái", "State"),
    "updated": ("Cập nhật", "Updated"),
    "vat": ("Tiền thuế", "VAT"),
    "version": ("Phiên bản", "Version"),
    "waiting": ("Đang chờ", "Waiting"),
    "what": ("Nội dung", "What"),
    "written-back": ("Ghi về", "Written back"),
    "number": ("Số hóa đơn", "Number"),
    "buyer": ("Người mua", "Buyer"),
    "total": ("Tổng tiền", "Total"),
    "net": ("Tiền trước thuế", "Net"),
    "invoice-date": ("Ngày hóa đơn", "Invoice date"),
    "buyer-tax-code": ("MST người mua", "Buyer's tax code"),
    "buyer-address": ("Địa chỉ", "Address"),
    "authority-code": ("Mã cơ quan thuế", "Authority code"),
    "decided": ("Quyết định", "Decided"),
    "attention": ("Cần xem lại", "Needs attention"),
    # states of orders and invoices
    "state-received": ("đã nhận", "received"),
    "state-planned": ("đã lên kế hoạch", "planned"),
    "state-waiting": ("đang chờ", "waiting"),
    "state-skipped": ("bỏ qua", "skipped"),
    "state-held": ("tạm giữ", "held"),
    "state-issued": ("đã xuất", "issued"),
    "state-rejected": ("bị từ chối", "rejected"),
    "state-pending": ("chưa xong", "pending"),
    "state-staged": ("chờ đến lượt", "staged"),
    "state-sending": ("đang gửi", "sending"),
    "state-accepted": ("MISA đã nhận", "accepted"),
    "state-unknown": ("chưa rõ", "unknown"),
    "state-set_aside": ("để riêng", "set aside"),
    "state-withdrawn": ("đã rút", "withdrawn"),
    "state-running": ("đang chạy", "running"),
    "state-paused": ("tạm dừng", "paused"),
    "state-blocked": ("bị chặn", "blocked"),
    "severity-error": ("LỖI", "ERROR"),
    "severity-warning": ("cảnh báo", "warning"),
    "severity-ok": ("được", "ok"),
    # timeline
    "event-staged": ("vào hàng đợi", "staged"),
    "event-sent": ("gửi lần gần nhất", "last sent"),
    "event-issued": ("đã phát hành", "issued"),
    "event-changed": ("thay đổi gần nhất", "last changed"),
    "event-tax": ("cơ quan thuế: {detail}", "tax authority: {detail}"),
    "event-written-back": ("ghi về Haravan", "written back to Haravan"),
    "event-not-written-back": ("chưa ghi được về Haravan: {detail}", "could not be written back: {detail}"),
    "verdict-waiting": ("chưa trả lời", "has not answered yet"),
    "verdict-accepted": ("đã chấp nhận", "accepted"),
    "verdict-refused": ("từ chối", "refused"),
    "verdict-error": ("gửi lỗi", "error in sending"),
    "verdict-unknown": ("chưa rõ", "unknown"),
    # sentences
    "yes": ("có", "yes"),
    "no": ("không", "no"),
    "works": ("hoạt động", "works"),
    "nothing": ("Không có gì để hiện.", "There is nothing to show."),
    "new-shop": ("{shop}: cửa hàng mới, phiên bản {version}", "{shop}: new shop, version {version}"),
    "new-version": ("{shop}: phiên bản {version}", "{shop}: version {version}"),
    "unchanged": ("{shop}: không có gì thay đổi, phiên bản {version}", "{shop}: unchanged, version {version}"),
    "would": ("(chạy thử, chưa ghi gì) ", "(dry run, nothing written) "),
    "no-shop": (
        "không có cửa hàng {shop!r}; xem `hoadon config list`",
        "there is no shop {shop!r}; see `hoadon config list`",
    ),
    "no-version": ("{shop} không có phiên bản {version}", "{shop} has no version {version}"),
    "secrets-rotated": (
        "Đã mã hóa lại {documents} tài liệu và {tokens} token bằng khóa đầu tiên; có thể bỏ các khóa còn lại.",
        "{documents} documents and {tokens} tokens are encrypted with the first key now; the others can be dropped.",
    ),
    "recheck-what": (
        "nói rõ đơn nào: ghi tên đơn, hoặc dùng --held hay --waiting",
        "say which orders: name them, or use --held or --waiting",
    ),
    "recheck-asked": (
        "{count} đơn sẽ được đọc lại từ Haravan và xét lại; xem kết quả bằng `hoadon orders list`.",
        "{count} orders will be read again from Haravan and judged anew; see `hoadon orders list` for the outcome.",
    ),
    "recheck-would": (
        "{count} đơn sẽ được đọc lại (chạy thử, chưa gửi gì).",
        "{count} orders would be read again (dry run, nothing was sent).",
    ),
    "no-order": (
        "không tìm thấy đơn {order!r}; dùng tên như #1001 hoặc mã số, thêm --shop nếu cần",
        "there is no order {order!r}; use its name such as #1001 or its number, with --shop if needed",
    ),
    "no-invoice": (
        "không tìm thấy hóa đơn {invoice!r}; dùng RefID, tên đơn, số hóa đơn hoặc mã tra cứu",
        "there is no invoice {invoice!r}; use a RefID, an order's name, an invoice number or a lookup code",
    ),
    "several-invoices": (
        "{invoice!r} là tên của nhiều hóa đơn: {invoices}; dùng RefID, hoặc thêm --shop",
        "several invoices go by {invoice!r}: {invoices}; use the RefID, or --shop",
    ),
    "command-on-its-way": (
        "không rút được lúc này: lệnh gửi lại đang trên đường tới làn; thử lại sau giây lát",
        "cannot be withdrawn now: a command that sends it again is on its way; try again in a moment",
    ),
    "no-letter": (
        "không có thư {letter!r}; xem `hoadon dead-letters list`",
        "there is no letter {letter!r}; see `hoadon dead-letters list`",
    ),
    "no-lane": (
        "không có làn {lane!r}; xem `hoadon lanes list`",
        "there is no lane {lane!r}; see `hoadon lanes list`",
    ),
    "no-pause-reason": (
        "--reason trống; ghi vì sao dừng, ai xem cũng thấy",
        "--reason is empty; say why, for everybody who looks",
    ),
    "no-topic": (
        "Kafka không có topic {topic}; hãy tạo các topic trước (`make up` tự làm)",
        "Kafka has no topic {topic}; provision the topics first (`make up` does)",
    ),
    "not-retryable": (
        "thư này đến từ {origin}, không gửi lại được; hãy dùng `hoadon orders recheck`, hoặc sửa đơn trên Haravan",
        "this letter came from {origin}, it cannot be sent again; use `hoadon orders recheck`, or change the order",
    ),
    "no-value": (
        "bản tin cho {topic} không có nội dung: người đọc sẽ hiểu là xóa, nên không gửi",
        "the record for {topic} has no content: readers would take it for a deletion, so it is not sent",
    ),
    "retried": ("đã gửi lại vào {topic}", "sent again to {topic}"),
    "beyond-limits": (
        "một giá trị quá lớn, hoặc có ký tự không đọc được; kiểm tra số, ngày và chữ đã ghi",
        "a value is too large or holds characters that are no text; check the numbers, days and texts given",
    ),
    "file-unreadable": ("không đọc được tệp {file}: {reason}", "file {file} cannot be read: {reason}"),
    "mongo-unreachable": (
        "MongoDB không trả lời tại {where} ({reason}); kiểm tra MONGO_URL hoặc chạy `make up`",
        "MongoDB does not answer at {where} ({reason}); check MONGO_URL, or run `make up`",
    ),
    "kafka-unreachable": (
        "Kafka không trả lời tại {where} ({reason}); kiểm tra KAFKA_BOOTSTRAP_SERVERS hoặc chạy `make up`",
        "Kafka does not answer at {where} ({reason}); check KAFKA_BOOTSTRAP_SERVERS, or run `make up`",
    ),
    "settings": (
        "thiếu hoặc sai biến môi trường: {reason}; chạy trong thư mục của `make up` hoặc tự đặt các biến này",
        "environment: {reason}; run in the folder of `make up`, or set these variables",
    ),
    "lane-is": ("{lane}: {state}", "{lane}: {state}"),
    "more": ("… còn nữa; tiếp tục với --after {after}", "… there is more; go on with --after {after}"),
    **OPERATOR_WORDS,
    **CATALOGUE_WORDS,
    **CORRECTION_WORDS,
    **DECIDING_WORDS,
    "findings-summary": ("{errors} lỗi, {warnings} cảnh báo", "{errors} errors, {warnings} warnings"),
}


def word(key: str, language: Language, **values: object) -> str:
    """Return a text in one language with its values filled in."""
    vi, en = _WORDS[key]
    return (vi if language == "vi" else en).format(**values) if values else (vi if language == "vi" else en)
