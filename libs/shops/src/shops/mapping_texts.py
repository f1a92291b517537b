"""The words of findings on mapping, branches, rules and templates: what was found and what to do, in both languages."""

from typing import Final

from shops.texts import Text

_NOTHING = Text("", "")
_ORDER_OF_DIMENSIONS = Text(
    "Ghi mapping.dimensions với {dimension} đứng trước {earlier}, hoặc xóa phân bổ này.",
    "Write mapping.dimensions with {dimension} before {earlier}, or remove this assignment.",
)

MAPPING_TEXTS: Final[dict[str, tuple[Text, Text]]] = {
    "ambiguous-assignment": (
        Text(
            "{dimension} {value!r} dẫn tới hai nơi: {first} và {second}; đơn như vậy bị giữ.",
            "{dimension} {value!r} leads to two places: {first} and {second}; such orders are held.",
        ),
        Text("Chỉ giữ giá trị này ở một phân bổ.", "Keep this value in one assignment only."),
    ),
    "repeated-assignment": (
        Text("{dimension} {value!r} được ghi hai lần.", "{dimension} {value!r} is listed twice."),
        Text("Xóa một lần.", "Remove one."),
    ),
    "hidden-assignment": (
        Text(
            "Đơn của {dimension} {value} đã đi tới {target} theo {earlier} {taken}, vì {earlier} được xét trước.",
            "Orders of {dimension} {value} go to {target} by {earlier} {taken} before this is looked at.",
        ),
        _ORDER_OF_DIMENSIONS,
    ),
    "hidden-dimension": (
        Text(
            "Mọi đơn đều khớp một phân bổ theo {dimension}, nên phân bổ theo {hidden} không bao giờ được xét.",
            "Every order matches an assignment by {dimension}, so those by {hidden} are never looked at.",
        ),
        Text(
            "Ghi mapping.dimensions với {hidden} đứng trước {dimension}, hoặc xóa các phân bổ theo {hidden}.",
            "Write mapping.dimensions with {hidden} before {dimension}, or remove the assignments by {hidden}.",
        ),
    ),
    "branch-not-an-id": (
        Text(
            "{value!r} không phải mã chi nhánh; đơn của Haravan mang location_id là một số, nên không đơn nào khớp.",
            "{value!r} is no branch id; Haravan's orders carry location_id, a number, so that no order matches.",
        ),
        Text(
            "Ghi mã số của chi nhánh; `hoadon config check` (không --offline) liệt kê mã và tên.",
            "Write the branch's number; `hoadon config check` without --offline lists numbers and names.",
        ),
    ),
    "branch-unknown": (
        Text("Shop không có chi nhánh {value}; có: {known}.", "The shop has no branch {value}; it has: {known}."),
        Text("Sửa thành mã của một chi nhánh đang có.", "Write the number of one that is there."),
    ),
    "branches-left": (
        Text(
            "Chưa phân bổ theo chi nhánh: {names}, và không có mapping.default; đơn của chúng có thể bị giữ.",
            "No assignment by branch names {names}, and there is no mapping.default: their orders may be held.",
        ),
        Text(
            "Thêm các chi nhánh này vào một phân bổ, hoặc đặt mapping.default.",
            "Add them to an assignment, or set mapping.default.",
        ),
    ),
    "branches-to-default": (
        Text(
            "Không phân bổ nào theo chi nhánh nêu {names}: nếu chiều khác không khớp, đơn đi tới {account} {series}.",
            "No assignment by branch names {names}: unless another dimension does, they go to {account} {series}.",
        ),
        _NOTHING,
    ),
    "haravan-no-locations": (
        Text(
            "Mã truy cập không đọc được chi nhánh, nên chưa kiểm tra được mã chi nhánh trong mapping.",
            "The token may not read locations, so the branch ids of the mapping are not checked.",
        ),
        Text("Cấp thêm quyền com.read_shop.", "Grant com.read_shop."),
    ),
    "storefront-not-an-id": (
        Text(
            "{value!r} không phải mã gian hàng; đơn sàn mang mã số trong X-Haravan-SalesChannel-BranchId.",
            "{value!r} is no storefront id; marketplace orders carry a number in X-Haravan-SalesChannel-BranchId.",
        ),
        Text(
            "Ghi mã số trong thuộc tính đó của một đơn của gian hàng, hoặc none cho đơn không từ sàn.",
            "Write the number that an order of the storefront has there, or none for orders of no marketplace.",
        ),
    ),
    "channel-misspelt": (
        Text(
            "Haravan không ghi {dimension} là {value!r}; có lẽ là {meant!r}.",
            "Haravan does not write {dimension} as {value!r}; {meant!r} is probably meant.",
        ),
        Text(
            "Ghi {meant}, trừ khi shop thật sự có kênh tên {value!r}.",
            "Write {meant}, unless the shop really has a channel of the name {value!r}.",
        ),
    ),
    "product-type-unknown": (
        Text("Không hàng nào của shop có loại {value!r}.", "No goods of the shop have the type {value!r}."),
        Text(
            "Sửa theo loại sản phẩm trên Haravan, hoặc xóa giá trị này.",
            "Mend it after the product types in Haravan, or remove the value.",
        ),
    ),
    "no-default": (
        Text(
            "Không có mapping.default: đơn không khớp phân bổ nào sẽ bị giữ.",
            "There is no mapping.default: orders that match no assignment are held.",
        ),
        Text("Thêm mapping.default nếu không muốn vậy.", "Add mapping.default unless this is meant."),
    ),
    "unused-series": (
        Text("Không phân bổ nào dẫn tới {series} của {account}.", "No assignment leads to {series} of {account}."),
        Text("Thêm vào mapping hoặc bỏ ký hiệu.", "Add it to the mapping, or remove the series."),
    ),
    "shadowed-rule": (
        Text(
            "Quy tắc {name!r} không bao giờ được dùng: {by!r} đứng trước và khớp mọi đơn của nó.",
            "Rule {name!r} is never used: {by!r} stands before it and holds for all its orders.",
        ),
        Text("Đưa quy tắc này lên trước, hoặc xóa nó.", "Put this rule before the other, or remove it."),
    ),
    "series-other-kind": (
        Text(
            "meInvoice không có {series} nhưng có {other}: chữ C là có mã, chữ K là không mã của cơ quan thuế.",
            "meInvoice has no {series} but {other}: C is with, K is without the tax authority's code.",
        ),
        Text("Ghi {other}, nếu đó là mẫu cần dùng.", "Write {other}, if that is the template to use."),
    ),
    "series-last-year": (
        Text("meInvoice chỉ có {known}, chưa có {wanted}.", "meInvoice has {known} only, not {wanted}."),
        Text(
            "Tạo hoặc cập nhật mẫu {wanted} trên meInvoice (Mẫu hóa đơn) trước khi xuất hóa đơn năm nay.",
            "Create or renew the template {wanted} in meInvoice (templates) before issuing this year.",
        ),
    ),
    "series-next-year": (
        Text(
            "Từ 1/1 hóa đơn mang ký hiệu {wanted}; meInvoice hiện có {known}. Xuất hết hóa đơn năm nay trước đó.",
            "From 1 January invoices carry {wanted}; meInvoice lists {known} now. Issue this year's invoices before.",
        ),
        Text(
            "Đầu tháng 1 kiểm tra lại: mẫu năm mới phải có và đang dùng.",
            "Check again in January: the new year's template must be there and active.",
        ),
    ),
    "one-rate-template": (
        Text(
            "Mẫu {series} chỉ cho một thuế suất; đơn nhiều thuế suất sẽ bị meInvoice từ chối.",
            "Template {series} allows one VAT rate; meInvoice refuses orders with several.",
        ),
        Text(
            "Ghi one_rate: true để giữ các đơn đó lại, hoặc dùng mẫu nhiều thuế suất trên meInvoice.",
            "Write one_rate: true, so that such orders are held, or use a template for several rates in meInvoice.",
        ),
    ),
    "one-rate-several": (
        Text(
            "Mẫu {series} chỉ cho một thuế suất, còn quy tắc hôm nay có {rates}; đơn nhiều thuế suất sẽ bị giữ.",
            "Template {series} allows one VAT rate while the rules have {rates} today; orders with several are held.",
        ),
        Text("Dùng mẫu nhiều thuế suất trên meInvoice.", "Use a template for several rates in meInvoice."),
    ),
    "one-rate-unneeded": (
        Text(
            "Mẫu {series} cho nhiều thuế suất, nên one_rate: true giữ đơn vô ích.",
            "Template {series} allows several VAT rates, so one_rate: true holds orders for nothing.",
        ),
        Text("Xóa one_rate.", "Remove one_rate."),
    ),
    "summary-missing": (
        Text(
            "Mẫu {series} gửi bảng tổng hợp (IsSendSummary) nhưng ký hiệu không ghi summary; meInvoice sẽ từ chối.",
            "Template {series} sends a summary (IsSendSummary), which the series does not say; meInvoice would refuse.",
        ),
        Text("Ghi summary: true cho ký hiệu này.", "Write summary: true for this series."),
    ),
    "summary-unneeded": (
        Text(
            "Mẫu {series} không gửi bảng tổng hợp, còn ký hiệu ghi summary: true; meInvoice sẽ từ chối.",
            "Template {series} sends no summary, but the series says summary: true; meInvoice would refuse.",
        ),
        Text("Xóa summary của ký hiệu này.", "Remove summary from this series."),
    ),
    "summary-with-code": (
        Text(
            "{series} có mã của cơ quan thuế (chữ C), nên không gửi bảng tổng hợp.",
            "{series} is with the tax authority's code (C), so that there is no summary.",
        ),
        Text("Xóa summary của ký hiệu này.", "Remove summary from this series."),
    ),
    "both-kinds": (
        Text(
            "Tài khoản có cả ký hiệu có mã (C) và không mã (K); tờ khai thường chỉ đăng ký một loại.",
            "The account has series with (C) and without code (K); a declaration usually covers one kind.",
        ),
        Text(
            "Xem tờ khai trên meInvoice; bỏ ký hiệu chưa đăng ký.",
            "Look at the declaration in meInvoice; remove what it does not cover.",
        ),
    ),
    "rate-changes-soon": (
        Text(
            "Từ {day} thuế suất {rate} thành {following}, theo ngày hóa đơn: giao và xuất hết trước ngày đó.",
            "From {day} {rate} becomes {following}, by the invoice's date: deliver and issue before that day.",
        ),
        _NOTHING,
    ),
}
