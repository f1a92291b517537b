"""Views, downloads, paper copies, e-mails."""

import base64
import io
import json
import re
import zipfile
from datetime import date

import pytest
from meinvoice.answers import (
    Downloads,
    EmailsTaken,
    InvoiceFiles,
    NotMentioned,
    PaperCopies,
    Refused,
    Unknown,
    Unreadable,
    ViewLink,
    WholeRefusal,
)
from meinvoice.client import FileKind
from meinvoice.error_texts import ErrorClass
from meinvoice.exchanges import without_files, without_link_queries
from meinvoice.files import download_answer
from meinvoice.limits import LimitError
from meinvoice.models import SendEmailData
from pydantic import ValidationError
from support.recorded_vendor import DATA, RecordedVendor

INVOICE = (DATA / "invoice.json").read_text()
XML = (DATA / "created.xml").read_bytes()
MAIL = SendEmailData(TransactionID="T1", ReceiverName="Lan", ReceiverEmail="lan@a.vn; ke.toan@a.vn", CCEmail="b@a.vn")


async def download(vendor: RecordedVendor, kind: FileKind, ids: str = "T1 T2") -> Downloads:
    """Download and expect an answer that speaks of each invoice."""
    answer = await vendor.client.download(ids.split(), kind=kind, invoice_with_code=True, calculating_machine=False)
    assert isinstance(answer, Downloads)
    assert list(answer.results) == ids.split()
    return answer


async def test_a_draft_is_shown_as_it_is_and_its_link_stays_secret() -> None:
    """The exact invoice is sent alone; whoever has the link sees it, so neither log nor repr tells it."""
    vendor = RecordedVendor("view/link")
    answer = await vendor.client.unpublish_view(INVOICE)
    assert isinstance(answer, ViewLink)
    assert answer.url.endswith("Code=s3cret#p1")
    assert vendor.asked == ["POST /invoice/unpublishview"]
    assert vendor.requests[0].content.decode() == INVOICE
    assert "s3cret" not in repr([answer, *vendor.exchanges])
    assert vendor.exchanges[0].response_body is not None
    assert "/view/DownloadHandler.ashx?…" in vendor.exchanges[0].response_body


@pytest.mark.parametrize(
    ("told", "shown"),
    (
        ('{"data":"https://a.vn/x?k=1","b":2}', '{"data":"https://a.vn/x?…","b":2}'),
        ('{"data":"https:\\/\\/a.vn\\/x?k=1\\u0026l=2"}', '{"data":"https:\\/\\/a.vn\\/x?…"}'),
        ('"{\\"data\\":\\"https://a.vn/x#k\\"}"', '"{\\"data\\":\\"https://a.vn/x?…\\"}"'),
        ('{"data":"https://a.vn/x\\u003fk=1"}', '{"data":"https://a.vn/x?…"}'),
        ('{"data":"https://a.vn/x"}', '{"data":"https://a.vn/x"}'),
    ),
)
def test_a_link_loses_its_query_however_it_is_escaped(told: str, shown: str) -> None:
    """Escaped slashes, JSON inside JSON, fragments: the rest of the answer stays as it was."""
    assert without_link_queries(told) == shown


def test_files_are_logged_by_their_size() -> None:
    """Base64 of files is no matter for a log; short texts stay."""
    assert without_files(f'"Data":"{"QUJD" * 200}","TransactionID":"ABC"') == (
        '"Data":"<800 characters>","TransactionID":"ABC"'
    )


LINES = "\\r\\n".join(["QUJD" * 19] * 30 + ["QUI="])
"""Base64 in lines of 76, as mail programs wrap it, inside JSON."""
RAW_XML = '<?xml version="1.0"?><HDon><Ten>Công ty A</Ten></HDon>'


