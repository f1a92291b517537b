"""The words of every reason: Vietnamese for the shop owner and the accountant, English for the integrator."""

from typing import Final

from invoicing.conversion_texts import CONVERSION_TEXTS
from invoicing.correction_texts import CORRECTION_TEXTS

_RELEASE_VI = "Sửa đơn trên Haravan (đơn sẽ được xét lại) hoặc xử lý tay."
_RELEASE_EN = "Correct the order in Haravan (it is then judged again) or handle it by hand."

IN_VIETNAMESE: Final[dict[str, str]] = {
    "name": "tên",
    "address": "địa chỉ",
    "check digit": "sai số kiểm tra",
    "not digits": "có ký tự không phải chữ số",
    "suffix or sequence 000": "đuôi hoặc số thứ tự là 000",
    "digits": "chữ số",
    "totals": "tổng tiền",
}
"""Words that facts are made of, in English, and what the Vietnamese sentences say instead."""

TEXTS: Final[dict[str, tuple[str, str]]] = {
    **CONVERSION_TEXTS,
    **CORRECTION_TEXTS,
    "triggered": (
        "Đơn đã đến lúc xuất hóa đơn theo quy tắc '{trigger}'.",
        "The order has met its trigger '{trigger}'.",
    ),
    "no-start-date": (
        "Cửa hàng chưa đặt ngày bắt đầu (rules.start_date) nên chưa tự động xuất hóa đơn nào.",
        "The shop has no start date (rules.start_date) yet, so nothing is issued automatically.",
    ),
    "not-paid": ("Chờ thanh toán đủ.", "Waiting for full payment."),
    "not-fulfilled": ("Chờ xuất kho giao hàng.", "Waiting for fulfilment."),
    "not-delivered": ("Chờ giao hàng thành công.", "Waiting for delivery."),
    "not-confirmed": ("Chờ xác nhận đơn hàng.", "Waiting for the order to be confirmed."),
    "part-not-delivered": (
        "Mới giao một phần; chờ giao đủ mới xuất hóa đơn.",
        "Partly delivered; waiting until everything is delivered.",
    ),
    "manual": (
        "Cửa hàng chọn xuất hóa đơn bằng tay (rules.trigger: manual).",
        "The shop issues by hand (rules.trigger: manual).",
    ),
    "reread": (
        (
            "Dữ liệu đơn chưa đầy đủ ({partial}); đang đọc lại từ Haravan. Nếu sau vài phút vẫn vậy: xem "
            "`hoadon dead-letters list`, rồi `hoadon orders recheck`."
        ),
        (
            "The payload is partial ({partial}); the order is being read again from Haravan. If it stays so for "
            "minutes: see `hoadon dead-letters list`, then `hoadon orders recheck`."
        ),
    ),
    "cancelled": ("Đơn đã hủy nên không xuất hóa đơn.", "The order is cancelled: nothing is issued."),
    "test-order": ("Đơn thử nên không xuất hóa đơn.", "A test order: never invoiced."),
    "both-before-start": (
        "Đơn tạo và hoàn tất trước ngày bắt đầu {start_date}.",
        "Created and triggered before the start date {start_date}.",
    ),
    "nothing-kept": (
        "Toàn bộ hàng đã được trả lại trước khi xuất hóa đơn.",
        "Everything was returned before an invoice was issued.",
    ),
    "zero-total-skipped": (
        "Đơn 0 đồng, cửa hàng chọn bỏ qua (rules.zero_total: skip).",
        "A zero total; the shop skips these (rules.zero_total: skip).",
    ),
    "before-start": (
        (
            "Đơn tạo trước ngày bắt đầu {start_date} nhưng hoàn tất từ đó: kiểm tra đã xuất hóa đơn nơi khác chưa. "
            "Nếu chưa: xuất tay trên meInvoice, hoặc lùi rules.start_date rồi `hoadon orders recheck`."
        ),
        (
            "Created before the start date {start_date} but triggered on or after it: check whether it was invoiced "
            "elsewhere. If not: issue it in meInvoice, or set rules.start_date earlier and `hoadon orders recheck`."
        ),
    ),
    "partial-payload": (
        "Haravan trả về đơn thiếu dữ liệu ({partial}) kể cả sau khi đọc lại. " + _RELEASE_VI,
        "Haravan's order is incomplete ({partial}) even after a re-read. " + _RELEASE_EN,
    ),
    "cancel-unclear": (
        "Đơn có ngày hủy nhưng trạng thái không phải đã hủy. " + _RELEASE_VI,
        "The order has a cancellation date but its status is not cancelled. " + _RELEASE_EN,
    ),
    "payment-voided": (
        "Thanh toán của đơn đã bị hủy (voided). " + _RELEASE_VI,
        "The order's payment is voided. " + _RELEASE_EN,
    ),
    "part-delivered": (
        (
            "Mới giao một phần ({delivered}/{fulfilments}). Mỗi lần giao cần một hóa đơn riêng, hệ thống chưa tự tách: "
            "chờ giao đủ, hoặc xuất tay phần đã giao. Muốn luôn chờ giao đủ: rules.part_delivery: wait."
        ),
        (
            "Partly delivered ({delivered} of {fulfilments}). Each part needs its own invoice, which is not split "
            "automatically: wait for the rest or issue this part by hand. To always wait: rules.part_delivery: wait."
        ),
    ),
    "foreign-currency": (
        "Đơn bằng {currency}; chỉ tự động xuất hóa đơn VND. Xuất tay trên meInvoice.",
        "The order is in {currency}; only VND is issued automatically. Issue it by hand in meInvoice.",
    ),
    "order-tax": (
        (
            "Đơn có thuế riêng (total_tax {total_tax}) trong khi giá đã gồm thuế. Kiểm tra cài đặt thuế trên Haravan "
            "hoặc rules.prices."
        ),
        (
            "The order carries total_tax {total_tax} although prices include VAT. Check Haravan's tax setting or "
            "rules.prices."
        ),
    ),
    "no-lines": (
        "Đơn không có dòng hàng nào. " + _RELEASE_VI,
        "The order has no line of goods. " + _RELEASE_EN,
    ),
    "zero-total": (
        "Đơn 0 đồng, cửa hàng chọn giữ lại (rules.zero_total: hold).",
        "A zero total; the shop holds these (rules.zero_total: hold).",
    ),
    "money-only-refund": (
        "Đã hoàn tiền {refunded} nhưng không có hàng trả. Ghi nhận hàng trả trên Haravan hoặc xử lý tay.",
        "{refunded} was refunded without any goods returned. Record the return in Haravan or handle it by hand.",
    ),
    "refund-unclear": (
        "Tiền hoàn {refunded} không khớp hàng trả {returned} (phí vận chuyển {shipping}). " + _RELEASE_VI,
        "The refund {refunded} fits neither the goods returned {returned} nor them with shipping {shipping}. "
        + _RELEASE_EN,
    ),
    "only-shipping-kept": (
        "Hàng đã trả hết, chỉ còn phí vận chuyển {shipping}. Xử lý tay.",
        "All goods were returned, only shipping {shipping} is left. Handle it by hand.",
    ),
    "only-gifts-kept": (
        "Hàng bán đã trả hết, chỉ còn quà tặng. Xử lý tay.",
        "All goods sold were returned, only gifts are left. Handle it by hand.",
    ),
    "returned-more-than-sold": (
        "Dòng {line} trả nhiều hơn bán. " + _RELEASE_VI,
        "More of {line} was returned than sold. " + _RELEASE_EN,
    ),
    "total-not-whole": (
        "Tổng tiền {total_price} lẻ dưới một đồng. " + _RELEASE_VI,
        "The total {total_price} is not whole đồng. " + _RELEASE_EN,
    ),
    "does-not-tie": (
        "Hàng {goods} - giảm giá {discounts} + vận chuyển {shipping} không bằng tổng tiền {total_price}. "
        + _RELEASE_VI,
        "Goods {goods} - discounts {discounts} + shipping {shipping} do not make the total {total_price}. "
        + _RELEASE_EN,
    ),
    "amount-too-large": (
        "{line} có thành tiền quá lớn. " + _RELEASE_VI,
        "{line} comes to more than can be invoiced. " + _RELEASE_EN,
    ),
    "negative-price": (
        "{line} có giá hoặc tiền giảm âm. " + _RELEASE_VI,
        "{line} has a negative price or amount. " + _RELEASE_EN,
    ),
    "negative-quantity": (
        "{line} có số lượng âm. " + _RELEASE_VI,
        "{line} has a negative quantity. " + _RELEASE_EN,
    ),
    "quantity-digits": (
        "{line} có số lượng {quantity}, quá 4 chữ số thập phân. " + _RELEASE_VI,
        "{line} has quantity {quantity}, more than 4 decimals. " + _RELEASE_EN,
    ),
    "discount-too-large": (
        "Giảm giá {discounts} lớn hơn hàng {goods} cộng vận chuyển {shipping}. " + _RELEASE_VI,
        "The discount {discounts} exceeds goods {goods} and shipping {shipping}. " + _RELEASE_EN,
    ),
    "discount-unclear": (
        "Mã giảm phí vận chuyển {shipping_codes} không khớp tổng giảm giá {discounts} hoặc phí vận chuyển {shipping}. "
        + _RELEASE_VI,
        "Shipping codes of {shipping_codes} fit neither the discounts {discounts} nor shipping {shipping}. "
        + _RELEASE_EN,
    ),
    "route-ambiguous": (
        "Hai dòng phân bổ theo {dimension} cùng khớp '{value}' nhưng khác tài khoản hoặc ký hiệu. Sửa mapping.",
        "Two assignments by {dimension} match '{value}' with different accounts or series. Mend the mapping.",
    ),
    "no-default-account": (
        "Không dòng phân bổ nào khớp và chưa có tài khoản mặc định. Đặt mapping.default.",
        "No assignment matches and there is no default account. Set mapping.default.",
    ),
    "route-value-missing": (
        "Đơn không có {dimension} trong khi mapping cần để chọn công ty. Bổ sung trên Haravan hoặc xử lý tay.",
        (
            "The order has no {dimension}, which the mapping needs to choose the company. Complete it in Haravan or "
            "handle it by hand."
        ),
    ),
    "route-value-unknown": (
        "Chưa biết {dimension} của đơn; chờ để chọn đúng công ty.",
        "The order's {dimension} is not known yet; waiting, so that the right company is chosen.",
    ),
    "no-rate": (
        "Chưa có thuế suất cho {line}. Thêm vào rules.rates (sku, barcode, product_type, vendor, tag hoặc default).",
        "No VAT rate for {line}. Add one to rules.rates (sku, barcode, product_type, vendor, tag or default).",
    ),
    "rate-not-valid": (
        "Thuế suất theo {level} của {line} không có hiệu lực ngày {date}. Sửa valid_from/valid_to trong rules.rates.",
        "The {level} rate of {line} is not valid on {date}. Mend valid_from/valid_to in rules.rates.",
    ),
    "rate-ambiguous": (
        (
            "Nhiều thuế suất theo {level} cùng khớp {line} ngày {date}. Chỉ để một trong rules.rates hoặc trong "
            "thuế suất của sản phẩm (`hoadon products`)."
        ),
        (
            "Several {level} rates match {line} on {date}. Leave one in rules.rates or among the product's own rates "
            "(`hoadon products`)."
        ),
    ),
    "unknown-sku": (
        (
            "{line} chưa có thuế suất riêng (rules.unknown_sku: hold). Thêm vào rules.rates hoặc thuế suất của sản "
            "phẩm, hoặc chấp nhận thuế suất mặc định: `hoadon orders release ĐƠN --accept`."
        ),
        (
            "{line} has no rate of its own (rules.unknown_sku: hold). Add one to rules.rates or to the product, or "
            "accept the default rate: `hoadon orders release ORDER --accept`."
        ),
    ),
    "no-shipping-rate": (
        "Chưa có thuế suất phí vận chuyển có hiệu lực ngày {date}. Đặt rules.shipping.rates.",
        "No shipping rate is valid on {date}. Set rules.shipping.rates.",
    ),
    "rate-changed-since-delivery": (
        (
            "{line} giao ngày {delivered} khi thuế suất là {delivered_rate}, ngày hóa đơn {date} là {rate}. Kế toán "
            "quyết định: xuất {rate} bằng `hoadon orders release ĐƠN --accept`, hoặc xuất tay."
        ),
        (
            "{line} was delivered on {delivered} at {delivered_rate}; on the invoice date {date} the rate is {rate}. "
            "An accountant decides: issue at {rate} with `hoadon orders release ORDER --accept`, or by hand."
        ),
    ),
    "mixed-rates": (
        "Đơn có nhiều thuế suất ({rates}) nhưng mẫu hóa đơn chỉ nhận một. Chọn ký hiệu có mẫu nhiều thuế suất.",
        "The order has several rates ({rates}) but the template takes one. Choose a series that allows several.",
    ),
    "tax-mismatch": (
        "Thuế trên đơn {total_tax} khác thuế tính được {vat}. Kiểm tra thuế suất.",
        "The order's tax {total_tax} differs from the VAT computed, {vat}. Check the rates.",
    ),
    "no-item-name": (
        "{line} không có tên hàng. " + _RELEASE_VI,
        "{line} has no name. " + _RELEASE_EN,
    ),
    "unit-price-digits": (
        "Không viết được đơn giá của {line} sao cho số lượng nhân đơn giá bằng thành tiền. Xử lý tay.",
        "No unit price of {line} multiplies back to its amount. Handle it by hand.",
    ),
    "buyer-box-unclear": (
        "Ô 'xuất hóa đơn' có giá trị lạ. Sửa thuộc tính đơn hoặc thêm vào rules.buyer.",
        "The invoice box has an unknown value. Mend the order's attribute or add it to rules.buyer.",
    ),
    "buyer-incomplete": (
        "Khách yêu cầu hóa đơn nhưng thông tin chưa đủ (thiếu {lacking}). Hỏi khách và bổ sung vào đơn.",
        "The buyer asked for an invoice but the data are incomplete (no {lacking}). Ask and complete the order.",
    ),
    "buyer-tax-code-bad": (
        "Mã số thuế người mua không hợp lệ ({problem}). Sửa mã, hoặc đặt rules.buyer.bad_tax_code: consumer.",
        "The buyer's tax code is not valid ({problem}). Correct it, or set rules.buyer.bad_tax_code: consumer.",
    ),
    "buyer-tax-code-nine-digits": (
        "Mã số thuế người mua có 9 số; thêm số 0 ở đầu thì hợp lệ. Sửa mã, hoặc đặt rules.buyer.nine_digits: repair.",
        (
            "The buyer's tax code has nine digits and is valid with a leading zero. Correct it, or set "
            "rules.buyer.nine_digits: repair."
        ),
    ),
    "buyer-tax-code-alone": (
        "Có mã số thuế nhưng thiếu {lacking}. Hỏi khách và bổ sung vào đơn.",
        "There is a tax code but no {lacking}. Ask the buyer and complete the order.",
    ),
    "buyer-id-without-name": (
        "Có số định danh cá nhân nhưng thiếu họ tên. Hỏi khách và bổ sung vào đơn.",
        "There is a personal id but no name. Ask the buyer and complete the order.",
    ),
    "buyer-budget-code-alone": (
        "Có mã đơn vị quan hệ ngân sách nhưng thiếu {lacking}. Hỏi khách và bổ sung vào đơn.",
        "There is a budget-unit code but no {lacking}. Ask the buyer and complete the order.",
    ),
    "buyer-too-long": (
        "{field} của người mua dài {length} ký tự, tối đa {limit}. Rút gọn đúng theo đăng ký.",
        "The buyer's {field} has {length} characters, at most {limit}. Shorten it as registered.",
    ),
    "content-unreadable": (
        "Nội dung hóa đơn đã lưu không đọc được. Liên hệ kỹ thuật.",
        "The stored invoice content cannot be read. Call an engineer.",
    ),
    "series-mismatch": (
        "Nội dung lập cho ký hiệu {content_series} nhưng đang gửi ở {lane_series}. Lập lại hóa đơn.",
        "The content was made for series {content_series} but is being sent in {lane_series}. Convert it anew.",
    ),
    "rate-expired": (
        "Thuế suất {rate} không còn hiệu lực ngày {date}. Lập lại hóa đơn theo ngày mới.",
        "The rate {rate} is not valid on {date}. Convert the order anew for that date.",
    ),
}
