"""A publish request in the traces of its orders: each invoice of it has a span, in the trace that its webhook began."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from lanes.model import Intent
from opentelemetry.trace import SpanKind
from opentelemetry.util.types import AttributeValue
from runtime.tracing import past_span, span, traceparent

from invoicer.domain.labels import Labels

PUBLISH = "publish invoice"
LATER_SECONDS = 0.05
"""Spans of thirty invoices take milliseconds of processor, which the lane's next request goes before."""


@contextmanager
def publish_spans(intents: Sequence[Intent]) -> Iterator[None]:
    """Run a request inside the span of its first invoice; those of the others follow when it is over.

    They have the request's times, and a link to the span it ran in.
    """
    first, *others = intents
    began = time.time_ns()
    request: str | None = None
    went_wrong: str | None = None
    try:
        parent = first.command.traceparent
        with span(PUBLISH, kind=SpanKind.CLIENT, parent=parent, attributes=_about(first)):
            request = traceparent()
            yield
    except BaseException as error:
        went_wrong = type(error).__name__
        raise
    finally:
        times = (began, time.time_ns())
        asyncio.get_running_loop().call_later(LATER_SECONDS, _tell, others, request, times, went_wrong)


def _tell(intents: Sequence[Intent], request: str | None, times: tuple[int, int], went_wrong: str | None) -> None:
    for intent in intents:
        past_span(
            PUBLISH,
            times=times,
            kind=SpanKind.CLIENT,
            parent=intent.command.traceparent,
            links=[request],
            attributes=_about(intent),
            error=went_wrong,
        )


def _about(intent: Intent) -> dict[str, AttributeValue]:
    labels = Labels.from_mapping(intent.command.labels)
    return {
        "hoadon.ref_id": intent.ref_id,
        "hoadon.lane": intent.command.lane,
        "hoadon.shop": labels.shop,
        "hoadon.order": str(labels.order_id),
    }