@pytest.mark.parametrize("nested", (False, True))
@pytest.mark.parametrize(
    "content", (LINES.replace("\\r\\n", "\r\n"), LINES.replace("\\r\\n", "\n"), RAW_XML, "\ufeff" + RAW_XML)
)
@pytest.mark.parametrize("ascii_only", (False, True))
def test_wrapped_and_raw_files_are_logged_by_their_size_too(content: str, *, nested: bool, ascii_only: bool) -> None:
    """Lines of base64 and XML as it is, in JSON or in JSON inside JSON: what stands around them stays."""
    rows = [{"TransactionID": "ABC", "Data": content, "ErrorCode": None}]
    told = json.dumps(
        {"data": json.dumps(rows, ensure_ascii=ascii_only) if nested else rows, "b": 2}, ensure_ascii=ascii_only
    )
    shown = json.loads(without_files(told))
    (row,) = json.loads(shown["data"]) if nested else shown["data"]
    assert re.fullmatch(r"<\d+ characters>", row.pop("Data"))
    assert row == {"TransactionID": "ABC", "ErrorCode": None}
    assert shown["b"] == 2


async def test_published_invoices_are_shown_by_their_lookup_codes() -> None:
    """The body is the plain list of codes."""
    vendor = RecordedVendor("view/link")
    assert isinstance(await vendor.client.publish_view(["T1", "T2"]), ViewLink)
    assert (vendor.asked, vendor.body) == (["POST /invoice/publishview"], ["T1", "T2"])
    assert "s3cret" not in repr(vendor.exchanges)


async def test_views_that_are_none() -> None:
    """Success without a link is unknown, a refusal is told with its meaning."""
    assert isinstance(await RecordedVendor("view/no_link").client.publish_view(["T1"]), Unknown)
    refused = await RecordedVendor("view/refused").client.publish_view(["T1"])
    assert isinstance(refused, WholeRefusal)
    assert refused.meaning.code == "InvalidTransactionID"


@pytest.mark.parametrize("name", ("download/xml_base64", "download/xml_raw"))
async def test_xml_is_read_from_base64_and_from_raw_text(name: str) -> None:
    """Both forms are the same file, with or without a byte order mark."""
    found = (await download(RecordedVendor(name), FileKind.XML)).results
    assert found["T1"] == InvoiceFiles(xml=XML)
    second = found["T2"]
    assert isinstance(second, InvoiceFiles)
    assert (second.xml or b"").removeprefix(b"\xef\xbb\xbf") == XML


async def test_download_asks_with_the_documents_names() -> None:
    """Flags and kind go into the query, the codes into the body; the log shows no file."""
    vendor = RecordedVendor("download/pdf")
    await download(vendor, FileKind.PDF)
    assert dict(vendor.requests[0].url.params) == {
        "invoiceWithCode": "true",
        "invoiceCalcu": "false",
        "downloadDataType": "pdf",
    }
    assert (vendor.asked, vendor.body) == (["POST /invoice/download"], ["T1", "T2"])


async def test_pdf_is_read_with_keys_in_any_case_and_from_a_data_url() -> None:
    """What begins as a PDF is one."""
    found = (await download(RecordedVendor("download/pdf"), FileKind.PDF)).results.values()
    assert all(isinstance(one, InvoiceFiles) and (one.pdf or b"").startswith(b"%PDF-") for one in found)


async def test_all_is_an_archive_or_two_rows() -> None:
    """Both files of an invoice come together; one of them alone is not what was asked for."""
    for name in ("download/all_archive", "download/all_rows"):
        found = (await download(RecordedVendor(name), FileKind.ALL)).results
        both = found["T1"]
        assert isinstance(both, InvoiceFiles)
        assert both.xml == XML
        assert both.pdf is not None
        assert isinstance(found["T2"], Unreadable)


async def test_each_invoice_has_its_own_outcome() -> None:
    """Right after issue a file is not there yet, which is no fault: ask later. Codes not told of are named."""
    found = (await download(RecordedVendor("download/per_item_errors"), FileKind.PDF, "T1 T2 T3")).results
    early = found["T1"]
    assert isinstance(early, Refused)
    assert (early.meaning.error_class, early.description) == (ErrorClass.TRY_LATER, "Chưa có hóa đơn")
    assert isinstance(found["T2"], InvoiceFiles)
    assert found["T3"] == NotMentioned()


