"""The publisher adapter over a played meInvoice: bodies, look-ups with both flags, accounts that may not be used."""

import base64
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from uuid import UUID

import httpx
import pytest
from invoicer.adapters.accounts import MeInvoiceAccounts
from invoicer.adapters.errands import Errands
from invoicer.adapters.meinvoice_publisher import Access, Accounts, MeInvoicePublisher, Records
from invoicer.adapters.signed_invoices import SignedInvoices
from invoicer.domain.labels import Labels
from invoicing.convert import Converted, SeriesFacts, convert
from lanes import outcomes as lane
from lanes.model import Body, Command, Intent, Position, Scope
from lanes.ports import HoldIntent, Parcel, Prepared, Request
from meinvoice.client import MeInvoiceClient
from meinvoice.exchanges import Exchange
from meinvoice.tokens import FixedToken, TokenProvider
from meinvoice.transport import Transport
from pydantic import SecretStr
from runtime.clock import SystemClock
from runtime.exchanges import Subject
from shops.clients import VendorClients
from support.haravan_orders import order, rules
from support.one_shop import OneShop
from typing_extensions import override

TODAY = date(2026, 11, 21)
LANE = "sandbox:0101243150:1C__TAA"
ACCOUNT = "sandbox:0101243150"
Answer = Callable[[httpx.Request], httpx.Response]


class Played(Accounts):
    """Clients whose requests are answered by a function."""

    def __init__(self, answer: Answer, tokens: TokenProvider | None = None) -> None:
        self._http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
        self._tokens = tokens or FixedToken(SecretStr("t"))

    @override
    async def access(self, intents: Sequence[Intent]) -> Access:
        transport = Transport(self._http, "http://meinvoice.test/api/integration")
        return Access(MeInvoiceClient(transport, tax_code="0101243150", tokens=self._tokens), 2)


def publisher(accounts: Accounts) -> MeInvoicePublisher:
    return MeInvoicePublisher(accounts, time.monotonic, 5.0, records=Kept())


@dataclass
class Kept(Records):
    """Records in memory, each with what it is about."""

    exchanges: list[tuple[Exchange, Subject]] = field(default_factory=list)
    asked_for: list[str | None] = field(default_factory=list)

    @override
    async def add_once(self, exchange: Exchange, request_id: str) -> None:
        self.exchanges.append((exchange, Subject.bound()))

    @override
    async def written(self, request_id: str | None) -> None:
        """Remember that it was asked for."""
        self.asked_for.append(request_id)


def intent(number: int = 1, *, content: str | None = None, shop: str = "demo", **labels: str) -> Intent:
    made = convert(
        order(), SeriesFacts(series="1C__TAA", sign_type=2), rules(), ref_id=UUID(int=number), invoice_date=TODAY
    )
    assert isinstance(made, Converted)
    command = Command(
        ref_id=str(UUID(int=number)),
        lane=LANE,
        account=ACCOUNT,
        content=content or made.content.to_json(),
        weight=made.line_count,
        labels=Labels(shop, 7, number, f"#{number}", labels.pop("kind", "sale"), **labels).to_mapping(),
        traceparent=None,
    )
    return Intent(command=command, position=Position(6, number), seen={})


def never(_: httpx.Request) -> httpx.Response:
    raise AssertionError("nothing may be sent")


def status_answer(rows: Sequence[Mapping[str, str]]) -> httpx.Response:
    return httpx.Response(200, json={"success": True, "errorCode": None, "data": json.dumps(rows)})


def request(*intents: Intent) -> Request:
    return Request(
        request_id="q",
        lane=LANE,
        account=ACCOUNT,
        date=TODAY,
        parcels=tuple(Parcel(each, body(each)) for each in intents),
    )


def body(one: Intent) -> str:
    prepared = publisher(Played(never)).prepare(one, TODAY)
    assert isinstance(prepared, Prepared)
    return prepared.body


def test_a_body_gets_the_date_of_its_claim_and_the_series_of_that_year() -> None:
    """Claimed in January: the new year's series."""
    prepared = publisher(Played(never)).prepare(intent(), date(2027, 1, 4))
    assert isinstance(prepared, Prepared)
    sent = json.loads(prepared.body)
    assert (sent["InvDate"], sent["InvSeries"]) == ("2027-01-04", "1C27TAA")


