"""The invoice document itself, as the tax authority's schema has it (Decision 1450/QĐ-TCT; Open API §8 gives it)."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from meinvoice.files import is_document
from meinvoice.models.received import pad_inv_no


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """What an issued invoice says of itself. `total` is what the buyer pays, in the invoice's currency."""

    series: str
    """With its template digit and year, as 1C26TAA."""
    number: str
    date: date
    total: Decimal


def read_document(xml: bytes) -> InvoiceDocument | None:
    """Read an invoice's XML (Decision 1450/QĐ-TCT); None when it lacks series, number, date or total, or is no such.

    Elements: `KHMSHDon` template digit, `KHHDon` series, `SHDon` number, `NLap` date, `TgTTTBSo` total.
    """
    if not is_document(xml):
        return None
    root = ET.fromstring(xml)  # noqa: S314 - `is_document` refused every DTD, so nothing can expand
    texts: dict[str, str] = {}
    for element in root.iter():
        texts.setdefault(element.tag.rpartition("}")[2], (element.text or "").strip())
    try:
        document = InvoiceDocument(
            series=texts["KHMSHDon"] + texts["KHHDon"],
            number=str(pad_inv_no(texts["SHDon"])),
            date=date.fromisoformat(texts["NLap"][:10]),
            total=Decimal(texts["TgTTTBSo"]),
        )
    except (KeyError, ValueError, InvalidOperation):
        return None
    return document if document.total.is_finite() else None
