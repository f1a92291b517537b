"""Whatever the vendor answers: never an exception, and nothing is issued, accepted or created out of thin air."""

import json
import string
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from meinvoice.answers import (
    Accepted,
    Answered,
    Created,
    Creations,
    InvoiceFiles,
    Issued,
    NotSent,
    Refused,
    Unclear,
    Unknown,
    WholeRefusal,
)
from meinvoice.calls import Caller
from meinvoice.client import FileKind
from meinvoice.creations import create_answer
from meinvoice.errors import classify
from meinvoice.files import download_answer
from meinvoice.models import InvoiceStatus
from meinvoice.outcomes import Sent, publish_answer
from meinvoice.parsing import load, parse_envelope, rows_of
from meinvoice.sign_types import ASYNCHRONOUS, SignType
from meinvoice.tokens import FixedToken
from meinvoice.transport import Reply, Request, Transport
from pydantic import SecretStr
from typing_extensions import override

A = "11111111-1111-4111-8111-111111111111"
B = "22222222-2222-4222-8222-222222222222"
SENT = [Sent(A, "1C26TAA", None), Sent(B, "1C26TAA", None)]
NAMES = [
    "success",
    "errorCode",
    "descriptionErrorCode",
    "createInvoiceResult",
    "publishInvoiceResult",
    "errors",
    "data",
    "RefID",
    "TransactionID",
    "InvSeries",
    "InvDate",
    "InvoiceData",
    "Data",
    "EInvoiceStatus",
    "SendTaxStatus",
]
"""Names the vendor uses, but for the number: without it nothing can be issued."""
WORDS = [A, B, "T1", "Exception", "DuplicateInvoiceRefID", "true", "", "[]", "{}", "null", "2026-10-02", "<HDon/>"]


def in_any_case(names: list[str]) -> st.SearchStrategy[str]:
    """Names in the letter cases that gateways make of them."""
    return st.sampled_from([*names, *map(str.lower, names), *map(str.upper, names)])


def answers(names: list[str]) -> st.SearchStrategy[Any]:
    """JSON made of the vendor's names and words, lists and objects sometimes as JSON text, and of anything else."""
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text()
    return st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(in_any_case(names) | st.text(max_size=3), inner, max_size=6)
            | inner.map(json.dumps)
        ),
        max_leaves=12,
    )


def envelopes(names: list[str]) -> st.SearchStrategy[str]:
    """Answers that look like the vendor's, and some that do not."""
    inner = answers(names)
    frame = st.fixed_dictionaries(
        {"success": st.sampled_from([True, False, "true", "True", None, 1])},
        optional={
            "errorCode": st.sampled_from([None, "", "Exception", "InvalidTaxCode", "?"]) | inner,
            "errors": inner,
            "data": inner,
            "publishInvoiceResult": inner | elements(names),
            "createInvoiceResult": inner | elements(names),
        },
    )
    return frame.map(json.dumps) | inner.map(json.dumps) | st.text()


def elements(names: list[str]) -> st.SearchStrategy[Any]:
    """Lists of elements about the invoices that were sent, some as JSON text."""
    element = st.fixed_dictionaries(
        {"RefID": st.sampled_from([A, B, A.upper(), "", None])},
        optional={name: answers(names) for name in names if name != "RefID"},
    )
    listed = st.lists(element, max_size=4)
    return listed | listed.map(json.dumps)


NOTHING: st.SearchStrategy[Any] = st.sampled_from([None, "", [], {}])
CODES = NOTHING | st.sampled_from(["InvalidTaxCode", "Exception", "DuplicateInvoiceRefID", "?", ["X"], {"Code": "X"}])


def near_misses() -> st.SearchStrategy[str]:
    """Answers that look like success, with something in them that may say otherwise."""
    element = st.fixed_dictionaries(
        {
            "RefID": st.sampled_from([A, B, A.upper()]),
            "TransactionID": st.sampled_from(["T1", "T2", "", None, ["T1"]]),
            "InvNo": st.sampled_from(["00000067", 68, "", "chưa có", None]),
        },
        optional={"ErrorCode": CODES, "errorCode": CODES, "invno": st.sampled_from(["00000067", "00000069", None])},
    )
    frame = st.fixed_dictionaries(
        {"success": st.sampled_from([True, "true", False])},
        optional={
            "errorCode": CODES,
            "ErrorCode": CODES,
            "errors": st.just([]) | CODES | st.lists(CODES, max_size=2),
            "data": NOTHING | st.lists(element, max_size=2),
            "publishInvoiceResult": NOTHING | st.lists(element, max_size=3).flatmap(in_either_form),
        },
    )
    return frame.map(json.dumps)


