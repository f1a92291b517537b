"""What became of invoices is asked for under both flags, until each is settled, and never concluded from silence."""

import json
from collections.abc import Mapping, Sequence

import httpx
import pytest
from meinvoice.answers import Issued, Unclear
from meinvoice.client import MeInvoiceClient, StatusBy
from meinvoice.limits import LimitError
from meinvoice.models import InvoiceStatus, SeriesKind
from meinvoice.resolutions import CodeRefused, StatusRows, Waiting, issued_of, resolutions
from meinvoice.resolving import QUESTIONS, WAITS, resolve, status_rows
from meinvoice.tokens import FixedToken
from meinvoice.transport import Transport
from pydantic import SecretStr
from support.recorded_vendor import payload

A = "11111111-1111-4111-8111-111111111111"
B = "22222222-2222-4222-8222-222222222222"
LOGIN_REFUSED = httpx.Response(400, text=payload("token/wrong_password"))


def row(ref_id: str = A, **changed: object) -> dict[str, object]:
    """A status row of an issued invoice."""
    number = "00000067" if ref_id.upper() == A.upper() else "00000068"
    told = {"RefID": ref_id, "TransactionID": f"T{number}", "InvNo": number, "InvSeries": "1C26TAA", "PublishStatus": 1}
    return told | {"InvoiceCode": "M1", "SendTaxStatus": 2} | changed


def rows(*told: Mapping[str, object]) -> httpx.Response:
    """An answer with these rows."""
    return httpx.Response(200, json={"success": True, "errorCode": None, "errors": [], "data": list(told)})


class Vendor:
    """Answers each question in turn, the last one again and again; keeps what was asked and how long was slept."""

    def __init__(self, *answers: httpx.Response) -> None:
        """Answer so."""
        self.answers = list(answers)
        self.asked: list[tuple[str, list[str]]] = []
        self.slept: list[float] = []
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        transport = Transport(http, "https://v.test/api")
        self.client = MeInvoiceClient(transport, tax_code="1", tokens=FixedToken(SecretStr("t")))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/api/invoice/status"
        params = request.url.params
        assert (params["invoiceCalcu"], params["inputType"]) == ("false", "2")
        self.asked.append((params["invoiceWithCode"], json.loads(request.content)))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    async def sleep(self, seconds: float) -> None:
        """Keep how long."""
        self.slept.append(seconds)

    async def rows(self, ids: Sequence[str]) -> StatusRows:
        """Ask once, under both flags."""
        return await status_rows(
            self.client, ids, by=StatusBy.REF_ID, invoice_with_code=True, calculating_machine=False
        )


async def test_each_is_asked_for_until_it_is_settled() -> None:
    """The series' own flag first, then the other for what is missing; after each wait only what is left."""
    vendor = Vendor(rows(row(A)), rows(), rows(), rows(row(B)))
    told = await resolve(vendor.client, [A, B], series="1C26TAA", sleep=vendor.sleep)
    assert list(told) == [A, B]
    assert told[A] == Issued("T00000067", "00000067", "M1", "1C26TAA", None, already=True)
    assert isinstance(told[B], Issued)
    assert vendor.asked == [("true", [A, B]), ("false", [B]), ("true", [B]), ("false", [B])]
    assert vendor.slept == [WAITS[0]]


async def test_patience_ends_after_the_waits() -> None:
    """What the vendor never tells of is still waiting: that is not concluded to be refused."""
    vendor = Vendor(rows())
    told = await resolve(vendor.client, [A], series="1K26TAA", sleep=vendor.sleep, waits=(1.0, 2.0))
    assert isinstance(told[A], Waiting)
    assert vendor.slept == [1.0, 2.0]
    assert [flag for flag, _ in vendor.asked] == ["false", "true"] * 3


async def test_a_row_without_a_number_waits() -> None:
    """It is taken and not issued: asked again."""
    vendor = Vendor(rows(row(InvNo="")), rows(row(PublishStatus=0)), rows(row()))
    told = await resolve(vendor.client, [A], series="1C26TAA", sleep=vendor.sleep)
    assert isinstance(told[A], Issued)
    assert len(vendor.slept) == 2


