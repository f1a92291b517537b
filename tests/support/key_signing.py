"""A meInvoice, a signing tool and kept documents in memory, for signing by a token."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import httpx
from invoicer.adapters.errands import Errands
from invoicer.adapters.key_signing import KeySigning
from invoicer.adapters.signed_invoices import Kept, SignedInvoices
from lanes import outcomes as lane
from lanes.model import Command, Intent, Position
from lanes.ports import Parcel
from meinvoice.client import MeInvoiceClient
from meinvoice.models import PublishInvoiceData
from meinvoice.signing import SignService
from meinvoice.tokens import FixedToken
from meinvoice.transport import Transport
from pydantic import SecretStr
from typing_extensions import override

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


class InMemory(SignedInvoices):
    """Signed invoices kept in memory."""

    items: dict[str, Kept]

    def __init__(self) -> None:
        super().__init__(None)  # type: ignore[arg-type]  # no database here
        object.__setattr__(self, "items", {})

    @override
    async def find(self, bodies: Sequence[str]) -> Mapping[str, Kept]:
        return {body: self.items[body] for body in bodies if body in self.items}

    @override
    async def keep(self, kept: Mapping[str, Kept], at: datetime) -> None:
        self.items.update(kept)

    @override
    async def keep_signed(self, body: str, signed: Kept, at: datetime) -> bool:
        still = body in self.items and self.items[body].batch == signed.batch
        if still:
            self.items[body] = signed
        return still

    @override
    async def stands_alone(self, batch: str, before: int, bodies: Sequence[str]) -> bool:
        return not any(
            one.batch == batch and one.place < before for body, one in self.items.items() if body not in bodies
        )

    @override
    async def drop(self, bodies: Sequence[str]) -> None:
        for body in bodies:
            self.items.pop(body, None)


@dataclass
class Vendor:
    """meInvoice and the signing tool, each step of which can be told to fail."""

    created: int = 0
    signed: int = 0
    published: list[list[dict[str, str]]] = field(default_factory=list)
    seconds_to_sign: float = 0.0
    clock: float = 0.0
    creation: Callable[[str], dict[str, object]] = lambda _: {}
    signing: Callable[[], httpx.Response] | None = None
    publishing: Callable[[list[dict[str, str]]], httpx.Response] | None = None
    token: asyncio.Event | None = None
    """Where there is one, the token signs when it is set."""

    async def answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        if request.url.path.endswith("/SignXML"):
            if self.token is not None:
                await self.token.wait()
            return self._sign(body)
        assert body["SignType"] == 1
        return self._create(body["InvoiceData"]) if body["InvoiceData"] else self._publish(body["PublishInvoiceData"])

    def _create(self, invoices: list[dict[str, str]]) -> httpx.Response:
        self.created += 1
        elements = [
            {
                "RefID": one["RefID"],
                "TransactionID": f"T{self.created}",
                "InvSeries": one["InvSeries"],
                "InvoiceData": f"<HDon><Ref>{one['RefID']}</Ref></HDon>",
                **self.creation(one["RefID"]),
            }
            for one in invoices
        ]
        return httpx.Response(200, json={"success": True, "createInvoiceResult": json.dumps(elements)})

    def _sign(self, body: dict[str, str]) -> httpx.Response:
        self.signed += 1
        self.clock += self.seconds_to_sign
        if self.signing is not None:
            return self.signing()
        signed = body["XmlContent"].replace(
            "</HDon>", "<Signature><SignatureValue>s</SignatureValue></Signature></HDon>"
        )
        return httpx.Response(200, json={"Status": 200, "PayLoad": signed, "Message": None})

    def _publish(self, items: list[dict[str, str]]) -> httpx.Response:
        self.published.append(items)
        if self.publishing is not None:
            return self.publishing(items)
        return answer([{"RefID": one["RefID"], "TransactionID": "T", "InvNo": "00000001"} for one in items])


def answer(elements: Sequence[Mapping[str, object]]) -> httpx.Response:
    return httpx.Response(200, json={"success": True, "publishInvoiceResult": json.dumps(elements)})


def refused(code: str) -> Callable[[list[dict[str, str]]], httpx.Response]:
    return lambda items: answer([{"RefID": one["RefID"], "ErrorCode": code} for one in items])


def invoice(number: int, *, open_attempts: int = 0) -> Parcel:
    text = {"RefID": str(UUID(int=number)), "InvSeries": "1C26TKA", "InvDate": "2026-11-21"}
    totals = {
        f"Total{name}{suffix}": 10
        for name in ("SaleAmount", "DiscountAmount", "AmountWithoutVAT", "VATAmount", "Amount")
        for suffix in ("", "OC")
    }
    line = {"ItemType": 1, "LineNumber": 1, "SortOrder": 1, "ItemName": "Áo"}
    body = json.dumps({**text, **totals, "TotalAmountInWords": "Mười đồng.", "OriginalInvoiceDetail": [line]})
    command = Command(ref_id=text["RefID"], lane="sandbox:1:1C__TKA", account="sandbox:1", content="{}", weight=1)
    return Parcel(Intent(command=command, position=Position(1, number), seen={}, open_attempts=open_attempts), body)


@dataclass
class World:
    """One account that signs by its own token."""

    vendor: Vendor = field(default_factory=Vendor)
    kept: InMemory = field(default_factory=InMemory)
    signatures: Errands[PublishInvoiceData] = field(default_factory=Errands)
    budget: float = 100.0
    checks: int = 0

    async def publish(self, *numbers: int, check: Callable[[], None] | None = None, alive: bool = False) -> lane.Answer:
        """As the publisher does it."""
        http = httpx.AsyncClient(transport=httpx.MockTransport(self.vendor.answer))
        client = MeInvoiceClient(
            Transport(http, "http://meinvoice.test"), tax_code="0101243150", tokens=FixedToken(SecretStr("t"))
        )
        signing = KeySigning(
            client=client,
            tool=SignService("http://ke-toan:12019", SecretStr("123456"), http=http),
            kept=self.kept,
            signatures=self.signatures,
            now=lambda: NOW,
            monotonic=lambda: self.vendor.clock,
            new_id=lambda: str(self.vendor.created),
        )
        parcels = [invoice(number, open_attempts=int(alive)) for number in numbers]
        ends = self.vendor.clock + self.budget
        return await signing.publish(
            parcels, ends=ends, deadline_seconds=5, on_record=self._on_record, last_check=check or self._count
        )

    async def _on_record(self) -> None:
        """Whatever was asked is."""

    def _count(self) -> None:
        self.checks += 1


def outcomes(result: lane.Answer) -> list[lane.Outcome]:
    assert isinstance(result, lane.Answered), result
    return list(result.by_ref_id.values())


async def nothing_under_way() -> None:
    """Waits until what goes on in the background has ended."""
    under_way = [task for task in asyncio.all_tasks() if task.get_name().startswith("errand")]
    await asyncio.gather(*under_way, return_exceptions=True)
