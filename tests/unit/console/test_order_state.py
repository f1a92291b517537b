"""What the list says of an order: the newest word, be it on its invoice or on the order itself."""

from datetime import UTC, datetime

import pytest
from console.orders_view import code_of, reason_of, state_of
from console.output import Output
from console.session import Session
from contracts.decisions import Outcome
from contracts.haravan import Via
from orders.model import InvoiceFacts, InvoiceState, OrderRecord, PlannedInvoice, Snapshot, StoredDecision

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SNAPSHOT = Snapshot(body="{}", updated_at=NOW, received_at=NOW, via=Via.WEBHOOK, event_id="e")
REFUSED = InvoiceFacts(
    version=1, state=InvoiceState.REJECTED, at=NOW, code="X", message_vi="MISA từ chối.", message_en="Refused."
)


def order(outcome: Outcome, *, sequence: int, planned_at: int | None, facts: InvoiceFacts | None) -> OrderRecord:
    decision = StoredDecision(
        sequence=sequence,
        outcome=outcome,
        reason="r",
        message_vi="Quyết định.",
        message_en="Decision.",
        shop_version=1,
        order_updated_at=NOW,
        event_id="e",
        decided_at=NOW,
    )
    invoice = PlannedInvoice(
        ref_id="r",
        kind="sale",
        lane="l",
        account="a",
        command="{}",
        sequence=planned_at or 0,
        snapshot=SNAPSHOT,
        invoice=facts,
    )
    return OrderRecord(
        shop="demo",
        org_id=7,
        order_id=1,
        order_name="#1",
        newest=SNAPSHOT,
        decision=decision,
        invoices=() if planned_at is None else (invoice,),
    )


@pytest.mark.parametrize(
    ("given", "state", "reason", "code"),
    (
        (order(Outcome.HELD, sequence=1, planned_at=None, facts=None), "held", "Decision.", "r"),
        (order(Outcome.PLANNED, sequence=1, planned_at=1, facts=None), "planned", "Decision.", "r"),
        (order(Outcome.PLANNED, sequence=1, planned_at=1, facts=REFUSED), "rejected", "Refused.", "X"),
        (order(Outcome.SKIPPED, sequence=2, planned_at=1, facts=REFUSED), "skipped", "Decision.", "r"),
    ),
)
def test_the_newest_word_is_shown(given: OrderRecord, state: str, reason: str, code: str) -> None:
    """A decision made after a refusal is what counts now."""
    assert (state_of(given), code_of(given)) == (state, code)
    assert reason_of(given, Session("en", Output(as_json=False))) == reason
