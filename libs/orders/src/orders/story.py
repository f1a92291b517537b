"""An order's life played through without any service: what each event would lead to, invoices issued at once. Pure.

The decisions are those of :mod:`orders.progress`, so that a preview says what the services would do.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from contracts.commands import PublishInvoice
from contracts.haravan import RawResource, Via
from invoicing.claim import DressHold, dress
from invoicing.content import Content
from invoicing.order import Order, parse_order
from invoicing.reasons import Finding
from invoicing.series import series_for

from orders.approving import Approved, approve_correction, approve_sale, drafts_of
from orders.arrival import Arrival
from orders.context import Context
from orders.messages import pending
from orders.model import InvoiceFacts, InvoiceState, OrderRecord
from orders.progress import deleted_record, next_record, unseen_record
from orders.state import snapshot_of

_MOST_ROUNDS = 200
"""More documents than any order has: a story that has not settled by then never does."""

BY = "preview"


class UnsettledError(Exception):
    """More documents followed than any order has: a fault of the rules, which the story would show for ever."""

    def __init__(self, order: str) -> None:
        super().__init__(f"order {order} does not come to rest; please report it with its events")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One invoice that would be sent. `body` is JSON text in the vendor's words, dated; None where it may not be sent.

    `draft` says that it would wait for a person's approval; the story goes on as if it were approved.
    """

    ref_id: str
    kind: str
    event: str | None
    corrects: str | None
    draft: bool
    lane: str
    account: str
    series: str
    date: date
    number: str
    total: Decimal
    line_count: int
    body: str | None
    problem: Finding | None = None


@dataclass(slots=True)
class Story:
    """One order from its first event on; `context_of` gathers what a state is judged by on a date in Vietnam."""

    shop: str
    org_id: int
    context_of: Callable[[Order, date], Context]
    numbers: Callable[[str], str]
    """The next number of a lane."""
    record: OrderRecord | None = None
    documents: list[Document] = field(default_factory=list)

    def tell(self, body: str, topic: str, now: datetime, today: date, *, via: Via = Via.WEBHOOK) -> None:
        """Take in one state of the order and all that follows from it.

        Raises:
            UnreadableOrder: when the body is no order.
        """
        order = parse_order(body)
        raw = body.encode()
        resource = RawResource(self.shop, self.org_id, topic, str(order.id), "", via, now, raw)
        arrival = Arrival(resource, order, snapshot_of(resource, order), now)
        context = self.context_of(order, today)
        after = next_record(self.record, arrival, context)
        if after is not None:
            self.record = after
            self._settle(context, now, today)

    def deleted(self, order_id: int, now: datetime) -> None:
        """Take in that the order was deleted, whether or not it was heard of before."""
        resource = RawResource(self.shop, self.org_id, "orders/delete", str(order_id), "", Via.WEBHOOK, now, b"{}")
        self.record = deleted_record(self.record or unseen_record(resource, order_id), now)

    def _settle(self, context: Context, now: datetime, today: date) -> None:
        """Send, issue, approve and look again until nothing more follows."""
        for _ in range(_MOST_ROUNDS):
            if self._sent(now, today):
                self._look_again(context, now)
            elif not self._approved(now):
                return
        raise UnsettledError(self._now.order_name)

    @property
    def _now(self) -> OrderRecord:
        if self.record is None:
            raise ValueError("the story has not begun")
        return self.record

    def _sent(self, now: datetime, today: date) -> bool:
        """Issue what would be sent; whether there was anything."""
        commands = [message for message in pending(self._now) if isinstance(message, PublishInvoice)]
        self._publish()
        for command in commands:
            self._issue(command, now, today)
        return bool(commands)

    def _publish(self) -> None:
        decision = self._now.decision
        if decision is not None:
            self.record = self._now.model_copy(update={"decision": decision.model_copy(update={"published": True})})

    def _issue(self, command: PublishInvoice, now: datetime, today: date) -> None:
        content = Content.from_json(command.content)
        series, number = series_for(content.series, today), self.numbers(command.lane)
        dressed = dress(command.content, date=today, series_pattern=content.series)
        planned = self._now.invoice_of(command.ref_id)
        self.documents.append(
            Document(
                ref_id=command.ref_id,
                kind=command.kind,
                event=planned.event if planned else None,
                corrects=planned.corrects if planned else None,
                draft=planned is not None and planned.approval is not None,
                lane=command.lane,
                account=command.account,
                series=series,
                date=today,
                number=number,
                total=content.invoice.TotalAmountOC,
                line_count=command.line_count,
                body=None if isinstance(dressed, DressHold) else dressed,
                problem=dressed if isinstance(dressed, DressHold) else None,
            )
        )
        facts = InvoiceFacts(
            version=len(self.documents),
            state=InvoiceState.ISSUED,
            at=now,
            series=series,
            number=number,
            invoice_date=today,
            lookup_code=f"PREVIEW{number}",
            total_amount=content.invoice.TotalAmountOC,
        )
        self.record = self._now.model_copy(
            update={
                "invoices": tuple(
                    each.model_copy(update={"invoice": facts}) if each.ref_id == command.ref_id else each
                    for each in self._now.invoices
                )
            }
        )

    def _approved(self, now: datetime) -> bool:
        """Approve the next draft, as a person would; whether there was one."""
        draft = next(iter(drafts_of(self._now)), None)
        if draft is None:
            return False
        if draft.corrects is None:
            done = approve_sale(self._now, BY, now)
        else:
            done = approve_correction(self._now, draft.ref_id, BY, now, agreement=None, agreement_needed=False)
        if not isinstance(done, Approved):
            return False
        self.record = done.record
        return True

    def _look_again(self, context: Context, now: datetime) -> None:
        """What the service does once an invoice is issued: read the order again and ask what is still to be done."""
        newest = self._now.newest
        order = parse_order(newest.body)
        raw = newest.body.encode()
        resource = RawResource(self.shop, self.org_id, "orders/updated", str(order.id), "", Via.REREAD, now, raw)
        arrival = Arrival(resource, order, snapshot_of(resource, order), now)
        after = next_record(self._now, arrival, context)
        if after is not None:
            self.record = after