async def test_what_is_no_file_is_never_guessed() -> None:
    """No base64, nothing, a web page, a broken archive, JSON, broken XML, XML with a DTD, a number, an object."""
    ids = " ".join(f"T{number}" for number in range(1, 10))
    found = (await download(RecordedVendor("download/not_readable"), FileKind.XML, ids)).results
    assert {type(one) for one in found.values()} == {Unreadable}


async def test_the_wrong_kind_is_not_handed_out() -> None:
    """A PDF in place of the XML that was asked for is no answer."""
    found = (await download(RecordedVendor("download/pdf"), FileKind.XML)).results
    assert {type(one) for one in found.values()} == {Unreadable}


async def test_a_download_without_a_list_is_unknown() -> None:
    """Success with something else than a list says nothing."""
    answer = await RecordedVendor("download/no_list").client.download(
        ["T1"], kind=FileKind.PDF, invoice_with_code=True, calculating_machine=False
    )
    assert isinstance(answer, Unknown)


@pytest.mark.parametrize("ids", ([], ["T"] * 51, [" "]))
async def test_fifty_codes_at_most(ids: list[str]) -> None:
    """No, too many or empty codes never leave."""
    client = RecordedVendor("download/pdf").client
    with pytest.raises(LimitError, match="TransactionID: a request takes 1 to 50 ids"):
        await client.download(ids, kind=FileKind.PDF, invoice_with_code=True, calculating_machine=False)
    with pytest.raises(LimitError, match="TransactionID"):
        await client.publish_view(ids)


async def test_exactly_fifty_codes_pass() -> None:
    """The document's number is the most, not one too many (§8, §11, §12)."""
    ids = [f"T{number}" for number in range(50)]
    vendor = RecordedVendor("download/pdf")
    answer = await vendor.client.download(ids, kind=FileKind.PDF, invoice_with_code=True, calculating_machine=False)
    assert isinstance(answer, Downloads)
    mails = [MAIL.model_copy(update={"TransactionID": one}) for one in ids]
    taken = RecordedVendor("email/taken").client
    assert await taken.send_email(mails, invoice_with_code=True, calculating_machine=False) == EmailsTaken()
    with pytest.raises(LimitError, match="SendEmailDatas"):
        await taken.send_email([*mails, MAIL], invoice_with_code=True, calculating_machine=False)


async def test_a_draft_beyond_a_limit_is_not_shown() -> None:
    """It would be refused at publishing, too: the field is named and nothing is sent."""
    vendor = RecordedVendor("view/link")
    for draft in (json.dumps(json.loads(INVOICE) | {"BuyerPassport": "P" * 21}), "nonsense"):
        with pytest.raises(LimitError):
            await vendor.client.unpublish_view(draft)
    assert vendor.requests == []


@pytest.mark.parametrize(
    ("ids", "converter", "told"),
    (
        ([], "Lan", "TransactionID: a request takes 1 to 50 ids"),
        (["T"] * 51, "Lan", "TransactionID: a request takes 1 to 50 ids"),
        (["T1"], " ", "Converter: it is required and missing"),
    ),
)
async def test_paper_asks_for_codes_and_a_converter(ids: list[str], converter: str, told: str) -> None:
    """Each is named in words of its own."""
    vendor = RecordedVendor("paper/pdf")
    with pytest.raises(LimitError, match=f"^{told}"):
        await vendor.client.voucher_paper(
            ids,
            invoice_with_code=True,
            calculating_machine=False,
            converter=converter,
            convert_date=date(2026, 10, 2),
        )
    assert vendor.requests == []


