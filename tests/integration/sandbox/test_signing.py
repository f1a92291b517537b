"""SignType 1 in its three steps: the XML is made, signed by the tool, and published."""

import asyncio
import re
from datetime import datetime

import httpx
import pytest
from sandbox.common.clock import VIETNAM
from support.sandbox_callers import API, MeInvoiceCaller, SignToolCaller, signed_batch
from support.sandboxes import TAX_CODE, Json, invoice


def codes(elements: list[Json]) -> list[str | None]:
    """The elements' error codes."""
    return [element["ErrorCode"] for element in elements]


async def prepared(meinvoice: MeInvoiceCaller, tool: SignToolCaller, *sales: Json) -> list[Json]:
    """What is to be published of these invoices."""
    return [await tool.signed(created) for created in await meinvoice.create(*sales)]


async def test_three_steps_issue_an_invoice(meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller) -> None:
    """Creating issues nothing; publishing what was signed issues it under the same lookup code, also in the file."""
    await meinvoice.options(download_delay_seconds=0)
    sales = [invoice(), invoice()]
    created = await meinvoice.create(*sales)
    assert [each["InvNo"] for each in created] == ["00000001", "00000002"]
    assert (await meinvoice.control("GET", "audit"))["invoices"] == 0
    entries = [await sign_tool.signed(each) for each in created]
    elements = await meinvoice.publish_signed(*entries)
    assert codes(elements) == [None, None]
    for name in ("RefID", "TransactionID", "InvNo", "InvSeries"):
        assert [each[name] for each in elements] == [each[name] for each in created]
    assert [row["RefID"] for row in await meinvoice.status(sales[0]["RefID"])] == [sales[0]["RefID"]]
    audit = await meinvoice.control("GET", "audit")
    assert (audit["invoices"], audit["gaps"], audit["issued_twice"], audit["overlaps"]) == (2, [], [], [])
    assert (await meinvoice.download(elements[0]["TransactionID"]))[0]["ErrorCode"] is None


async def test_content_is_checked_at_creation(meinvoice: MeInvoiceCaller) -> None:
    """A wrong invoice gets no XML, and its number goes to the next one."""
    created = await meinvoice.create(invoice(TotalAmount=1), invoice(InvSeries="1C26TZZ"), invoice())
    assert codes(created) == ["Invalid_[Invoice.TotalAmount]", "InvoiceTemplateNotExist", None]
    assert [each["InvoiceData"] is None for each in created] == [True, True, False]
    assert created[2]["InvNo"] == "00000001"


async def test_an_issued_reference_is_a_duplicate_in_both_steps(
    meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller
) -> None:
    """The same RefID again tells the existing invoice, whether it is created or published again."""
    sale = invoice()
    entries = await prepared(meinvoice, sign_tool, sale)
    first = (await meinvoice.publish_signed(*entries))[0]
    again, created = (await meinvoice.publish_signed(*entries))[0], (await meinvoice.create(sale))[0]
    assert codes([again, created]) == ["DuplicateInvoiceRefID"] * 2
    assert again["TransactionID"] == created["TransactionID"] == first["TransactionID"]


@pytest.mark.parametrize(
    ("change", "code"),
    (
        ({"InvoiceData": ""}, "InvalidXMLData"),
        ({"InvoiceData": "<HDon><DLHDon"}, "InvalidXMLData"),
        ({"InvoiceData": "<HDon/>"}, "InvalidXMLData"),
        ({"InvoiceData": '<!DOCTYPE x><HDon><DLHDon Id="data"/></HDon>'}, "InvalidXMLData"),
        ({"TransactionID": "ABC"}, "InvalidTransactionID"),
        ({"TransactionID": None}, "InvalidTransactionID"),
        ({"RefID": "00000000-0000-0000-0000-000000000001"}, "Invalid_[Invoice.RefID]"),
        ({"RefID": None}, "RequireInfo_RefID"),
        ({"InvSeries": "1C26MAB"}, "Invalid_[Invoice.InvSeries]"),
        ({"IsInvoiceCalculatingMachine": True}, "Invalid_[Invoice.IsInvoiceCalculatingMachine]"),
    ),
    ids=str,
)
async def test_what_is_published_must_be_what_was_created(
    meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller, change: Json, code: str
) -> None:
    """Another lookup code, RefID or series, or something that is no invoice, is refused and can be put right."""
    entry = (await prepared(meinvoice, sign_tool, invoice()))[0]
    assert codes(await meinvoice.publish_signed(entry | change)) == [code]
    assert codes(await meinvoice.publish_signed(entry)) == [None]


