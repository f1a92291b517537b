"""Answers that contradict themselves, or say something that cannot be read, are never read as what they might mean."""

import pytest
from meinvoice.answers import Accepted, Answered, Issued, PublishAnswer, Refused, Unclear, Unknown, WholeRefusal
from meinvoice.client import StatusBy, fetch_token
from meinvoice.error_texts import ErrorClass
from meinvoice.models import SendEmailData
from meinvoice.outcomes import Sent, publish_answer
from meinvoice.parsing import Odd, code_of, load, lower_keys, says_nothing
from meinvoice.sign_types import ASYNCHRONOUS, SignType
from meinvoice.tokens import Credentials
from meinvoice.transport import Reply
from pydantic import SecretStr
from support.recorded_vendor import RecordedVendor, payload

A = "11111111-1111-4111-8111-111111111111"
B = "22222222-2222-4222-8222-222222222222"
SENT = [Sent(A, "1C26TAA", None), Sent(B, "1C26TAA", None)]


def read(name: str, sign_type: SignType = SignType.HSM, status: int = 200) -> PublishAnswer:
    """A recorded answer to publishing both invoices."""
    return publish_answer(Reply(status, payload(f"publish/{name}")), SENT, sign_type)


def kinds(name: str, sign_type: SignType = SignType.HSM) -> list[type]:
    """What a recorded answer says of each invoice."""
    answer = read(name, sign_type)
    assert isinstance(answer, Answered)
    return [type(one) for one in answer.results.values()]


def test_an_error_code_that_is_no_text_is_an_error_all_the_same() -> None:
    """A list or an object in its place: beside lookup code and number it is unclear, never issued."""
    assert kinds("code_no_text") == [Unclear, Unclear]


def test_of_two_spellings_the_one_that_says_something_counts() -> None:
    """`ErrorCode` and `errorCode`: null beside a code is the code; two codes are unclear."""
    assert kinds("code_twice") == [Refused, Unclear]


def test_a_name_that_stands_there_twice_is_read_alike() -> None:
    """The JSON's last word would hide an error, and be one of two numbers."""
    assert kinds("name_twice") == [Refused, Unclear]


def test_an_unreadable_code_of_the_whole_answer_leaves_it_open() -> None:
    """With elements that look issued each is unclear; alone the outcome is unknown, at publishing and elsewhere."""
    assert kinds("envelope_code_no_text") == [Unclear, Unclear]
    assert isinstance(read("envelope_code_no_text_alone"), Unknown)


async def test_an_unreadable_code_is_unknown_to_every_function() -> None:
    """Nor does a login, a status or a template list take it for a refusal or for success."""
    vendor = RecordedVendor("publish/envelope_code_no_text_alone")
    login = Credentials(SecretStr("app"), "0101243150", "user", SecretStr("pa55"))
    assert isinstance(await fetch_token(vendor.transport, login), Unknown)
    assert isinstance(await vendor.client.templates(invoice_with_code=True), Unknown)


@pytest.mark.parametrize("name", ("success_with_errors", "success_with_data"))
@pytest.mark.parametrize("sign_type", sorted(ASYNCHRONOUS))
def test_success_that_says_more_is_no_acceptance(name: str, sign_type: SignType) -> None:
    """Codes in `errors`, or something in `data`: an asynchronous invoice may be refused there."""
    assert isinstance(read(name, sign_type), Unknown)


@pytest.mark.parametrize("sign_type", (SignType.HSM, SignType.HSM_LATER))
def test_success_with_errors_issues_nothing(sign_type: SignType) -> None:
    """Each invoice without a code of its own is looked up; one with its code is refused."""
    assert kinds("success_with_errors_and_rows", sign_type) == [Unclear, Refused]


@pytest.mark.parametrize(
    "name",
    (
        "refused_with_exception",
        "refused_with_new_code",
        "refused_with_new_sub_code",
        "refused_with_odd_sub_code",
        "refused_with_exception_told",
    ),
)
@pytest.mark.parametrize("status", (200, 400))
def test_one_code_that_may_hide_an_invoice_is_enough(name: str, status: int) -> None:
    """`Exception`, a code nobody knows or something that is none, beside however definite a refusal."""
    assert isinstance(read(name, status=status), Unknown)


