"""One trace from the webhook through Kafka to meInvoice's answer and the write-back, with nothing personal in it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from local_stack.demo.model import SampleOrder
from local_stack.demo.play import new_run
from support.otlp import Collector, SeenSpan, collecting
from support.stack import WholeStack, until, whole_stack


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    """Where the services send their traces."""
    with collecting() as listening:
        yield listening


@pytest.fixture(scope="module")
def traced(
    tmp_path_factory: pytest.TempPathFactory, kafka_bootstrap_servers: str, mongo_url: str, collector: Collector
) -> Iterator[WholeStack]:
    """A stack that exports its traces."""
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
    folder = tmp_path_factory.mktemp("traced")
    with whole_stack(folder, kafka_bootstrap_servers, mongo_url, environment=environment) as made:
        made.start()
        made.wait_until_ready()
        yield made


async def _one_order(stack: WholeStack) -> SampleOrder:
    """Play one order of a private buyer that is due with its first webhook."""
    async with stack.world() as (sandbox, database):
        run = await new_run(stack.stack, sandbox, database, count=120)
        bought = next(order for order in run.orders if order.case == "counter sale")
        run = replace(run, orders=(replace(bought, states=bought.states[:1]),))
        await run.prepare()
        result = await run.follow(await run.deliver(), lambda _tally, _pending: None)
    assert result.right, (result.differences, result.checks)
    return run.orders[0]


@pytest.mark.timeout(120)
async def test_one_trace_leads_from_the_webhook_to_the_write_back(traced: WholeStack, collector: Collector) -> None:
    """The same trace id in all three services, in their spans and in their logs; nothing of the buyer, no secret."""
    order = await _one_order(traced)
    write = f"PUT /com/orders/{order.order_id}.json"
    until(lambda: any(span.name == write for span in collector.spans), "the write-back's span")
    trace_id = next(span.trace_id for span in collector.spans if span.name == write)
    until(lambda: {"ingest", "invoicer", "status-poller"} <= {s.service for s in collector.of_trace(trace_id)}, "all")
    # Each process tells its spans in its own time: until all are there, some seem to have no parent.
    until(lambda: _roots(collector.of_trace(trace_id)) == ["POST /webhooks/haravan/{shop}"], "every span's parent")
    spans = collector.of_trace(trace_id)
    names = {(span.service, span.name) for span in spans}
    assert ("ingest", "POST /webhooks/haravan/{shop}") in names
    assert ("invoicer", "decide order") in names
    assert ("invoicer", "POST /api/integration/invoice") in names
    for service in ("ingest", "invoicer", "status-poller"):
        assert any(line.get("trace_id") == trace_id for line in traced.log(service)), service
    _assert_nothing_personal(traced, collector, order)


def _roots(spans: Sequence[SeenSpan]) -> list[str]:
    known = {span.span_id for span in spans}
    return [span.name for span in spans if span.parent_id not in known]


def _assert_nothing_personal(traced: WholeStack, collector: Collector, order: SampleOrder) -> None:
    who = order.final.body["customer"]
    secrets = ("demo-password", "-token", "app-secret", "private-secret", traced.environment["HOADON_SECRET_KEYS"])
    forbidden = [text for text in (who["phone"], who["email"], who["first_name"], *secrets) if text]
    told = [span.text for span in collector.spans]
    told += [str(line) for name in ("ingest", "invoicer", "status-poller") for line in traced.log(name)]
    for text in forbidden:
        assert not [each for each in told if text in each], text