def test_content_that_may_not_be_dated_is_held_with_its_reason() -> None:
    """Content of another series never reaches the vendor."""
    held = publisher(Played(never)).prepare(intent(content='{"nonsense": true}'), TODAY)
    assert isinstance(held, HoldIntent)
    assert held.code == "content-unreadable"


async def test_a_batch_is_one_request_with_the_bodies_as_they_are() -> None:
    """Two intents, one POST, the exact texts."""
    seen: list[bytes] = []

    def answer(got: httpx.Request) -> httpx.Response:
        seen.append(got.content)
        results = [
            {"RefID": str(UUID(int=n)), "TransactionID": f"T{n}", "InvNo": f"{n:08}", "InvSeries": "1C26TAA"}
            for n in (1, 2)
        ]
        return httpx.Response(200, json={"success": True, "publishInvoiceResult": json.dumps(results)})

    wanted = request(intent(1), intent(2))
    answered = await publisher(Played(answer)).publish(wanted, deadline_seconds=5, last_check=lambda: None)
    assert isinstance(answered, lane.Answered)
    assert all(isinstance(outcome, lane.Issued) for outcome in answered.by_ref_id.values())
    assert len(seen) == 1
    assert all(parcel.body.encode() in seen[0] for parcel in wanted.parcels)


class _Renewed(FixedToken):
    """A token that can be had anew."""

    @override
    async def renew(self, refused: SecretStr) -> SecretStr:
        return SecretStr("another")


async def test_what_was_asked_with_a_refused_token_is_on_record_before_it_is_asked_again() -> None:
    """A worker that dies with the second of the two leaves one to be told of by its successor, not two."""
    kept, happened = Kept(), list[str]()

    def answer(got: httpx.Request) -> httpx.Response:
        happened.append(f"asked for with {got.headers['Authorization']}, on record: {len(kept.asked_for)}")
        return httpx.Response(401 if got.headers["Authorization"] == "Bearer t" else 500)

    accounts = Played(answer, _Renewed(SecretStr("t")))
    publishing = MeInvoicePublisher(accounts, time.monotonic, 5.0, records=kept)
    await publishing.publish(request(intent(1)), deadline_seconds=5, last_check=lambda: happened.append("checked"))
    assert happened == [
        "checked",
        "asked for with Bearer t, on record: 1",
        "checked",
        "asked for with Bearer another, on record: 2",
    ]
    assert set(kept.asked_for) == {"q"}


async def test_a_look_up_asks_with_the_other_flag_before_it_says_not_found() -> None:
    """A wrong `invoiceWithCode` gives no row and no error."""
    flags: list[str] = []

    def answer(got: httpx.Request) -> httpx.Response:
        flags.append(got.url.params["invoiceWithCode"])
        found = flags[-1] == "false"
        row = {"RefID": str(UUID(int=1)).upper(), "TransactionID": "T1", "InvNo": "00000001", "InvSeries": "1C26TAA"}
        return status_answer([row] if found else [])

    known = await publisher(Played(answer)).look_up([intent(1), intent(2)])
    assert flags == ["true", "false"]
    assert isinstance(known[str(UUID(int=1))], lane.Found)
    assert known[str(UUID(int=2))] == lane.NotFound()


async def test_one_failed_question_keeps_not_found_from_being_concluded() -> None:
    """Only a clear no to both questions is a no."""
    answers = iter((httpx.Response(500), status_answer([])))
    known = await publisher(Played(lambda _: next(answers))).look_up([intent(1)])
    assert isinstance(known[str(UUID(int=1))], lane.Unclear)


@pytest.mark.parametrize("row", ({}, {"message": "x"}, {"Status": "1"}, {"TransactionID": "T1", "InvNo": "00000001"}))
async def test_a_row_that_names_no_invoice_keeps_not_found_from_being_concluded(row: dict[str, str]) -> None:
    """It may be ours: sending again would make a second one."""
    known = await publisher(Played(lambda _: status_answer([row]))).look_up([intent(1)])
    assert isinstance(known[str(UUID(int=1))], lane.Unclear)


async def test_two_invoices_under_one_ref_id_are_for_a_person_to_look_at() -> None:
    """Adopting either would hide the other; the same row twice says nothing new."""
    row = {"RefID": str(UUID(int=1)), "TransactionID": "T1", "InvNo": "00000001", "InvSeries": "1C26TAA"}
    for other, expected in (({"TransactionID": "T2", "InvNo": "00000002"}, lane.Unclear), ({}, lane.Found)):
        told = status_answer([row, {**row, **other}])
        known = await publisher(Played(partial(lambda kept, _: kept, told))).look_up([intent(1)])
        assert isinstance(known[str(UUID(int=1))], expected)


