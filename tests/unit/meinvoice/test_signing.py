"""SignType 1 in three steps: create the XML, sign it with the tool, publish what was signed."""

import json
from datetime import date

import httpx
import pytest
from meinvoice.answers import (
    Answered,
    Created,
    Creations,
    Issued,
    NotSent,
    Refused,
    Unclear,
    Unknown,
    WholeRefusal,
)
from meinvoice.client import MeInvoiceClient
from meinvoice.error_texts import ErrorClass
from meinvoice.exchanges import Exchange
from meinvoice.limits import LimitError
from meinvoice.models import PublishInvoiceData
from meinvoice.signing import TOKEN_KEY, Signed, SignRefused, SignService, to_publish
from meinvoice.tokens import FixedToken
from meinvoice.transport import Reply, Request, Transport, new_http_client
from pydantic import SecretStr, ValidationError
from support.recorded_vendor import DATA, RecordedVendor, payload, recorded_server

A = "11111111-1111-4111-8111-111111111111"
B = "22222222-2222-4222-8222-222222222222"
INVOICES = tuple(f'{{"RefID":"{ref}","InvSeries":"1C26TAA","InvDate":"2026-10-02"}}' for ref in (A, B))
XML = (DATA / "created.xml").read_text()
PIN = SecretStr("135790")


async def created(name: str) -> Creations:
    """Create both invoices against a recorded answer that speaks of each."""
    vendor = RecordedVendor(name)
    answer = await vendor.client.create_xml(INVOICES, deadline_seconds=5)
    assert isinstance(answer, Creations)
    assert vendor.body == {
        "SignType": 1,
        "InvoiceData": [json.loads(one) for one in INVOICES],
        "PublishInvoiceData": None,
    }
    return answer


async def test_three_steps_over_real_connections() -> None:
    """What was created is signed by the tool and published under the same RefID, lookup code and series."""
    async with (
        recorded_server({"/invoice": "create/created"}) as (vendor_url, created_with),
        recorded_server({"/api/SignXML": "signing/signed"}) as (tool_url, signed_with),
        recorded_server({"/invoice": "publish/signed"}) as (publish_url, published_with),
        new_http_client() as http,
    ):
        tokens = FixedToken(SecretStr("t"))
        client = MeInvoiceClient(Transport(http, vendor_url), tax_code="1", tokens=tokens)
        creations = await client.create_xml(INVOICES, deadline_seconds=5)
        assert isinstance(creations, Creations)
        one = creations.results[A]
        assert isinstance(one, Created)
        signed = await SignService(tool_url.removeprefix("http://"), PIN, http=http).sign(one.xml)
        assert isinstance(signed, Signed)
        publisher = MeInvoiceClient(Transport(http, publish_url), tax_code="1", tokens=tokens)
        answer = await publisher.publish_signed([to_publish(one, signed)], deadline_seconds=5)
    assert isinstance(answer, Answered)
    issued = answer.results[A]
    assert isinstance(issued, Issued)
    assert (issued.inv_no, issued.transaction_id, issued.inv_date) == ("00000067", "T1", date(2026, 10, 2))
    assert json.loads(created_with[0].body)["SignType"] == 1
    assert signed_with[0].headers["misatokenkey"] == TOKEN_KEY
    assert json.loads(signed_with[0].body) == {"PinCode": "135790", "XmlContent": XML}
    assert json.loads(published_with[0].body) == {
        "SignType": 1,
        "InvoiceData": None,
        "PublishInvoiceData": [
            {
                "RefID": A,
                "TransactionID": "T1",
                "InvSeries": "1C26TAA",
                "InvoiceData": signed.xml,
                "IsInvoiceCalculatingMachine": False,
            }
        ],
    }