async def test_signed_xml_is_published_in_the_companys_name(
    meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller
) -> None:
    """Open API §5.3 lists the CompanyTaxCode header: without it the whole request is refused, with it issued."""
    entry = (await prepared(meinvoice, sign_tool, invoice()))[0]
    bare = {"Authorization": f"Bearer {meinvoice.token}"}
    answer = await meinvoice.http.post(f"{API}/invoice", json=signed_batch(entry), headers=bare)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "InvalidTaxCode")
    assert codes(await meinvoice.publish_signed(entry)) == [None]


async def test_receivers_of_signed_invoices_are_checked(meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller) -> None:
    """What is published says whom to mail (Open API §13.10), in the form that any invoice does."""
    entry = (await prepared(meinvoice, sign_tool, invoice()))[0] | {"IsSendEmail": True}
    wrong, right = ({"ReceiverEmail": text} for text in ("a@b.vn,c@d.vn", "a@b.vn; c@d.vn"))
    assert codes(await meinvoice.publish_signed(entry | wrong)) == ["Invalid_[Invoice.ReceiverEmail]"]
    assert codes(await meinvoice.publish_signed(entry | right)) == [None]
    kept = (await meinvoice.control("GET", "outbox"))["outbox"]
    assert [each["receiver_email"] for each in kept] == ["a@b.vn; c@d.vn"]


@pytest.mark.parametrize(
    ("result", "code"),
    (
        ("unsigned", "SignatureEmpty"),
        ("broken", "InvalidSignature"),
        ("without-subject", "X509SubjectName"),
        ("without-certificate", "X509Certificate"),
    ),
)
async def test_the_signature_is_checked(
    meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller, result: str, code: str
) -> None:
    """A missing, wrong or incomplete signature is told apart."""
    await sign_tool.options(result=result)
    assert codes(await meinvoice.publish_signed(*await prepared(meinvoice, sign_tool, invoice()))) == [code]


@pytest.mark.parametrize(
    ("time", "code"),
    (
        ("2020-03-16T10:00:00", "SigningTimeNotInRegistration"),
        ("hôm nay", "InvalidSignature"),
        (None, None),
    ),
)
async def test_a_signing_time_without_zone_is_vietnams(
    meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller, time: str | None, code: str | None
) -> None:
    """The time of signing may lack its zone; it is compared with the certificate's, whatever it says."""
    entry = (await prepared(meinvoice, sign_tool, invoice()))[0]
    now = datetime.now(VIETNAM).isoformat(timespec="seconds").removesuffix("+07:00")
    told = re.sub("<SigningTime>.*</SigningTime>", f"<SigningTime>{time or now}</SigningTime>", entry["InvoiceData"])
    assert codes(await meinvoice.publish_signed(entry | {"InvoiceData": told})) == [code]


@pytest.mark.parametrize("value", ("đồng", "AAAA", ""))
async def test_a_signature_may_hold_anything(meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller, value: str) -> None:
    """What is no signature at all is refused like a wrong one."""
    entry = (await prepared(meinvoice, sign_tool, invoice()))[0]
    tags = "ds:SignatureValue>"
    told = re.sub(f"<{tags}.*</{tags}", f"<{tags}{value}</{tags}", entry["InvoiceData"])
    code = "InvalidSignature" if value else "SignatureEmpty"
    assert codes(await meinvoice.publish_signed(entry | {"InvoiceData": told})) == [code]


async def test_nothing_may_change_between_the_steps(meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller) -> None:
    """Changed after signing the signature is invalid; changed before it the XML is, and so is another number."""
    created = (await meinvoice.create(invoice()))[0]
    changes = (("5500000", "5500001"), ("<SHDon>1</SHDon>", "<SHDon>7</SHDon>"))
    entry = await sign_tool.signed(created)
    after = [entry | {"InvoiceData": entry["InvoiceData"].replace(*change)} for change in changes]
    changed = [created | {"InvoiceData": created["InvoiceData"].replace(*change)} for change in changes]
    before = [await sign_tool.signed(each) for each in changed]
    told = [codes(await meinvoice.publish_signed(each))[0] for each in (*after, *before)]
    assert told == ["InvalidSignature", "InvalidSignature", "InvalidXMLData", "InvalidInvNo"]


