"""An invoice for people: as text lines (for the PDF) and as an HTML page."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from html import escape
from typing import Any

from sandbox.meinvoice.documents.invoice_xml import Fields, entries

_STYLE = "body{font:15px sans-serif;margin:2em}table{border-collapse:collapse}td,th{border:1px solid #999;padding:4px}"
_HEADS = ("STT", "Tên hàng hóa, dịch vụ", "ĐVT", "Số lượng", "Đơn giá", "Thành tiền", "Thuế suất", "Tiền thuế")
_CELLS = ("SortOrder", "ItemName", "UnitName", "Quantity", "UnitPrice", "AmountOC", "VATRateName", "VATAmountOC")


def heading(invoice: Fields, number: str | None, seller: str) -> Iterator[tuple[str, Any]]:
    """What stands above the lines."""
    yield "Ký hiệu", invoice.get("InvSeries")
    yield "Số", number or "(chưa phát hành)"
    yield "Ngày", invoice.get("InvDate")
    yield "Người bán", seller
    for label, name in (
        ("Đơn vị mua", "BuyerLegalName"),
        ("Người mua", "BuyerFullName"),
        ("Mã số thuế", "BuyerTaxCode"),
        ("Địa chỉ", "BuyerAddress"),
        ("Hình thức thanh toán", "PaymentMethodName"),
    ):
        if invoice.get(name):
            yield label, invoice[name]


def totals(invoice: Fields) -> Iterator[tuple[str, Any]]:
    """What stands below the lines."""
    yield "Cộng tiền hàng", invoice.get("TotalAmountWithoutVATOC")
    yield "Tiền thuế GTGT", invoice.get("TotalVATAmountOC")
    yield "Tổng thanh toán", invoice.get("TotalAmountOC")
    yield "Bằng chữ", invoice.get("TotalAmountInWords")


def text_lines(invoice: Fields, number: str | None, seller: str, *, title: str = "HÓA ĐƠN ĐIỆN TỬ") -> list[str]:
    """The invoice as lines of text."""
    lines = [title, "", *(f"{label}: {_text(value)}" for label, value in heading(invoice, number, seller)), ""]
    goods = (" | ".join(_text(line.get(name)) for name in _CELLS) for line in entries(invoice, "OriginalInvoiceDetail"))
    return [*lines, *goods, "", *(f"{label}: {_text(value)}" for label, value in totals(invoice))]


def html_page(shown: Iterable[tuple[Fields, str | None]], seller: str) -> str:
    """A page of one or several invoices, each with its number if it has one."""
    parts = "<hr>".join(_article(invoice, number, seller) for invoice, number in shown)
    return f'<!doctype html><html lang="vi"><meta charset="utf-8"><title>Hóa đơn</title><style>{_STYLE}</style>{parts}'


def _article(invoice: Fields, number: str | None, seller: str) -> str:
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(_text(line.get(name)))}</td>' for name in _CELLS)}</tr>"
        for line in entries(invoice, "OriginalInvoiceDetail")
    )
    heads = "".join(f"<th>{head}</th>" for head in _HEADS)
    above, below = _list(heading(invoice, number, seller)), _list(totals(invoice))
    return f"<article><h1>Hóa đơn điện tử</h1>{above}<table><tr>{heads}</tr>{rows}</table>{below}</article>"


def _list(pairs: Iterator[tuple[str, Any]]) -> str:
    return "".join(f"<p>{label}: <b>{escape(_text(value))}</b></p>" for label, value in pairs)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
