"""Results and statuses onto the order's document."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from contracts.base import Message
from contracts.envelope import Event
from contracts.haravan import RereadRequested, Via
from contracts.results import RESULTS, InvoiceIssued, InvoicePending, InvoiceRejected, LaneChanged
from contracts.status import STATUSES
from contracts.topics import Topic
from invoicer.application.project_results import ProjectResults, facts_of
from orders.attention import attention
from orders.model import InvoiceState, OrderRecord, PlannedInvoice, Snapshot

M = TypeVar("M", bound=Message)
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SAMPLES = Path(__file__).parents[2] / "data/contracts"


def sample(kind: type[M]) -> M:
    return kind.model_validate_json((SAMPLES / f"{kind.event_type}.json").read_text())


class Kept:
    """Notes every call."""

    def __init__(self, record: OrderRecord | None = None) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.sent: list[tuple[Topic, Event]] = []
        self.record = record

    def use_case(self) -> ProjectResults:
        return ProjectResults(self, self, lambda: NOW)

    async def get(self, shop: str, order_id: int) -> OrderRecord | None:
        return self.record

    async def publish(self, messages: Sequence[tuple[Topic, Event]]) -> None:
        self.sent += messages

    async def record_invoice(self, shop: str, order_id: int, ref_id: str, facts: Any) -> bool:
        self.calls.append(("invoice", facts))
        if self.record is not None:
            planned = self.record.invoices[0].model_copy(update={"ref_id": ref_id, "invoice": facts})
            self.record = self.record.model_copy(update={"invoices": (planned,)})
        return True

    async def record_tax_status(self, shop: str, order_id: int, ref_id: str, status: Any) -> bool:
        self.calls.append(("tax", status))
        return True

    async def record_write_back(self, shop: str, order_id: int, ref_id: str, write_back: Any) -> bool:
        self.calls.append(("write-back", write_back))
        return True

    async def clear_attention(self, shop: str, order_id: int, code: str) -> None:
        self.calls.append(("clear", code))


@pytest.mark.parametrize("kind", (*RESULTS, *STATUSES))
async def test_every_message_is_taken(kind: type[Message]) -> None:
    """Each message of both topics has its place on the order; a lane's change has none."""
    kept = Kept()
    await kept.use_case()(sample(kind))
    assert len(kept.calls) == (0 if kind is LaneChanged else 1)


def test_an_issued_invoice_keeps_its_number_and_codes() -> None:
    """What the shop and the accountant look for."""
    facts = facts_of(sample(InvoiceIssued))
    assert (facts.state, facts.number, facts.lookup_code) == (InvoiceState.ISSUED, "00000067", "QTXJ2K4M9P")


def test_a_provisional_refusal_is_not_a_refusal_yet() -> None:
    """While an older request may succeed, nobody may plan the invoice anew."""
    refused = sample(InvoiceRejected)
    assert facts_of(refused).state is InvoiceState.REJECTED
    assert facts_of(refused.model_copy(update={"provisional": True})).state is InvoiceState.PENDING


async def test_a_withdrawal_that_worked_clears_the_note() -> None:
    """Taken back in time: nobody has to look at the cancelled order any more."""
    kept = Kept()
    await kept.use_case()(sample(InvoicePending).model_copy(update={"state": "withdrawn"}))
    assert {call[1] for call in kept.calls if call[0] == "clear"} == {
        "cancelled-after-planned",
        "deleted-after-planned",
    }


def reopened(code: str = "reopened-after-planned") -> OrderRecord:
    newest = Snapshot(body="{}", updated_at=NOW, received_at=NOW, via=Via.WEBHOOK, event_id="e")
    planned = PlannedInvoice(
        ref_id="r", kind="sale", lane="l", account="a", command="{}", sequence=1, snapshot=newest, invoice=None
    )
    record = OrderRecord(shop="s", org_id=1, order_id=2, order_name="#2", newest=newest, invoices=(planned,))
    return record.model_copy(update={"attention": attention(code, NOW)})


