"""What the answers to a publish request are read as."""

import json
from datetime import UTC, date, datetime

import httpx
import pytest
from meinvoice.answers import (
    Accepted,
    Answered,
    Issued,
    NotSent,
    PublishAnswer,
    Refused,
    Unclear,
    Unknown,
    WholeRefusal,
)
from meinvoice.client import MeInvoiceClient
from meinvoice.error_texts import ErrorClass
from meinvoice.exchanges import Exchange
from meinvoice.sign_types import SignType
from meinvoice.tokens import FixedToken
from meinvoice.transport import Transport
from pydantic import SecretStr
from support.publish_calls import DATA, INVOICES, A, B, answering, client_of, publish


async def results(name: str) -> Answered:
    """Publish against a recorded payload that speaks of invoices."""
    answer = await publish(answering(name))
    assert isinstance(answer, Answered)
    assert set(answer.results) == {A, B}
    return answer


async def test_request_is_the_exact_text_with_all_headers() -> None:
    """Bodies travel as given, with the token, the tax code and the right path."""
    seen: list[httpx.Request] = []

    def vendor(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answering("issued_string")(request)

    exchanges: list[Exchange] = []
    await client_of(vendor, exchanges).publish(2, INVOICES, deadline_seconds=5)
    assert (seen[0].method, str(seen[0].url)) == ("POST", "https://vendor.test/api/integration/invoice")
    assert seen[0].headers["CompanyTaxCode"] == "0101243150"
    assert seen[0].headers["Authorization"] == "Bearer t1"
    body = seen[0].content.decode()
    assert body == f'{{"SignType":2,"InvoiceData":[{",".join(INVOICES)}],"PublishInvoiceData":null}}'
    assert exchanges[0].request_body == body
    assert (exchanges[0].path, exchanges[0].status, exchanges[0].attempt) == ("/invoice", 200, 1)
    assert "t1" not in repr(exchanges)


@pytest.mark.parametrize("name", ("issued_string", "issued_array", "issued_other_case"))
async def test_issued_in_every_shape(name: str) -> None:
    """Strings or arrays, any case, numbers without zeros: all are the same two invoices."""
    first, second = (await results(name)).results.values()
    assert isinstance(first, Issued)
    assert isinstance(second, Issued)
    assert (first.inv_no, second.inv_no, first.transaction_id) == ("00000067", "00000068", "ABC123XYZ")
    assert first.inv_series == "1C26TAA"


async def test_a_series_in_parts_is_joined_and_the_codes_are_told() -> None:
    """With the template's digit, its own or that of what was sent; `InvCode` is the tax authority's, if it came."""
    first, second = (await results("series_in_parts")).results.values()
    assert isinstance(first, Issued)
    assert isinstance(second, Issued)
    assert (first.inv_series, first.inv_code) == ("1C26TAA", "M1-26-ABCDE-00000000067")
    assert (second.inv_series, second.inv_code) == ("1C26TAA", None)


async def test_date_and_series_fall_back_to_what_was_sent() -> None:
    """An element without date and series takes those of the request."""
    issued = (await results("issued_other_case")).results[A]
    assert isinstance(issued, Issued)
    assert issued.inv_date == date(2026, 10, 1)


async def test_partial_success_is_told_per_invoice() -> None:
    """One issued, one refused with its field and description."""
    found = (await results("mixed")).results
    assert isinstance(found[A], Issued)
    refused = found[B]
    assert isinstance(refused, Refused)
    assert (refused.meaning.error_class, refused.meaning.field) == (ErrorClass.ORDER_FAULT, "ItemName")
    assert refused.description == "Tên hàng quá dài"


@pytest.mark.parametrize(
    ("name", "unclear"), (("missing", B), ("twice", A), ("without_number", A), ("refused_but_rows", A))
)
async def test_what_nobody_can_tell_is_unclear(name: str, unclear: str) -> None:
    """Absent, there twice, success without a number, no error in a refused request: never guessed."""
    assert isinstance((await results(name)).results[unclear], Unclear)


async def test_text_instead_of_a_number_is_unclear() -> None:
    """A "no number yet" text is not a number."""
    assert isinstance((await results("without_number")).results[B], Unclear)


async def test_duplicate_with_its_invoice_is_that_invoice() -> None:
    """Trap: a resend refused as a duplicate is success: adopted if it carries the invoice, else looked up."""
    adopted, bare = (await results("duplicate_with_invoice")).results.values()
    assert isinstance(adopted, Issued)
    assert adopted.already
    assert isinstance(bare, Refused)
    assert bare.meaning.error_class == ErrorClass.ISSUED_ALREADY


async def test_both_spellings_of_the_number_race() -> None:
    """The vendor's spelling and the correct one are the same refusal."""
    found = (await results("number_race")).results.values()
    assert [one.meaning.error_class for one in found if isinstance(one, Refused)] == [ErrorClass.NUMBER_RACE] * 2


async def test_exception_and_unknown_codes_are_unclear() -> None:
    """The vendor's own failure and a code nobody knows may hide an issued invoice."""
    found = (await results("exception")).results.values()
    assert [type(one) for one in found] == [Unclear, Unclear]


@pytest.mark.parametrize("status", (200, 400))
async def test_whole_refusal_with_either_status(status: int) -> None:
    """Trap: a refusal with the vendor's code did nothing, whatever the HTTP status: it is read from the body."""
    answer = await publish(answering("refused_whole", status))
    assert isinstance(answer, WholeRefusal)
    assert answer.description == json.loads((DATA / "refused_whole.json").read_text())["descriptionErrorCode"] != ""
    assert answer.meaning.error_class == ErrorClass.ACCOUNT_FAULT


async def test_sub_code_explains_a_general_refusal() -> None:
    """The field named by a sub-code is what the person is told."""
    answer = await publish(answering("refused_sub_codes", 400))
    assert isinstance(answer, WholeRefusal)
    assert answer.meaning.field == "TotalSaleAmount"


@pytest.mark.parametrize("name", ("refused_exception", "success_empty"))
async def test_whole_answers_that_are_unknown(name: str) -> None:
    """`Exception` and a success that mentions no invoice leave the outcome open."""
    assert isinstance(await publish(answering(name)), Unknown)


@pytest.mark.parametrize(
    "response",
    (
        httpx.Response(500, text="oops"),
        httpx.Response(500, text=(DATA / "refused_whole.json").read_text()),
        httpx.Response(502),
        httpx.Response(504),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, text=""),
        httpx.Response(200, text="[]"),
        httpx.Response(200, text='{"a":' * 5000),
        httpx.Response(302, headers={"Location": "/x"}),
    ),
)
async def test_unreadable_or_server_errors_are_unknown(response: httpx.Response) -> None:
    """Trap: 5xx, redirects and an unreadable 200 may have issued."""
    assert isinstance(await publish(lambda _: response), Unknown)