def near_rows() -> st.SearchStrategy[str]:
    """Answers with status rows, of which some lack what names them or carry an error."""
    row = st.fixed_dictionaries(
        {},
        optional={
            "RefID": st.sampled_from([A, "", None, ["x"]]),
            "TransactionID": st.sampled_from(["T1", " ", None]),
            "InvNo": st.sampled_from(["00000067", None]),
            "ErrorCode": CODES,
            "Status": st.just(1),
        },
    )
    listed = st.lists(row | st.just("x") | st.none(), max_size=4).flatmap(in_either_form)
    return st.fixed_dictionaries({"success": st.just(True)}, optional={"data": NOTHING | listed}).map(json.dumps)


def in_either_form(listed: list[Any]) -> st.SearchStrategy[Any]:
    """A list, or its JSON text."""
    return st.sampled_from([listed, json.dumps(listed)])


def said(members: dict[str, Any], name: str) -> list[Any]:
    """What is said under a name in any case; empty where nothing is."""
    return [value for key, value in members.items() if key.lower() == name and value not in (None, "", [], {}, " ")]


def objects_in(value: Any) -> list[dict[str, Any]]:
    """Every object of a JSON value, also of JSON texts in it, read by Python's own reader."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return []
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [*([value] if isinstance(value, dict) else []), *(found for one in inner for found in objects_in(one))]


def says_so(element: dict[str, Any], ref_id: str, issued: Issued) -> bool:
    """Whether an element says just this of this invoice, and nothing against it."""
    numbers = {str(number).zfill(8) for number in said(element, "invno")}
    codes = [code for code in said(element, "errorcode") if not issued.already or code != "DuplicateInvoiceRefID"]
    named = [str(one).strip().lower() for one in said(element, "refid")] == [ref_id.lower()]
    told = {str(one).strip() for one in said(element, "transactionid")} == {issued.transaction_id}
    return named and told and numbers == {issued.inv_no} and not codes


UNHURRIED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
STATUSES = st.sampled_from([200, 201, 302, 400, 401, 404, 408, 429, 500, 503])
SIGN_TYPES = st.sampled_from([one for one in SignType if one is not SignType.KEY])


@given(envelopes(NAMES), STATUSES, SIGN_TYPES)
@UNHURRIED
def test_nothing_is_issued_without_a_number(text: str, status: int, sign_type: SignType) -> None:
    """Every invoice is told of, none is issued, and only asynchronous types accept, after success alone."""
    answer = publish_answer(Reply(status, text), SENT, sign_type)
    if not isinstance(answer, Answered):
        assert isinstance(answer, WholeRefusal | Unknown)
        return
    assert list(answer.results) == [A, B]
    accepted = [one for one in answer.results.values() if isinstance(one, Accepted)]
    assert not accepted or (sign_type in ASYNCHRONOUS and status < 400)
    others = [one for one in answer.results.values() if not isinstance(one, Accepted)]
    assert all(isinstance(one, Refused | Unclear) for one in others)


@given(near_misses() | envelopes([*NAMES, "InvNo"]), STATUSES, SIGN_TYPES)
@UNHURRIED
def test_what_is_issued_was_said(text: str, status: int, sign_type: SignType) -> None:
    """One element says lookup code and number of this invoice and no error, in an answer that says none either."""
    answer = publish_answer(Reply(status, text), SENT, sign_type)
    results = answer.results if isinstance(answer, Answered) else {}
    for ref_id, one in results.items():
        if isinstance(one, Issued):
            assert status < 500
            assert set(one.inv_no) <= set(string.digits)
            assert any(says_so(element, ref_id, one) for element in objects_in(json.loads(text)))
            assert one.already or nothing_against(text, status)


@given(near_misses(), STATUSES, st.sampled_from(sorted(ASYNCHRONOUS)))
@UNHURRIED
def test_what_is_accepted_was_not_refused(text: str, status: int, sign_type: SignType) -> None:
    """Nothing in the answer's frame says otherwise, nor does the element if there is one."""
    answer = publish_answer(Reply(status, text), SENT, sign_type)
    results = answer.results if isinstance(answer, Answered) else {}
    for ref_id, one in results.items():
        if isinstance(one, Accepted):
            assert not said(json.loads(text), "data")
            about = [
                each for each in objects_in(json.loads(text)) if ref_id.lower() in str(said(each, "refid")).lower()
            ]
            assert nothing_against(text, status)
            assert not any(said(each, "errorcode") for each in about)


def nothing_against(text: str, status: int) -> bool:
    """Whether the frame reports success and no error."""
    frame = json.loads(text)
    frame = json.loads(frame) if isinstance(frame, str) else frame
    errors = [code for listed in said(frame, "errors") for code in (listed if isinstance(listed, list) else [listed])]
    told = said(frame, "success") in ([True], ["true"], ["True"])
    return status < 400 and told and not said(frame, "errorcode") and not any(errors)