async def test_the_certificate_is_the_companys_and_registered(
    meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller
) -> None:
    """A certificate of another tax code, one that is not in the declaration, and one that has ended are refused."""
    told = []
    for options in ({"tax_code": "2222222222"}, {"tax_code": None, "certificate_days": -3}):
        await sign_tool.options(**options)
        told += codes(await meinvoice.publish_signed(*await prepared(meinvoice, sign_tool, invoice())))
    await sign_tool.options(certificate_days=365)
    entries = await prepared(meinvoice, sign_tool, invoice())
    await meinvoice.account(registered_certificates=["abc"])
    told += codes(await meinvoice.publish_signed(*entries))
    serial = (await sign_tool.http.get(f"/_sandbox/certificates/{TAX_CODE}")).json()["serial"]
    await meinvoice.account(registered_certificates=[serial.upper()])
    told += codes(await meinvoice.publish_signed(*entries))
    assert told == ["InvalidCertByRegistration", "SigningTimeNotInRegistration", "InvalidCertByRegistration", None]


@pytest.mark.parametrize(
    ("account", "code"),
    (
        ({"templates": [{"series": "1C26TAA", "inactive": True}]}, "InvoiceTemplateNotExist"),
        ({"declared_series": ["?C__M??"]}, "InvoiceTemplateNotValidInDeclaration"),
    ),
    ids=str,
)
async def test_the_template_is_looked_at_again(
    meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller, account: Json, code: str
) -> None:
    """A template that was switched off or is no longer declared issues nothing, also of what was created before."""
    entries = await prepared(meinvoice, sign_tool, invoice())
    await meinvoice.account(**account)
    assert codes(await meinvoice.publish_signed(*entries)) == [code]
    await meinvoice.account()
    assert codes(await meinvoice.publish_signed(*entries)) == [None]


async def test_a_lookup_code_is_used_once(meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller) -> None:
    """An issued TransactionID under another RefID is `DuplicateTransactionID`; creating anew gives another code."""
    sale = invoice()
    entry = (await prepared(meinvoice, sign_tool, sale))[0]
    assert codes(await meinvoice.publish_signed(entry)) == [None]
    other = entry | {"RefID": invoice()["RefID"]}
    assert codes(await meinvoice.publish_signed(other)) == ["DuplicateTransactionID"]
    twice = [await meinvoice.create(another := invoice()), await meinvoice.create(another)]
    assert twice[0][0]["TransactionID"] != twice[1][0]["TransactionID"]


async def test_numbers_are_raced_for(meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller) -> None:
    """A signed number that is taken is `InvoiceDuplicated`, one too far is a number race; new XML is the way out."""
    first, second = invoice(), invoice()
    entries = await prepared(meinvoice, sign_tool, first, second)
    assert codes(await meinvoice.publish_signed(entries[1])) == ["InvoiceNumberNotCotinuous"]
    await meinvoice.issue()
    assert codes(await meinvoice.publish_signed(*entries)) == ["InvoiceDuplicated", None]
    again = await prepared(meinvoice, sign_tool, first)
    assert codes(await meinvoice.publish_signed(*again)) == [None]
    assert (await meinvoice.control("GET", "audit"))["gaps"] == []


async def test_numbers_can_come_on_publishing(meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller) -> None:
    """As an option the XML carries no number, nothing is raced for, and the file shows the number all the same."""
    await meinvoice.options(signed_number="at-publishing", download_delay_seconds=0)
    entries = await prepared(meinvoice, sign_tool, invoice(), invoice())
    await meinvoice.issue()
    elements = await meinvoice.publish_signed(*reversed(entries))
    assert [each["InvNo"] for each in elements] == ["00000002", "00000003"]
    assert (await meinvoice.download(elements[0]["TransactionID"]))[0]["ErrorCode"] is None


async def test_requests_of_signtype_1_must_be_one_or_the_other(
    meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller
) -> None:
    """Both lists at once, none, or more than 30 signed invoices are refused as a whole."""
    entry = (await prepared(meinvoice, sign_tool, invoice()))[0]
    bodies = (
        signed_batch(entry) | {"InvoiceData": [invoice()]},
        {"SignType": 1, "InvoiceData": None, "PublishInvoiceData": None},
        signed_batch(*[entry] * 31),
    )
    told = [(await meinvoice.post("/invoice", body)).json()["errorCode"] for body in bodies]
    assert told == ["InvalidInvoiceData", "InvalidInvoiceData", "InvoiceQuantityTooLarge"]


