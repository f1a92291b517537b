"""What an issued invoice's XML says of itself, or nothing."""

from datetime import date
from decimal import Decimal

import pytest
from meinvoice.documents import InvoiceDocument, read_document
from support.recorded_vendor import DATA

XML = (DATA / "issued.xml").read_text()
READ = InvoiceDocument("1C26TAA", "00000067", date(2026, 10, 2), Decimal("725000.50"))


def test_series_number_date_and_total_are_read() -> None:
    """The series with its template digit, the number with its zeros, the total exact."""
    document = read_document(XML.encode())
    assert document == READ
    assert document is not None
    assert str(document.total) == "725000.50"


@pytest.mark.parametrize(
    "xml",
    (
        "\ufeff" + XML,
        XML.replace("<HDon>", '<HDon xmlns="http://kekhaithue.gdt.gov.vn/HDon">'),
        XML.replace("<NLap>2026-10-02<", "<NLap> 2026-10-02T00:00:00 <"),
        XML.replace("<SHDon>67<", "<SHDon>00000067<"),
    ),
)
def test_it_is_read_in_other_dress(xml: str) -> None:
    """A byte order mark, a namespace, a time beside the date, a number with its zeros."""
    assert read_document(xml.encode()) == READ


@pytest.mark.parametrize("name", ("KHMSHDon", "KHHDon", "SHDon", "NLap", "TgTTTBSo"))
def test_without_one_of_them_it_is_none(name: str) -> None:
    """Which invoice it is, and which body was issued, is never guessed."""
    assert read_document(XML.replace(f"<{name}>", f"<x{name}>").replace(f"</{name}>", f"</x{name}>").encode()) is None


@pytest.mark.parametrize(
    "xml",
    (
        XML.replace("2026-10-02", "02/10/2026"),
        XML.replace("725000.50", "bảy trăm nghìn"),
        XML.replace("725000.50", "NaN"),
        XML.replace("725000.50", ""),
        XML.replace("<HDon>", "<!DOCTYPE HDon><HDon>"),
        XML[:-20],
        "<html></html>",
        "",
    ),
)
def test_what_is_no_such_document_is_none(xml: str) -> None:
    """No date, no amount, a DTD, cut off, a web page, nothing."""
    assert read_document(xml.encode()) is None
