"""Every SignType through a lane, 4 as far as it gets: MongoDB, engine, adapter, meInvoice and the signing tool."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from invoicer.adapters.accounts import MeInvoiceAccounts
from invoicer.adapters.errands import Errands
from invoicer.adapters.meinvoice_publisher import Access, Accounts, MeInvoicePublisher, Records
from invoicer.adapters.signed_invoices import SignedInvoices
from invoicer.application.ports import Shops
from invoicer.domain.labels import Labels
from invoicing.convert import Converted, SeriesFacts, convert
from lanes.engine import LaneEngine
from lanes.model import Command, Intent, IntentState, LaneState, Position
from lanes.mongo import MongoLaneStore
from lanes.operations import LaneOperations
from lanes.settings import LaneSettings
from lanes.staging import Stager
from meinvoice.exchanges import Exchange
from meinvoice.sign_types import SignType
from meinvoice.transport import new_http_client
from motor.motor_asyncio import AsyncIOMotorClient
from runtime.clock import SystemClock
from runtime.secrets import SecretBox, generate_key
from runtime.tokens import AccountTokens
from sandbox.meinvoice.app import make_app as make_meinvoice_app
from sandbox.meinvoice.app import make_meinvoice
from sandbox.signing.app import make_app as make_signing_app
from sandbox.signing.app import make_sign_service
from shops.clients import VendorClients
from shops.models import Shop
from shops.store import StoredShop
from support.haravan_orders import line, order, rules
from support.lane_vendor import RecordingAnnouncer
from support.sandboxes import serving
from support.shops import example_shop
from typing_extensions import override


class _Nowhere(Records):
    """Keeps no record."""

    @override
    async def add_once(self, exchange: Exchange, request_id: str) -> None:
        """Forget it."""

    @override
    async def written(self, request_id: str | None) -> None:
        """Nothing is."""


PIN = "12345678"
TAX_CODE = "0101243150"
SETTINGS = LaneSettings(
    lease_seconds=12.0,
    deadline_seconds=4.0,
    margin_seconds=0.5,
    pause_seconds=0.0,
    race_pause_seconds=0.05,
    quiet_seconds=0.5,
    accepted_poll_seconds=0.1,
    sweep_seconds=0.1,
)


@dataclass(frozen=True, slots=True)
class OneShop(Shops):
    """Knows one shop."""

    shop: Shop

    @override
    async def get(self, shop_id: str) -> StoredShop | None:
        now = datetime.now(UTC)
        return StoredShop(shop=self.shop, version=1, updated_at=now, updated_by="test")


@dataclass(frozen=True, slots=True)
class AsTickets(Accounts):
    """Signs whatever the shop says as tickets without code are, which no shop file can ask for (Open API §1.6)."""

    configured: Accounts

    @override
    async def access(self, intents: Sequence[Intent]) -> Access:
        return replace(await self.configured.access(intents), sign_type=SignType.TICKET)


@dataclass
class World:
    """An account of one series, and what serves its lane."""

    shop: Shop
    store: MongoLaneStore
    accounts: Accounts
    vendor_url: str
    tool_url: str
    signed: SignedInvoices

    @property
    def lane(self) -> str:
        account = self.shop.accounts[0]
        return account.lane_key(account.series[0].series)

    def intents(self, count: int) -> list[tuple[Command, Position]]:
        """Commands to issue so many invoices of the lane."""
        return [(self._command(number), Position(1, number)) for number in range(1, count + 1)]

    def _command(self, number: int) -> Command:
        account = self.shop.accounts[0]
        series = account.series[0]
        facts = SeriesFacts(series=series.series, sign_type=series.sign_type.value)
        made = convert(
            order([line(110_000)], id=number),
            facts,
            rules(rates=[{"level": "default", "rate": "10%"}]),  # 8 % is refused from 2027 on
            ref_id=UUID(int=number),
            invoice_date=SystemClock().vietnam_today(),
        )
        assert isinstance(made, Converted)
        return Command(
            ref_id=str(UUID(int=number)),
            lane=self.lane,
            account=account.key,
            content=made.content.to_json(),
            weight=made.line_count,
            labels=Labels(self.shop.shop, 7, number, f"#{number}", "sale").to_mapping(),
        )

    async def publish(self, count: int, until: Callable[[Mapping[str, Intent]], bool]) -> Mapping[str, Intent]:
        """Stage invoices and serve their lane until something holds."""
        commands = self.intents(count)
        await Stager(self.store).stage(commands)
        engine = LaneEngine(
            self.store,
            MeInvoicePublisher(
                self.accounts, SystemClock().monotonic, SETTINGS.seconds_before_the_check, records=_Nowhere()
            ),
            RecordingAnnouncer(),
            SETTINGS,
            today=SystemClock().vietnam_today,
        )
        running = asyncio.create_task(engine.run())
        engine.notify(self.lane)
        try:
            async with asyncio.timeout(40):
                return await self._once([command.ref_id for command, _ in commands], until)
        finally:
            engine.stop()
            await running

    async def _once(self, ref_ids: list[str], until: Callable[[Mapping[str, Intent]], bool]) -> Mapping[str, Intent]:
        while True:
            known = await self.store.known(ref_ids)
            if until(known):
                return known
            await asyncio.sleep(0.05)

    async def control(self, url: str, method: str, path: str, **body: Any) -> Any:
        """The stand-ins' control API."""
        async with httpx.AsyncClient() as client:
            answered = await client.request(method, f"{url}/_sandbox/{path}", json=body or None)
            assert answered.is_success, answered.text
            return answered.json()


