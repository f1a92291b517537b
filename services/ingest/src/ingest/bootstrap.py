"""Puts ingest together: the only place that picks adapters."""

from haravan.transport import new_http_client
from runtime.app import Resource, Service
from runtime.clock import SystemClock
from runtime.exchanges import ExchangeLog
from runtime.kafka import Kafka
from runtime.mongo import Mongo
from runtime.secrets import SecretBox
from runtime.telemetry import TracedTransport
from shops.store import ShopStore

from ingest.adapters.clients import Clients
from ingest.adapters.events import KafkaEvents
from ingest.adapters.reading import HaravanListings, HaravanOrders
from ingest.adapters.shops import CachedShops
from ingest.application.receive import ReceiveDelivery
from ingest.application.reread import Reread
from ingest.application.sync import Sync
from ingest.entrypoints.rereads import GROUP, TOPIC, RereadHandler
from ingest.entrypoints.webhooks import WebhookLimits, Webhooks
from ingest.settings import IngestSettings


async def build(settings: IngestSettings) -> Service:
    """The service; nothing is connected yet.

    Raises:
        ValueError: when a setting cannot be used, such as a key that is no key.
    """
    clock = SystemClock()
    secret_box = SecretBox.from_settings(settings.secret)
    mongo = Mongo(settings.mongo)
    kafka = Kafka(settings.kafka, service="ingest")
    http = new_http_client(TracedTransport())
    exchanges = ExchangeLog(mongo.database, settings.exchanges)
    events = KafkaEvents(kafka.publisher)
    shops = CachedShops(
        ShopStore(mongo.database, secret_box).get,
        clock,
        keep=settings.shop_cache.total_seconds(),
        deadline=settings.shop_deadline.total_seconds(),
    )
    clients = Clients(http, exchanges.observe_haravan)
    reread = Reread(shops, HaravanOrders(clients), events)
    sync = Sync(shops, HaravanListings(clients), events)
    kafka.subscribe(TOPIC, GROUP, RereadHandler(reread, sync, clock, settings.reread_attempts))
    return Service(
        resources=(
            mongo.resource(),
            Resource(name="exchange-log", open=exchanges.ensure_indexes, close=http.aclose),
            kafka.resource(settings.http.stuck_after),
        ),
        routes=Webhooks(shops, ReceiveDelivery(events), clock, _limits(settings)).routes(),
    )


def _limits(settings: IngestSettings) -> WebhookLimits:
    return WebhookLimits(settings.body_kept, settings.body_most, settings.deadline, settings.retry_after)
