"""Files of issued invoices, conversion to paper, and e-mail."""

import base64
import io
import re
import xml.etree.ElementTree as ET
import zipfile
from functools import partial

import pytest
from sandbox.signing import signature
from support.sandbox_callers import MeInvoiceCaller, SignToolCaller
from support.sandboxes import ACCOUNT, TAX_CODE, Json, invoice


def data_of(element: Json) -> bytes:
    """The file of an element."""
    assert element["ErrorCode"] is None, element
    return base64.b64decode(element["Data"], validate=True)


@pytest.fixture
async def element(meinvoice: MeInvoiceCaller) -> Json:
    """An issued invoice that can be downloaded."""
    await meinvoice.account(company_name="Công ty A")
    await meinvoice.options(download_delay_seconds=0, verdict_delay_seconds=0)
    return await meinvoice.issue()


async def test_the_xml_follows_the_authoritys_schema(meinvoice: MeInvoiceCaller, element: Json) -> None:
    """Series, number, date, parties, lines, totals, lookup code and authority's code stand where the schema says."""
    root = ET.fromstring(data_of((await meinvoice.download(element["TransactionID"]))[0]))  # noqa: S314  # our own
    expected = {
        "MCCQT": element["InvCode"],
        "DLHDon/TTChung/KHMSHDon": "1",
        "DLHDon/TTChung/KHHDon": "C26TAA",
        "DLHDon/TTChung/SHDon": "1",
        "DLHDon/TTChung/NLap": "2026-03-16",
        "DLHDon/NDHDon/NBan/Ten": "Công ty A",
        "DLHDon/NDHDon/NBan/MST": TAX_CODE,
        "DLHDon/NDHDon/NMua/MST": "0101243150",
        "DLHDon/NDHDon/DSHHDVu/HHDVu/THHDVu": "Áo sơ mi Nam 40",
        "DLHDon/NDHDon/TToan/TgTCThue": "5000000",
        "DLHDon/NDHDon/TToan/TgTThue": "500000",
        "DLHDon/NDHDon/TToan/TgTTTBSo": "5500000",
        "DLHDon/NDHDon/TToan/TgTTTBChu": "Năm triệu năm trăm nghìn đồng.",
        "DLHDon/TTKhac/TTin[TTruong='TransactionID']/DLieu": element["TransactionID"],
    }
    assert {path: root.findtext(path) for path in expected} == expected
    certificate, _ = signature.verify(root)
    assert TAX_CODE in certificate.subject.rfc4514_string()


@pytest.mark.parametrize("sign_type", (1, 2, 3, 5))
async def test_an_xml_stays_as_it_was_issued(
    meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller, sign_type: int
) -> None:
    """Downloaded again it is the same, whatever the company is called by then; only MCCQT comes later."""
    await meinvoice.account(company_name="Công ty A")
    await meinvoice.options(download_delay_seconds=0, asynchronous_delay_seconds=0, verdict_delay_seconds=100)
    sale = invoice(InvSeries="1C26MAB" if sign_type == 5 else "1C26TAA")
    if sign_type == 1:
        await meinvoice.publish_signed(await sign_tool.signed((await meinvoice.create(sale))[0]))
    else:
        await meinvoice.publish(sale, sign_type=sign_type)
    code = (await meinvoice.status(sale["RefID"], register=sign_type == 5))[0]["TransactionID"]
    texts = []
    for name, seconds in (("Công ty B", 0), ("Công ty C", 0), ("Công ty D", 101)):
        await meinvoice.account(company_name=name)
        await meinvoice.move_clock(seconds)
        texts.append(data_of((await meinvoice.download(code, register=sign_type == 5))[0]).decode())
    assert "<Ten>Công ty A</Ten>" in texts[0]
    assert texts[1] == texts[0]
    assert re.sub("<MCCQT>.*</MCCQT>", "", texts[2]) == re.sub("<MCCQT>.*</MCCQT>", "", texts[0])
    assert "<MCCQT>" in texts[2]


