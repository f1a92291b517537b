"""The words of the reasons why an order becomes no invoice: gift cards, combos, parts and pages."""

from typing import Final

CONVERSION_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "gift-card": (
        (
            "Đơn bán thẻ quà tặng ({line}); cửa hàng chưa chọn xuất hóa đơn khi bán thẻ hay khi dùng thẻ. Đặt "
            "rules.gift_cards: when_sold hoặc when_paid_with, hoặc xuất như một dòng hàng: `hoadon orders release ĐƠN "
            "--accept`."
        ),
        (
            "The order sells a gift card ({line}) and the shop has not chosen whether these are invoiced when sold or "
            "when used. Set rules.gift_cards: when_sold or when_paid_with, or issue it as a line of goods: `hoadon "
            "orders release ORDER --accept`."
        ),
    ),
    "gift-card-pays": (
        (
            "Đơn trả bằng thẻ quà tặng ({gateway}), mà thẻ có thể đã xuất hóa đơn khi bán (rules.gift_cards: "
            "{gift_cards}). Nếu chưa: `hoadon orders release ĐƠN --accept`; nếu cửa hàng luôn xuất khi dùng thẻ: "
            "rules.gift_cards: when_paid_with."
        ),
        (
            "A gift card pays the order ({gateway}), and its sale may have been invoiced (rules.gift_cards: "
            "{gift_cards}). If not: `hoadon orders release ORDER --accept`; if the shop always invoices when cards "
            "pay: rules.gift_cards: when_paid_with."
        ),
    ),
    "gift-cards-shipped": (
        (
            "Đơn chỉ có thẻ quà tặng nhưng có phí vận chuyển {shipping}. Sửa đơn trên Haravan, hoặc xuất tay phí vận "
            "chuyển trên meInvoice."
        ),
        (
            "The order has nothing but gift cards, yet shipping of {shipping} was paid. Correct the order in Haravan, "
            "or issue the shipping by hand in meInvoice."
        ),
    ),
    "only-gift-cards": (
        "Đơn chỉ có thẻ quà tặng: xuất hóa đơn khi dùng thẻ (rules.gift_cards: when_paid_with).",
        "Nothing but gift cards: invoiced when they pay (rules.gift_cards: when_paid_with).",
    ),
    "gift-card-rate": (
        (
            "Thẻ quà tặng {line} chỉ khớp thuế suất mặc định. Thêm thuế suất riêng cho thẻ vào rules.rates, hoặc chấp "
            "nhận: `hoadon orders release ĐƠN --accept`."
        ),
        (
            "Only the default rate covers the gift card {line}. Add a rate of its own to rules.rates, or accept it: "
            "`hoadon orders release ORDER --accept`."
        ),
    ),
    "combo-price": (
        (
            "Combo {line} được tách theo giá danh mục nhưng {part} chưa có giá. Đồng bộ sản phẩm (`hoadon products "
            "sync`), hoặc đặt rules.combos: keep."
        ),
        (
            "The combo {line} is split by catalogue prices, but {part} has none. Sync the products (`hoadon products "
            "sync`), or set rules.combos: keep."
        ),
    ),
    "combo-rates": (
        (
            "Combo {line} gồm hàng nhiều thuế suất ({rates}) nên không thể là một dòng. Đặt rules.combos: expand, sửa "
            "thuế suất, hoặc giữ một dòng: `hoadon orders release ĐƠN --accept`."
        ),
        (
            "The combo {line} has goods of several rates ({rates}) and cannot be one line. Set rules.combos: expand, "
            "mend the rates, or keep one line: `hoadon orders release ORDER --accept`."
        ),
    ),
    "only-notes": (
        (
            "Phần này chỉ có dòng ghi chú (thành phần combo giá 0), không có gì để xuất hóa đơn. Sửa đơn trên Haravan, "
            "hoặc xử lý tay."
        ),
        (
            "There is nothing here but notes (parts of combos at 0 đồng), so nothing to invoice. Correct the order in "
            "Haravan, or handle it by hand."
        ),
    ),
    "part-beyond-order": (
        (
            "Phần giao có dòng {line} nhiều hơn đơn, có thể đơn đã bị sửa. Kiểm tra đơn trên Haravan, hoặc xuất phần "
            "này bằng tay trên meInvoice."
        ),
        (
            "The part has more of line {line} than the order, which was edited since. Check the order in Haravan, or "
            "issue this part by hand in meInvoice."
        ),
    ),
    "pages-changed": (
        (
            "Đơn đã chia thành {pages} hóa đơn nhưng nay cần {needed}. Kiểm tra đơn trên Haravan và danh mục hàng, "
            "hoặc xuất tay trên meInvoice."
        ),
        (
            "The order was split into {pages} invoices but now needs {needed}. Check the order in Haravan and the "
            "catalogue, or issue it by hand in meInvoice."
        ),
    ),
    "too-many-lines": (
        (
            "Hóa đơn {lines} dòng, meInvoice chỉ nhận dưới {limit}. Đặt rules.too_many_lines: split để chia thành "
            "nhiều hóa đơn, hoặc tách đơn trên Haravan, hoặc xuất tay."
        ),
        (
            "The invoice has {lines} lines, meInvoice takes fewer than {limit}. Set rules.too_many_lines: split to "
            "issue several invoices, split the order in Haravan, or issue it by hand."
        ),
    ),
}