@given(envelopes(NAMES), STATUSES)
@UNHURRIED
def test_nothing_is_created_without_xml(text: str, status: int) -> None:
    """A created invoice has its lookup code and XML; nothing is issued by creating."""
    answer = create_answer(Reply(status, text), SENT)
    results = answer.results.values() if isinstance(answer, Creations) else ()
    assert not any(isinstance(one, Issued) for one in results)
    assert all(one.transaction_id and one.xml.startswith("<") for one in results if isinstance(one, Created))


@given(st.lists(answers(NAMES)), st.sampled_from(FileKind))
@UNHURRIED
def test_garbage_is_no_file(rows: list[Any], kind: FileKind) -> None:
    """Each lookup code is told of; what is handed out is of the kind that was asked for."""
    found = download_answer(rows, ["T1", A], kind).results
    assert list(found) == ["T1", A]
    for one in found.values():
        if isinstance(one, InvoiceFiles):
            assert kind is FileKind.XML
            assert one.xml is not None


class Says(Transport):
    """A transport whose vendor says one thing."""

    def __init__(self, reply: Reply) -> None:
        """Answer everything with `reply`."""
        self.monotonic = lambda: 0.0
        self._reply = reply

    @override
    async def send(self, request: Request, **more: object) -> Reply:
        return self._reply


@given(near_rows() | envelopes([*NAMES, "InvNo"]), STATUSES)
@UNHURRIED
async def test_reading_rows_never_raises(text: str, status: int) -> None:
    """Status rows are read or counted as unreadable, whatever stands in them; what is read names an invoice."""
    caller = Caller(Says(Reply(status, text)), tax_code="1", tokens=FixedToken(SecretStr("t")), extra_headers={})
    answer = await caller.rows(Request("POST", "/x"), 1.0, InvoiceStatus)
    if isinstance(answer, tuple):
        assert status < 400
        rows, unreadable = answer
        frame = json.loads(text)
        frame = json.loads(frame) if isinstance(frame, str) else frame
        assert "data" in {str(name).lower() for name in frame}
        assert all(row.RefID.strip() or row.TransactionID.strip() for row in rows)
        faultless = [each for value in said(frame, "data") for each in objects_in(value) if not said(each, "errorcode")]
        assert len(rows) <= len(faultless)
        assert len(rows) + unreadable in number_of_rows(frame)
    else:
        assert isinstance(answer, WholeRefusal | Unknown | NotSent)


def number_of_rows(frame: dict[str, Any]) -> set[int]:
    """How many there may be in `data`: a list, its text, or one object; null and an empty text are an empty list."""
    told = [value for name, value in frame.items() if name.lower() == "data"]
    read = [json.loads(value) if isinstance(value, str) and value else value for value in told]
    return {len(value) if isinstance(value, list) else int(isinstance(value, dict)) for value in read}


@given(st.text())
@UNHURRIED
def test_any_code_has_a_meaning(code: str) -> None:
    """What is in no table is unknown, with sentences all the same."""
    meaning = classify(code)
    assert meaning.vi
    assert meaning.en


@given(st.text() | answers(NAMES).map(json.dumps))
@UNHURRIED
def test_frames_are_read_or_not_there(text: str) -> None:
    """Never an exception, however deep or odd."""
    envelope = parse_envelope(text)
    assert envelope is None or envelope.success in (True, False)
    assert rows_of(text) is None or isinstance(rows_of(text), list)


@pytest.mark.parametrize(
    "text",
    ("9" * 5000, '{"success":true,"publishInvoiceResult":' + "[" * 100_000, '{"success":1e999999999}', "\ud800", "NaN"),
)
def test_absurd_answers_are_unknown(text: str) -> None:
    """Numbers without end, nesting without end, half characters."""
    assert isinstance(publish_answer(Reply(200, text), SENT, SignType.HSM), Unknown)


@pytest.mark.parametrize("nested", (False, True))
def test_half_characters_can_be_kept(*, nested: bool) -> None:
    """A text that the vendor cut inside a character can be written to a database: its answer must not be lost."""
    rows: Any = [{"RefID": "r1", "ErrorCode": "Odd\ud83d", "DescriptionErrorCode": "Áo 👕 \ud83d"}]
    answer = {"success": True, "publishInvoiceResult": json.dumps(rows) if nested else rows}
    said = publish_answer(Reply(200, json.dumps(answer)), [Sent("r1", "1C26TAA", None)], SignType.HSM)
    assert isinstance(said, Answered)
    unclear = said.results["r1"]
    assert isinstance(unclear, Unclear)
    assert unclear.code is not None
    assert unclear.code.encode() == "Odd\N{REPLACEMENT CHARACTER}".encode()
    assert load('"Áo \\ud83d\\udc55"') == "Áo 👕"