async def test_a_correction_names_its_original_in_the_xml(meinvoice: MeInvoiceCaller, element: Json) -> None:
    """TTHDLQuan has the original's series, number and date."""
    fields = {"ReferenceType": 1, "OrgInvoiceType": 1, "OrgInvTemplateNo": "1", "OrgInvSeries": "C26TAA"}
    fields |= {"OrgInvNo": element["InvNo"], "OrgInvDate": "2026-03-16", "InvoiceNote": "Sai tên hàng"}
    replaced = await meinvoice.issue(**fields)
    root = ET.fromstring(data_of((await meinvoice.download(replaced["TransactionID"]))[0]))  # noqa: S314  # our own
    told = [root.findtext(f"DLHDon/TTChung/TTHDLQuan/{tag}") for tag in ("TCHDon", "KHHDCLQuan", "SHDCLQuan", "GChu")]
    assert told == ["1", "C26TAA", "00000001", "Sai tên hàng"]


@pytest.mark.parametrize("sign_type", (1, 2, 3))
async def test_what_xml_cannot_hold_is_not_issued(meinvoice: MeInvoiceCaller, sign_type: int) -> None:
    """A control character in a name is refused, in every way of publishing; tab and line ends are fine."""
    ask = meinvoice.create if sign_type == 1 else partial(meinvoice.publish, sign_type=sign_type)
    names = ("Áo\x0bsơ mi", "Áo sơ mi\tNam\r\n40 \x7f\x85")
    sales = [invoice(BuyerFullName=name) for name in names]
    assert [each["ErrorCode"] for each in await ask(*sales)] == ["InvalidXMLData", None]
    preview = await meinvoice.post("/invoice/unpublishview", sales[0])
    assert (preview.status_code, preview.json()["errorCode"]) == (400, "InvalidXMLData")


async def test_line_ends_survive_signing(meinvoice: MeInvoiceCaller, element: Json) -> None:
    """The signature of a text with tab and line ends verifies."""
    told = await meinvoice.issue(BuyerFullName="Lan\r\n\tAnh \x7f")
    signature.verify(signature.read(data_of((await meinvoice.download(told["TransactionID"]))[0]).decode()))


async def test_the_pdf_is_one(meinvoice: MeInvoiceCaller, element: Json) -> None:
    """The PDF begins and ends as one and shows number and total."""
    pdf = data_of((await meinvoice.download(element["TransactionID"], kind="pdf"))[0])
    assert pdf.startswith(b"%PDF-1.4")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert b"00000001" in pdf
    assert b"5500000" in pdf


async def test_both_files_at_once(meinvoice: MeInvoiceCaller, element: Json) -> None:
    """`All` gives XML and PDF as two elements, or one ZIP as an option."""
    files = [data_of(each) for each in await meinvoice.download(element["TransactionID"], kind="All")]
    assert [files[0][:5], files[1][:5]] == [b"<HDon", b"%PDF-"]
    await meinvoice.options(download_all_as="zip")
    told = await meinvoice.download(element["TransactionID"], kind="All")
    with zipfile.ZipFile(io.BytesIO(data_of(told[0]))) as archive:
        assert [name[-3:] for name in archive.namelist()] == ["xml", "pdf"]


async def test_files_come_a_while_after_issuing(meinvoice: MeInvoiceCaller) -> None:
    """Right after issue, with a wrong flag, or for an unknown code an element has `InvoiceNotExist`."""
    await meinvoice.options(download_delay_seconds=60)
    code = (await meinvoice.issue())["TransactionID"]
    assert [each["ErrorCode"] for each in await meinvoice.download(code, "ABC")] == ["InvoiceNotExist"] * 2
    await meinvoice.move_clock(61)
    assert [each["ErrorCode"] for each in await meinvoice.download(code, "ABC")] == [None, "InvoiceNotExist"]
    assert (await meinvoice.download(code, with_code=False))[0]["ErrorCode"] == "InvoiceNotExist"
    assert (await meinvoice.download(code, register=True))[0]["ErrorCode"] == "InvoiceNotExist"


