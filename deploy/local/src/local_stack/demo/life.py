"""How an order comes along: when it is placed, paid, shipped, delivered or cancelled, and under which topic."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from local_stack.demo.draft import Draft, Progress

Step = tuple[str, Progress]
_TRIGGERED_BY = {"created": "at", "paid": "paid", "fulfilled": "shipped", "delivered": "delivered"}


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when an order's life goes; `midnight` is the start of the last day in Vietnam."""

    created: datetime
    end: datetime
    midnight: datetime

    def before_end(self, minutes: int) -> datetime:
        """So many minutes before the end, but neither before the last day nor before the order."""
        return max(self.end - timedelta(minutes=minutes), self.midnight, self.created)


Life = Callable[[Draft, str, Span], Iterator[Step]]
"""A draft, the shop's trigger and a span in, topics and states out, oldest first."""


def complete(draft: Draft, _trigger: str, span: Span) -> Iterator[Step]:
    """Placed, paid, shipped and delivered."""
    if not draft.carrier:
        yield from _counter_sale(span)
    elif draft.cash_on_delivery:
        yield from _paid_at_the_door(span)
    else:
        yield from _paid_before(span)


def not_yet_due(draft: Draft, trigger: str, span: Span) -> Iterator[Step]:
    """As far as it can come without being due for its invoice."""
    due = _TRIGGERED_BY[trigger]
    yield from ((topic, state) for topic, state in complete(draft, trigger, span) if getattr(state, due) is None)


def cancelled(draft: Draft, trigger: str, span: Span) -> Iterator[Step]:
    """Cancelled before it was due."""
    last = Progress(at=span.created)
    for topic, state in islice(not_yet_due(draft, trigger, span), 2):
        last = state
        yield topic, state
    when = max(span.end, last.at + timedelta(seconds=1))
    yield "orders/cancelled", replace(last, at=when, cancelled=when)


def _counter_sale(span: Span) -> Iterator[Step]:
    sold = Progress(at=span.end, paid=span.end, shipped=span.end)
    yield "orders/create", sold
    yield "orders/updated", replace(sold, at=span.end + timedelta(milliseconds=300))


def _paid_at_the_door(span: Span) -> Iterator[Step]:
    yield "orders/create", Progress(at=span.created)
    yield "orders/updated", Progress(at=span.created + timedelta(milliseconds=2114))
    shipped = Progress(at=span.before_end(90), shipped=span.before_end(90))
    shipped = replace(shipped, at=max(shipped.at, span.created + timedelta(seconds=3)))
    yield "orders/fulfilled", shipped
    delivered_at = span.before_end(10)
    delivered = replace(shipped, at=max(delivered_at, shipped.at + timedelta(seconds=1)), delivered=delivered_at)
    yield "orders/updated", delivered
    yield "orders/paid", replace(delivered, at=max(span.end, delivered.at + timedelta(seconds=1)), paid=span.end)


def _paid_before(span: Span) -> Iterator[Step]:
    yield "orders/create", Progress(at=span.created)
    paid_at = span.created + timedelta(seconds=71)
    paid = Progress(at=paid_at, paid=paid_at)
    yield "orders/paid", paid
    shipped = replace(paid, at=max(span.before_end(90), paid_at + timedelta(seconds=1)), shipped=span.before_end(90))
    yield "orders/fulfilled", shipped
    delivered_at = span.before_end(10)
    yield (
        "orders/updated",
        replace(shipped, at=max(span.end, shipped.at + timedelta(seconds=1)), delivered=delivered_at),
    )
