"""PDF and signatures by themselves."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sandbox.common.database import Database
from sandbox.common.options import SCHEMA
from sandbox.meinvoice.documents import invoice_xml
from sandbox.meinvoice.documents.pdf import make_pdf, plain
from sandbox.meinvoice.series import parse_series
from sandbox.signing import signature
from sandbox.signing.certificates import Certificates
from support.sandbox_checks import code_of
from support.sandboxes import invoice

NOW = datetime(2026, 3, 16, 3, tzinfo=UTC)
DATABASE = Database(":memory:", SCHEMA)
CERTIFICATE = Certificates(DATABASE, lambda: NOW).of("0101243150")


@given(st.lists(st.text(max_size=300), max_size=130))
def test_a_pdfs_table_points_at_its_objects(lines: list[str]) -> None:
    """Each offset of the cross-reference table is where its object begins, whatever the text."""
    pdf = make_pdf(lines)
    start = int(re.search(rb"startxref\n(\d+)", pdf)[1])  # type: ignore[index]  # a PDF has one
    table = pdf[start:]
    assert table.startswith(b"xref\n")
    for number, offset in enumerate(re.findall(rb"(\d{10}) 00000 n", table), start=1):
        assert pdf[int(offset) :].startswith(f"{number} 0 obj".encode())


def test_vietnamese_loses_its_marks_only() -> None:
    """The letters stay."""
    assert plain("Đơn vị: Nguyễn Thị Ánh Tuyết") == "Don vi: Nguyen Thi Anh Tuyet"


def xml(name: str = "Áo sơ mi", number: int | None = 7) -> str:
    """The XML of an invoice whose buyer has that name."""
    series = parse_series("1C26TAA")
    assert series is not None
    body = invoice(BuyerLegalName=name)
    return invoice_xml.write(
        body, series=series, number=number, day="2026-03-16", seller=("A", "0101243150"), transaction_id="ABC"
    )


@given(st.text(st.characters(exclude_categories=()), max_size=60))
@example("Áo\x0bsơ mi")
@example("\ud800")
@example("\ufffe")
@example("\r\n\t\x7f\x85\U0010ffff")
def test_signatures_hold_whatever_the_text(name: str) -> None:
    """What was signed verifies after any way through text; what no XML can hold is refused before it is written."""
    if code_of(invoice(BuyerLegalName=name or "A")) == "InvalidXMLData":
        with pytest.raises(signature.BadXmlError):
            signature.read(xml(name))
        return
    signed = signature.sign(xml(name), CERTIFICATE, NOW)
    certificate, at = signature.verify(signature.read(signed))
    assert (certificate.serial_number, at) == (CERTIFICATE.x509.serial_number, NOW)
    with_code = invoice_xml.with_authority_code(signed, "00ABC")
    signature.verify(signature.read(with_code))


def test_a_changed_content_does_not_verify() -> None:
    """Another amount under the same signature is invalid."""
    signed = signature.sign(xml(), CERTIFICATE, NOW).replace("<TgTTTBSo>5500000", "<TgTTTBSo>5500001")
    with pytest.raises(signature.SignatureFaultError, match="InvalidSignature"):
        signature.verify(signature.read(signed))


@pytest.mark.parametrize(
    "text", ("", "x", "<HDon/>", "<HDon><DLHDon/></HDon>", "<DLHDon Id='a'/>", "<HDon>\ud800</HDon>")
)
def test_what_is_no_invoice_is_not_read(text: str) -> None:
    """Anything else is refused with a reason."""
    with pytest.raises(signature.BadXmlError):
        signature.read(text)


def test_an_invoice_without_number_says_none() -> None:
    """Where the number comes on publishing there is no SHDon."""
    assert "<SHDon>" not in xml(number=None)
