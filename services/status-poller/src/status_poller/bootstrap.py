"""Puts the process together: the only place that picks adapters."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from contracts.topics import Topic
from haravan.transport import Patience
from haravan.transport import new_http_client as haravan_http
from meinvoice.transport import new_http_client as meinvoice_http
from meinvoice.transport import new_http_transport
from runtime.app import BackgroundTask, Resource, Service
from runtime.backoff import Backoff
from runtime.clock import Clock, SystemClock
from runtime.exchanges import ExchangeLog
from runtime.http import TracedTransport
from runtime.kafka import Kafka
from runtime.mongo import Mongo
from runtime.secrets import SecretBox
from runtime.tokens import AccountTokens
from shops.cached import CachedShops
from shops.clients import VendorClients
from shops.store import ShopStore

from status_poller.adapters.events import KafkaAnnouncer
from status_poller.adapters.mongo import MongoFollowUps
from status_poller.adapters.orders import HaravanOrders
from status_poller.adapters.shops import StoredShops
from status_poller.adapters.vendor import MeInvoiceVendor
from status_poller.application.announce import announce_stored
from status_poller.application.crew import Crew
from status_poller.application.poll import Poller
from status_poller.application.write_back import Writer
from status_poller.entrypoints.loops import Loop
from status_poller.entrypoints.subscriber import ResultsHandler
from status_poller.settings import StatusPollerSettings

SERVICE = "status-poller"
_ANNOUNCED_AT_ONCE = 200
_PATIENCE = 0.2
_LAST_SECONDS = 5.0  # below HOADON_HTTP_SHUTDOWN_TIMEOUT, after which the loops are cancelled


class Parts:
    """Every collaborator of one process."""

    def __init__(self, settings: StatusPollerSettings, clock: Clock) -> None:
        """Make them inside the running loop; nothing is connected yet."""
        self._settings = settings
        self._clock = clock
        self._box = SecretBox.from_settings(settings.secret)
        self._http = (meinvoice_http(TracedTransport(new_http_transport())), haravan_http(TracedTransport()))
        self.mongo = Mongo(settings.mongo)
        self.kafka = Kafka(settings.kafka, service=SERVICE, clock=clock)
        self.exchanges = ExchangeLog(self.mongo.database, settings.exchanges)
        self.follow_ups = MongoFollowUps(self.mongo.database)
        store = ShopStore(self.mongo.database, self._box, now=clock.utc_now)
        self._shops = StoredShops(CachedShops(store, clock, settings.shop_cache))
        self._news = asyncio.Event()

    def subscribe(self) -> None:
        """Read what was issued."""
        handler = ResultsHandler(self.follow_ups, self._settings.poll_schedule(), self._clock, self._news)
        self.kafka.subscribe(Topic.INVOICING_RESULTS, SERVICE, handler)

    def tasks(self) -> list[BackgroundTask]:
        """Ask, write, announce."""
        announcer = KafkaAnnouncer(self.kafka.publisher, self._clock)

        async def announce() -> int:
            return await announce_stored(self.follow_ups, announcer, limit=_ANNOUNCED_AT_ONCE)

        interval, backoff = self._settings.interval, Backoff()
        writers, askers = Crew(patience=_PATIENCE), Crew(patience=_PATIENCE)
        return [
            Loop("write back", self._writer(writers).round, interval, self._news, backoff, _end(writers)).task(),
            Loop("ask status", self._poller(askers).round, interval, asyncio.Event(), backoff, _end(askers)).task(),
            Loop("announce status", announce, interval, asyncio.Event(), backoff).task(),
        ]

    def stores(self) -> Resource:
        """Indexes at start, HTTP connections at the end."""
        return Resource("stores", open=self._ensure_indexes, close=self._close_http)

    def _poller(self, crew: Crew) -> Poller:
        tokens = AccountTokens(self.mongo.database, self._box, self._clock)
        deadline = self._settings.deadline.total_seconds()
        clients = VendorClients(
            self._http[0], tokens, observe_meinvoice=self.exchanges.observe_meinvoice, login_seconds=deadline
        )
        vendor = MeInvoiceVendor(clients, deadline_seconds=deadline)
        return Poller(
            follow_ups=self.follow_ups,
            shops=self._shops,
            vendor=vendor,
            clock=self._clock,
            schedule=self._settings.poll_schedule(),
            backoff=self._settings.failure_backoff(),
            lease=self._settings.lease,
            crew=crew,
        )

    def _writer(self, crew: Crew) -> Writer:
        patience = Patience(attempts=2, longest_wait=5.0, timeout=self._settings.deadline.total_seconds())
        return Writer(
            follow_ups=self.follow_ups,
            shops=self._shops,
            orders=HaravanOrders(self._http[1], self.exchanges.observe_haravan, patience),
            clock=self._clock,
            schedule=self._settings.write_schedule(),
            lease=self._settings.lease,
            crew=crew,
        )

    async def _ensure_indexes(self) -> None:
        await self.exchanges.ensure_indexes()
        await self.follow_ups.ensure_indexes()

    async def _close_http(self) -> None:
        for http in self._http:
            await http.aclose()


def _end(crew: Crew) -> Callable[[], Awaitable[None]]:
    async def end() -> None:
        await crew.end(_LAST_SECONDS)

    return end


async def build(settings: StatusPollerSettings, clock: Clock | None = None) -> Service:
    """The service for `runtime.app.run_service`."""
    parts = Parts(settings, clock or SystemClock())
    parts.subscribe()
    stuck_after: timedelta = settings.http.stuck_after
    return Service(
        resources=(parts.mongo.resource(), parts.stores(), parts.kafka.resource(stuck_after)),
        tasks=parts.tasks(),
    )