async def test_what_nobody_can_tell_now_is_asked_again() -> None:
    """A timeout, a row that cannot be read or is about something else leave it unclear, never waiting."""
    for answer in (httpx.Response(504), rows({}), rows(row("33333333-3333-4333-8333-333333333333"))):
        vendor = Vendor(answer)
        told = await resolve(vendor.client, [A], series="1C26TAA", sleep=vendor.sleep, waits=(1.0,))
        assert isinstance(told[A], Unclear)
        assert vendor.slept == [1.0]
        vendor = Vendor(answer, rows(), rows(row()))
        assert isinstance((await resolve(vendor.client, [A], series="1C26TAA", sleep=vendor.sleep))[A], Issued)


async def test_a_refused_login_is_not_asked_again() -> None:
    """Each question would be another login, for which MISA blocks addresses."""
    vendor = Vendor(LOGIN_REFUSED)
    told = await resolve(vendor.client, [A], series="1C26TAA", sleep=vendor.sleep)
    assert told == {A: Unclear("UnAuthorize")}
    assert (vendor.slept, len(vendor.asked)) == ([], QUESTIONS)


async def test_the_vendor_may_ask_for_a_longer_wait() -> None:
    """`Retry-After` of a question outlasts the wait that was meant."""
    vendor = Vendor(httpx.Response(429, headers={"Retry-After": "7"}), rows(), rows(row()))
    assert isinstance((await resolve(vendor.client, [A], series="1C26TAA", sleep=vendor.sleep))[A], Issued)
    assert vendor.slept == [7.0]


async def test_one_unclear_answer_keeps_the_other_from_concluding() -> None:
    """The flag that failed may be the one that knows it."""
    assert (await Vendor(httpx.Response(500), rows()).rows([A])).unclear == "HTTP 500"
    assert (await Vendor(rows(), httpx.Response(500)).rows([A])).unclear == "HTTP 500"
    assert await Vendor(rows(), rows()).rows([A]) == StatusRows({}, None)


async def test_rows_are_found_by_their_id_in_any_case() -> None:
    """A row that is about nothing that was asked for makes the whole word unclear."""
    told = await Vendor(rows(row(A.upper()))).rows([A])
    assert (list(told.rows), told.unclear) == ([A], None)
    told = await Vendor(rows(row(A), {"TransactionID": "T9", "InvNo": "00000009"})).rows([A])
    assert list(told.rows) == [A]
    assert told.unclear is not None


async def test_two_invoices_of_one_id_are_for_a_person() -> None:
    """The same row under both flags is one invoice; another number is another."""
    assert A in (await Vendor(rows(row(), row())).rows([A])).rows
    told = await Vendor(rows(row(), row(InvNo="00000099"))).rows([A])
    assert told.rows == {}
    assert "several invoices" in (told.unclear or "")


def test_a_refused_code_is_told_apart() -> None:
    """3 of a series with code: no invoice. Without code the data were not accepted, and it is one."""
    kind = SeriesKind.of("1C26TAA")
    for told, expected in (
        (row(SendTaxStatus=3), CodeRefused),
        (row(SendTaxStatus=3, InvSeries="C26TAA", InvTempl="1"), CodeRefused),
        (row(SendTaxStatus=3, InvSeries=""), CodeRefused),
        (row(SendTaxStatus=3, InvSeries="1K26TAA"), Issued),
        (row(SendTaxStatus=0), Issued),
    ):
        read = StatusRows({A: InvoiceStatus.model_validate(told)}, None)
        assert type(resolutions(read, [A.upper()], kind)[A.upper()]) is expected


@pytest.mark.parametrize("number", ("", "0", "00000000", "chưa có", "٠٠٠٠٠٠٦٧"))
def test_what_is_no_number_is_not_issued(number: str) -> None:
    """Nor is a row without its lookup code."""
    assert isinstance(issued_of(InvoiceStatus.model_validate(row(InvNo=number))), Waiting)
    assert isinstance(issued_of(InvoiceStatus.model_validate(row(TransactionID=""))), Waiting)


async def test_impossible_questions_never_leave() -> None:
    """None, more than 50, a series that is none."""
    vendor = Vendor(rows())
    for ids in ([], [A] * 51):
        with pytest.raises(LimitError):
            await resolve(vendor.client, ids, series="1C26TAA", sleep=vendor.sleep)
    with pytest.raises(ValueError, match="no series"):
        await resolve(vendor.client, [A], series="xyz", sleep=vendor.sleep)
    assert vendor.asked == []
