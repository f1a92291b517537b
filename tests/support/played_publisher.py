"""A publisher over a played meInvoice, with its records in memory, and invoices for it."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import httpx
from invoicer.adapters.meinvoice_publisher import Access, Accounts, MeInvoicePublisher, Records
from invoicer.domain.labels import Labels
from invoicing.convert import Converted, SeriesFacts, convert
from lanes import outcomes as lane
from lanes.model import Command, Intent, Position
from lanes.ports import Parcel, Prepared, Request
from meinvoice.client import MeInvoiceClient
from meinvoice.exchanges import Exchange
from meinvoice.tokens import FixedToken, TokenProvider
from meinvoice.transport import Transport
from pydantic import SecretStr
from runtime.exchanges import Subject
from support.haravan_orders import order, rules
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
    """Over these accounts, with records of its own."""
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
    """An invoice of the demo shop that waits in its lane."""
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
    """A vendor that must not be asked."""
    raise AssertionError("nothing may be sent")


def status_answer(rows: Sequence[Mapping[str, str]]) -> httpx.Response:
    """An answer of `/invoice/status` with these rows."""
    return httpx.Response(200, json={"success": True, "errorCode": None, "data": json.dumps(rows)})


def request(*intents: Intent) -> Request:
    """A request of these, as the engine would make it."""
    return Request(
        request_id="q",
        lane=LANE,
        account=ACCOUNT,
        date=TODAY,
        parcels=tuple(Parcel(each, body(each)) for each in intents),
    )


def body(one: Intent) -> str:
    """The body that would be sent."""
    prepared = publisher(Played(never)).prepare(one, TODAY)
    assert isinstance(prepared, Prepared)
    return prepared.body


async def sent(answer: Answer, *intents: Intent) -> lane.Answered:
    """What became of a request of these."""
    result = await publisher(Played(answer)).publish(request(*intents), deadline_seconds=5, last_check=lambda: None)
    assert isinstance(result, lane.Answered), result
    return result