def archive(*files: tuple[str, int]) -> str:
    """A ZIP archive of empty space, as base64: small to send, large to unpack."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as written:
        for name, size in files:
            written.writestr(name, b"%PDF-" + bytes(size))
    return base64.b64encode(packed.getvalue()).decode()


@pytest.mark.parametrize(
    "files", ([("a.pdf", 33 << 20), ("b.pdf", 33 << 20)], [(f"{number}.pdf", 1) for number in range(201)])
)
def test_an_archive_too_large_to_be_an_invoice_is_not_unpacked(files: list[tuple[str, int]]) -> None:
    """Neither by its size nor by the number of its files."""
    found = download_answer([{"TransactionID": "T1", "Data": archive(*files)}], ["T1"], FileKind.PDF)
    assert found.results == {"T1": Unreadable("an archive too large to be an invoice")}


@pytest.mark.parametrize(("name", "number"), (("paper/pdf", 1), ("paper/archive", 2), ("paper/rows", 2)))
async def test_paper_copies(name: str, number: int) -> None:
    """One PDF, an archive of several or a row each: all PDFs. Converter and date go along."""
    vendor = RecordedVendor(name)
    answer = await vendor.client.voucher_paper(
        ["T1", "T2"],
        invoice_with_code=False,
        calculating_machine=True,
        converter="Trần Thị Lan",
        convert_date=date(2026, 10, 2),
    )
    assert isinstance(answer, PaperCopies)
    assert len(answer.pdfs) == number
    assert (vendor.asked, vendor.body) == (["POST /invoice/voucher-paper"], ["T1", "T2"])
    assert dict(vendor.requests[0].url.params) == {
        "invoiceWithCode": "false",
        "invoiceCalcu": "true",
        "Converter": "Trần Thị Lan",
        "ConvertDate": "2026-10-02",
    }
    assert "Tr" not in vendor.exchanges[0].path.partition("Converter=")[2].partition("&")[0]


@pytest.mark.parametrize("name", ("paper/html", "paper/nothing", "paper/not_readable"))
async def test_paper_that_is_none_is_unknown(name: str) -> None:
    """A web page, nothing or no base64 is no copy."""
    answer = await RecordedVendor(name).client.voucher_paper(
        ["T1"], invoice_with_code=True, calculating_machine=False, converter="Lan", convert_date=date(2026, 10, 2)
    )
    assert isinstance(answer, Unknown)


async def test_emails_are_sent_as_the_document_names_them() -> None:
    """One kind of invoice per request, several addresses by a semicolon."""
    vendor = RecordedVendor("email/taken")
    answer = await vendor.client.send_email([MAIL], invoice_with_code=True, calculating_machine=False)
    assert answer == EmailsTaken()
    assert vendor.asked == ["POST /invoice/sendemail"]
    assert vendor.body == {
        "SendEmailDatas": [
            {
                "TransactionID": "T1",
                "ReceiverName": "Lan",
                "ReceiverEmail": "lan@a.vn; ke.toan@a.vn",
                "CCEmail": "b@a.vn",
            }
        ],
        "IsInvoiceCode": True,
        "IsInvoiceCalculatingMachine": False,
    }


async def test_refused_emails_are_told() -> None:
    """The vendor's refusal comes with its meaning; none at all is refused here."""
    client = RecordedVendor("email/refused", 400).client
    answer = await client.send_email([MAIL], invoice_with_code=True, calculating_machine=False)
    assert isinstance(answer, WholeRefusal)
    with pytest.raises(LimitError, match="SendEmailDatas"):
        await client.send_email([], invoice_with_code=True, calculating_machine=False)


@pytest.mark.parametrize("address", ("", "lan", "lan@a.vn, b@a.vn", "lan@a.vn;", "lan@a.vn b@a.vn"))
def test_addresses_are_separated_by_semicolons(address: str) -> None:
    """Anything else is no list of addresses."""
    with pytest.raises(ValidationError, match="ReceiverEmail"):
        SendEmailData(TransactionID="T1", ReceiverName="Lan", ReceiverEmail=address)
