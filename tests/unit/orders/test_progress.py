"""What an arrival makes of an order: late, repeated and out-of-order deliveries never plan a second invoice."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

from contracts.commands import IssueInvoice
from contracts.decisions import OrderDecided, Outcome
from contracts.haravan import RereadFailed, RereadRequested, Via
from hypothesis import given, settings
from hypothesis import strategies as st
from invoicing.content import Content
from invoicing.corrections import CorrectionCause, CorrectionKind
from orders.context import Context
from orders.corrections import CorrectionPlan, Request, plan_correction
from orders.messages import pending
from orders.model import InvoiceFacts, InvoiceState, OrderRecord
from orders.progress import Arrival, next_record, unread_record
from support.arrivals import (
    NOW,
    TODAY,
    after,
    arrival,
    attention_code,
    due,
    outcome,
    published,
    shop,
    waiting,
    with_result,
)
from support.haravan_orders import company, line


def test_a_delivered_order_is_planned_with_its_command() -> None:
    """The decision and the command go out together, the decision first."""
    record = next_record(None, due(1), shop())
    assert record is not None
    decided, command = pending(record)
    assert isinstance(decided, OrderDecided)
    assert isinstance(command, IssueInvoice)
    assert (decided.outcome, decided.ref_id) == (Outcome.PLANNED, command.ref_id)
    assert command.lane == "sandbox:0101243150:1C__TAA"
    assert json.loads(command.content)["invoice"]["TotalAmount"] == 108000


def test_the_same_delivery_again_changes_nothing() -> None:
    """A redelivery is no news: no second decision, no second command."""
    record = after(due(1))
    assert next_record(record, due(1), shop()) is None
    assert pending(record) == ()


def test_what_a_crash_left_unpublished_is_sent_as_it_was_stored() -> None:
    """A redelivery after a changed configuration repeats the stored command, it does not judge anew."""
    stored = next_record(None, due(1), shop(version=1))
    assert stored is not None
    assert next_record(stored, due(1), shop(version=2)) is None
    again = pending(stored)
    assert [type(message) for message in again] == [OrderDecided, IssueInvoice]
    assert all(message.shop_version == 1 for message in again if isinstance(message, OrderDecided | IssueInvoice))


def test_a_correction_that_its_console_never_sent_is_sent_as_it_was_stored() -> None:
    """A console that died between storing and sending; what is heard of is not sent again."""
    sale = after(due(1))
    (planned,) = sale.invoices
    issued = InvoiceFacts(
        version=1,
        state=InvoiceState.ISSUED,
        at=NOW,
        series="1C26TAA",
        number="00000001",
        invoice_date=TODAY,
        lookup_code="T1",
    )
    sale = sale.model_copy(update={"invoices": (planned.model_copy(update={"invoice": issued}),)})
    content = Content.from_json(IssueInvoice.model_validate_json(planned.command).content).invoice
    lines = tuple(line.model_copy(update={"ItemName": "Áo"}) for line in content.OriginalInvoiceDetail)
    right = content.model_copy(update={"OriginalInvoiceDetail": lines})
    wanted = Request(planned.ref_id, CorrectionKind.REPLACE, right, "Sai hàng", CorrectionCause.ERROR, 1, NOW)
    made = plan_correction(sale, wanted)
    assert isinstance(made, CorrectionPlan)
    assert made.command in pending(made.record)
    assert pending(published(made.record)) == ()
    told = made.record.invoices[1].model_copy(update={"invoice": issued.model_copy(update={"number": "00000002"})})
    heard_of = made.record.model_copy(update={"invoices": (made.record.invoices[0], told)})
    assert made.command not in pending(heard_of)


def test_old_news_is_passed_over() -> None:
    """An older state that comes late does not undo the newer one."""
    record = after(due(5))
    assert next_record(record, waiting(1), shop()) is None


def test_a_waiting_order_is_decided_when_it_is_delivered() -> None:
    """Waiting, then due: two decisions, the second with the invoice."""
    first = after(waiting(1))
    assert outcome(first) == (Outcome.WAITING, "not-delivered")
    second = after(waiting(1), due(2))
    assert outcome(second)[0] is Outcome.PLANNED
    assert second.decision is not None
    assert second.decision.sequence == 2


def test_the_same_verdict_on_a_newer_state_is_not_announced_again() -> None:
    """An order that still waits for the same reason makes no event, but its newest state is kept."""
    record = after(waiting(1))
    later = next_record(record, waiting(2), shop())
    assert later is not None
    assert later.newest.updated_at > record.newest.updated_at
    assert later.decision == record.decision
    assert pending(later) == ()


def test_an_edit_after_planning_asks_a_person_and_plans_nothing() -> None:
    """How an order is covered is frozen at its first intent."""
    planned = after(due(1))
    edited = next_record(planned, due(2, lines=[line(108_000), line(54_000, id=12)]), shop())
    assert edited is not None
    assert edited.invoices == planned.invoices
    assert edited.attention is not None
    assert edited.attention.code == "changed-after-planned"
    assert pending(edited) == ()


def test_our_own_write_back_is_no_change() -> None:
    """The echo of our note attributes and tag makes no note and no message."""
    planned = after(due(1))
    echo = due(2, tags="da-xuat-hoa-don", note_attributes=[{"name": "Số hóa đơn", "value": "00000001"}])
    record = next_record(planned, echo, shop())
    assert record is not None
    assert record.attention is None
    assert pending(record) == ()


def test_a_cancellation_after_issue_is_made_ready_and_waits_for_a_person() -> None:
    """An issued invoice is never withdrawn: an adjustment takes it all back, once somebody approved it."""
    issued = with_result(after(due(1)), InvoiceState.ISSUED)
    record = next_record(issued, due(2, cancelled_status="cancelled"), shop())
    assert record is not None
    assert pending(record) == ()
    assert attention_code(record) == "correction-draft"
    assert [(planned.kind, planned.draft) for planned in record.invoices] == [("sale", False), ("adjust", True)]


def test_a_refused_invoice_is_planned_anew_when_the_order_was_corrected() -> None:
    """The shop mends the order in Haravan; the same RefID is sent with the new content."""
    refused = with_result(after(due(1)), InvoiceState.REJECTED, "InvalidTaxCode")
    mended = next_record(refused, due(2, lines=[line(216_000)]), shop())
    assert mended is not None
    commands = [message for message in pending(mended) if isinstance(message, IssueInvoice)]
    assert [command.ref_id for command in commands] == [refused.invoices[0].ref_id]
    assert commands[0].sequence == 2


def test_a_refused_invoice_is_not_sent_again_unchanged() -> None:
    """The echo of any write, or a repeated webhook, does not retry by itself."""
    refused = with_result(after(due(1)), InvoiceState.REJECTED, "InvalidTaxCode")
    same = next_record(refused, due(2), shop())
    assert same is not None
    assert pending(same) == ()


def test_a_partial_state_is_read_again_once_and_then_held() -> None:
    """A body without lines asks for a re-read; if that is no better, the order is held."""
    partial = next_record(None, due(1, line_items=None), shop())
    assert partial is not None
    assert [type(message) for message in pending(partial)] == [OrderDecided, RereadRequested]
    read_again = next_record(published(partial), due(1, via=Via.REREAD, line_items=None), shop())
    assert read_again is not None
    assert outcome(read_again)[0] is Outcome.HELD
    assert [type(message) for message in pending(read_again)] == [OrderDecided]


def test_a_whole_re_read_of_the_same_moment_replaces_a_partial_webhook() -> None:
    """The state read by API wins over a webhook with the same `updated_at`, and is not undone by its repeat."""
    record = after(due(1, line_items=None), due(1, via=Via.REREAD))
    assert outcome(record)[0] is Outcome.PLANNED
    assert next_record(record, due(1, line_items=None), shop()) is None


def test_a_plan_made_anew_is_frozen_like_the_first() -> None:
    """An edit before its result is known asks a person; it is no third plan whose content would contradict the sent."""
    refused = with_result(after(due(1)), InvoiceState.REJECTED, "InvalidTaxCode")
    mended = next_record(refused, due(2, lines=[line(216_000)]), shop())
    assert mended is not None
    edited = next_record(published(mended), due(3, lines=[line(324_000)]), shop())
    assert edited is not None
    assert pending(edited) == ()
    assert attention_code(edited) == "changed-after-planned"
    assert edited.invoices == mended.invoices


def test_money_that_went_back_after_planning_asks_a_person() -> None:
    """Also where Haravan records it among the payments alone."""
    back = {"id": 9, "kind": "refund", "amount": -8000}
    record = next_record(after(due(1)), due(2, transactions=[back], financial_status="partially_refunded"), shop())
    assert attention_code(record) == "returned-after-planned"


def test_another_buyer_after_planning_asks_a_person() -> None:
    """A tax code that comes after the invoice was planned is not printed on it: somebody has to replace it."""
    record = next_record(after(due(1)), due(2, note_attributes=company()), shop())
    assert attention_code(record) == "buyer-changed-after-planned"
    assert record is not None
    other_mail = company(bill_email="khac@congtyvidu.vn")
    same = next_record(after(due(1, note_attributes=company())), due(2, note_attributes=other_mail), shop())
    assert attention_code(same) is None


def test_a_partial_state_after_planning_is_read_again_and_not_compared() -> None:
    """Null lines are no edit: the whole order is asked for, and then compared."""
    planned = after(due(1))
    partial = next_record(planned, due(2, line_items=None), shop())
    assert partial is not None
    assert partial.attention is None
    assert [type(message) for message in pending(partial)] == [RereadRequested]
    whole = next_record(partial, due(2, via=Via.REREAD), shop())
    assert whole is not None
    assert whole.attention is None
    assert pending(whole) == ()


def test_an_invoice_held_for_an_expired_rate_is_made_anew_at_the_new_one() -> None:
    """Planned in December and claimed in January: the same RefID with the content of the new date, once."""
    made = shop().shop
    windows = [
        {"level": "default", "rate": "8%", "valid_to": "2026-12-31"},
        {"level": "default", "rate": "10%", "valid_from": "2027-01-01"},
    ]
    rules = made.rules.model_validate({**made.rules.model_dump(exclude={"rates"}), "rates": windows})
    dated = Context(shop=made.model_copy(update={"rules": rules}), version=1, today=TODAY)
    left: dict[str, Any] = {"fulfillments": [{"id": 1, "status": "success", "created_at": "2026-11-20T02:00:00Z"}]}
    planned = next_record(None, arrival(1, **left), dated)
    assert planned is not None
    held = with_result(published(planned), InvoiceState.PENDING, "held", version=3)
    january = arrival(1, via=Via.REREAD, **left)
    dated = replace(dated, today=date(2027, 1, 1))
    anew = next_record(held, january, dated)
    assert anew is not None
    (command,) = [message for message in pending(anew) if isinstance(message, IssueInvoice)]
    assert command.ref_id == planned.invoices[0].ref_id
    assert json.loads(command.content)["rate_windows"][0]["rate"] == "10%"
    repeated = next_record(published(anew), january, dated)
    assert repeated is None or pending(repeated) == ()


STATES = (waiting(1), waiting(2), due(3), due(3, topic="orders/paid"), due(4, tags="echo"))


@settings(deadline=None)
@given(st.lists(st.sampled_from(STATES), min_size=1, max_size=12))
def test_any_order_of_deliveries_plans_one_invoice_at_most(deliveries: list[Arrival]) -> None:
    """Trap: the same delivery comes twice, late or out of order: one RefID, one content, the newest state decides."""
    record: OrderRecord | None = None
    commands: list[IssueInvoice] = []
    for each in deliveries:
        record = next_record(record, each, shop()) or record
        assert record is not None
        commands += [message for message in pending(record) if isinstance(message, IssueInvoice)]
        record = published(record)
    assert record is not None
    assert len(commands) == (1 if any(each.order.fulfilments for each in deliveries) else 0)
    assert record.newest.updated_at == max(each.snapshot.updated_at for each in deliveries)


def failed(cause: str) -> RereadFailed:
    return RereadFailed(shop="cua-hang-mau", org_id=1, resource_id="1", cause=cause, reason="ACCESS_REFUSED")


def test_an_order_that_cannot_be_read_again_is_held() -> None:
    """It waited for a whole state that will not come: a person has to mend the connection."""
    partial = after(due(1, total_price=1))
    held = unread_record(partial, failed(partial.newest.event_id), NOW)
    assert held is not None
    assert outcome(held) == (Outcome.HELD, "reread-failed")
    assert [type(message) for message in pending(held)] == [OrderDecided]
    whole = next_record(published(held), due(2), shop())
    assert whole is not None
    assert outcome(whole)[0] is Outcome.PLANNED


def test_an_order_that_waits_for_nothing_is_only_noted() -> None:
    """A recheck of an invoiced order that Haravan refuses: the invoice stands, somebody should know; once."""
    planned = after(due(1))
    noted = unread_record(planned, failed("recheck"), NOW)
    assert noted is not None
    assert attention_code(noted) == "reread-failed"
    assert outcome(noted) == outcome(planned)
    assert unread_record(noted, failed("recheck"), NOW) is None