async def test_throttled_is_a_refusal_with_its_wait() -> None:
    """Trap: 429 did nothing and says when to come back; its decimal Retry-After is told."""
    answer = await publish(lambda _: httpx.Response(429, headers={"Retry-After": "2.5"}))
    assert isinstance(answer, WholeRefusal)
    assert (answer.meaning.error_class, answer.retry_after) == (ErrorClass.TRY_LATER, 2.5)


@pytest.mark.parametrize(
    ("told", "wait"), (("86400000000000", 3600.0), ("inf", 3600.0), ("nan", None), ("-1", None), ("tomorrow", None))
)
async def test_a_wait_beyond_reason_is_an_hour(told: str, wait: float | None) -> None:
    """A number that no date can hold must not end in an error after the request was sent."""
    answer = await publish(lambda _: httpx.Response(429, headers={"Retry-After": told}))
    assert isinstance(answer, WholeRefusal)
    assert answer.retry_after == wait


async def test_a_wait_told_as_a_moment_is_read() -> None:
    """`Retry-After` may be a date; one that has passed is no wait."""
    now = datetime(2026, 10, 2, 3, 0, tzinfo=UTC)
    for told, wait in (("Fri, 02 Oct 2026 03:01:30 GMT", 90.0), ("Fri, 02 Oct 2026 02:00:00 GMT", 0.0)):
        response = httpx.Response(429, headers={"Retry-After": told})
        http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _, response=response: response))
        transport = Transport(http, "https://v.test", now=lambda: now)
        client = MeInvoiceClient(transport, tax_code="1", tokens=FixedToken(SecretStr("t")))
        answer = await client.publish(2, INVOICES, deadline_seconds=5)
        assert isinstance(answer, WholeRefusal)
        assert answer.retry_after == wait


