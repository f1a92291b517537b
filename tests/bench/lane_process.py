"""The lane engine as the invoicer wires it, in this process, on a real MongoDB and a real sandbox."""

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TextIO, cast
from uuid import uuid4

import httpx
from bench.contents import Sample, samples
from bench.sandbox_process import SandboxProcess
from contracts.envelope import Event
from invoicer.adapters.accounts import MeInvoiceAccounts
from invoicer.adapters.announcer import KafkaAnnouncer
from invoicer.adapters.errands import Errands
from invoicer.adapters.exchange_records import ExchangeRecords
from invoicer.adapters.lane_metrics import LaneMetrics
from invoicer.adapters.meinvoice_publisher import MeInvoicePublisher
from invoicer.adapters.signed_invoices import SignedInvoices
from invoicer.settings import InvoicerLaneSettings
from invoicing.mapping import Mapping
from lanes.engine import LaneEngine
from lanes.model import Command, Position
from lanes.mongo import MongoLaneStore
from lanes.operations import LaneOperations
from lanes.ports import Count
from lanes.settings import LaneSettings
from lanes.staging import Stager
from meinvoice.transport import new_http_client
from pydantic import SecretStr
from runtime.clock import SystemClock
from runtime.exchange_writing import ExchangeWriter
from runtime.exchanges import ExchangeLog
from runtime.kafka.publishing import Publisher
from runtime.logs import configure_logging
from runtime.mongo import Mongo
from runtime.secrets import SecretBox, generate_key
from runtime.settings import ExchangeSettings, MongoSettings, TelemetrySettings
from runtime.telemetry import TracedTransport
from runtime.tokens import AccountTokens
from runtime.tracing import configure_tracing
from shops.cached import CachedShops
from shops.clients import VendorClients
from shops.models import Account, Series, Shop
from shops.store import ShopStore
from support.shops import example_shop
from typing_extensions import override

MOST_LANES = 400
_SERIES = 20
"""Of each shop."""
_LETTERS = "ABCDEGHKLMNPQRSTUVXY"
_STAGE_AT_ONCE = 500


class _Nowhere:
    """Kafka that acknowledges at once: events are made and not sent."""

    async def publish(self, topic: str, event: Event) -> None:
        """Make the record's bytes."""
        if not (topic and event.data and event.headers()):
            raise ValueError("an event without content")
        await asyncio.sleep(0)


@dataclass
class Tally(LaneMetrics):
    """The process's metrics, and when how many invoices had been recorded as issued."""

    issued: int = 0
    counts: dict[Count, int] = field(default_factory=dict)
    moments: list[tuple[float, int]] = field(default_factory=list)
    wanted: int | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    @override
    def count(self, name: Count, amount: int = 1) -> None:
        super().count(name, amount)
        self.counts[name] = self.counts.get(name, 0) + amount
        if name is Count.ISSUED:
            self.issued += amount
            now = time.monotonic()
            if self.moments and self.moments[-1][0] > now - 0.001:
                self.moments[-1] = (now, self.issued)
            else:
                self.moments.append((now, self.issued))
            if self.wanted is not None and self.issued >= self.wanted:
                self.reached.set()

    async def until(self, issued: int, *, within: float) -> None:
        """Wait until so many are issued.

        Raises:
            TimeoutError: it takes more than `within` seconds.
        """
        self.wanted = issued
        self.reached.clear()
        async with asyncio.timeout(within):
            await self.reached.wait()


