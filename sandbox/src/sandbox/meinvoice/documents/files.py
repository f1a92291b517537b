"""The files of an issued invoice."""

import sqlite3
import xml.etree.ElementTree as ET
from datetime import datetime

from sandbox.common.clock import from_text
from sandbox.meinvoice.documents import invoice_xml, page, pdf
from sandbox.meinvoice.invoices import authority_code, body_of
from sandbox.meinvoice.series import parse_series
from sandbox.meinvoice.state import MeInvoice
from sandbox.signing import signature

_SIGNED = frozenset({1, 2, 3})
"""SignTypes with a signature that is shown."""


def xml_file(meinvoice: MeInvoice, row: sqlite3.Row) -> str:
    """The XML with signature (SignType 1, 2 and 3) and the tax authority's code as far as it is known.

    All but that code is the same in every download: what was signed outside, or is made and kept the first time.
    """
    text = _numbered(row["xml"], row["number"]) if row["xml"] else _made(meinvoice, row)
    return invoice_xml.with_authority_code(text, authority_code(row, meinvoice.basics.clock.now()))


def _made(meinvoice: MeInvoice, row: sqlite3.Row) -> str:
    text = _written(row)
    if row["sign_type"] in _SIGNED:
        text = signature.sign(text, meinvoice.certificates.of(row["tax_code"]), from_text(row["issued_at"]))
    meinvoice.database.execute("UPDATE invoices SET xml = ? WHERE id = ?", (text, row["id"]))
    return text


def _written(row: sqlite3.Row) -> str:
    series = parse_series(row["series"])
    if series is None:  # it was issued with it
        raise AssertionError(row["series"])
    return invoice_xml.write(
        body_of(row),
        series=series,
        number=row["number"],
        day=row["inv_date"],
        seller=(row["seller"] or "", row["tax_code"]),
        transaction_id=row["transaction_id"],
    )


def _numbered(text: str, number: int) -> str:
    """A signed XML with its number, which it lacks where numbers are given on publishing."""
    root = signature.read(text)
    general = root.find("DLHDon/TTChung")
    if general is None or general.find("SHDon") is not None:
        return text
    mark = ET.Element("SHDon")
    mark.text = str(number)
    general.insert(4, mark)
    return ET.tostring(root, encoding="unicode")


def pdf_lines(row: sqlite3.Row, now: datetime, *, title: str = "HÓA ĐƠN ĐIỆN TỬ") -> list[str]:
    """The invoice as text lines."""
    seller = row["seller"] or f"Công ty {row['tax_code']}"
    lines = page.text_lines(body_of(row), f"{row['number']:08}", seller, title=title)
    return [*lines, f"Mã tra cứu: {row['transaction_id']}", f"Mã CQT: {authority_code(row, now) or ''}"]


def pdf_file(row: sqlite3.Row, now: datetime) -> bytes:
    """The invoice as a PDF."""
    return pdf.make_pdf(pdf_lines(row, now))
