"""The order store against a real MongoDB: nothing is lost between two writers, old news never wins."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from contracts.decisions import Outcome
from contracts.haravan import Via
from invoicing.agreements import Agreement
from motor.motor_asyncio import AsyncIOMotorClient
from orders.model import InvoiceFacts, InvoiceState, OrderRecord, PlannedInvoice, Snapshot, StoredDecision, WriteBack
from orders.store import OrderFilter, OrderStore

MOMENT = datetime(2026, 3, 14, 3, 7, 2, tzinfo=UTC)
SNAPSHOT = Snapshot(body="{}", updated_at=MOMENT, received_at=MOMENT, via=Via.WEBHOOK, event_id="e1")


@pytest.fixture
async def store(mongo_url: str, mongo_database: str) -> AsyncIterator[OrderStore]:
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongo_url, tz_aware=True)
    opened = OrderStore(client[mongo_database])
    await opened.ensure_indexes()
    yield opened
    client.close()


def planned(ref_id: str = "ref-1") -> PlannedInvoice:
    return PlannedInvoice(
        ref_id=ref_id, kind="sale", lane="lane-a", account="a", command="{}", sequence=1, snapshot=SNAPSHOT
    )


def order(order_id: int = 1, **changes: Any) -> OrderRecord:
    decision = StoredDecision(
        sequence=1,
        outcome=Outcome.PLANNED,
        reason="delivered",
        message_vi="Đã giao",
        message_en="Delivered",
        shop_version=1,
        order_updated_at=MOMENT,
        event_id="e1",
        decided_at=MOMENT,
    )
    fields = {
        "shop": "demo",
        "org_id": 7,
        "order_id": order_id,
        "order_name": f"#{order_id}",
        "newest": SNAPSHOT,
        "decision": decision,
        "invoices": (planned(f"ref-{order_id}"),),
    }
    return OrderRecord.model_validate(fields | changes)


def issued(version: int, number: str = "00000001") -> InvoiceFacts:
    return InvoiceFacts(
        version=version,
        state=InvoiceState.ISSUED,
        at=MOMENT,
        number=number,
        invoice_date=date(2026, 3, 14),
        total_amount=Decimal(725000),
    )


async def test_what_is_saved_is_what_is_read(store: OrderStore) -> None:
    """Dates, exact amounts and nested parts survive MongoDB."""
    record = order()
    assert await store.save(record)
    assert await store.record_invoice("demo", 1, "ref-1", issued(1))
    read = await store.get("demo", 1)
    assert read is not None
    assert read.invoices[0].invoice == issued(1)
    assert read.model_copy(update={"revision": 0, "invoices": record.invoices}) == record


async def test_a_second_first_write_is_refused(store: OrderStore) -> None:
    """Two replicas that see an order for the first time do not overwrite each other."""
    assert await store.save(order())
    assert not await store.save(order())


async def test_a_write_on_an_old_revision_is_refused(store: OrderStore) -> None:
    """A result recorded in between makes the writer read again instead of losing it."""
    await store.save(order())
    read = await store.get("demo", 1)
    assert read is not None
    assert await store.record_invoice("demo", 1, "ref-1", issued(1))
    assert not await store.save(read)


async def test_old_results_never_overwrite_new_ones(store: OrderStore) -> None:
    """Results are delivered at least once and out of order: the highest version stays."""
    await store.save(order())
    assert await store.record_invoice("demo", 1, "ref-1", issued(2, "00000002"))
    assert not await store.record_invoice("demo", 1, "ref-1", issued(1, "00000001"))
    assert not await store.record_invoice("demo", 1, "ref-1", issued(2, "00000002"))
    read = await store.get_by_ref_id("ref-1")
    assert read is not None
    assert read.invoices[0].invoice == issued(2, "00000002")


async def test_results_find_their_invoice_among_several(store: OrderStore) -> None:
    """An order with several invoices keeps each one's result apart."""
    await store.save(order(invoices=(planned("x"), planned("y"))))
    written = WriteBack(sequence=1, succeeded=True, at=MOMENT)
    assert await store.record_write_back("demo", 1, "y", written)
    assert not await store.record_write_back("demo", 1, "z", written)
    read = await store.get("demo", 1)
    assert read is not None
    assert [part.write_back for part in read.invoices] == [None, written]


async def test_marking_published_touches_only_that_decision(store: OrderStore) -> None:
    """A later decision is not marked by the acknowledgement of an earlier one."""
    await store.save(order())
    await store.mark_published("demo", 1, 99)
    assert (await store.get("demo", 1)).decision.published is False  # type: ignore[union-attr]
    await store.mark_published("demo", 1, 1)
    assert (await store.get("demo", 1)).decision.published is True  # type: ignore[union-attr]


async def test_orders_are_found_and_counted(store: OrderStore) -> None:
    """Filters narrow, counts say the reasons."""
    await store.save(order(1))
    await store.save(order(2))
    held = order(3).decision
    assert held is not None
    await store.save(order(3, decision=held.model_copy(update={"outcome": Outcome.HELD, "reason": "does-not-tie"})))
    await store.record_invoice("demo", 2, "ref-2", issued(1))
    found = [record.order_id async for record in store.find(OrderFilter(invoice_state=InvoiceState.ISSUED))]
    assert found == [2]
    assert await store.count(OrderFilter(shop="demo", outcome=Outcome.PLANNED)) == 2
    assert await store.count_by_decision() == [("planned", "delivered", 2), ("held", "does-not-tie", 1)]


async def test_an_agreement_is_kept_with_its_correction(store: OrderStore) -> None:
    """Number and day are read back as they were signed."""
    agreed = planned("adjust-1").model_copy(
        update={"corrects": "ref-1", "agreement": Agreement("12/TT", date(2026, 3, 13))}
    )
    await store.save(order(1, invoices=(planned("ref-1"), agreed)))
    read = await store.get_by_ref_id("adjust-1")
    assert read is not None
    assert [each.agreement for each in read.invoices] == [None, Agreement("12/TT", date(2026, 3, 13))]


async def test_a_correction_that_was_taken_back_leaves_the_last_word_to_the_sale(store: OrderStore) -> None:
    """One that is under way or was refused has it: that is what somebody waits for."""
    for order_id, code in ((1, "withdrawn"), (2, "sending")):
        facts = InvoiceFacts(version=1, state=InvoiceState.PENDING, at=MOMENT, code=code)
        changes = {"kind": "adjust", "corrects": f"ref-{order_id}", "invoice": facts}
        sale = planned(f"ref-{order_id}").model_copy(update={"invoice": issued(1)})
        await store.save(order(order_id, invoices=(sale, planned(f"adjust-{order_id}").model_copy(update=changes))))
    for state, expected in ((InvoiceState.ISSUED, 1), (InvoiceState.PENDING, 2)):
        wanted = OrderFilter(invoice_state=state, as_it_stands=True)
        (found,) = [record async for record in store.find(wanted)]
        assert found.order_id == expected
        assert found.newest_invoice is not None
        assert found.newest_invoice.invoice is not None
        assert found.newest_invoice.invoice.state is state