@dataclass
class Process:
    """What a section of the benchmark works with; `settings` are the invoicer's with other pauses."""

    shops: dict[str, Shop]
    """By lane."""
    sandbox: SandboxProcess
    mongo: Mongo
    store: MongoLaneStore
    http: httpx.AsyncClient
    clients: VendorClients
    publisher: MeInvoicePublisher
    writer: ExchangeWriter
    clock: SystemClock
    offset: int = 0
    used: int = 0

    @property
    def account(self) -> Account:
        """The one account."""
        return next(iter(self.shops.values())).accounts[0]

    def lanes(self, number: int) -> list[str]:
        """Lanes that no section has used."""
        first, self.used = self.used, self.used + number
        return list(self.shops)[first : self.used]

    def contents(self, lane: str) -> Iterator[Sample]:
        """Contents for a lane."""
        return samples(self.shops[lane], lane.rpartition(":")[2], self.clock.vietnam_today())

    async def stage(self, lanes: Sequence[str], each: int) -> None:
        """Stage so many invoices in each of these lanes, as commands come: in turns."""
        commands: list[tuple[Command, Position]] = []
        contents = {lane: self.contents(lane) for lane in lanes}
        for _ in range(each):
            for lane in lanes:
                commands.append((self._command(lane, next(contents[lane])), Position(1, self.offset)))
                self.offset += 1
        stager = Stager(self.store)
        for start in range(0, len(commands), _STAGE_AT_ONCE):
            await stager.stage(commands[start : start + _STAGE_AT_ONCE])

    def _command(self, lane: str, sample: Sample) -> Command:
        ref_id, content = sample.with_ref_id()
        order = str(random.randrange(10**9, 10**10))  # noqa: S311 - no secret
        labels = {
            "shop": self.shops[lane].shop,
            "org": "1000114691",
            "order": order,
            "order_name": "#1",
            "kind": "sale",
        }
        return Command(
            ref_id=ref_id,
            lane=lane,
            account=self.account.key,
            content=content,
            weight=sample.lines,
            labels=labels,
            traceparent=f"00-{uuid4().hex}-{uuid4().hex[:16]}-01",
        )

    @asynccontextmanager
    async def serving(self, settings: LaneSettings) -> AsyncIterator[tuple[LaneEngine, Tally]]:
        """An engine at work; it ends orderly, with nothing left half done."""
        tally = Tally()
        announcer = KafkaAnnouncer(cast("Publisher", _Nowhere()), self.clock)
        engine = LaneEngine(
            self.store,
            self.publisher,
            announcer,
            settings,
            today=self.clock.vietnam_today,
            clock=self.clock,
            metrics=tally,
        )
        running = asyncio.create_task(engine.run())
        try:
            yield engine, tally
        finally:
            engine.stop()
            await running

    def latency(self, seconds: float) -> None:
        """How long meInvoice takes for an answer, its processing included."""
        self.sandbox.put("options", {"latency_seconds": seconds})

    def hang(self, lane: str) -> None:
        """From now on meInvoice takes this lane's requests and says nothing."""
        pattern = lane.rpartition(":")[2].replace("__", "??")
        self.sandbox.put("faults", {"rules": [{"kind": "hang-before", "series": pattern}]})

    def heal(self) -> None:
        """No faults any more."""
        self.sandbox.put("faults", {"rules": []})

    async def clear(self) -> None:
        """Forget every lane; what is left in their queues is nobody's any more."""
        for collection in ("lanes", "intents", "lane_accounts"):
            await self.mongo.database[collection].delete_many({})

    async def headers(self) -> dict[str, str]:
        """What authorises a request of the account."""
        answer = await self.http.post(f"{self.sandbox.url}/auth/token", json=_login(self.account))
        return {"Authorization": f"Bearer {answer.json()['Data']}", "Content-Type": "application/json"}

    async def block(self, lanes: Sequence[str]) -> None:
        """Block lanes as a fault would."""
        operations = LaneOperations(self.store, lane_settings())
        for lane in lanes:
            await operations.block(lane, "Benchmark", "blocked for comparison")


def lane_settings(**seconds: float) -> LaneSettings:
    """The invoicer's own settings but for these durations."""
    changed = {name: timedelta(seconds=value) for name, value in seconds.items()}
    return InvoicerLaneSettings.model_validate(changed).engine()


@asynccontextmanager
async def process(mongo_url: str) -> AsyncIterator[Process]:
    """Everything the invoicer's publishing role consists of, over a database that is dropped at the end."""
    mongo = Mongo(MongoSettings(url=SecretStr(mongo_url), database=f"bench_{uuid4().hex}"))
    with tempfile.TemporaryDirectory(prefix="hoadon-bench-") as folder:
        sandbox = SandboxProcess(Path(folder))
        try:
            sandbox.wait()
            made = await _made(mongo, sandbox)
            try:
                yield made
            finally:
                await made.writer.close()
                await made.http.aclose()
        finally:
            sandbox.stop()
            await mongo.client.drop_database(mongo.database.name)
            await mongo.close()