@pytest.mark.parametrize(
    ("shop", "lane_key", "code"),
    (
        ("gone", LANE, "AccountNotConfigured"),
        ("cua-hang-mau", "sandbox:0101243150:1C__TZZ", "SeriesNotConfigured"),
    ),
)
async def test_an_account_or_series_that_is_gone_blocks_instead_of_sending(shop: str, lane_key: str, code: str) -> None:
    """Never another account in its stead; and its lane alone, since another shop may issue for the same company."""
    http = httpx.AsyncClient(transport=httpx.MockTransport(never))
    accounts = MeInvoiceAccounts(
        shops=OneShop(),
        clients=VendorClients(http, tokens=None),  # type: ignore[arg-type]  # no token is asked for
        signed=SignedInvoices(None),  # type: ignore[arg-type]  # nothing is signed
        signatures=Errands(),
        clock=SystemClock(),
    )
    one = intent(shop=shop)
    moved = Intent(
        command=Command(
            ref_id=one.ref_id,
            lane=lane_key,
            account=ACCOUNT,
            content="{}",
            weight=1,
            labels=one.command.labels,
            traceparent=None,
        ),
        position=one.position,
        seen={},
    )
    answered = await publisher(accounts).publish(
        Request.of("r1", [replace(moved, bodies=(Body("{}", TODAY, 1, "r1"),))], resend=False),
        deadline_seconds=1.0,
        last_check=lambda: None,
    )
    assert isinstance(answered, lane.WholeAccountFault)
    assert (answered.code, answered.scope) == (code, Scope.LANE)


ORIGINAL = {
    "RefID": str(UUID(int=9)),
    "TransactionID": "T9",
    "InvNo": "00000042",
    "InvSeries": "1C26TAA",
    "PublishStatus": 1,
    "EInvoiceStatus": 1,
    "SendTaxStatus": 2,
}


def correcting(number: int = 1) -> Intent:
    """An adjustment of the invoice with lookup code T9."""
    sale = json.loads(intent(number).command.content)
    named = {"ReferenceType": 2, "OrgInvoiceType": 1, "OrgInvTemplateNo": "1", "OrgInvSeries": "C26TAA"}
    sale["invoice"] |= {**named, "OrgInvNo": "00000042", "OrgInvDate": "2026-11-01", "InvoiceNote": "Sai giá"}
    return intent(number, content=json.dumps(sale), kind="adjust", original="T9", cause="error")


def vendor(status: Mapping[str, object] | None, published: list[bytes], *, code: int = 200) -> Answer:
    def answer(got: httpx.Request) -> httpx.Response:
        if got.url.path.endswith("/status"):
            assert got.url.params["inputType"] == "1"
            rows = [] if status is None else [status]
            return httpx.Response(code, json={"success": True, "errorCode": None, "data": json.dumps(rows)})
        published.append(got.content)
        sent = json.loads(got.content)["InvoiceData"]
        results = [{"RefID": one["RefID"], "TransactionID": "T", "InvNo": "00000043"} for one in sent]
        return httpx.Response(200, json={"success": True, "publishInvoiceResult": json.dumps(results)})

    return answer


async def sent(answer: Answer, *intents: Intent) -> lane.Answered:
    result = await publisher(Played(answer)).publish(request(*intents), deadline_seconds=5, last_check=lambda: None)
    assert isinstance(result, lane.Answered), result
    return result


async def test_a_correction_is_sent_when_its_original_stands() -> None:
    """The original is asked for by its lookup code, then the correction goes out."""
    published: list[bytes] = []
    answered = await sent(vendor(ORIGINAL, published), correcting())
    assert isinstance(answered.by_ref_id[str(UUID(int=1))], lane.Issued)
    assert len(published) == 1


