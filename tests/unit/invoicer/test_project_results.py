"""Results and statuses onto the order's document."""

from pathlib import Path
from typing import Any, TypeVar

import pytest
from contracts.base import Message
from contracts.results import RESULTS, InvoiceIssued, InvoicePending, InvoiceRejected, LaneChanged
from contracts.status import STATUSES
from invoicer.application.project_results import ProjectResults, facts_of
from orders.model import InvoiceState

M = TypeVar("M", bound=Message)
SAMPLES = Path(__file__).parents[2] / "data/contracts"


def sample(kind: type[M]) -> M:
    return kind.model_validate_json((SAMPLES / f"{kind.event_type}.json").read_text())


class Kept:
    """Notes every call."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []

    async def record_invoice(self, shop: str, order_id: int, ref_id: str, facts: Any) -> bool:
        self.calls.append(("invoice", facts))
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
    await ProjectResults(kept)(sample(kind))
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
    await ProjectResults(kept)(sample(InvoicePending).model_copy(update={"state": "withdrawn"}))
    assert {call[1] for call in kept.calls if call[0] == "clear"} == {
        "cancelled-after-planned",
        "deleted-after-planned",
    }
