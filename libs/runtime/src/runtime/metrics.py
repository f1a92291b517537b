"""Every metric of the project: one closed set, so that a misspelt name fails the type check.

Durations are in seconds. Labels never hold an order, a buyer or anything else without bound.
"""

from dataclasses import dataclass
from typing import Literal

from prometheus_client import REGISTRY, Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]  # `_created` series double the number of series and nobody reads them

CounterName = Literal[
    "hoadon_webhooks_total",  # deliveries by shop and outcome (see ingest)
    "hoadon_rereads_total",  # resources read again by API, by outcome
    "hoadon_syncs_total",  # parts of reading all products or customers of a shop, by outcome
    "hoadon_products_without_rate_total",  # variants that came in and no rate rule but the default covers, by shop
    "hoadon_kafka_records_total",  # consumed records by topic, group and outcome
    "hoadon_kafka_published_total",  # published records by topic and outcome
    "hoadon_dead_letters_total",  # records put aside, by topic and reason
    "hoadon_task_restarts_total",  # background tasks that died and were started again
    "hoadon_token_logins_total",  # logins at a vendor, by account and outcome
    "hoadon_decisions_total",  # decisions about orders, by shop and decision
    "hoadon_attention_total",  # orders that newly ask for a person, by shop and code
    "hoadon_invoices_total",  # invoices by lane and outcome: issued, rejected, unknown
    "hoadon_lane_events_total",  # what the lane engine counts, by kind
    "hoadon_alarms_total",  # what must never happen and did, by kind: an operator has to look
    "hoadon_write_backs_total",  # write-backs to orders, by shop and outcome
]
GaugeName = Literal[
    "hoadon_ready",  # 1 while /readyz answers 200
    "hoadon_lane_blocked",  # 1 while a lane is blocked, by lane
    "hoadon_lanes",  # lanes of this process, by state: serving, ready, in-line
]
HistogramName = Literal[
    "hoadon_webhook_seconds",  # from the first byte of a delivery to the answer
    "hoadon_kafka_handle_seconds",  # one call of a handler, by topic and group
    "hoadon_kafka_publish_seconds",  # from publish to Kafka's acknowledgement, by topic
    "hoadon_vendor_request_seconds",  # one HTTP request to a vendor, by host, method and status class
    "hoadon_publish_seconds",  # one publish request of a lane
]

_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_SLOW = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0)


@dataclass(frozen=True, slots=True)
class _Definition:
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = _FAST


_COUNTERS: dict[CounterName, _Definition] = {
    "hoadon_webhooks_total": _Definition("Webhook deliveries.", ("shop", "outcome")),
    "hoadon_rereads_total": _Definition("Resources read again by API.", ("shop", "outcome")),
    "hoadon_syncs_total": _Definition("Parts of full syncs.", ("shop", "resource", "outcome")),
    "hoadon_products_without_rate_total": _Definition(
        "Variants that came in without a VAT rate of their own.", ("shop", "how")
    ),
    "hoadon_kafka_records_total": _Definition("Consumed records.", ("topic", "group", "outcome")),
    "hoadon_kafka_published_total": _Definition("Published records.", ("topic", "outcome")),
    "hoadon_dead_letters_total": _Definition("Records put aside.", ("origin", "reason")),
    "hoadon_task_restarts_total": _Definition("Background tasks started again after a failure.", ("task",)),
    "hoadon_token_logins_total": _Definition("Logins at a vendor.", ("account", "outcome")),
    "hoadon_decisions_total": _Definition("Decisions about orders.", ("shop", "decision")),
    "hoadon_attention_total": _Definition("Orders that newly ask for a person.", ("shop", "code")),
    "hoadon_invoices_total": _Definition("Invoices by outcome.", ("lane", "outcome")),
    "hoadon_lane_events_total": _Definition("What the lane engine counts.", ("kind",)),
    "hoadon_alarms_total": _Definition("What must never happen and did.", ("kind",)),
    "hoadon_write_backs_total": _Definition("Write-backs to orders.", ("shop", "outcome")),
}
_GAUGES: dict[GaugeName, _Definition] = {
    "hoadon_ready": _Definition("1 while the process is ready."),
    "hoadon_lane_blocked": _Definition("1 while a lane is blocked.", ("lane",)),
    "hoadon_lanes": _Definition(
        "Lanes of this process: `serving`, `ready` to be served, of those served `in-line` for the processor.",
        ("state",),
    ),
}
_HISTOGRAMS: dict[HistogramName, _Definition] = {
    "hoadon_webhook_seconds": _Definition("Time to answer a delivery.", ("outcome",)),
    "hoadon_kafka_handle_seconds": _Definition("Time in a handler.", ("topic", "group"), _SLOW),
    "hoadon_kafka_publish_seconds": _Definition("Time to Kafka's acknowledgement.", ("topic",)),
    "hoadon_vendor_request_seconds": _Definition("Time of a vendor's answer.", ("host", "method", "status"), _SLOW),
    "hoadon_publish_seconds": _Definition("Time of a lane's publish request.", (), _SLOW),
}

_counters = {name: Counter(name, d.help, d.labels, registry=REGISTRY) for name, d in _COUNTERS.items()}
_gauges = {name: Gauge(name, d.help, d.labels, registry=REGISTRY) for name, d in _GAUGES.items()}
_histograms = {
    name: Histogram(name, d.help, d.labels, buckets=d.buckets, registry=REGISTRY) for name, d in _HISTOGRAMS.items()
}


def count(name: CounterName, /, amount: float = 1, **labels: str) -> None:
    """Raise a counter; the labels must be exactly those of its definition."""
    metric = _counters[name]
    (metric.labels(**labels) if labels else metric).inc(amount)


def gauge(name: GaugeName, value: float, /, **labels: str) -> None:
    """Set a gauge."""
    metric = _gauges[name]
    (metric.labels(**labels) if labels else metric).set(value)


def observe(name: HistogramName, seconds: float, /, **labels: str) -> None:
    """Add a duration in seconds to a histogram."""
    metric = _histograms[name]
    (metric.labels(**labels) if labels else metric).observe(seconds)
