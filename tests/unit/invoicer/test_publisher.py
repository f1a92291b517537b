"""The publisher adapter over a played meInvoice: bodies, look-ups with both flags, accounts that may not be used."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from uuid import UUID

import httpx
import pytest
from invoicer.adapters.accounts import MeInvoiceAccounts
from invoicer.adapters.meinvoice_publisher import Accounts, AccountUnusableError, MeInvoicePublisher
from invoicer.domain.labels import Labels
from invoicing.convert import Converted, SeriesFacts, convert
from lanes import outcomes as lane
from lanes.model import Command, Intent, Position, Scope
from lanes.ports import HoldIntent, Parcel, Prepared, Request
from meinvoice.client import MeInvoiceClient
from meinvoice.tokens import FixedToken
from meinvoice.transport import Transport
from pydantic import SecretStr
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

    def __init__(self, answer: Answer) -> None:
        self._http = httpx.AsyncClient(transport=httpx.MockTransport(answer))

    @override
    async def client(self, intents: Sequence[Intent]) -> tuple[MeInvoiceClient, int]:
        transport = Transport(self._http, "http://meinvoice.test/api/integration")
        return MeInvoiceClient(transport, tax_code="0101243150", tokens=FixedToken(SecretStr("t"))), 2


def intent(number: int = 1, *, content: str | None = None, shop: str = "demo") -> Intent:
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
        labels=Labels(shop, 7, number, f"#{number}", "sale").to_mapping(),
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
    prepared = MeInvoicePublisher(Played(never)).prepare(one, TODAY)
    assert isinstance(prepared, Prepared)
    return prepared.body


def test_a_body_gets_the_date_of_its_claim_and_the_series_of_that_year() -> None:
    """Claimed in January: the new year's series."""
    prepared = MeInvoicePublisher(Played(never)).prepare(intent(), date(2027, 1, 4))
    assert isinstance(prepared, Prepared)
    sent = json.loads(prepared.body)
    assert (sent["InvDate"], sent["InvSeries"]) == ("2027-01-04", "1C27TAA")


def test_content_that_may_not_be_dated_is_held_with_its_reason() -> None:
    """Content of another series never reaches the vendor."""
    held = MeInvoicePublisher(Played(never)).prepare(intent(content='{"nonsense": true}'), TODAY)
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
    answered = await MeInvoicePublisher(Played(answer)).publish(wanted, deadline_seconds=5, last_check=lambda: None)
    assert isinstance(answered, lane.Answered)
    assert all(isinstance(outcome, lane.Issued) for outcome in answered.by_ref_id.values())
    assert len(seen) == 1
    assert all(parcel.body.encode() in seen[0] for parcel in wanted.parcels)


async def test_a_look_up_asks_with_the_other_flag_before_it_says_not_found() -> None:
    """A wrong `invoiceWithCode` gives no row and no error."""
    flags: list[str] = []

    def answer(got: httpx.Request) -> httpx.Response:
        flags.append(got.url.params["invoiceWithCode"])
        found = flags[-1] == "false"
        row = {"RefID": str(UUID(int=1)).upper(), "TransactionID": "T1", "InvNo": "00000001", "InvSeries": "1C26TAA"}
        return status_answer([row] if found else [])

    known = await MeInvoicePublisher(Played(answer)).look_up([intent(1), intent(2)])
    assert flags == ["true", "false"]
    assert isinstance(known[str(UUID(int=1))], lane.Found)
    assert known[str(UUID(int=2))] == lane.NotFound()


async def test_one_failed_question_keeps_not_found_from_being_concluded() -> None:
    """Only a clear no to both questions is a no."""
    answers = iter((httpx.Response(500), status_answer([])))
    known = await MeInvoicePublisher(Played(lambda _: next(answers))).look_up([intent(1)])
    assert isinstance(known[str(UUID(int=1))], lane.Unclear)


@pytest.mark.parametrize(
    ("shop", "lane_key", "code", "scope"),
    (
        ("gone", LANE, "AccountNotConfigured", Scope.ACCOUNT),
        ("cua-hang-mau", "sandbox:0101243150:1C__TZZ", "SeriesNotConfigured", Scope.LANE),
    ),
)
async def test_an_account_or_series_that_is_gone_blocks_instead_of_sending(
    shop: str, lane_key: str, code: str, scope: Scope
) -> None:
    """Never another account in its stead."""
    http = httpx.AsyncClient(transport=httpx.MockTransport(never))
    accounts = MeInvoiceAccounts(OneShop(), VendorClients(http, tokens=None))  # type: ignore[arg-type]
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
    with pytest.raises(AccountUnusableError) as caught:
        await accounts.client([moved])
    assert (caught.value.code, caught.value.scope) == (code, scope)