@pytest.mark.parametrize(
    ("status", "code"),
    (
        (None, "original-not-published"),
        ({**ORIGINAL, "EInvoiceStatus": 2}, "original-cancelled"),
        ({**ORIGINAL, "EInvoiceStatus": 7}, "original-replaced"),
        ({**ORIGINAL, "InvNo": "00000041"}, "original-another-invoice"),
        ({**ORIGINAL, "EInvoiceStatus": 5}, "original-adjusts-another"),
    ),
)
async def test_a_correction_whose_original_does_not_stand_is_refused_unsent(
    status: Mapping[str, object] | None, code: str
) -> None:
    """MeInvoice would issue it, and the tax authority refuse it later; its neighbours wait for the next request."""
    published: list[bytes] = []
    answered = await sent(vendor(status, published), correcting(1), intent(2))
    refused = answered.by_ref_id[str(UUID(int=1))]
    assert isinstance(refused, lane.Rejected)
    assert refused.code == code
    assert isinstance(answered.by_ref_id[str(UUID(int=2))], lane.LeftOut)
    assert not published


async def test_a_correction_waits_while_nobody_can_tell_about_its_original() -> None:
    """An unclear answer is no answer: nothing is sent, and it is asked again."""
    published: list[bytes] = []
    answered = await sent(vendor(None, published, code=500), correcting())
    waiting = answered.by_ref_id[str(UUID(int=1))]
    assert isinstance(waiting, lane.TryAgain)
    assert waiting.code == "OriginalUnclear"
    assert not published


async def test_one_question_that_nobody_answers_does_not_stop_a_series() -> None:
    """The fifth time the correction alone is refused, unsent; a person sends it again."""
    answered = await sent(vendor(None, [], code=500), replace(correcting(), tries=4))
    refused = answered.by_ref_id[str(UUID(int=1))]
    assert isinstance(refused, lane.Rejected)
    assert refused.code == "OriginalUnanswered"


async def test_a_look_up_is_on_record_before_anything_is_adopted() -> None:
    """Under the request it asks about; under none where they are several."""
    kept = Kept()
    asking = MeInvoicePublisher(Played(lambda _: status_answer([])), time.monotonic, 5.0, records=kept)
    await asking.look_up([replace(intent(number), request_id="r7") for number in (1, 2)])
    await asking.look_up([replace(intent(number), request_id=f"r{number}") for number in (1, 2)])
    assert kept.asked_for == ["r7", None]


async def test_a_correction_that_may_have_been_sent_goes_out_again_unasked() -> None:
    """Its own first request may be why the original stands no more; only the vendor's deduplication decides then."""
    published: list[bytes] = []
    await sent(vendor({**ORIGINAL, "EInvoiceStatus": 7}, published), replace(correcting(), open_attempts=1))
    assert len(published) == 1


async def test_an_invoice_beyond_a_limit_is_refused_alone() -> None:
    """Its neighbours of the request are sent with the next one."""
    wrong = json.loads(intent(1).command.content)
    wrong["invoice"]["OrgInvNo"] = "123456789"
    published: list[bytes] = []
    answered = await sent(vendor(None, published), intent(1, content=json.dumps(wrong)), intent(2))
    refused = answered.by_ref_id[str(UUID(int=1))]
    assert isinstance(refused, lane.Rejected)
    assert refused.code == "BrokenLimit"
    assert "OrgInvNo" in refused.reason
    assert isinstance(answered.by_ref_id[str(UUID(int=2))], lane.LeftOut)
    assert not published


DOCUMENT = (
    "<HDon><DLHDon><TTChung><KHMSHDon>1</KHMSHDon><KHHDon>C26TAA</KHHDon><SHDon>7</SHDon><NLap>2026-11-19</NLap>"
    "</TTChung><NDHDon><TToan><TgTTTBSo>725000</TgTTTBSo></TToan></NDHDon></DLHDon></HDon>"
)


@pytest.mark.parametrize(
    ("document", "total"), ((DOCUMENT, "725000"), ("", None), (DOCUMENT.replace(">7<", ">8<"), None))
)
async def test_adopting_after_several_bodies_reads_the_document(document: str, total: str | None) -> None:
    """A status tells neither date nor amounts; while the document cannot be read, nothing is concluded."""

    def answer(got: httpx.Request) -> httpx.Response:
        if got.url.path.endswith("/download"):
            data = [{"TransactionID": "T1", "Data": base64.b64encode(document.encode()).decode()}]
            return httpx.Response(200, json={"success": True, "data": json.dumps(data)})
        row = {"RefID": str(UUID(int=1)), "TransactionID": "T1", "InvNo": "00000007", "InvSeries": "1C26TAA"}
        return status_answer([row])

    bodies = tuple(Body(text, TODAY, 1, text) for text in ("first", "second"))
    known = await publisher(Played(answer)).look_up([replace(intent(1), bodies=bodies)])
    found = known[str(UUID(int=1))]
    if total is None:
        assert isinstance(found, lane.Unclear)
    else:
        assert isinstance(found, lane.Found)
        assert (found.result["TotalAmount"], found.result["InvDate"]) == (total, "2026-11-19")


