"""An order that is cancelled or deleted, and what becomes of the invoice that was planned for it."""

from contracts.commands import IssueInvoice, WithdrawInvoice
from contracts.decisions import OrderDecided, Outcome
from contracts.haravan import Via
from orders.messages import pending
from orders.model import InvoiceState, OrderRecord
from orders.progress import deleted_record, next_record
from support.arrivals import CREATED, NOW, after, attention_code, due, outcome, published, shop, waiting, with_result
from support.haravan_orders import line


def test_a_cancellation_before_issue_takes_the_invoice_back() -> None:
    """What was not sent yet is withdrawn; the order says that somebody should look if it was."""
    record = next_record(after(due(1)), due(2, cancelled_status="cancelled", cancelled_at=CREATED), shop())
    assert record is not None
    assert [type(message) for message in pending(record)] == [WithdrawInvoice]
    assert record.attention is not None
    assert record.attention.code == "cancelled-after-planned"


def test_a_withdrawn_invoice_is_planned_again_when_the_order_is_reopened() -> None:
    """Cancelled before issue and re-opened: judged anew."""
    withdrawn = with_result(after(due(1)), InvoiceState.PENDING, "withdrawn")
    reopened = next_record(withdrawn, due(3), shop())
    assert reopened is not None
    assert [type(message) for message in pending(reopened)] == [OrderDecided, IssueInvoice]


def test_a_deleted_order_is_skipped_or_flagged() -> None:
    """Deleted before planning: nothing is issued; after it: taken back or looked at."""
    assert outcome(deleted_record(after(waiting(1)), NOW)) == (Outcome.SKIPPED, "deleted")
    flagged = deleted_record(after(due(1)), NOW)
    assert flagged.attention is not None
    assert [type(message) for message in pending(flagged)] == [WithdrawInvoice]


def test_a_plan_made_anew_is_withdrawn_when_the_order_is_cancelled() -> None:
    """The refusal of the old content says nothing about the new one, which may be on its way."""
    refused = with_result(after(due(1)), InvoiceState.REJECTED, "InvalidTaxCode", version=4)
    mended = next_record(refused, due(2, lines=[line(216_000)]), shop())
    assert mended is not None
    cancelled = next_record(published(mended), due(3, lines=[line(216_000)], cancelled_status="cancelled"), shop())
    assert cancelled is not None
    assert [type(message) for message in pending(cancelled)] == [WithdrawInvoice]
    assert attention_code(cancelled) == "cancelled-after-planned"
    assert cancelled.invoices[0].invoice is not None
    assert cancelled.invoices[0].invoice.version == 4


def reopened_while_withdrawing() -> OrderRecord:
    return after(due(1), due(2, cancelled_status="cancelled"), due(3))


def test_reopened_before_the_withdrawal_is_known_waits_for_its_result() -> None:
    """The invoice may be taken back or not: until the lane has said so, the order is not forgotten."""
    record = reopened_while_withdrawing()
    assert attention_code(record) == "reopened-after-planned"
    assert [type(message) for message in pending(record)] == [WithdrawInvoice]
    assert attention_code(next_record(record, due(4, tags="echo"), shop())) == "reopened-after-planned"
    again = next_record(record, due(5, cancelled_status="cancelled"), shop())
    assert attention_code(again) == "cancelled-after-planned"


def test_an_older_refusal_does_not_overtake_a_withdrawal() -> None:
    """Planned anew on the word of a refusal, the invoice would then be taken back, and the order forgotten."""
    refused = with_result(reopened_while_withdrawing(), InvoiceState.REJECTED, "InvalidTaxCode")
    record = next_record(refused, due(4, lines=[line(216_000)]), shop())
    assert record is not None
    assert [type(message) for message in pending(record)] == [WithdrawInvoice]
    withdrawn = with_result(record, InvoiceState.PENDING, "withdrawn", version=2)
    anew = next_record(withdrawn, due(4, via=Via.REREAD, lines=[line(216_000)]), shop())
    assert anew is not None
    assert [type(message) for message in pending(anew)] == [OrderDecided, IssueInvoice]


def test_reopened_and_withdrawn_is_planned_again() -> None:
    """Read again after the withdrawal, the order gets its invoice after all."""
    withdrawn = with_result(reopened_while_withdrawing(), InvoiceState.PENDING, "withdrawn")
    record = next_record(withdrawn, due(3, via=Via.REREAD), shop())
    assert record is not None
    assert [type(message) for message in pending(record)] == [OrderDecided, IssueInvoice]
    assert record.attention is None


def test_reopened_and_issued_all_the_same_needs_nobody() -> None:
    """The withdrawal came too late, the order was re-opened: the invoice is right, unless the order was edited too."""
    issued = with_result(reopened_while_withdrawing(), InvoiceState.ISSUED)
    assert attention_code(next_record(issued, due(3, via=Via.REREAD), shop())) is None
    edited = next_record(issued, due(3, via=Via.REREAD, lines=[line(216_000)]), shop())
    assert attention_code(edited) == "correction-draft"


def test_late_news_of_a_deleted_order_does_not_revive_it() -> None:
    """A webhook that the deletion overtook neither plans an invoice nor takes the note away; a read by API does."""
    deleted = deleted_record(after(waiting(1)), NOW)
    assert next_record(deleted, due(2), shop()) is None
    there = next_record(deleted, due(2, via=Via.REREAD), shop())
    assert there is not None
    assert outcome(there)[0] is Outcome.PLANNED
    flagged = deleted_record(after(due(1)), NOW)
    assert next_record(flagged, due(2), shop()) is None
    withdrawn = with_result(flagged, InvoiceState.PENDING, "withdrawn").model_copy(update={"attention": None})
    assert next_record(withdrawn, due(2), shop()) is None