@pytest.mark.parametrize("path", ("download?downloadDataType=xml", "voucher-paper?Converter=A&ConvertDate=2026-03-16"))
async def test_fifty_files_at_most(meinvoice: MeInvoiceCaller, path: str) -> None:
    """51 lookup codes are too many."""
    answer = await meinvoice.post(f"/invoice/{path}", ["A"] * 51)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "InvoiceQuantityTooLarge")


async def test_an_unknown_file_type_is_refused(meinvoice: MeInvoiceCaller, element: Json) -> None:
    """Only xml, pdf and All are known."""
    answer = await meinvoice.post("/invoice/download?downloadDataType=docx", [element["TransactionID"]])
    assert (answer.status_code, answer.json()["errors"]) == (400, ["downloadDataType"])


async def test_conversion_to_paper_is_one_pdf(meinvoice: MeInvoiceCaller, element: Json) -> None:
    """Several invoices come as one PDF in base64 that names who converted them and when."""
    other = await meinvoice.issue()
    ids = [element["TransactionID"], other["TransactionID"]]
    flags = "invoiceWithCode=true&invoiceCalcu=false"
    answer = await meinvoice.post(f"/invoice/voucher-paper?{flags}&Converter=Lan&ConvertDate=2026-03-17", ids)
    pdf = base64.b64decode(answer.json()["data"], validate=True)
    assert pdf.startswith(b"%PDF-1.4")
    assert all(text in pdf for text in (b"Nguoi chuyen doi: Lan", b"2026-03-17", b"00000001", b"00000002"))


async def test_conversion_takes_references_too(meinvoice: MeInvoiceCaller, element: Json) -> None:
    """Open API §12 says "Mã tra cứu/RefID": either finds the invoice, under the right flags only."""
    ids, path = [element["RefID"].upper(), element["TransactionID"]], "/invoice/voucher-paper?Converter=A"
    answer = await meinvoice.post(f"{path}&ConvertDate=2026-03-17&invoiceWithCode=true", ids)
    assert base64.b64decode(answer.json()["data"], validate=True).count(b"So: 00000001") == 2
    answer = await meinvoice.post(f"{path}&ConvertDate=2026-03-17&invoiceWithCode=false", ids)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "InvoiceNotExist")


@pytest.mark.parametrize(
    ("query", "known", "refusal"),
    (
        ("ConvertDate=2026-03-17", True, ("InvalidInvoiceData", ["Converter"])),
        ("Converter=Lan&ConvertDate=17/03/2026", True, ("InvalidInvoiceData", ["ConvertDate"])),
        ("Converter=Lan&ConvertDate=2026-02-30", True, ("InvalidInvoiceData", ["ConvertDate"])),
        ("Converter=Lan&ConvertDate=2026-03-17", False, ("InvoiceNotExist", [])),
    ),
)
async def test_conversion_needs_who_and_when(
    meinvoice: MeInvoiceCaller, element: Json, query: str, known: bool, refusal: tuple[str, list[str]]
) -> None:
    """Without a name, a real date, or a known invoice nothing is converted."""
    ids = [element["TransactionID"] if known else "ABC"]
    answer = await meinvoice.post(f"/invoice/voucher-paper?invoiceWithCode=true&{query}", ids)
    assert (answer.status_code, (answer.json()["errorCode"], answer.json()["errors"])) == (400, refusal)


def mail(transaction_id: str, **fields: object) -> Json:
    """The body of `sendemail` for one invoice with code."""
    entry = {"TransactionID": transaction_id, "ReceiverName": "Lan", "ReceiverEmail": "a@b.vn;c@d.vn"} | fields
    return {"SendEmailDatas": [entry], "IsInvoiceCode": True, "IsInvoiceCalculatingMachine": False}