async def test_documents_of_a_whole_request_are_asked_for_at_once() -> None:
    """Thirty invoices of two bodies each: one question for all, so that the look-up ends in its time."""
    numbers, asked = range(1, 31), []

    def answer(got: httpx.Request) -> httpx.Response:
        if got.url.path.endswith("/download"):
            asked.append(json.loads(got.content))
            told = [(f"T{n}", DOCUMENT.replace(">7<", f">{n}<")) for n in numbers]
            data = [{"TransactionID": one, "Data": base64.b64encode(text.encode()).decode()} for one, text in told]
            return httpx.Response(200, json={"success": True, "data": json.dumps(data)})
        rows = [{"RefID": str(UUID(int=n)), "TransactionID": f"T{n}", "InvNo": f"{n:08d}"} for n in numbers]
        return status_answer([row | {"InvSeries": "1C26TAA"} for row in rows])

    bodies = tuple(Body(text, TODAY, 1, text) for text in ("first", "second"))
    known = await publisher(Played(answer)).look_up([replace(intent(n), bodies=bodies) for n in numbers])
    assert asked == [[f"T{n}" for n in numbers]]
    assert all(isinstance(one, lane.Found) and one.result["TotalAmount"] == "725000" for one in known.values())


async def test_a_look_up_tells_what_it_learnt_in_its_time() -> None:
    """One lane's question that hangs takes nothing from what is known of the others."""
    now = 0.0

    def answer(got: httpx.Request) -> httpx.Response:
        nonlocal now
        now += 20.0
        return status_answer([])

    slow = MeInvoicePublisher(Played(answer), lambda: now, 5.0, records=Kept(), look_up_seconds=27.0)
    one, other = intent(1), intent(2, shop="other")
    known = await slow.look_up([one, other])
    assert known == {one.ref_id: lane.NotFound(), other.ref_id: lane.Unclear("no time was left to ask")}


async def test_what_another_worker_left_behind_is_put_on_record() -> None:
    """Found by RefID, order, lane and request, with the bodies that may have been sent."""
    kept = Kept()
    one = replace(intent(1), sent_at=datetime(2026, 11, 21, 3, tzinfo=UTC), changed_at=datetime.now(UTC))
    parcels = (Parcel(one, '{"RefID":"1"}'), Parcel(intent(2), '{"RefID":"2"}'))
    request = Request(request_id="r7", lane=LANE, account=ACCOUNT, date=TODAY, parcels=parcels)
    await MeInvoicePublisher(Played(lambda _: httpx.Response(500)), time.monotonic, 5.0, records=kept).left_behind(
        request
    )
    [(exchange, about)] = kept.exchanges
    assert (exchange.method, exchange.path, exchange.status, exchange.started_at) == (
        *("POST", "/invoice", None),
        one.sent_at,
    )
    assert exchange.request_body == '{"InvoiceData":[{"RefID":"1"},{"RefID":"2"}]}'
    assert exchange.error
    assert (about.request_id, about.lane, about.ref_ids) == ("r7", LANE, (str(UUID(int=1)), str(UUID(int=2))))


async def test_a_duplicate_after_a_changed_body_is_looked_up() -> None:
    """The vendor names the invoice that exists, not which of the bodies it was: its amounts may be the other's."""
    element = {"RefID": str(UUID(int=1)), "TransactionID": "T1", "InvNo": "00000007"}
    duplicate = {**element, "ErrorCode": "DuplicateInvoiceRefID"}

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"success": True, "publishInvoiceResult": json.dumps([duplicate])})

    for texts, expected in ((("first",), lane.Issued), (("first", "second"), lane.Unknown)):
        one = replace(intent(1), bodies=tuple(Body(text, TODAY, 1, text) for text in texts))
        answered = await sent(answer, one)
        assert isinstance(answered.by_ref_id[str(UUID(int=1))], expected)
