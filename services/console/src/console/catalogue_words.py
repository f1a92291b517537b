"""Words of the commands about goods and customers."""

from typing import Final

CATALOGUE_WORDS: Final[dict[str, tuple[str, str]]] = {
    "unit": ("ĐVT", "Unit"),
    "invoice-name": ("Tên trên hóa đơn", "Name on invoices"),
    "rate-from": ("Theo", "By"),
    "parts": ("Thành phần", "Parts"),
    "open-orders": ("Đơn đang chờ", "Open orders"),
    "customer": ("Khách hàng", "Customer"),
    "company": ("Tên công ty", "Company"),
    "always-company": ("Luôn xuất cho công ty", "Always company"),
    "lacks-default-only": (
        "chỉ có thuế suất mặc định; kiểm tra rồi ghi thuế suất riêng nếu cần",
        "only the default rate; check, and enter one of its own if need be",
    ),
    "lacks-nothing": (
        "không có thuế suất nào, đơn sẽ bị giữ; ghi thuế suất cho SKU này",
        "no rate at all, its orders are held; enter one for this SKU",
    ),
    "lacks-not-valid": (
        "không có thuế suất nào hiệu lực ngày này, đơn sẽ bị giữ; thêm thuế suất còn hiệu lực",
        "no rate is valid on the day, its orders are held; add one that is",
    ),
    "lacks-ambiguous": (
        "nhiều thuế suất cùng hiệu lực, đơn sẽ bị giữ; bỏ bớt, ở đây hoặc trong rules.rates",
        "several rates are valid, its orders are held; take some away, here or in rules.rates",
    ),
    "no-longer-in-haravan": ("Haravan không còn", "no longer in Haravan"),
    "not-in-haravan": ("Haravan chưa có SKU này", "Haravan has no such SKU (yet)"),
    "products-count": (
        "{shown} trong {count} hàng hóa; {lacking} chưa có thuế suất riêng (`hoadon products missing`)",
        "{shown} of {count} goods; {lacking} have no rate of their own (`hoadon products missing`)",
    ),
    "customers-count": ("{shown} trong {count}", "{shown} of {count}"),
    "missing-remedy": (
        "Cách xử lý: `hoadon products export`, ghi cột rate, rồi `hoadon products import`; hoặc thêm rules.rates.",
        "What to do: `hoadon products export`, fill in `rate`, then `hoadon products import`; or add to rules.rates.",
    ),
    "which-shop": (
        "có nhiều cửa hàng hoặc chưa có cửa hàng nào ({shops}); ghi --shop",
        "there are several shops, or none ({shops}); say --shop",
    ),
    "sync-asked-products": (
        "{shop}: sẽ đọc tất cả sản phẩm từ Haravan; xem dần bằng `hoadon products list`",
        "{shop}: all products will be read from Haravan; watch them come with `hoadon products list`",
    ),
    "sync-asked-customers": (
        "{shop}: sẽ đọc tất cả khách hàng từ Haravan; xem dần bằng `hoadon customers list --all`",
        "{shop}: all customers will be read from Haravan; watch them come with `hoadon customers list --all`",
    ),
    "file-unwritable": ("không ghi được tệp {file}: {reason}", "file {file} cannot be written: {reason}"),
    "bad-file": ("chưa lưu gì từ {file}; sửa các chỗ sau", "nothing of {file} was stored; mend these"),
    "row": ("dòng {row}", "row {row}"),
    "import-changes": ("{shop}: {count} thay đổi, lần sửa {revision}", "{shop}: {count} changes, revision {revision}"),
    "import-nothing": ("{shop}: không có gì thay đổi, lần sửa {revision}", "{shop}: unchanged, revision {revision}"),
    "import-unknown": (
        "{count} mã chưa thấy ở Haravan: {some}. Nếu không phải hàng hay khách mới, kiểm tra mã (Excel bỏ số 0 ở đầu).",
        "{count} not seen in Haravan: {some}. Unless they are to come, check them (spreadsheets drop leading zeros).",
    ),
}