def test_sentences_beside_a_code_are_no_codes() -> None:
    """`errors` is documented as descriptions, too: they keep a definite refusal definite."""
    answer = read("refused_with_sentences", status=400)
    assert isinstance(answer, WholeRefusal)
    assert answer.meaning.error_class == ErrorClass.ORDER_FAULT


async def test_mails_with_errors_of_their_own_are_not_taken() -> None:
    """§10 has no data: what stands there may say which e-mail was refused."""
    mail = SendEmailData(TransactionID="T1", ReceiverEmail="lan@a.vn")
    client = RecordedVendor("email/item_errors").client
    answer = await client.send_email([mail], invoice_with_code=True, calculating_machine=False)
    assert isinstance(answer, Unknown)


@pytest.mark.parametrize("name", ("blank_row", "message_row", "odd_row", "error_row", "contradictory_row"))
async def test_a_row_that_names_no_invoice_is_unreadable(name: str) -> None:
    """Otherwise it would be an invoice without a number, or the look-up would conclude that there is none."""
    answer = await RecordedVendor(f"status/{name}").client.status(
        [A], invoice_with_code=True, calculating_machine=False, by=StatusBy.REF_ID
    )
    assert (getattr(answer, "rows", None), getattr(answer, "unreadable", None)) == ((), 1)


async def test_an_answer_without_data_is_no_empty_list() -> None:
    """Null, blank and empty lists are; a missing member says nothing."""
    answer = await RecordedVendor("status/no_data").client.status(
        [A], invoice_with_code=True, calculating_machine=False, by=StatusBy.REF_ID
    )
    assert isinstance(answer, Unknown)


def test_too_large_a_body_is_too_many_invoices() -> None:
    """A gateway's 413 concerns this request alone: fewer at once go through, no account is at fault."""
    answer = publish_answer(Reply(413, "<html>"), SENT, SignType.HSM)
    assert isinstance(answer, WholeRefusal)
    assert (answer.code, answer.meaning.error_class) == ("InvoiceQuantityTooLarge", ErrorClass.ORDER_FAULT)


def test_forbidden_names_what_to_ask_misa() -> None:
    """MISA blocks addresses that log in often, and app ids: the base URL is not what to look at."""
    answer = publish_answer(Reply(403, "<html>"), SENT, SignType.HSM)
    assert isinstance(answer, WholeRefusal)
    assert answer.meaning.error_class == ErrorClass.ACCOUNT_FAULT
    for text in (answer.meaning.vi, answer.meaning.en):
        assert "IP" in text
        assert "token" in text
        assert "app" in text.lower()


def test_a_request_that_timed_out_there_is_unknown() -> None:
    """HTTP 408 says nothing about what was done before."""
    assert publish_answer(Reply(408, payload("publish/refused_whole")), SENT, SignType.HSM) == Unknown("HTTP 408")


def test_what_says_nothing() -> None:
    """Null, blanks, empty lists and objects, also as texts; a flag or a zero says something."""
    nothing: tuple[object, ...] = (None, "", " ", [], {}, "[]", " {} ", Odd.ABSENT)
    something: tuple[object, ...] = (0, False, "null", "x", [None], Odd.CONTRADICTORY)
    assert all(map(says_nothing, nothing))
    assert not any(map(says_nothing, something))
    assert [code_of(one) for one in ("X", 7, None, [], ["X"], {"Code": "X"})] == ["X", "7", "", "", "?", "?"]


def test_members_of_one_name_are_compared() -> None:
    """The same said twice is said once; the order does not matter, nor a third that says nothing."""
    assert lower_keys({"A": 67, "a": "67"}) == {"a": 67}
    assert lower_keys({"AB": "", "ab": "x", "Ab": None}) == {"ab": "x"}
    assert lower_keys({"AB": "y", "ab": "x", "Ab": None}) == {"ab": Odd.CONTRADICTORY}
    assert load('{"a":1,"a":2}') == {"a": Odd.CONTRADICTORY}


def test_the_plain_answers_still_mean_what_they_say() -> None:
    """None of this costs an answer that is as documented."""
    assert kinds("issued_string") == [Issued, Issued]
    assert kinds("success_empty", SignType.HSM_LATER) == [Accepted, Accepted]
