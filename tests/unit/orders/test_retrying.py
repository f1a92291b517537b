"""Whether and how the stored command of an order's invoice is sent again."""

from datetime import UTC, datetime
from typing import Any

import pytest
from contracts.decisions import Outcome
from contracts.haravan import Via
from orders.model import (
    Attention,
    InvoiceFacts,
    InvoiceState,
    OrderRecord,
    PlannedInvoice,
    Snapshot,
    StoredDecision,
)
from orders.retrying import NoRetry, retried, retry_hindrance

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
SNAPSHOT = Snapshot(body="{}", updated_at=NOW, received_at=NOW, via=Via.WEBHOOK, event_id="e")
REFUSED = InvoiceFacts(version=4, state=InvoiceState.REJECTED, at=NOW, code="InvalidTaxCode")
ISSUED = InvoiceFacts(version=4, state=InvoiceState.ISSUED, at=NOW, number="00000042", lookup_code="ABC")
ON_ITS_WAY = InvoiceFacts(version=4, state=InvoiceState.PENDING, at=NOW, code="sending")
WITHDRAWN = InvoiceFacts(version=4, state=InvoiceState.PENDING, at=NOW, code="withdrawn")


def planned(ref_id: str = "a", facts: InvoiceFacts | None = REFUSED, **fields: Any) -> PlannedInvoice:
    """An invoice of the order."""
    values: dict[str, Any] = {
        "ref_id": ref_id,
        "kind": "sale",
        "lane": "sandbox:1:1C__TAA",
        "account": "sandbox:1",
        "command": "{}",
        "sequence": 1,
        "snapshot": SNAPSHOT,
        "invoice": facts,
    }
    return PlannedInvoice(**values | fields)


def order(*invoices: PlannedInvoice, sequence: int = 1, **fields: Any) -> OrderRecord:
    """An order whose newest decision has this sequence."""
    decision = StoredDecision(
        sequence=sequence,
        outcome=Outcome.PLANNED,
        reason="triggered",
        message_vi="",
        message_en="",
        shop_version=1,
        order_updated_at=NOW,
        event_id="e",
        decided_at=NOW,
        published=True,
    )
    values: dict[str, Any] = {"shop": "demo", "org_id": 1, "order_id": 2, "order_name": "#1", "newest": SNAPSHOT}
    return OrderRecord(**values | {"decision": decision, "invoices": invoices} | fields)


NOTE = Attention(code="cancelled-after-planned", message_vi="", message_en="", at=NOW)


@pytest.mark.parametrize(
    ("record", "expected"),
    (
        (order(planned()), None),
        (order(), NoRetry.NOT_PLANNED),
        (order(planned(facts=ISSUED)), NoRetry.ISSUED),
        (order(planned(facts=ISSUED), sequence=2, attention=NOTE), NoRetry.ISSUED),
        (order(planned("s", ISSUED), planned(facts=ISSUED, corrects="s")), NoRetry.ISSUED),
        (order(planned(), sequence=2), NoRetry.JUDGED_AGAIN),
        (order(planned(), attention=NOTE), NoRetry.ORDER_CHANGED),
        (order(planned(), deleted=True), NoRetry.ORDER_CHANGED),
        (order(planned("s", None), planned(corrects="s"), sequence=9, attention=NOTE), None),
        (order(planned("s", None), planned(corrects="s"), planned("b", corrects="s")), None),
        (order(planned("s", None), planned(corrects="s"), planned("b", WITHDRAWN, corrects="s")), None),
        (
            order(planned("s", None), planned(corrects="s"), planned("b", ON_ITS_WAY, corrects="s")),
            NoRetry.CORRECTED_OTHERWISE,
        ),
        (
            order(planned("s", None), planned(corrects="s"), planned("b", None, corrects="s")),
            NoRetry.CORRECTED_OTHERWISE,
        ),
    ),
)
def test_what_stands_on_the_order_may_forbid_it(record: OrderRecord, expected: NoRetry | None) -> None:
    """An old plan is never revived beside a newer decision, a changed order, or another correction."""
    assert retry_hindrance(record, "a") is expected


def test_the_plan_stands_until_its_own_result_comes() -> None:
    """The refusal is no longer the last word, its version stays, and what a crash leaves unsent will be sent."""
    after = retried(order(planned("s"), planned()), "a", LATER)
    facts = after.invoices[1].invoice
    assert facts is not None
    assert (facts.state, facts.version, facts.at) == (InvoiceState.PENDING, 4, LATER)
    assert after.invoices[0].invoice == REFUSED
    assert after.decision is not None
    assert not after.decision.published


def test_an_issued_invoice_is_never_planned_anew() -> None:
    """Its lane would answer nothing, so that number and lookup code would be gone from the order for good."""
    with pytest.raises(ValueError, match="is issued"):
        retried(order(planned(facts=ISSUED)), "a", LATER)


def test_a_correction_is_sent_by_the_next_event_as_well() -> None:
    """What a console that died left behind is found like the command of a sale."""
    after = retried(order(planned("s", None), planned(corrects="s")), "a", LATER)
    assert after.decision is not None
    assert not after.decision.published
    assert after.invoices[1].unheard_of


def test_an_invoice_without_a_result_stays_without() -> None:
    """Nothing is known of it yet, and its result will tell."""
    assert retried(order(planned(facts=None)), "a", LATER).invoices[0].invoice is None
    with pytest.raises(LookupError, match="#1"):
        retried(order(), "a", LATER)
