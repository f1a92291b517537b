"""The publisher adapter over a played meInvoice: bodies, look-ups with both flags, accounts that may not be used."""

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import httpx
import pytest
from invoicer.adapters.accounts import MeInvoiceAccounts
from invoicer.adapters.errands import Errands
from invoicer.adapters.meinvoice_publisher import MeInvoicePublisher
from invoicer.adapters.signed_invoices import SignedInvoices
from lanes import outcomes as lane
from lanes.model import Body, Command, Intent, Scope
from lanes.ports import HoldIntent, Parcel, Prepared, Request
from meinvoice.tokens import FixedToken
from pydantic import SecretStr
from runtime.clock import SystemClock
from shops.clients import VendorClients
from support.one_shop import OneShop
from support.played_publisher import ACCOUNT, LANE, TODAY, Answer, Kept, Played, intent, never, publisher, request, sent
from typing_extensions import override


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
