"""The words of every finding of a check: what was found and what to do, in Vietnamese and English."""

from typing import Final

from shops.mapping_texts import MAPPING_TEXTS
from shops.texts import Text

_NOTHING = Text("", "")
_MEND_TOKEN = Text(
    "Tạo mã truy cập mới trong trang quản trị Haravan (Ứng dụng riêng), ghi vào haravan.access_token rồi áp dụng lại.",
    "Create a new token in Haravan's admin (private app), put it into haravan.access_token and apply again.",
)
_TRY_LATER = Text("Kiểm tra base_url và đường mạng, rồi thử lại.", "Check base_url and the network, then try again.")

TEXTS: Final[dict[str, tuple[Text, Text]]] = {
    "haravan-token-works": (
        Text("Haravan nhận mã truy cập của shop {name}.", "Haravan accepts the token of shop {name}."),
        _NOTHING,
    ),
    "haravan-token-refused": (
        Text("Haravan từ chối mã truy cập.", "Haravan refuses the access token."),
        _MEND_TOKEN,
    ),
    "haravan-shop-forbidden": (
        Text(
            "Mã truy cập thiếu quyền com.read_shop nên không kiểm tra được mã shop.",
            "The token lacks com.read_shop, so the shop's number cannot be checked.",
        ),
        Text("Cấp thêm quyền com.read_shop.", "Grant com.read_shop."),
    ),
    "haravan-unreachable": (
        Text("Không hỏi được Haravan: {reason}.", "Haravan could not be asked: {reason}."),
        _TRY_LATER,
    ),
    "haravan-other-shop": (
        Text(
            "Mã truy cập thuộc shop {found}, không phải {org_id}.", "The token belongs to shop {found}, not {org_id}."
        ),
        Text(
            "Sửa haravan.org_id hoặc dùng mã truy cập của đúng shop.",
            "Mend haravan.org_id, or use the token of the right shop.",
        ),
    ),
    "haravan-prices": (
        Text(
            "Haravan ghi giá {found}, còn rules.prices là {prices}.",
            "Haravan says prices {found}, but rules.prices is {prices}.",
        ),
        Text(
            "Kiểm tra cài đặt thuế của shop rồi sửa rules.prices cho khớp.",
            "Look at the shop's tax settings and make rules.prices agree.",
        ),
    ),
    "haravan-currency": (
        Text(
            "Shop dùng tiền {currency}; đơn ngoại tệ sẽ bị giữ.", "The shop sells in {currency}; such orders are held."
        ),
        Text("Chỉ hỗ trợ VND; xử lý các đơn này bằng tay.", "Only VND is supported; handle these orders by hand."),
    ),
    "haravan-reads-orders": (Text("Đọc được đơn hàng.", "Orders can be read."), _NOTHING),
    "haravan-no-orders": (
        Text("Mã truy cập không được đọc đơn hàng.", "The token may not read orders."),
        Text("Cấp quyền com.read_orders.", "Grant com.read_orders."),
    ),
    "haravan-writes-orders": (
        Text("Có vẻ được ghi vào đơn hàng.", "Orders can be written, as far as can be told without writing."),
        _NOTHING,
    ),
    "haravan-no-writing": (
        Text(
            "Mã truy cập không được ghi vào đơn hàng, nên không ghi được số hóa đơn và mã tra cứu.",
            "The token may not write to orders, so number and lookup code cannot be written back.",
        ),
        Text(
            "Cấp quyền com.write_orders, hoặc đặt write_back.enabled: false.",
            "Grant com.write_orders, or set write_back.enabled: false.",
        ),
    ),
    "environment-mismatch": (
        Text("{meaning}.", "{meaning}."),
        Text("Chưa sửa thì không phát hành được.", "Nothing is published until it is mended."),
    ),
    "meinvoice-works": (
        Text("Đăng nhập được meInvoice, MST {tax_code}.", "meInvoice accepts the login for tax code {tax_code}."),
        _NOTHING,
    ),
    "meinvoice-refused": (
        Text("meInvoice từ chối ({code}): {meaning}", "meInvoice refuses ({code}): {meaning}"),
        Text(
            "Kiểm tra app_id, username, password và tax_code của tài khoản.",
            "Check app_id, username, password and tax_code of the account.",
        ),
    ),
    "meinvoice-unreachable": (
        Text("Không hỏi được meInvoice: {reason}.", "meInvoice could not be asked: {reason}."),
        _TRY_LATER,
    ),
    "templates-unreadable": (
        Text(
            "Không đọc được {count} mẫu mà meInvoice trả về; ký hiệu của chúng bị coi như không có.",
            "{count} templates that meInvoice lists cannot be read; their series count as missing.",
        ),
        Text(
            "Nếu thiếu ký hiệu nào, xem câu trả lời: hoadon exchanges list, rồi báo cho người phát triển.",
            "If a series is missing, look at the answer (hoadon exchanges list) and report it.",
        ),
    ),
    "series-works": (
        Text("Mẫu {template} ({series}) đang dùng.", "Template {template} ({series}) is active."),
        _NOTHING,
    ),
    "series-unknown": (
        Text(
            "meInvoice không có mẫu nào ký hiệu {series}; có: {known}.",
            "meInvoice has no template with series {series}; it has: {known}.",
        ),
        Text(
            "Sửa ký hiệu, hoặc tạo mẫu hóa đơn trên meInvoice.", "Mend the series, or create the template in meInvoice."
        ),
    ),
    "series-inactive": (
        Text("Mẫu ký hiệu {series} đã ngừng sử dụng.", "The template with series {series} is inactive."),
        Text(
            "Bật lại mẫu trên meInvoice (Mẫu hóa đơn), hoặc dùng ký hiệu khác.",
            "Activate it in meInvoice (templates), or use another series.",
        ),
    ),
    "sign-type-not-cash-register": (
        Text(
            "sign_type {sign_type} chỉ dành cho hóa đơn máy tính tiền (chữ M), còn {series} thì không.",
            "sign_type {sign_type} is for cash-register series (letter M) only, which {series} is not.",
        ),
        Text("Đặt sign_type: 2 cho ký hiệu này.", "Set sign_type: 2 for this series."),
    ),
    "sign-type-cash-register": (
        Text(
            "{series} là ký hiệu máy tính tiền nhưng sign_type là {sign_type}.",
            "{series} is a cash-register series but its sign_type is {sign_type}.",
        ),
        Text("Thường là sign_type: 5.", "sign_type: 5 is usual."),
    ),
    "signing-unused": (
        Text(
            "Có mục signing nhưng không ký hiệu nào có sign_type: 1.",
            "There is signing, but no series has sign_type 1.",
        ),
        Text("Bỏ mục signing, hoặc đặt sign_type: 1.", "Remove signing, or set sign_type: 1."),
    ),
    "both-methods": (
        Text(
            "Tài khoản có cả ký hiệu GTGT (1) và bán hàng (2); một người bán chỉ theo một phương pháp.",
            "The account has VAT (1) and sales (2) series; a seller declares by one method only.",
        ),
        Text("Bỏ ký hiệu không dùng.", "Remove the one that is not used."),
    ),
    "mixed-environments": (
        Text(
            "Cửa hàng vừa có tài khoản thật vừa có tài khoản thử nghiệm: một số đơn sẽ không có hóa đơn thật.",
            "The shop has production and sandbox accounts: some orders get no legal invoice.",
        ),
        Text("Chỉ giữ một loại, trừ khi đang thử.", "Keep one kind, unless this is a trial."),
    ),
    "no-start-date": (
        Text("Chưa có rules.start_date: không tự động xuất hóa đơn nào.", "No rules.start_date: nothing is issued."),
        Text(
            "Đặt ngày bắt đầu; đơn tạo từ ngày đó mới được xuất hóa đơn.",
            "Set the day; orders created on or after it are invoiced.",
        ),
    ),
    "early-trigger": (
        Text(
            "trigger {trigger} xuất hóa đơn trước khi giao hàng; luật tính từ lúc chuyển giao hàng.",
            "Trigger {trigger} invoices before delivery; by law the moment is when the goods pass to the buyer.",
        ),
        Text(
            "Dùng delivered, hoặc chấp nhận nhiều hóa đơn điều chỉnh khi đơn bị hủy.",
            "Use delivered, or accept more corrections when orders are cancelled.",
        ),
    ),
    "no-rates": (
        Text("Chưa có thuế suất nào: mọi đơn sẽ bị giữ.", "There are no VAT rates: every order is held."),
        Text(
            "Thêm rules.rates, ít nhất một dòng level: default.", "Add rules.rates, at least one with level: default."
        ),
    ),
    "no-default-rate": (
        Text(
            "Không có thuế suất mặc định ngày {day}: hàng không khớp dòng nào sẽ bị giữ.",
            "No default rate on {day}: goods that no other rate names are held.",
        ),
        Text("Thêm dòng level: default có hiệu lực ngày đó.", "Add a rate with level: default valid on that day."),
    ),
    "no-shipping-rate": (
        Text(
            "Không có thuế suất phí vận chuyển ngày {day}: đơn có phí sẽ bị giữ.",
            "No rate for shipping on {day}: orders with paid shipping are held.",
        ),
        Text("Thêm rules.shipping.rates có hiệu lực ngày đó.", "Add to rules.shipping.rates one valid on that day."),
    ),
    "reduced-rate-ends": (
        Text(
            "8% chỉ áp dụng đến 31/12/2026 (Nghị quyết 204/2025/QH15), quy tắc này không dừng ở đó.",
            "8 % ends on 31 December 2026 (Resolution 204/2025/QH15), this rule does not.",
        ),
        Text(
            "Thêm valid_to: 2026-12-31 và một dòng 10% từ 2027-01-01, trừ khi luật đã gia hạn.",
            "Add valid_to: 2026-12-31 and a 10 % rate from 2027-01-01, unless the law was extended.",
        ),
    ),
    **MAPPING_TEXTS,
}
