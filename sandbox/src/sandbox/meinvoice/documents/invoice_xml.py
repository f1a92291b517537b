"""An invoice as XML by the tax authority's schema (Decision 1450/QĐ-TCT)."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sandbox.meinvoice.series import Series

Fields = Mapping[str, Any]

_VERSION = "2.1.0"
_PROVIDER_TAX_CODE = "0101243150"
_NAMES = {"1": "Hóa đơn giá trị gia tăng", "2": "Hóa đơn bán hàng", "5": "Vé điện tử", "6": "Phiếu xuất kho"}
_BUYER = (
    ("Ten", "BuyerLegalName"),
    ("MST", "BuyerTaxCode"),
    ("MDVQHNSach", "BuyerBudgetCode"),
    ("DChi", "BuyerAddress"),
    ("MKHang", "BuyerCode"),
    ("SDThoai", "BuyerPhoneNumber"),
    ("CCCDan", "BuyerIDNumber"),
    ("SHChieu", "BuyerPassport"),
    ("DCTDTu", "BuyerEmail"),
    ("HVTNMHang", "BuyerFullName"),
    ("STKNHang", "BuyerBankAccount"),
    ("TNHang", "BuyerBankName"),
)
_LINE = (
    ("TChat", "ItemType"),
    ("STT", "SortOrder"),
    ("MHHDVu", "ItemCode"),
    ("THHDVu", "ItemName"),
    ("DVTinh", "UnitName"),
    ("SLuong", "Quantity"),
    ("DGia", "UnitPrice"),
    ("TLCKhau", "DiscountRate"),
    ("STCKhau", "DiscountAmountOC"),
    ("ThTien", "AmountWithoutVATOC"),
    ("TSuat", "VATRateName"),
)


def write(
    invoice: Fields, *, series: Series, number: int | None, day: str, seller: tuple[str, str], transaction_id: str
) -> str:
    """The invoice without signature; `seller` is name and tax code. No `SHDon` where there is no number yet."""
    root = ET.Element("HDon")
    data = ET.SubElement(root, "DLHDon", Id="data")
    _general(ET.SubElement(data, "TTChung"), invoice, series, number, day)
    _content(ET.SubElement(data, "NDHDon"), invoice, seller)
    extra = ET.SubElement(ET.SubElement(data, "TTKhac"), "TTin")
    _add(extra, TTruong="TransactionID", KDLieu="string", DLieu=transaction_id)
    ET.SubElement(ET.SubElement(root, "DSCKS"), "NBan")
    return ET.tostring(root, encoding="unicode")


def with_authority_code(text: str, code: str | None) -> str:
    """The XML with the tax authority's code (`MCCQT`) beside what the seller signed."""
    if code is None:
        return text
    root = ET.fromstring(text)  # noqa: S314  # our own, or checked when it was signed
    mark = ET.Element("MCCQT")
    mark.text = code
    root.insert(1, mark)
    return ET.tostring(root, encoding="unicode")


def find(root: ET.Element, path: str) -> str:
    """The text below DLHDon/TTChung or any other path from the root; empty where there is none."""
    return (root.findtext(path) or "").strip()


def _add(parent: ET.Element, **texts: Any) -> None:
    for tag, value in texts.items():
        if value is not None and value != "":
            ET.SubElement(parent, tag).text = _text(value)


def _text(value: Any) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _general(parent: ET.Element, invoice: Fields, series: Series, number: int | None, day: str) -> None:
    _add(
        parent,
        PBan=_VERSION,
        THDon=_NAMES.get(series.template_number, "Hóa đơn điện tử"),
        KHMSHDon=series.template_number,
        KHHDon=series.text[1:],
        SHDon=number,
        NLap=day,
        DVTTe=invoice.get("CurrencyCode") or "VND",
        TGia=invoice.get("ExchangeRate") or 1,
        HTTToan=invoice.get("PaymentMethodName") or "TM/CK",
        MSTTCGP=_PROVIDER_TAX_CODE,
    )
    if invoice.get("ReferenceType"):
        _add(
            ET.SubElement(parent, "TTHDLQuan"),
            TCHDon=invoice["ReferenceType"],
            LHDCLQuan=invoice.get("OrgInvoiceType"),
            KHMSHDCLQuan=invoice.get("OrgInvTemplateNo"),
            KHHDCLQuan=invoice.get("OrgInvSeries"),
            SHDCLQuan=invoice.get("OrgInvNo"),
            NLHDCLQuan=invoice.get("OrgInvDate"),
            GChu=invoice.get("InvoiceNote"),
        )


def _content(parent: ET.Element, invoice: Fields, seller: tuple[str, str]) -> None:
    _add(ET.SubElement(parent, "NBan"), Ten=seller[0] or f"Công ty {seller[1]}", MST=seller[1], DChi="Hà Nội")
    _add(ET.SubElement(parent, "NMua"), **{tag: invoice.get(name) for tag, name in _BUYER})
    goods = ET.SubElement(parent, "DSHHDVu")
    for line in entries(invoice, "OriginalInvoiceDetail"):
        _add(ET.SubElement(goods, "HHDVu"), **{tag: line.get(name) for tag, name in _LINE})
    _totals(ET.SubElement(parent, "TToan"), invoice)


def _totals(parent: ET.Element, invoice: Fields) -> None:
    rates = ET.SubElement(parent, "THTTLTSuat")
    for rate in entries(invoice, "TaxRateInfo"):
        _add(
            ET.SubElement(rates, "LTSuat"),
            TSuat=rate.get("VATRateName"),
            ThTien=rate.get("AmountWithoutVATOC"),
            TThue=rate.get("VATAmountOC"),
        )
    _add(
        parent,
        TgTCThue=invoice.get("TotalAmountWithoutVATOC"),
        TgTThue=invoice.get("TotalVATAmountOC"),
        TTCKTMai=invoice.get("TotalDiscountAmountOC"),
        TgTTTBSo=invoice.get("TotalAmountOC"),
        TgTTTBChu=invoice.get("TotalAmountInWords"),
    )


def entries(invoice: Fields, name: str) -> Sequence[Fields]:
    """A list of objects in the invoice, empty where it is absent."""
    found = invoice.get(name)
    return [entry for entry in found if isinstance(entry, Mapping)] if isinstance(found, list) else []
