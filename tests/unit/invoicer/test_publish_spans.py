"""Each invoice of a request has its span, in the trace of its order."""

import asyncio
from collections.abc import Sequence

import pytest
from invoicer.adapters import publish_spans as module
from invoicer.adapters.publish_spans import PUBLISH, publish_spans
from invoicer.domain.labels import Labels
from lanes.model import Command, Intent, Position
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

SECONDS = 0.02
LANE = "0101243150:meinvoice:1C__TAA"


def intent(number: int) -> Intent:
    command = Command(
        ref_id=f"r{number}",
        lane=LANE,
        account="0101243150:meinvoice",
        content="{}",
        weight=1,
        labels=Labels("demo", 7, number, f"#{number}", "sale").to_mapping(),
        traceparent=f"00-{number:032x}-{number:016x}-01",
    )
    return Intent(command=command, position=Position(6, number), seen={})


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LATER_SECONDS", 0.0)


async def all_told(spans: InMemorySpanExporter) -> Sequence[ReadableSpan]:
    """In the order in which their orders came, when the loop has done what was to be done at once."""
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return sorted(spans.get_finished_spans(), key=lambda told: told.context.trace_id)


async def test_each_invoice_is_told_of_in_the_trace_of_its_order(spans: InMemorySpanExporter) -> None:
    """With the request's times and a link to where it ran; nothing is told of the others before the request is over."""
    with publish_spans([intent(1), intent(2), intent(3)]):
        await asyncio.sleep(SECONDS)
        assert spans.get_finished_spans() == ()
    told = await all_told(spans)
    assert [(one.name, one.context.trace_id, one.parent.span_id if one.parent else None) for one in told] == [
        (PUBLISH, 1, 1),
        (PUBLISH, 2, 2),
        (PUBLISH, 3, 3),
    ]
    first, *others = told
    for number, one in enumerate(others, 2):
        assert [link.context.span_id for link in one.links] == [first.context.span_id]
        assert one.start_time is not None
        assert one.end_time is not None
        assert one.end_time - one.start_time >= SECONDS * 1e9 / 2
        assert dict(one.attributes or {}) == {
            "hoadon.ref_id": f"r{number}",
            "hoadon.lane": LANE,
            "hoadon.shop": "demo",
            "hoadon.order": str(number),
        }


@pytest.mark.parametrize("error", (ConnectionError("0909123456"), asyncio.CancelledError()))
async def test_a_failure_is_told_of_by_its_type_for_every_invoice(
    spans: InMemorySpanExporter, error: BaseException
) -> None:
    """A shutdown, too; without the message, which may quote anything."""
    with pytest.raises(type(error)), publish_spans([intent(1), intent(2)]):
        raise error
    for one in await all_told(spans):
        assert one.status.description == type(error).__name__
        assert "0909123456" not in one.to_json()
