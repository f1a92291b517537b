"""The subscriber and the loops."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from contracts.results import InvoiceIssued, InvoiceRejected
from pymongo.errors import AutoReconnect
from runtime.backoff import Backoff
from runtime.kafka import Ack, DeadLetter, Record
from status_poller.domain.follow_up import Invoice
from status_poller.domain.schedule import PollSchedule
from status_poller.entrypoints.loops import Loop
from status_poller.entrypoints.subscriber import ResultsHandler
from support.follow_ups import START, ManualClock, issued


@dataclass
class Taken:
    """Keeps what was taken in."""

    invoices: list[Invoice] = field(default_factory=list)
    due: list[datetime] = field(default_factory=list)

    async def take_in(self, invoice: Invoice, *, poll_due: datetime, **_: object) -> bool:
        """Take it."""
        self.invoices.append(invoice)
        self.due.append(poll_due)
        return True


def record(value: bytes, headers: Sequence[tuple[str, bytes]]) -> Record:
    """A record of `invoicing.results`."""
    return Record("invoicing.results", 0, 1, b"lane", tuple(headers), value, 3)


def of_event(event: InvoiceIssued | InvoiceRejected) -> Record:
    """The record of an event."""
    sent = event.to_event(source="/services/invoicer", time=START)
    return record(sent.data, [(name, text.encode()) for name, text in sent.headers().items()])


def handler(taken: Taken) -> ResultsHandler:
    """A handler over `taken`."""
    return ResultsHandler(taken, PollSchedule(), ManualClock(), asyncio.Event())  # type: ignore[arg-type]  # only take_in


async def test_issued_invoices_are_taken_in_and_wake_the_writer() -> None:
    """The write-back need not wait for the next round."""
    taken = Taken()
    handle = handler(taken)
    assert await handle(of_event(issued(number="00000070"))) == Ack()
    assert [invoice.number for invoice in taken.invoices] == ["00000070"]
    assert taken.due == [START + timedelta(seconds=5)]
    assert handle.news.is_set()


async def test_other_results_are_somebody_elses() -> None:
    """A refusal is acknowledged and nothing follows; so is a type that this version does not know."""
    taken = Taken()
    facts = issued().model_dump()
    rejected = InvoiceRejected.model_validate(facts | {"code": "x", "message_vi": "x", "message_en": "x"})
    assert await handler(taken)(of_event(rejected)) == Ack()
    assert taken.invoices == []


@pytest.mark.parametrize("value", (b"", b"nonsense", b"{}", b'{"ref_id": 7}', b"\xff"))
async def test_what_cannot_be_read_is_put_aside(value: bytes) -> None:
    """An event of the right type with a broken body goes to dead-letters with the reason."""
    good = of_event(issued())
    answer = await handler(Taken())(record(value, good.headers))
    assert isinstance(answer, DeadLetter)
    assert answer.reason == "UNREADABLE_EVENT"


async def test_no_event_at_all_is_put_aside() -> None:
    """A record without CloudEvents headers is no event."""
    assert isinstance(await handler(Taken())(record(b"{}", ())), DeadLetter)


QUICK = Backoff(timedelta(milliseconds=1), timedelta(milliseconds=2))


async def test_loop_works_on_news_and_ends_when_told() -> None:
    """News end the pause at once; the stop ends the loop."""
    stopping, news, rounds = asyncio.Event(), asyncio.Event(), asyncio.Semaphore(0)

    async def work() -> int:
        rounds.release()
        return 0

    running = asyncio.create_task(Loop("x", work, timedelta(hours=1), news, QUICK).run(stopping))
    await rounds.acquire()
    news.set()
    await rounds.acquire()
    stopping.set()
    async with asyncio.timeout(5):
        await running


async def test_loop_waits_for_mongodb() -> None:
    """A failover is waited for; anything else ends the loop, so that the process restarts and counts it."""
    failures = [AutoReconnect("away"), AutoReconnect("away"), RuntimeError("bug")]

    async def work() -> int:
        raise failures.pop(0)

    with pytest.raises(RuntimeError, match="bug"):
        await Loop("x", work, timedelta(0), asyncio.Event(), QUICK).run(asyncio.Event())
    assert failures == []
