"""Tokens, templates, status."""

import pytest
from meinvoice.answers import NotSent, Statuses, Templates, Tickets, TokenGranted, Unknown, WholeRefusal
from meinvoice.client import MeInvoiceClient, StatusBy, fetch_token
from meinvoice.settings import PORTAL
from meinvoice.tokens import Credentials, FixedToken
from meinvoice.transport import Transport, new_http_client
from pydantic import SecretStr
from support.recorded_vendor import RecordedVendor

LOGIN = Credentials(SecretStr("app-1"), "0101243150", "user", SecretStr("pa55"))


async def test_login_gives_a_token_and_hides_everything() -> None:
    """The token is granted; neither it nor the login reaches the observer."""
    vendor = RecordedVendor("token/granted")
    answer = await fetch_token(vendor.transport, LOGIN)
    assert isinstance(answer, TokenGranted)
    assert answer.token.get_secret_value() == "t0ken"
    assert vendor.asked == ["POST /auth/token"]
    assert vendor.body == {"appid": "app-1", "taxcode": "0101243150", "username": "user", "password": "pa55"}
    assert (vendor.exchanges[0].request_body, vendor.exchanges[0].response_body) == (None, None)
    assert "pa55" not in repr([*vendor.exchanges, answer])
    assert "t0ken" not in repr(answer)


async def test_wrong_password_is_named() -> None:
    """A refused login tells the sub-code's meaning, with HTTP 400 as with 200."""
    answer = await fetch_token(RecordedVendor("token/wrong_password", 400).transport, LOGIN)
    assert isinstance(answer, WholeRefusal)
    assert answer.meaning.code == "MisaIdError"


async def test_other_surface_is_a_setting() -> None:
    """The newer portal's paths and its headers are settings."""
    vendor = RecordedVendor("token/granted")
    await fetch_token(vendor.transport, LOGIN, paths=PORTAL, extra_headers={"ClientID": "c"})
    assert vendor.asked == ["POST /invoice/token"]
    assert vendor.requests[0].headers["ClientID"] == "c"


async def test_status_asks_with_its_flags() -> None:
    """The series' two flags and the kind of id go along as the document names them."""
    vendor = RecordedVendor("status/string")
    answer = await vendor.client.status(
        ["a", "b"], invoice_with_code=True, calculating_machine=False, by=StatusBy.REF_ID
    )
    assert isinstance(answer, Statuses)
    assert answer.rows[0].InvNo == "00000067"
    assert vendor.asked == ["POST /invoice/status"]
    assert dict(vendor.requests[0].url.params) == {"invoiceWithCode": "true", "invoiceCalcu": "false", "inputType": "2"}
    assert vendor.requests[0].content == b'["a", "b"]'
    assert vendor.exchanges[0].path.startswith("/invoice/status?invoiceWithCode=true")


async def test_odd_rows_are_read_and_nonsense_counted() -> None:
    """Lower-case keys and texts for numbers are read; what is no row is counted."""
    answer = await RecordedVendor("status/array_odd_types").client.status(
        ["a"], invoice_with_code=True, calculating_machine=False, by=StatusBy.TRANSACTION_ID
    )
    assert isinstance(answer, Statuses)
    assert (answer.rows[0].SendTaxStatus, answer.unreadable) == (2, 1)


@pytest.mark.parametrize("name", ("status/empty", "status/null"))
async def test_unknown_ids_give_no_rows(name: str) -> None:
    """The vendor drops unknown ids without an error."""
    answer = await RecordedVendor(name).client.status(
        ["a"], invoice_with_code=True, calculating_machine=False, by=StatusBy.REF_ID
    )
    assert answer == Statuses(())


async def test_too_many_ids_are_refused_on_both_sides() -> None:
    """More than 50 ids never leave; the vendor's own refusal is read."""
    vendor = RecordedVendor("status/too_many", 400)
    with pytest.raises(ValueError, match="50"):
        await vendor.client.status(["a"] * 51, invoice_with_code=True, calculating_machine=False, by=StatusBy.REF_ID)
    answer = await vendor.client.status(["a"], invoice_with_code=True, calculating_machine=False, by=StatusBy.REF_ID)
    assert isinstance(answer, WholeRefusal)


async def test_templates_are_read() -> None:
    """Templates come as a JSON text holding a list."""
    vendor = RecordedVendor("templates/list")
    answer = await vendor.client.templates(invoice_with_code=True)
    assert isinstance(answer, Templates)
    assert vendor.asked == ["GET /invoice/templates"]
    assert dict(vendor.requests[0].url.params) == {"invoiceWithCode": "true", "ticket": "false"}
    assert (answer.rows[0].InvSeries, answer.rows[0].IsMoreVATRate) == ("1C26TAA", True)
    assert answer.unreadable == 0


async def test_templates_that_cannot_be_read_are_counted() -> None:
    """What is no row, and a row whose fields are of other kinds, is left out and not kept quiet."""
    answer = await RecordedVendor("templates/odd").client.templates(invoice_with_code=True)
    assert isinstance(answer, Templates)
    assert ([row.InvSeries for row in answer.rows], answer.unreadable) == (["1C26TAA"], 2)


async def test_ticket_templates_are_read() -> None:
    """Tickets are asked for by their own flag; what is no row is left out and counted."""
    vendor = RecordedVendor("tickets/list")
    answer = await vendor.client.tickets(invoice_with_code=True)
    assert isinstance(answer, Tickets)
    assert [(one.InvSeries, one.TicketType, one.IsTicketCode) for one in answer.rows] == [("5C26MVE", 1, True)]
    assert answer.unreadable == 1
    assert vendor.asked == ["GET /invoice/templates"]
    assert dict(vendor.requests[0].url.params) == {"invoiceWithCode": "true", "ticket": "true"}


async def test_real_connection_that_nobody_answers_was_not_sent() -> None:
    """A port where nobody listens is certainly not sent."""
    async with new_http_client() as http:
        client = MeInvoiceClient(Transport(http, "http://127.0.0.1:1"), tax_code="1", tokens=FixedToken(SecretStr("t")))
        answer = await client.publish(2, ['{"RefID":"a"}'], deadline_seconds=5)
    assert isinstance(answer, NotSent)


@pytest.mark.parametrize("name", ("token/json_text", "token/with_blank", "token/not_ascii"))
async def test_what_can_be_no_token_is_none(name: str) -> None:
    """JSON that holds one, blanks, letters beyond ASCII: each use of it would be refused, or could not be sent."""
    assert isinstance(await fetch_token(RecordedVendor(name).transport, LOGIN), Unknown)


async def test_login_without_a_token_is_unknown() -> None:
    """A login that succeeds with an empty answer gives no token."""
    assert isinstance(await fetch_token(RecordedVendor("status/null").transport, LOGIN), Unknown)