async def test_only_publishing_overlaps(meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller) -> None:
    """Creating XML while a series is being published is fine; publishing signed XML meanwhile is a race."""
    entry = (await prepared(meinvoice, sign_tool, invoice()))[0]
    await meinvoice.faults({"kind": "latency", "action": "publish", "seconds": 2, "count": 1})
    slow = asyncio.create_task(meinvoice.publish(invoice()))
    await meinvoice.works()
    assert codes(await meinvoice.create(invoice())) == [None]
    assert codes(await meinvoice.publish_signed(entry)) == ["InvoiceNumberNotCotinuous"]
    assert codes(await slow) == [None]
    assert len((await meinvoice.control("GET", "audit"))["overlaps"]) == 1


@pytest.mark.parametrize(
    ("body", "key", "status", "message"),
    (
        ({}, None, 400, "Thiếu XmlContent"),
        ({"PinCode": "1", "XmlContent": "<HDon/>"}, None, 400, "Mã PIN không đúng"),
        ({"PinCode": "12345678", "XmlContent": "<HDon>"}, None, 400, "XML không hợp lệ"),
        ({"PinCode": "12345678", "XmlContent": "<HDon/>"}, None, 400, "XML không hợp lệ"),
        ({"PinCode": "12345678", "XmlContent": '<HDon><DLHDon Id="a"/></HDon>'}, None, 400, "XML thiếu"),
        ({"PinCode": "12345678", "XmlContent": "<HDon/>"}, "wrong", 401, "MisaTokenKey"),
    ),
    ids=str,
)
async def test_the_tool_checks_what_it_is_given(
    sign_tool: SignToolCaller, body: Json, key: str | None, status: int, message: str
) -> None:
    """A missing body, PIN or key, and XML that is no invoice, are told in Status and Message with HTTP 200."""
    answer = await (sign_tool.post(body) if key is None else sign_tool.post(body, key))
    told = answer.json()
    assert (answer.status_code, told["Status"], told["PayLoad"]) == (200, status, None)
    assert message in told["Message"]


async def test_wrong_pins_lock_the_token(meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller) -> None:
    """After five wrong PINs in a row even the right one is refused, until the state is emptied."""
    xml = (await meinvoice.create(invoice()))[0]["InvoiceData"]
    assert (await sign_tool.sign(xml))["Status"] == 200
    told = [(await sign_tool.sign(xml, pin="0"))["Message"] for _ in range(5)]
    assert told == ["Mã PIN không đúng"] * 5
    assert "bị khóa" in (await sign_tool.sign(xml))["Message"]
    await sign_tool.http.delete("/_sandbox/state")
    assert (await sign_tool.sign(xml))["Status"] == 200


async def test_the_tool_does_not_sign_twice(meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller) -> None:
    """What is signed already is refused; what was asked for is on record."""
    signed = (await sign_tool.signed((await meinvoice.create(invoice()))[0]))["InvoiceData"]
    assert "signed already" in (await sign_tool.sign(signed))["Message"]
    requests = (await sign_tool.http.get("/_sandbox/requests")).json()["requests"]
    assert [each["outcome"]["signed"] for each in requests] == [True, False]


async def test_the_tool_can_fail(meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller) -> None:
    """It says an error of its own, answers HTTP 500, hangs or breaks the connection; then it works again."""
    xml = (await meinvoice.create(invoice()))[0]["InvoiceData"]
    await sign_tool.options(error="Không tìm thấy USB")
    told = await sign_tool.sign(xml)
    assert (told["Status"], told["Message"]) == (500, "Không tìm thấy USB")
    await sign_tool.options(error=None)
    await sign_tool.http.put("/_sandbox/faults", json={"rules": [{"kind": "500-before"}]})
    answer = await sign_tool.post({"PinCode": "12345678", "XmlContent": xml})
    assert (answer.status_code, answer.json()["Status"]) == (500, 500)
    for kind in ("hang-before", "accept-then-reset"):
        await sign_tool.http.put("/_sandbox/faults", json={"rules": [{"kind": kind, "seconds": 0.05}]})
        with pytest.raises(httpx.TransportError):
            await sign_tool.sign(xml)
    await sign_tool.http.delete("/_sandbox/faults")
    assert (await sign_tool.sign(xml))["Status"] == 200