ENDED = (
    sample(InvoicePending).model_copy(update={"state": "withdrawn"}),
    sample(InvoicePending).model_copy(update={"state": "held"}),
    sample(InvoiceRejected),
    sample(InvoiceIssued),
)


@pytest.mark.parametrize("result", ENDED, ids=("withdrawn", "held", "rejected", "issued"))
async def test_an_order_reopened_meanwhile_is_read_again(result: Message) -> None:
    """However the withdrawal ended: the order is judged, or compared with its invoice, as it now is."""
    kept = Kept(reopened())
    await kept.use_case()(result)
    ((topic, event),) = kept.sent
    assert topic is Topic.HARAVAN_REREADS
    assert RereadRequested.from_event(event).resource_id == "2"


async def test_an_invoice_that_its_lane_holds_is_made_anew() -> None:
    """A rate that expired before the invoice was sent: the order is read and converted again by itself."""
    kept = Kept(reopened().model_copy(update={"attention": None}))
    await kept.use_case()(ENDED[1])
    assert [topic for topic, _ in kept.sent] == [Topic.HARAVAN_REREADS]


async def test_what_was_taken_back_is_judged_again_unless_the_order_is_gone() -> None:
    """A cancelled order is then skipped, one that was re-opened unnoticed gets its invoice; a deleted one stays so."""
    kept = Kept(reopened("cancelled-after-planned"))
    await kept.use_case()(ENDED[0])
    assert [topic for topic, _ in kept.sent] == [Topic.HARAVAN_REREADS]
    deleted = Kept(reopened("deleted-after-planned").model_copy(update={"deleted": True}))
    await deleted.use_case()(ENDED[0])
    assert deleted.sent == []


async def test_nothing_is_read_again_before_it_is_settled_or_without_need() -> None:
    """An invoice that still waits for its turn says nothing yet; one whose order stayed as it was, nothing more."""
    for kept, result in (
        (Kept(reopened()), sample(InvoicePending).model_copy(update={"state": "sending"})),
        (Kept(reopened().model_copy(update={"attention": None})), ENDED[3]),
        (Kept(), ENDED[0]),
    ):
        await kept.use_case()(result)
        assert kept.sent == []


@pytest.mark.parametrize("code", ("cancelled-after-planned", "returned-after-planned", "changed-after-planned"))
async def test_an_order_that_changed_under_way_is_read_again_once_it_is_issued(code: str) -> None:
    """Now it is known what the change asks for: a correction of what was issued."""
    kept = Kept(reopened(code))
    await kept.use_case()(ENDED[3])
    assert [topic for topic, _ in kept.sent] == [Topic.HARAVAN_REREADS]


@pytest.mark.parametrize(("event", "asked"), (("return", 1), (None, 0)))
async def test_a_correction_that_the_order_called_for_is_followed_by_another_look(
    event: str | None, asked: int
) -> None:
    """More may have come back meanwhile; what a person wrote is the person's matter."""
    record = reopened().model_copy(update={"attention": None})
    correction = record.invoices[0].model_copy(update={"kind": "adjust", "corrects": "sale", "event": event})
    kept = Kept(record.model_copy(update={"invoices": (correction,)}))
    await kept.use_case()(ENDED[3])
    assert len(kept.sent) == asked


async def test_a_correction_that_was_taken_back_leaves_the_note_of_its_order() -> None:
    """The invoice itself is issued: a cancelled or deleted order still needs its correction."""
    record = reopened("deleted-after-planned").model_copy(update={"deleted": True})
    correction = record.invoices[0].model_copy(update={"kind": "adjust", "corrects": "r"})
    for result in ENDED[:2]:
        kept = Kept(record.model_copy(update={"invoices": (correction,)}))
        await kept.use_case()(result)
        assert [call for call in kept.calls if call[0] == "clear"] == []
        assert kept.sent == []