@pytest.mark.parametrize(("environment", "sent"), (("test", False), ("product", True)))
async def test_mail_is_kept_and_sent_on_product_only(
    meinvoice: MeInvoiceCaller, element: Json, environment: str, sent: bool
) -> None:
    """What would be sent lies in the outbox, which says whether the environment sends at all."""
    await meinvoice.options(environment=environment)
    answer = await meinvoice.post("/invoice/sendemail", mail(element["TransactionID"], CCEmail="e@f.vn"))
    assert (answer.status_code, answer.json()["success"], answer.json()["data"]) == (200, True, "")
    kept = (await meinvoice.control("GET", f"outbox?tax_code={TAX_CODE}"))["outbox"]
    told = [(each["transaction_id"], each["receiver_email"], each["cc_email"], each["sent"]) for each in kept]
    assert told == [(element["TransactionID"], "a@b.vn;c@d.vn", "e@f.vn", sent)]


@pytest.mark.parametrize(
    ("change", "code"),
    (
        ({"ReceiverEmail": ""}, "RequireInfo_ReceiverEmail"),
        ({"ReceiverEmail": "a@b.vn, c@d.vn"}, "Invalid_[Invoice.ReceiverEmail]"),
        ({"CCEmail": "nobody"}, "Invalid_[Invoice.CCEmail]"),
        ({"TransactionID": "ABC"}, "InvoiceNotExist"),
    ),
)
async def test_wrong_mail_is_refused(meinvoice: MeInvoiceCaller, element: Json, change: Json, code: str) -> None:
    """An address that is none, an unknown invoice, or one of another kind: nothing is kept of the request."""
    body = mail(element["TransactionID"])
    body["SendEmailDatas"].append(body["SendEmailDatas"][0] | change)
    answer = await meinvoice.post("/invoice/sendemail", body)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, code)
    wrong_kind = mail(element["TransactionID"]) | {"IsInvoiceCalculatingMachine": True}
    assert (await meinvoice.post("/invoice/sendemail", wrong_kind)).json()["errorCode"] == "InvoiceNotExist"
    no_flags = {"SendEmailDatas": body["SendEmailDatas"][:1]}
    assert (await meinvoice.post("/invoice/sendemail", no_flags)).json()["errorCode"] == "InvalidInvoiceData"
    assert (await meinvoice.control("GET", "outbox"))["outbox"] == []


async def test_publishing_can_send_mail_too(meinvoice: MeInvoiceCaller) -> None:
    """`IsSendEmail` puts the receiver, or else the buyer's address, into the outbox."""
    sales = [
        invoice(IsSendEmail=True, ReceiverEmail="a@b.vn;c@d.vn", ReceiverName="Lan"),
        invoice(IsSendEmail=True),
        invoice(),
    ]
    await meinvoice.publish(*sales)
    kept = (await meinvoice.control("GET", "outbox"))["outbox"]
    assert [(each["receiver_email"], each["cause"]) for each in kept] == [
        ("a@b.vn;c@d.vn", "publish"),
        ("ketoan@congtyvidu.vn", "publish"),
    ]


async def test_invoices_of_other_companies_are_not_found(meinvoice: MeInvoiceCaller, element: Json) -> None:
    """With another company's token the lookup code is unknown everywhere."""
    await meinvoice.control("PUT", "accounts/2222222222", ACCOUNT | {"username": "b"})
    await meinvoice.log_in(taxcode="2222222222", username="b")
    assert (await meinvoice.download(element["TransactionID"]))[0]["ErrorCode"] == "InvoiceNotExist"
    answer = await meinvoice.post("/invoice/publishview", [element["TransactionID"]])
    assert answer.json()["errorCode"] == "InvoiceNotExist"