async def _made(mongo: Mongo, sandbox: SandboxProcess) -> Process:
    clock, box = SystemClock(), SecretBox([generate_key()])
    chain = _shops(sandbox.url)
    _open_account(sandbox, [shop.accounts[0] for shop in chain])
    shops = ShopStore(mongo.database, box)
    await shops.ensure_indexes()
    for shop in chain:
        await shops.apply(shop, None, "bench")
        await shops.get(shop.shop)  # raises if it is not valid
    store = MongoLaneStore(mongo.database)
    await store.ensure_indexes()
    exchanges = ExchangeLog(mongo.database, ExchangeSettings())
    await exchanges.ensure_indexes()
    limits = httpx.Limits(max_connections=lane_settings().most_lanes, keepalive_expiry=2.0)
    http = new_http_client(TracedTransport(httpx.AsyncHTTPTransport(limits=limits)))
    tokens = AccountTokens(mongo.database, box, clock, remember=timedelta(seconds=2))
    writer = ExchangeWriter(exchanges)
    clients = VendorClients(http, tokens, observe_meinvoice=writer.observe_meinvoice)
    accounts = MeInvoiceAccounts(
        shops=CachedShops(shops, clock, timedelta(seconds=2)),
        clients=clients,
        signed=SignedInvoices(mongo.database),
        signatures=Errands(),
        clock=clock,
    )
    by_lane = {shop.accounts[0].lane_key(series.series): shop for shop in chain for series in shop.accounts[0].series}
    patience = lane_settings().seconds_before_the_check
    publisher = MeInvoicePublisher(accounts, clock.monotonic, patience, records=ExchangeRecords(exchanges, writer))
    return Process(by_lane, sandbox, mongo, store, http, clients, publisher, writer, clock)


def _shops(url: str) -> list[Shop]:
    """Shops of one company, each with series of its own, as a chain has them."""
    shop = example_shop()
    names = [f"1C__T{a}{b}" for a in _LETTERS for b in _LETTERS]
    return [_shop(shop, url, number, names[start : start + _SERIES]) for number, start in _starts()]


def _starts() -> Iterator[tuple[int, int]]:
    return enumerate(range(0, MOST_LANES, _SERIES))


def _shop(shop: Shop, url: str, number: int, names: Sequence[str]) -> Shop:
    series = tuple(Series.model_validate({"series": name, "sign_type": 2}) for name in names)
    account = shop.accounts[0].model_copy(update={"base_url": url, "series": series})
    haravan = shop.haravan.model_copy(update={"org_id": shop.haravan.org_id + number})
    mapping = Mapping.model_validate({"default": {"account": account.name, "series": names[0]}})
    changed = {"shop": f"cua-hang-{number}", "haravan": haravan, "accounts": (account,), "mapping": mapping}
    return shop.model_copy(update=changed)


def _login(account: Account) -> dict[str, str]:
    return {
        "appid": account.app_id.get_secret_value(),
        "taxcode": account.tax_code,
        "username": account.username,
        "password": account.password.get_secret_value(),
    }


def _open_account(sandbox: SandboxProcess, accounts: Sequence[Account]) -> None:
    year = f"{SystemClock().vietnam_today():%y}"
    [account, *_] = accounts
    login = _login(account)
    body = {
        "app_id": login["appid"],
        "username": login["username"],
        "password": login["password"],
        "company_name": account.company_name,
        "templates": [series.series.replace("__", year) for each in accounts for series in each.series],
    }
    sandbox.put(f"accounts/{account.tax_code}", body)


def log_nowhere(nowhere: TextIO) -> None:
    """Logs and traces as in production, whose lines nobody reads."""
    configure_logging("bench", "INFO", nowhere)
    configure_tracing("bench", TelemetrySettings())