async def test_wrong_address_is_the_accounts_fault() -> None:
    """A 404 without envelope did nothing and would meet every invoice."""
    answer = await publish(lambda _: httpx.Response(404, text="not here"))
    assert isinstance(answer, WholeRefusal)
    assert answer.meaning.error_class == ErrorClass.ACCOUNT_FAULT


@pytest.mark.parametrize(
    ("error", "kind"),
    (
        (httpx.ConnectError("x"), NotSent),
        (httpx.ConnectTimeout("x"), NotSent),
        (httpx.PoolTimeout("x"), NotSent),
        (httpx.ProxyError("x"), NotSent),
        (httpx.WriteError("x"), Unknown),
        (httpx.WriteTimeout("x"), Unknown),
        (httpx.ReadTimeout("x"), Unknown),
        (httpx.ReadError("x"), Unknown),
        (httpx.RemoteProtocolError("x"), Unknown),
        (httpx.CloseError("x"), Unknown),
        (httpx.DecodingError("x"), Unknown),
    ),
)
async def test_transport_errors_say_whether_bytes_may_have_left(error: httpx.HTTPError, kind: type) -> None:
    """Trap: which errors of httpx say "not sent": only failures before the first byte; the observer sees each."""
    exchanges: list[Exchange] = []

    def vendor(_: httpx.Request) -> httpx.Response:
        raise error

    answer = await client_of(vendor, exchanges).publish(2, INVOICES, deadline_seconds=5)
    assert isinstance(answer, kind)
    assert (exchanges[0].status, exchanges[0].error) == (None, type(error).__name__)


def told(answer: PublishAnswer) -> list[type]:
    """What an answer says of each invoice, in their order."""
    assert isinstance(answer, Answered)
    return [type(one) for one in answer.results.values()]


@pytest.mark.parametrize("sign_type", (SignType.HSM_LATER, SignType.CASH_REGISTER_LATER))
async def test_asynchronous_types_are_accepted_without_a_number(sign_type: SignType) -> None:
    """No error and no number yet: taken, and its status will tell. The lookup code is kept where it came."""
    client = client_of(answering("later_without_number"))
    answer = await client.publish(sign_type, INVOICES, deadline_seconds=5)
    assert isinstance(answer, Answered)
    assert list(answer.results.values()) == [Accepted("T1"), Accepted(None)]
    silent = await client_of(answering("success_empty")).publish(sign_type, INVOICES, deadline_seconds=5)
    assert told(silent) == [Accepted, Accepted]


async def test_asynchronous_types_may_still_issue_or_refuse() -> None:
    """A number is a number, an error an error, and a number without its lookup code is not understood."""
    for name, kinds in (
        ("later_mixed", [Issued, Refused]),
        ("later_missing", [Accepted, Unclear]),
        ("later_number_only", [Unclear, Accepted]),
    ):
        assert told(await client_of(answering(name)).publish(6, INVOICES, deadline_seconds=5)) == kinds


@pytest.mark.parametrize("sign_type", (2, 4, 5))
async def test_other_types_are_never_accepted(sign_type: int) -> None:
    """There the same answers tell nothing: the invoice must be looked up."""
    client = client_of(answering("later_without_number"))
    assert told(await client.publish(sign_type, INVOICES, deadline_seconds=5)) == [Unclear, Unclear]
    silent = await client_of(answering("success_empty")).publish(sign_type, INVOICES, deadline_seconds=5)
    assert isinstance(silent, Unknown)


@pytest.mark.parametrize("sign_type", (3, 6))
async def test_what_asynchronous_answers_do_not_say_is_not_made_up(sign_type: int) -> None:
    """A result that cannot be read, a server error and a refused request are no acceptance."""
    client = client_of(answering("result_unreadable"))
    assert isinstance(await client.publish(sign_type, INVOICES, deadline_seconds=5), Unknown)
    client = client_of(answering("success_empty", 500))
    assert isinstance(await client.publish(sign_type, INVOICES, deadline_seconds=5), Unknown)
    client = client_of(answering("later_without_number", 400))
    assert told(await client.publish(sign_type, INVOICES, deadline_seconds=5)) == [Unclear, Unclear]


async def test_an_unknown_sign_type_is_refused_at_once() -> None:
    """Only the documented ones leave."""
    with pytest.raises(ValueError, match="7"):
        await client_of(answering("issued_string")).publish(7, INVOICES, deadline_seconds=5)