def all_issued(known: Mapping[str, Intent]) -> bool:
    return all(intent.state is IntentState.ISSUED for intent in known.values())


@asynccontextmanager
async def world_of(folder: Path, mongo_url: str, database: str, series: str, sign_type: int) -> AsyncIterator[World]:
    """A shop whose only series is signed in this way."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongo_url, tz_aware=True)
    meinvoice, tool = make_meinvoice_app(make_meinvoice(folder)), make_signing_app(make_sign_service(folder))
    async with serving(meinvoice) as vendor_url, serving(tool) as tool_url, new_http_client() as http:
        shop = _shop(vendor_url, tool_url, series, sign_type)
        clock = SystemClock()
        signed = SignedInvoices(client[database])
        await signed.ensure_indexes()
        tokens = AccountTokens(client[database], SecretBox([generate_key()]), clock)
        accounts = MeInvoiceAccounts(OneShop(shop), VendorClients(http, tokens), signed, Errands(), clock)
        made = World(shop, MongoLaneStore(client[database]), accounts, vendor_url, tool_url, signed)
        await made.store.ensure_indexes()
        account = shop.accounts[0]
        await made.control(
            vendor_url,
            "PUT",
            f"accounts/{TAX_CODE}",
            app_id=account.app_id.get_secret_value(),
            username=account.username,
            password=account.password.get_secret_value(),
            templates=[series],
        )
        yield made
    client.close()


def _shop(vendor_url: str, tool_url: str, series: str, sign_type: int) -> Shop:
    document = example_shop().model_dump()
    (account,) = document["accounts"]
    account |= {
        "environment": "sandbox",
        "base_url": f"{vendor_url}/api/integration",
        "series": [{"series": series, "sign_type": sign_type}],
        "signing": {"url": tool_url, "pin": PIN},
    }
    document["mapping"]["default"]["series"] = series
    return Shop.model_validate(document)


@pytest.mark.parametrize(
    ("series", "sign_type"), (("1C26TKA", 1), ("1C26TKA", 2), ("1C26TKA", 3), ("1C26MKA", 5), ("1C26MKA", 6))
)
async def test_every_way_of_signing_issues_each_invoice_once(
    tmp_path: Path, mongo_url: str, mongo_database: str, series: str, sign_type: int
) -> None:
    """Signed by the vendor, later, by the shop's own token: numbers without a gap, the same record afterwards."""
    async with world_of(tmp_path, mongo_url, mongo_database, series, sign_type) as world:
        known = await world.publish(3, all_issued)
        assert [known[str(UUID(int=n))].result["InvNo"] for n in (1, 2, 3)] == ["00000001", "00000002", "00000003"]
        audit = await world.control(world.vendor_url, "GET", "audit")
        assert audit["invoices"] == 3
        assert not any(audit[name] for name in ("issued_twice", "gaps", "overlaps", "date_inversions"))
        assert await world.signed.find([intent.bodies[-1].text for intent in known.values()]) == {}


