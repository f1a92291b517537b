"""SignType 1: the XML is made here, signed elsewhere, and published here (Open API §5)."""

import sqlite3
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any

from cryptography import x509

from sandbox.common import jsons
from sandbox.common.clock import to_text, vietnam_date
from sandbox.meinvoice import codes, originals
from sandbox.meinvoice.batch import Batch, check_flags, check_race, series_of
from sandbox.meinvoice.checks.emails import check_receiver
from sandbox.meinvoice.checks.fields import check_date, check_not_in_future
from sandbox.meinvoice.checks.refusal import RefusedError, invalid, missing
from sandbox.meinvoice.checks.texts import check_texts
from sandbox.meinvoice.documents import invoice_xml
from sandbox.meinvoice.envelope import describe
from sandbox.meinvoice.issuing import Judged, issue, judge
from sandbox.meinvoice.series import Series
from sandbox.meinvoice.told import created_element
from sandbox.signing import signature
from sandbox.signing.certificates import tax_code_of

_NUMBER = "DLHDon/TTChung/SHDon"


def create(batch: Batch, invoice: dict[str, Any]) -> dict[str, Any]:
    """Judge the invoice and write its XML; gives its element.

    The number in the XML is the one that is next now. Nothing is reserved: whoever publishes first gets it.
    """
    judged = judge(batch, invoice)
    count = batch.database.value(
        "SELECT count(*) FROM created WHERE tax_code = ? AND ref_id = ?", (batch.tax_code, judged.ref_id)
    )
    transaction_id = codes.lookup_code(batch.options.seed, batch.tax_code, f"{judged.ref_id}:{count}")
    reserved = batch.register.reserve(judged.series, judged.day)
    number = reserved if batch.options.signed_number == "at-creation" else None
    text = invoice_xml.write(
        invoice,
        series=judged.series,
        number=number,
        day=judged.day.isoformat(),
        seller=(batch.account.company_name, batch.tax_code),
        transaction_id=transaction_id,
    )
    row: dict[str, Any] = {
        "transaction_id": transaction_id,
        "tax_code": batch.tax_code,
        "ref_id": judged.ref_id,
        "series": judged.series.text,
        "number": number,
        "inv_date": judged.day.isoformat(),
        "xml": text,
        "body": jsons.dumps(invoice),
        "request": batch.exchange.request,
        "at": to_text(batch.at),
    }
    batch.database.execute(
        f"INSERT INTO created ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",  # noqa: S608  # names above
        tuple(row.values()),
    )
    return created_element(row)


def publish_signed(batch: Batch, entry: dict[str, Any]) -> dict[str, Any]:
    """Check the signed XML against what was created and issue it; gives the invoice's columns.

    Template and declaration are looked at again: they may have been changed since (§1.5, §14).
    """
    ref_id = entry.get("RefID")
    if not isinstance(ref_id, str) or not ref_id:
        raise missing("RefID")
    batch.register.check_new(ref_id)
    check_texts(entry)
    created = _created(batch, entry)
    invoice = jsons.loads(created["body"])
    series = series_of(batch, invoice)
    check_flags(entry, series)
    check_receiver(entry)
    text = _check_xml(batch, entry, created)
    check_race(batch, series)
    mail = {name: entry[name] for name in ("IsSendEmail", "ReceiverName", "ReceiverEmail") if name in entry}
    return _issue(batch, created, series, invoice | mail, text)


def _refused(code: str) -> RefusedError:
    return RefusedError(code, describe(code))


def _created(batch: Batch, entry: Mapping[str, Any]) -> sqlite3.Row:
    """What was created under the entry's lookup code."""
    code = entry.get("TransactionID")
    row = batch.database.row(
        "SELECT * FROM created WHERE transaction_id = ? AND tax_code = ?", (str(code), batch.tax_code)
    )
    if row is None:
        raise _refused("InvalidTransactionID")
    if batch.database.value("SELECT 1 FROM invoices WHERE transaction_id = ?", (code,)):
        raise _refused("DuplicateTransactionID")
    if str(entry["RefID"]).lower() != row["ref_id"].lower():
        raise invalid("RefID", "không phải RefID của hóa đơn ở bước tạo XML")
    if entry.get("InvSeries") != row["series"]:
        raise invalid("InvSeries", "không phải ký hiệu của hóa đơn ở bước tạo XML")
    return row


def _check_xml(batch: Batch, entry: Mapping[str, Any], created: sqlite3.Row) -> str:
    text = entry.get("InvoiceData")
    if not isinstance(text, str) or not text.strip():
        raise _refused("InvalidXMLData")
    try:
        root = signature.read(text)
    except signature.BadXmlError as error:
        raise RefusedError("InvalidXMLData", f"XML không hợp lệ: {error}") from error
    _check_signature(batch, root)
    if invoice_xml.find(root, _NUMBER) != ("" if created["number"] is None else str(created["number"])):
        raise _refused("InvalidInvNo")
    if signature.content(root) != signature.content(signature.read(created["xml"])):
        raise RefusedError("InvalidXMLData", "XML khác nội dung đã tạo")
    return text


def _check_signature(batch: Batch, root: ET.Element) -> None:
    try:
        certificate, signed_at = signature.verify(root)
    except signature.SignatureFaultError as error:
        raise _refused(error.code) from error
    if batch.account.certificate_error is not None:
        raise _refused(batch.account.certificate_error)
    registered = {serial.lower() for serial in batch.account.registered_certificates}
    known = f"{certificate.serial_number:x}" in registered if registered else _is_of(certificate, batch.tax_code)
    if not known:
        raise _refused("InvalidCertByRegistration")
    if not certificate.not_valid_before_utc <= signed_at <= certificate.not_valid_after_utc:
        raise _refused("SigningTimeNotInRegistration")


def _is_of(certificate: x509.Certificate, tax_code: str) -> bool:
    return tax_code_of(certificate) == tax_code


def _issue(batch: Batch, created: sqlite3.Row, series: Series, invoice: dict[str, Any], text: str) -> dict[str, Any]:
    day = check_date(invoice)
    check_not_in_future(day, vietnam_date(batch.at))
    batch.register.check_date(series, day)
    correction = originals.read_correction(batch.database, batch.tax_code, invoice, batch.options, batch.at)
    _check_number(batch, created, series)
    judged = Judged(created["ref_id"], series, day, correction)
    return issue(batch, invoice, judged, transaction_id=created["transaction_id"], xml=text)


def _check_number(batch: Batch, created: sqlite3.Row, series: Series) -> None:
    """The number that was signed is the next one: a smaller one is taken, a greater one would leave a gap."""
    expected, number = batch.register.next_number(series), created["number"]
    if number is not None and number < expected:
        raise RefusedError("InvoiceDuplicated", f"Trùng hóa đơn: số {number} đã được phát hành")
    if number is not None and number > expected:
        raise RefusedError("InvoiceNumberNotCotinuous", f"Số hóa đơn không liên tục: {number}, cần {expected}")