@pytest.mark.parametrize("name", ("create/created", "create/created_array"))
async def test_xml_is_created_in_every_shape(name: str) -> None:
    """A text or a list, keys in any case; the series falls back to what was sent."""
    first, second = (await created(name)).results.values()
    assert isinstance(first, Created)
    assert isinstance(second, Created)
    assert (first.ref_id, first.transaction_id, first.xml, first.inv_no) == (A, "T1", XML, "00000067")
    assert (second.inv_series, second.transaction_id) == ("1C26TAA", "T2")
    assert XML not in repr(first)


async def test_a_series_told_in_parts_is_joined() -> None:
    """`C26TAA` of template 1, or of the series that was sent, is 1C26TAA: signing and look-ups need all of it."""
    signed = Signed("<a/>")
    for one in (await created("create/series_in_parts")).results.values():
        assert isinstance(one, Created)
        assert one.inv_series == "1C26TAA"
        assert to_publish(one, signed).InvSeries == "1C26TAA"


async def test_xml_without_a_series_is_not_created() -> None:
    """What cannot be published is told here, not by an exception after signing."""
    first, second = (await created("create/no_series")).results.values()
    assert isinstance(first, Unclear)
    assert isinstance(second, Created)


async def test_xml_may_start_with_a_byte_order_mark() -> None:
    """As it may in a download; the tool is given the XML without it."""
    one = (await created("create/byte_order_mark")).results[A]
    assert isinstance(one, Created)
    assert one.xml == XML


async def test_each_created_invoice_has_its_own_outcome() -> None:
    """A refused one is told with its field, one without XML is unclear."""
    first, second = (await created("create/mixed")).results.values()
    assert isinstance(first, Refused)
    assert first.meaning.field == "ItemName"
    assert isinstance(second, Unclear)


async def test_an_invoice_published_before_is_adopted() -> None:
    """A duplicate that carries code and number is that invoice; the vendor's own failure stays unclear."""
    first, second = (await created("create/published_before")).results.values()
    assert isinstance(first, Issued)
    assert first.already
    assert isinstance(second, Unclear)


async def test_the_portal_does_not_sign_by_key() -> None:
    """MISA's newer portal refuses SignType 1: the account has to use another way of signing."""
    answer = await RecordedVendor("create/portal", 400).client.create_xml(INVOICES, deadline_seconds=5)
    assert isinstance(answer, WholeRefusal)
    assert (answer.code, answer.meaning.error_class) == ("APINotSupportTypeInvoice", ErrorClass.ACCOUNT_FAULT)


async def test_success_without_xml_is_unknown() -> None:
    """A success that mentions no invoice says nothing, nor does the vendor's own failure."""
    for name in ("create/empty", "publish/refused_exception"):
        answer = await RecordedVendor(name).client.create_xml(INVOICES, deadline_seconds=5)
        assert isinstance(answer, Unknown)


async def test_publish_does_not_take_sign_type_one() -> None:
    """It would create XML and issue nothing."""
    with pytest.raises(ValueError, match="create_xml"):
        await RecordedVendor("create/created").client.publish(1, INVOICES, deadline_seconds=5)


async def test_signed_items_have_limits() -> None:
    """None, more than 30 or the same RefID twice never leave."""
    client = RecordedVendor("publish/signed").client
    item = PublishInvoiceData(RefID=A, TransactionID="T1", InvSeries="1C26TAA", InvoiceData="<a/>")
    for items in ([], [item, item], [item] * 31):
        with pytest.raises(LimitError):
            await client.publish_signed(items, deadline_seconds=5)


@pytest.mark.parametrize("field", ("RefID", "TransactionID", "InvSeries", "InvoiceData"))
@pytest.mark.parametrize("empty", ("", " "))
def test_a_signed_item_lacks_nothing(field: str, empty: str) -> None:
    """What §13.10 needs stands in it, or there is no item."""
    item = {"RefID": A, "TransactionID": "T1", "InvSeries": "1C26TAA", "InvoiceData": "<a/>"}
    with pytest.raises(ValidationError, match=field):
        PublishInvoiceData.model_validate(item | {field: empty})


