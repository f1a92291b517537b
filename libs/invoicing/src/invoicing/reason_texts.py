"""The words of every reason: Vietnamese for the shop owner and the accountant, English for the integrator."""

from typing import Final

from invoicing.conversion_texts import CONVERSION_TEXTS
from invoicing.correction_texts import CORRECTION_TEXTS
from invoicing.when_texts import WHEN_TEXTS

_RELEASE_VI = "Sửa đơn trên Haravan (đơn sẽ được xét lại), hoặc xuất tay trên meInvoice."
_RELEASE_EN = "Correct the order in Haravan (it is then judged again), or issue it by hand in meInvoice."

IN_VIETNAMESE: Final[dict[str, str]] = {
    "name": "tên",
    "address": "địa chỉ",
    "tax code": "mã số thuế",
    "check digit": "sai số kiểm tra",
    "not digits": "có ký tự không phải chữ số",
    "suffix or sequence 000": "đuôi hoặc số thứ tự là 000",
    "digits": "chữ số",
    "totals": "tổng tiền",
    "issue": "xuất hóa đơn",
    "make a draft": "lập nháp chờ duyệt",
    "skip": "bỏ qua",
}
"""Words that facts are made of, in English, and what the Vietnamese sentences say instead."""

TEXTS: Final[dict[str, tuple[str, str]]] = {
    **CONVERSION_TEXTS,
    **CORRECTION_TEXTS,
    **WHEN_TEXTS,
    "foreign-currency": (
        (
            "Đơn bằng {currency}; chỉ tự động xuất hóa đơn VND. Đổi đơn sang VND trên Haravan, hoặc xuất tay trên "
            "meInvoice."
        ),
        (
            "The order is in {currency}; only VND is issued automatically. Make it VND in Haravan, or issue it by "
            "hand in meInvoice."
        ),
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
        (
            "Hàng đã trả hết, chỉ còn phí vận chuyển {shipping}. Ghi nhận hoàn phí trên Haravan, hoặc xuất tay trên "
            "meInvoice."
        ),
        (
            "All goods were returned, only shipping {shipping} is left. Record its refund in Haravan, or issue it by "
            "hand in meInvoice."
        ),
    ),
    "only-gifts-kept": (
        "Hàng bán đã trả hết, chỉ còn quà tặng. Ghi nhận trả quà trên Haravan, hoặc xuất tay trên meInvoice.",
        (
            "All goods sold were returned, only gifts are left. Record their return in Haravan, or issue it by hand "
            "in meInvoice."
        ),
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
        (
            "Hai dòng phân bổ theo {dimension} cùng khớp '{value}' nhưng khác tài khoản hoặc ký hiệu. Sửa mapping, "
            "hoặc chọn cho đơn này: `hoadon orders release ĐƠN --account TÊN --series KÝ_HIỆU`."
        ),
        (
            "Two assignments by {dimension} match '{value}' with different accounts or series. Mend the mapping, or "
            "choose for this order: `hoadon orders release ORDER --account NAME --series SERIES`."
        ),
    ),
    "route-goods-differ": (
        (
            "Hàng trong đơn thuộc các công ty hoặc ký hiệu khác nhau: {targets}. Tách đơn trên Haravan, hoặc chọn một "
            "nơi cho cả đơn: `hoadon orders release ĐƠN --account TÊN --series KÝ_HIỆU`."
        ),
        (
            "The goods of the order belong to different companies or series: {targets}. Split the order in Haravan, or "
            "choose one for all of it: `hoadon orders release ORDER --account NAME --series SERIES`."
        ),
    ),
    "no-default-account": (
        (
            "Không dòng phân bổ nào khớp và chưa có tài khoản mặc định. Đặt mapping.default, hoặc chọn cho đơn này: "
            "`hoadon orders release ĐƠN --account TÊN --series KÝ_HIỆU`."
        ),
        (
            "No assignment matches and there is no default account. Set mapping.default, or choose for this order: "
            "`hoadon orders release ORDER --account NAME --series SERIES`."
        ),
    ),
    "route-value-missing": (
        (
            "Đơn không có {dimension} trong khi mapping cần để chọn công ty. Bổ sung trên Haravan, hoặc chọn cho đơn "
            "này: `hoadon orders release ĐƠN --account TÊN --series KÝ_HIỆU`."
        ),
        (
            "The order has no {dimension}, which the mapping needs to choose the company. Complete it in Haravan, or "
            "choose for this order: `hoadon orders release ORDER --account NAME --series SERIES`."
        ),
    ),
    "route-value-unknown": (
        (
            "Chưa biết {dimension} của đơn; chờ để chọn đúng công ty. Chọn ngay: `hoadon orders release ĐƠN --account "
            "TÊN --series KÝ_HIỆU`."
        ),
        (
            "The order's {dimension} is not known yet; waiting, so that the right company is chosen. To choose now: "
            "`hoadon orders release ORDER --account NAME --series SERIES`."
        ),
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
            "quyết định: xuất theo {rate} bằng `hoadon orders release ĐƠN --accept`, hoặc xuất tay trên meInvoice."
        ),
        (
            "{line} was delivered on {delivered} at {delivered_rate}; on the invoice date {date} the rate is {rate}. "
            "An accountant decides: issue it at {rate} with `hoadon orders release ORDER --accept`, or by hand in "
            "meInvoice."
        ),
    ),
    "mixed-rates": (
        (
            "Đơn có nhiều thuế suất ({rates}) nhưng mẫu hóa đơn chỉ nhận một. Dùng ký hiệu có mẫu nhiều thuế suất "
            "trong mapping, hoặc chọn cho đơn này: `hoadon orders release ĐƠN --account TÊN --series KÝ_HIỆU`."
        ),
        (
            "The order has several rates ({rates}) but the template takes one. Use a series that allows several in "
            "the mapping, or choose for this order: `hoadon orders release ORDER --account NAME --series SERIES`."
        ),
    ),
    "tax-mismatch": (
        "Thuế trên đơn {total_tax} khác thuế tính được {vat}. Kiểm tra rules.rates, hoặc thuế của đơn trên Haravan.",
        (
            "The order's tax {total_tax} differs from the VAT computed, {vat}. Check rules.rates, or the order's tax "
            "in Haravan."
        ),
    ),
    "no-item-name": (
        "{line} không có tên hàng. " + _RELEASE_VI,
        "{line} has no name. " + _RELEASE_EN,
    ),
    "unit-price-digits": (
        (
            "Không viết được đơn giá của {line} sao cho số lượng nhân đơn giá bằng thành tiền. Sửa giá hoặc số lượng "
            "trên Haravan, hoặc xuất tay trên meInvoice."
        ),
        (
            "No unit price of {line} multiplies back to its amount. Correct price or quantity in Haravan, or issue it "
            "by hand in meInvoice."
        ),
    ),
    "buyer-box-unclear": (
        (
            "Ô 'xuất hóa đơn' có giá trị lạ. Sửa thuộc tính đơn trên Haravan, hoặc thêm giá trị vào "
            "rules.buyer.aliases. Cho riêng đơn này: `hoadon orders release ĐƠN --buyer consumer` hoặc `--buyer "
            "as-given`."
        ),
        (
            "The invoice box has an unknown value. Mend the order's attribute in Haravan, or add the value to "
            "rules.buyer.aliases. For this order alone: `hoadon orders release ORDER --buyer consumer` or `--buyer "
            "as-given`."
        ),
    ),
    "buyer-incomplete": (
        (
            "Khách yêu cầu hóa đơn nhưng thông tin chưa đủ (thiếu {lacking}). Hỏi khách rồi sửa hoặc bổ sung vào đơn "
            "trên Haravan. Hoặc `hoadon orders release ĐƠN` với người mua đúng (`--name`, `--tax-code`, `--address`…) "
            "hoặc `--buyer consumer` (người tiêu dùng)."
        ),
        (
            "The buyer asked for an invoice but the data are incomplete (no {lacking}). Ask the buyer, then correct "
            "or complete the order in Haravan. Or `hoadon orders release ORDER` with the right buyer (`--name`, "
            "`--tax-code`, `--address` …) or `--buyer consumer` (a consumer)."
        ),
    ),
    "buyer-tax-code-bad": (
        (
            "Mã số thuế người mua không hợp lệ ({problem}). Sửa mã trong đơn trên Haravan. Hoặc `hoadon orders "
            "release ĐƠN` với người mua đúng (`--name`, `--tax-code`, `--address`…), `--buyer consumer` (người tiêu "
            "dùng; luôn vậy: rules.buyer.bad_tax_code: consumer) hoặc `--buyer as-given` (in nguyên văn)."
        ),
        (
            "The buyer's tax code is not valid ({problem}). Correct it in the order in Haravan. Or `hoadon orders "
            "release ORDER` with the right buyer (`--name`, `--tax-code`, `--address` …), `--buyer consumer` (a "
            "consumer; always: rules.buyer.bad_tax_code: consumer) or `--buyer as-given` (printed as it is)."
        ),
    ),
    "buyer-tax-code-nine-digits": (
        (
            "Mã số thuế người mua có 9 số; thêm số 0 ở đầu thì hợp lệ: thêm cho đơn này bằng `hoadon orders release "
            "ĐƠN --accept`, hoặc cho mọi đơn: rules.buyer.nine_digits: repair. Hoặc sửa mã trên Haravan, hoặc ghi "
            "người mua đúng (`--name`, "
            "`--tax-code`, `--address`…), `--buyer consumer` (người tiêu dùng) hoặc `--buyer as-given` (in nguyên "
            "văn)."
        ),
        (
            "The buyer's tax code has nine digits and is valid with a leading zero: put it back for this order with "
            "`hoadon orders release ORDER --accept`, or for all: rules.buyer.nine_digits: repair. Or correct it in "
            "Haravan, or give the right buyer (`--name`, `--tax-code`, `--address` …), `--buyer consumer` (a consumer) "
            "or "
            "`--buyer as-given` (printed as it is)."
        ),
    ),
    "buyer-tax-code-alone": (
        (
            "Có mã số thuế nhưng thiếu {lacking}. Hỏi khách rồi sửa hoặc bổ sung vào đơn trên Haravan. Hoặc `hoadon "
            "orders release ĐƠN` với người mua đúng (`--name`, `--tax-code`, `--address`…) hoặc `--buyer consumer` "
            "(người tiêu dùng)."
        ),
        (
            "There is a tax code but no {lacking}. Ask the buyer, then correct or complete the order in Haravan. Or "
            "`hoadon orders release ORDER` with the right buyer (`--name`, `--tax-code`, `--address` …) or `--buyer "
            "consumer` (a consumer)."
        ),
    ),
    "buyer-id-without-name": (
        (
            "Có số định danh cá nhân nhưng thiếu họ tên. Hỏi khách rồi sửa hoặc bổ sung vào đơn trên Haravan. Hoặc "
            "`hoadon orders release ĐƠN` với người mua đúng (`--name`, `--tax-code`, `--address`…) hoặc `--buyer "
            "consumer` (người tiêu dùng)."
        ),
        (
            "There is a personal id but no name. Ask the buyer, then correct or complete the order in Haravan. Or "
            "`hoadon orders release ORDER` with the right buyer (`--name`, `--tax-code`, `--address` …) or `--buyer "
            "consumer` (a consumer)."
        ),
    ),
    "buyer-id-bad": (
        "Số định danh cá nhân nhập cho người mua phải đúng 12 chữ số: `hoadon orders release ĐƠN --personal-id`.",
        "The personal id given for the buyer must have 12 digits: `hoadon orders release ORDER --personal-id` again.",
    ),
    "buyer-known-incomplete": (
        (
            "Khách luôn xuất cho công ty (always_company) nhưng sổ người mua thiếu {lacking} hợp lệ. Sửa sổ bằng "
            "`hoadon customers import`, hoặc bán cho người tiêu dùng: `hoadon orders release ĐƠN --buyer consumer`."
        ),
        (
            "The customer is always invoiced to a company (always_company), but the book of buyers has no valid "
            "{lacking}. Mend the book with `hoadon customers import`, or sell to a consumer: `hoadon orders release "
            "ORDER --buyer consumer`."
        ),
    ),
    "buyer-budget-code-alone": (
        (
            "Có mã đơn vị quan hệ ngân sách nhưng thiếu {lacking}. Hỏi khách rồi sửa hoặc bổ sung vào đơn trên "
            "Haravan. Hoặc `hoadon orders release ĐƠN` với người mua đúng (`--name`, `--tax-code`, `--address`…) hoặc "
            "`--buyer consumer` (người tiêu dùng)."
        ),
        (
            "There is a budget-unit code but no {lacking}. Ask the buyer, then correct or complete the order in "
            "Haravan. Or `hoadon orders release ORDER` with the right buyer (`--name`, `--tax-code`, `--address` …) "
            "or `--buyer consumer` (a consumer)."
        ),
    ),
    "buyer-too-long": (
        (
            "{field} của người mua dài {length} ký tự, tối đa {limit}. Sửa đơn trên Haravan cho đúng theo đăng ký. "
            "Hoặc `hoadon orders release ĐƠN` với người mua đúng (`--name`, `--tax-code`, `--address`…) hoặc `--buyer "
            "consumer` (người tiêu dùng)."
        ),
        (
            "The buyer's {field} has {length} characters, at most {limit}. Correct it in Haravan, as registered. Or "
            "`hoadon orders release ORDER` with the right buyer (`--name`, `--tax-code`, `--address` …) or `--buyer "
            "consumer` (a consumer)."
        ),
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
