"""Puts the invoicer together: the only place that picks adapters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import httpx
from catalogue.buyers import BuyerBook
from catalogue.customers import CustomerStore
from catalogue.goods import GoodsStore
from catalogue.store import CatalogueReader
from contracts.results import RESULTS
from contracts.status import STATUSES
from lanes.engine import LaneEngine
from lanes.mongo import MongoLaneStore
from lanes.ports import FailPointHook, no_fail_point
from lanes.staging import Stager
from meinvoice.models import PublishInvoiceData
from meinvoice.transport import new_http_client
from orders.model import OrderRecord
from orders.releases import ReleaseStore
from orders.store import OrderStore
from runtime import metrics
from runtime.app import BackgroundTask, Resource, Service
from runtime.clock import SystemClock
from runtime.exchange_writing import ExchangeWriter
from runtime.exchanges import ExchangeLog
from runtime.kafka import Kafka, MongoEras
from runtime.mongo import Mongo
from runtime.secrets import SecretBox
from runtime.telemetry import TracedTransport, get_logger
from runtime.tokens import AccountTokens
from shops.cached import CachedShops
from shops.clients import VendorClients
from shops.store import ShopStore

from invoicer.adapters.accounts import MeInvoiceAccounts
from invoicer.adapters.announcer import KafkaAnnouncer
from invoicer.adapters.engine import engine_task
from invoicer.adapters.errands import Errands
from invoicer.adapters.events import KafkaEvents
from invoicer.adapters.exchange_records import ExchangeRecords
from invoicer.adapters.known_buyers import KnownBuyers
from invoicer.adapters.lane_metrics import LaneMetrics
from invoicer.adapters.meinvoice_publisher import MeInvoicePublisher
from invoicer.adapters.signed_invoices import SignedInvoices
from invoicer.application.decide_order import DecideOrder
from invoicer.application.keep_catalogue import KeepCustomers, KeepProducts, NewGoods
from invoicer.application.project_results import ProjectResults
from invoicer.application.stage_commands import StageCommands
from invoicer.entrypoints import catalogue, commands, orders, results
from invoicer.settings import InvoicerSettings, Role

_log = get_logger(__name__)
_LOG_CLOSING = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class _Shared:
    """What both roles use."""

    settings: InvoicerSettings
    clock: SystemClock
    secrets: SecretBox
    mongo: Mongo
    kafka: Kafka
    shops: CachedShops
    fail_point: FailPointHook


async def build(settings: InvoicerSettings, fail_point: FailPointHook = no_fail_point) -> Service:
    """The service in the roles it is set to; nothing is connected yet. Tests let the process die at a `fail_point`.

    Raises:
        ValueError: when a setting cannot be used.
    """
    clock = SystemClock()
    secrets = SecretBox.from_settings(settings.secret)
    mongo = Mongo(settings.mongo)
    shops = CachedShops(ShopStore(mongo.database, secrets), clock, settings.shop_cache)
    kafka = Kafka(settings.kafka, service="invoicer", eras=MongoEras(mongo.database))
    shared = _Shared(settings, clock, secrets, mongo, kafka, shops, fail_point)
    resources: list[Resource] = [mongo.resource()]
    tasks: list[BackgroundTask] = []
    if Role.DECIDE in settings.roles:
        resources += _decide(shared)
    if Role.PUBLISH in settings.roles:
        publish_resources, task = _publish(shared)
        resources += publish_resources
        tasks.append(task)
    resources.append(shared.kafka.resource(settings.http.stuck_after))
    return Service(resources=resources, tasks=tasks)


def _decide(shared: _Shared) -> Sequence[Resource]:
    store, goods = OrderStore(shared.mongo.database), CatalogueReader(shared.mongo.database)
    events = KafkaEvents(shared.kafka.publisher)
    decide = DecideOrder(
        shops=shared.shops,
        orders=store,
        catalogues=goods,
        buyers=KnownBuyers(BuyerBook(shared.mongo.database, shared.secrets)),
        releases=ReleaseStore(shared.mongo.database),
        events=events,
        now=shared.clock.utc_now,
        today=shared.clock.vietnam_today,
        report=_report,
        noted=_noted,
    )
    project = ProjectResults(store, events, shared.clock.utc_now)
    shared.kafka.subscribe_batches(orders.TOPIC, orders.GROUP, orders.OrdersHandler(decide))
    for topic, kinds in ((results.RESULTS_TOPIC, RESULTS), (results.STATUS_TOPIC, STATUSES)):
        shared.kafka.subscribe_batches(topic, f"{results.GROUP}.{topic}", results.ResultsHandler(project, kinds))
    return (Resource(name="orders", open=store.ensure_indexes, close=_nothing), *_keep_catalogue(shared, goods))


def _keep_catalogue(shared: _Shared, reader: CatalogueReader) -> Sequence[Resource]:
    customers = CustomerStore(shared.mongo.database, shared.secrets)
    book = BuyerBook(shared.mongo.database, shared.secrets)
    products = KeepProducts(
        shops=shared.shops,
        goods=GoodsStore(shared.mongo.database),
        own_facts=reader,
        today=shared.clock.vietnam_today,
        report=_without_rate,
    )
    kafka, keep = shared.kafka, KeepCustomers(shops=shared.shops, customers=customers)
    kafka.subscribe_batches(catalogue.PRODUCTS_TOPIC, catalogue.PRODUCTS_GROUP, catalogue.CatalogueHandler(products))
    kafka.subscribe_batches(catalogue.CUSTOMERS_TOPIC, catalogue.CUSTOMERS_GROUP, catalogue.CatalogueHandler(keep))
    return (
        Resource(name="catalogue", open=reader.ensure_indexes, close=_nothing),
        Resource(name="customers", open=customers.ensure_indexes, close=_nothing),
        Resource(name="buyers", open=book.ensure_indexes, close=_nothing),
    )


def _publish(shared: _Shared) -> tuple[Sequence[Resource], BackgroundTask]:
    store = MongoLaneStore(shared.mongo.database)
    exchanges = ExchangeLog(shared.mongo.database, shared.settings.exchanges)
    lane_settings = shared.settings.lane.engine()
    writer = ExchangeWriter(exchanges, closing=_LOG_CLOSING)
    http = new_http_client(TracedTransport(httpx.AsyncHTTPTransport(limits=_limits(shared.settings))))
    tokens = AccountTokens(shared.mongo.database, shared.secrets, shared.clock, remember=shared.settings.shop_cache)
    signed = SignedInvoices(shared.mongo.database)
    signatures = Errands[PublishInvoiceData]()
    accounts = MeInvoiceAccounts(
        shops=shared.shops,
        clients=VendorClients(http, tokens, observe_meinvoice=writer.observe_meinvoice),
        signed=signed,
        signatures=signatures,
        clock=shared.clock,
    )
    engine = LaneEngine(
        store,
        MeInvoicePublisher(
            accounts,
            shared.clock.monotonic,
            lane_settings.seconds_before_the_check,
            records=ExchangeRecords(exchanges, writer),
            look_up_seconds=0.9 * lane_settings.lease_seconds,
        ),
        KafkaAnnouncer(shared.kafka.publisher, shared.clock),
        lane_settings,
        today=shared.clock.vietnam_today,
        clock=shared.clock,
        metrics=LaneMetrics(),
        fail_point=shared.fail_point,
    )
    stage = StageCommands(
        stager=Stager(store, clock=shared.clock, metrics=LaneMetrics(), fail_point=shared.fail_point),
        notify=engine.notify,
        on_conflict=_alarm,
        on_too_late=_too_late,
    )
    shared.kafka.subscribe_batches(commands.TOPIC, commands.GROUP, commands.CommandsHandler(stage), ordered=True)
    resources = (
        Resource(name="lanes", open=store.ensure_indexes, close=_nothing),
        Resource(name="signed-invoices", open=signed.ensure_indexes, close=_nothing),
        Resource(name="exchange-log", open=exchanges.ensure_indexes, close=writer.close, closing=_LOG_CLOSING),
        Resource(name="vendor-connections", open=_nothing, close=http.aclose),
        Resource(name="signatures", open=_nothing, close=signatures.close),
    )
    return resources, engine_task(engine, lane_settings.shutdown_seconds)


def _limits(settings: InvoicerSettings) -> httpx.Limits:
    # One connection a lane at most; not kept long: a connection the vendor closed makes an outcome unknown.
    return httpx.Limits(max_connections=settings.lane.most_lanes, keepalive_expiry=2.0)


def _alarm(ref_id: str, lane: str) -> None:
    metrics.count("hoadon_alarms_total", kind="content-conflict")
    _log.error("command contradicts what was sent; the first stands", ref_id=ref_id, lane=lane)


def _too_late(ref_id: str, lane: str) -> None:
    # It was sent, or may have been: the order's document already asks a person to look.
    _log.warning("not withdrawn", ref_id=ref_id, lane=lane)


def _report(record: OrderRecord) -> None:
    if record.decision is not None:
        metrics.count("hoadon_decisions_total", shop=record.shop, decision=record.decision.outcome.value)
        _log.info("order decided", outcome=record.decision.outcome.value, reason=record.decision.reason)


def _without_rate(new: NewGoods) -> None:
    for how, number in new.how.items():
        metrics.count("hoadon_products_without_rate_total", number, shop=new.shop, how=how.value)
    holds = sum(number for how, number in new.how.items() if how.holds)
    write = _log.warning if holds else _log.info
    number = sum(new.how.values())
    write("new goods without a rate of their own", shop=new.shop, number=number, holds=holds, some=list(new.some))


def _noted(record: OrderRecord) -> None:
    if record.attention is not None:
        metrics.count("hoadon_attention_total", shop=record.shop, code=record.attention.code)
        _log.warning("order needs a person", code=record.attention.code)


async def _nothing() -> None:
    """There is nothing to close."""