async def test_tickets_are_no_way_to_sign_a_lanes_invoices(tmp_path: Path, mongo_url: str, mongo_database: str) -> None:
    """SignType 4 for a series of invoices: asked once, the lane is blocked, nothing is issued; corrected it goes on."""
    async with world_of(tmp_path, mongo_url, mongo_database, "1K26TKA", 2) as world:
        configured, world.accounts = world.accounts, AsTickets(world.accounts)

        def stopped(known: Mapping[str, Intent]) -> bool:
            return all(intent.code == "APINotSupportTypeInvoice" for intent in known.values())

        await world.publish(2, stopped)
        lane = await world.store.load(world.lane)
        assert lane is not None
        assert (lane.state, lane.code) == (LaneState.BLOCKED, "APINotSupportTypeInvoice")
        audit = await world.control(world.vendor_url, "GET", "audit")
        assert (audit["invoices"], [row["count"] for row in audit["refusals"]]) == (0, [2])
        world.accounts = configured
        await LaneOperations(world.store, SETTINGS).resume(world.lane)
        known = await world.publish(2, all_issued)
        assert [known[str(UUID(int=n))].result["InvNo"] for n in (1, 2)] == ["00000001", "00000002"]


@pytest.mark.parametrize("answer", ("without-number", "with-lookup-code", "none"))
async def test_whatever_an_asynchronous_answer_looks_like_it_is_waited_for(
    tmp_path: Path, mongo_url: str, mongo_database: str, answer: str
) -> None:
    """No document says what it carries: elements without number, with a lookup code, or no elements at all."""
    async with world_of(tmp_path, mongo_url, mongo_database, "1C26TKA", 3) as world:
        await world.control(world.vendor_url, "PUT", "options", asynchronous_answer=answer)
        known = await world.publish(2, all_issued)
        assert all(intent.attempts == 1 for intent in known.values())


@pytest.mark.parametrize("fault", ("accept-then-hang", "accept-then-500", "accept-then-reset", "garbage"))
async def test_signed_invoices_whose_answer_was_lost_are_adopted(
    tmp_path: Path, mongo_url: str, mongo_database: str, fault: str
) -> None:
    """The publishing request of SignType 1 is answered by nobody: looked up, found, not signed or sent again."""
    async with world_of(tmp_path, mongo_url, mongo_database, "1C26TKA", 1) as world:
        # The first request creates XML, the second publishes.
        await world.control(
            world.vendor_url,
            "PUT",
            "faults",
            seed=1,
            rules=[{"kind": fault, "path": "*/invoice", "method": "POST", "skip": 1, "count": 1, "seconds": 8}],
        )
        await world.publish(2, all_issued)
        audit = await world.control(world.vendor_url, "GET", "audit")
        assert (audit["invoices"], audit["issued_twice"]) == (2, [])
        signings = await world.control(world.tool_url, "GET", "requests")
        assert len(signings["requests"]) == 2


async def test_a_wrong_pin_is_tried_once(tmp_path: Path, mongo_url: str, mongo_database: str) -> None:
    """The account is blocked before the token locks itself; with the right PIN everything is issued."""
    async with world_of(tmp_path, mongo_url, mongo_database, "1C26TKA", 1) as world:
        await world.control(world.tool_url, "PUT", "options", pin="99999999")
        account = world.shop.accounts[0].key
        blocked: list[str] = []

        def stopped(known: Mapping[str, Intent]) -> bool:
            blocked[:] = [intent.code or "" for intent in known.values()]
            return all(code == "SignRefused" for code in blocked)

        await world.publish(3, stopped)
        states = await world.store.accounts([account])
        assert states[account].code == "SignRefused"
        signings = await world.control(world.tool_url, "GET", "requests")
        assert len(signings["requests"]) == 1