def test_a_signed_item_is_mailed_to_addresses_separated_by_semicolons() -> None:
    """§13.10; a comma between them would be one address that does not exist. Nobody to mail to is nobody."""
    one, signed = Created(A, "T1", "1C26TAA", XML), Signed("<a/>")
    assert to_publish(one, signed, receiver_email="a@b.vn; c@d.vn").ReceiverEmail == "a@b.vn; c@d.vn"
    assert to_publish(one, signed, receiver_email="").ReceiverEmail is None
    with pytest.raises(ValidationError, match="ReceiverEmail"):
        to_publish(one, signed, receiver_email="a@b.vn, c@d.vn")


class Tool:
    """The signing tool, answering with one recorded payload."""

    def __init__(self, name: str, status: int = 200) -> None:
        """Answer with the payload of this name."""
        self.exchanges: list[Exchange] = []
        http = new_http_client(httpx.MockTransport(lambda _: httpx.Response(status, text=payload(name))))
        self.service = SignService("http://tool.test:12019", PIN, http=http, observe=self._observe)

    async def _observe(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)


@pytest.mark.parametrize("name", ("signing/signed", "signing/other_case"))
async def test_signed_xml_is_read_and_the_pin_is_seen_by_nobody(name: str) -> None:
    """Neither request nor answer of the tool reaches the observer."""
    tool = Tool(name)
    assert isinstance(await tool.service.sign(XML), Signed)
    assert (tool.exchanges[0].path, tool.exchanges[0].status) == ("/api/SignXML", 200)
    assert (tool.exchanges[0].request_body, tool.exchanges[0].response_body) == (None, None)
    assert PIN.get_secret_value() not in repr(tool.exchanges)


@pytest.mark.parametrize("status", (200, 400))
async def test_a_wrong_pin_is_a_refusal_that_does_not_tell_it(status: int) -> None:
    """The tool's words are for a person; the PIN in them is not."""
    answer = await Tool("signing/wrong_pin", status).service.sign(XML)
    assert answer == SignRefused("Sai mã PIN ****, còn 3 lần thử")


async def test_a_tool_without_words_is_a_refusal_by_its_status() -> None:
    """No token in the machine: the tool's status is all there is."""
    assert await Tool("signing/no_token").service.sign(XML) == SignRefused("Status 500")


@pytest.mark.parametrize(("status", "kind"), ((500, SignRefused), (403, SignRefused), (503, Unknown), (200, Unknown)))
async def test_a_failure_without_words_is_not_tried_again_with_the_same_pin(status: int, kind: type[object]) -> None:
    """It may be the PIN, which a few more attempts would lock; a gateway's word is not the tool's."""
    assert isinstance(await Tool("status/empty", status).service.sign(XML), kind)


@pytest.mark.parametrize(
    "name", ("signing/unsigned", "signing/unsigned_but_named", "signing/signature_empty", "signing/cut", "status/empty")
)
async def test_what_is_not_signed_is_never_taken_for_signed(name: str) -> None:
    """XML without a signature (goods may be named so) or with an empty one, cut off, or another answer altogether."""
    assert isinstance(await Tool(name).service.sign(XML), Unknown)


async def test_a_tool_that_is_off_was_not_asked() -> None:
    """Nobody listens: nothing was signed."""
    async with new_http_client() as http:
        assert isinstance(await SignService("http://127.0.0.1:1", PIN, http=http).sign(XML), NotSent)


def test_neither_pin_nor_token_show_in_a_trace_of_an_error() -> None:
    """Tools that print an error with what it was about print these."""
    request = Request(
        "POST", "/api/SignXML", f'{{"PinCode":"{PIN.get_secret_value()}"}}', {"Authorization": "Bearer t1"}
    )
    printed = f"{request!r} {Reply(200, 'Công ty A')!r}"
    assert not [one for one in (PIN.get_secret_value(), "Bearer", "Công ty") if one in printed]
