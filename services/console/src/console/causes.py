"""Why an invoice, a lane or an account is in its state, in the language of the session."""

from dataclasses import dataclass
from typing import Final

from invoicing.originals import original_texts
from invoicing.reasons import Finding, Reason
from lanes.model import Intent
from meinvoice.errors import classify

from console.session import Session


@dataclass(frozen=True, slots=True)
class _Cause:
    """A cause of our own in both languages, and the language of the sentence that is kept with it."""

    vi: str
    en: str
    kept: str


OWN_CAUSES: Final = {
    "AccountNotConfigured": _Cause(
        "Cấu hình cửa hàng không còn tài khoản meInvoice này.", "The shop no longer has this meInvoice account.", "vi"
    ),
    "SeriesNotConfigured": _Cause(
        "Tài khoản không còn ký hiệu này.", "The account no longer has this series in the shop's configuration.", "vi"
    ),
    "ShopUnreadable": _Cause("Không đọc được cấu hình cửa hàng.", "The shop's configuration cannot be read.", "vi"),
    "EnvironmentMismatch": _Cause(
        "`environment` và `base_url` của tài khoản không khớp.",
        "The account's `environment` and `base_url` do not agree.",
        "vi",
    ),
    "BrokenLimit": _Cause(
        "Hóa đơn vượt giới hạn của meInvoice: sửa các trường đã nêu.",
        "The invoice is beyond a limit of meInvoice: correct the fields that are named.",
        "vi",
    ),
    "NextRequest": _Cause(
        "Chờ lượt gửi sau: hóa đơn khác trong lượt này không gửi được.",
        "Waits for the next request: another invoice of this one could not be sent.",
        "vi",
    ),
    "OriginalUnclear": _Cause(
        "Chưa hỏi được meInvoice về hóa đơn gốc; sẽ thử lại.",
        "meInvoice could not be asked about the original yet; tried again by itself.",
        "vi",
    ),
    "OriginalUnanswered": _Cause(
        "meInvoice không trả lời rõ về hóa đơn gốc: chưa gửi; gửi lại bằng `hoadon invoices retry`.",
        "meInvoice gave no clear answer about the original: not sent; send it again with `hoadon invoices retry`.",
        "vi",
    ),
    "Signing": _Cause(
        "Đang ký số; phần còn lại ký ở lượt sau.", "Being signed by the token; goes on with the next request.", "vi"
    ),
    "SignRefused": _Cause(
        "Công cụ ký số từ chối: kiểm tra USB token và mã PIN rồi mở lại.",
        "The signing tool refused: check the USB token and its PIN, then resume.",
        "vi",
    ),
    "SignServiceUnavailable": _Cause(
        "Chưa gọi được công cụ ký số: bật máy và công cụ; sẽ thử lại.",
        "The signing tool cannot be reached: start the computer and the tool; tried again by itself.",
        "vi",
    ),
    "XMLNotCreated": _Cause(
        "meInvoice chưa tạo được XML; sẽ thử lại.", "meInvoice has not created the XML; tried again by itself.", "en"
    ),
    "PrepareFailed": _Cause(
        "Không lập được hóa đơn từ nội dung đã lưu: xét lại đơn (`hoadon orders recheck`) và báo lỗi này.",
        "The invoice cannot be made from what was stored: judge the order anew (`hoadon orders recheck`), report it.",
        "en",
    ),
    "TooManyLines": _Cause(
        "Hóa đơn có quá nhiều dòng cho một lượt gửi: tách đơn.",
        "The invoice has more lines than fit into a request: split the order.",
        "en",
    ),
    "TryAgainLimit": _Cause(
        "meInvoice báo thử lại quá nhiều lần liên tiếp.", "meInvoice said later too many times in a row.", "en"
    ),
    "UnknownOutcome": _Cause(
        "Không rõ hóa đơn đã phát hành hay chưa, tra cứu mãi không thấy.",
        "Whether it was issued is unknown, and look-ups do not tell.",
        "en",
    ),
}
"""By code. What an operator wrote when pausing, setting aside or withdrawing is told as it is."""


def cause_of(session: Session, code: str | None, reason: str | None) -> str:
    """What a code means, with the sentence that was kept if that is in another language or all there is."""
    own = OWN_CAUSES.get(code or "") or _cause_of_a_kind(code or "")
    if own is not None:
        told = own.vi if session.language == "vi" else own.en
        if reason is None:
            return told
        return reason if own.kept == session.language else f"{told} ({reason})"
    meaning = classify(code) if code else None
    if meaning is None or not meaning.known:
        return reason or code or ""
    return meaning.vi if session.language == "vi" else meaning.en


def _cause_of_a_kind(code: str) -> _Cause | None:
    """What keeps a correction's original from being corrected, or an invoice from being dated; kept in Vietnamese."""
    if texts := original_texts(code):
        return _Cause(*texts, "vi")
    if code in set(Reason):
        told = Finding(Reason(code)).explain()
        return _Cause(told.vi, told.en, "vi")
    return None


def cause(session: Session, intent: Intent) -> str:
    """Why an invoice is in its state."""
    return cause_of(session, intent.code, intent.reason)
