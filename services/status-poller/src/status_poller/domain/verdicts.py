"""Reads `SendTaxStatus`, whose numbers mean different things by kind of series."""

from collections.abc import Mapping

from contracts.status import Verdict
from meinvoice.models import InvoiceStatus

from status_poller.domain.follow_up import State

_WITH_CODE: Mapping[int, Verdict] = {
    0: Verdict.WAITING,  # waiting for the code
    1: Verdict.ERROR,  # sending failed
    2: Verdict.ACCEPTED,  # code granted
    3: Verdict.REFUSED,
}
_WITHOUT_CODE: Mapping[int, Verdict] = {
    0: Verdict.WAITING,  # not sent; normal during the day for cash registers and summaries
    1: Verdict.WAITING,  # sent
    2: Verdict.ACCEPTED,
    3: Verdict.REFUSED,
    4: Verdict.ERROR,
}

_EINVOICE_TEXTS: Mapping[int, str] = {
    2: "Hóa đơn đã bị hủy",
    7: "Hóa đơn đã bị thay thế",
    8: "Hóa đơn đã bị điều chỉnh",
}
_VERDICT_TEXTS: Mapping[Verdict, str] = {
    Verdict.WAITING: "Đã phát hành, chờ cơ quan thuế",
    Verdict.ACCEPTED: "Cơ quan thuế đã chấp nhận",
    Verdict.REFUSED: "Cơ quan thuế từ chối",
    Verdict.ERROR: "Lỗi gửi cơ quan thuế",
    Verdict.UNKNOWN: "Đã phát hành, chưa rõ trạng thái thuế",
}


def verdict_of(send_tax_status: int | None, *, with_code: bool) -> Verdict:
    """What the tax authority says; a number nobody knows is unknown, never a guess."""
    if send_tax_status is None:
        return Verdict.UNKNOWN
    return (_WITH_CODE if with_code else _WITHOUT_CODE).get(send_tax_status, Verdict.UNKNOWN)


def state_of(row: InvoiceStatus, before: State, *, with_code: bool) -> State:
    """The state after an answer; an authority code once known stays when an answer leaves it out."""
    return State(
        verdict=verdict_of(row.SendTaxStatus, with_code=with_code),
        send_tax_status=row.SendTaxStatus,
        einvoice_status=row.EInvoiceStatus,
        authority_code=row.InvoiceCode or before.authority_code,
    )


def text_of(state: State) -> str:
    """The state in Vietnamese, for the order."""
    corrected = _EINVOICE_TEXTS.get(state.einvoice_status or 0)
    return corrected or _VERDICT_TEXTS[state.verdict]
