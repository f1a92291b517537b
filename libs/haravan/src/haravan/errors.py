"""What a call of Haravan can fail with; each says what to do next."""

from dataclasses import dataclass

from typing_extensions import override


@dataclass(frozen=True, slots=True)
class Refusal:
    """What Haravan said: HTTP status (None when there was no answer) and its message, shortened."""

    status: int | None
    message: str = ""

    @override
    def __str__(self) -> str:
        """Say it in one line."""
        shown = f"HTTP {self.status}" if self.status is not None else "no answer"
        return f"{shown}: {self.message}" if self.message else shown


class HaravanError(Exception):
    """A call that did not succeed."""

    advice_en = ""
    advice_vi = ""

    def __init__(self, refusal: Refusal) -> None:
        """Keep what Haravan said."""
        super().__init__(f"{self.advice_en} ({refusal})")
        self.refusal = refusal


class UnauthorizedError(HaravanError):
    """401: the token is wrong or was deleted in the shop's admin."""

    advice_en = "Haravan refuses the access token; create a new one in the shop's admin and apply it"
    advice_vi = "Haravan từ chối mã truy cập; tạo mã mới trong trang quản trị của shop rồi cập nhật"


class ForbiddenError(HaravanError):
    """403: the token lacks a scope."""

    advice_en = "The access token lacks a right; grant it (for orders: com.read_orders, com.write_orders)"
    advice_vi = "Mã truy cập thiếu quyền; cấp thêm quyền (đơn hàng: com.read_orders, com.write_orders)"


class NotFoundError(HaravanError):
    """404: no such resource in this shop."""

    advice_en = "Haravan does not know this resource; it was deleted, or the token belongs to another shop"
    advice_vi = "Haravan không có dữ liệu này; có thể đã bị xóa, hoặc mã truy cập thuộc shop khác"


class InvalidError(HaravanError):
    """400 or 422: Haravan refuses the content."""

    advice_en = "Haravan refuses the content of the request"
    advice_vi = "Haravan từ chối nội dung yêu cầu"


class TooManyRequestsError(HaravanError):
    """429: the shop's bucket is full; `retry_after` in seconds, None when not told."""

    advice_en = "Too many requests for this shop; try again later"
    advice_vi = "Quá nhiều yêu cầu cho shop này; thử lại sau"

    def __init__(self, refusal: Refusal, retry_after: float | None = None) -> None:
        """Keep how long Haravan asks to wait."""
        super().__init__(refusal)
        self.retry_after = retry_after


class UnavailableError(HaravanError):
    """5xx, timeout or broken connection; a call that writes may have been done."""

    advice_en = "Haravan cannot be reached or fails; try again later"
    advice_vi = "Không kết nối được Haravan hoặc Haravan đang lỗi; thử lại sau"


class BadAnswerError(HaravanError):
    """The answer is not what the documentation promises."""

    advice_en = "Haravan's answer cannot be read"
    advice_vi = "Không đọc được câu trả lời của Haravan"
