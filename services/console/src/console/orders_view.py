"""Orders as tables and JSON. The body of an order is never shown here: it holds personal data."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contracts.decisions import Outcome
from orders.model import InvoiceFacts, InvoiceState, OrderRecord, PlannedInvoice
from orders.store import OrderFilter, OrderStore
from runtime.clock import VIETNAM

from console.backend import backend
from console.output import Column, moment
from console.session import CommandError, Session

_INVOICE_STATES = frozenset(InvoiceState)
_LONGEST_NUMBER = 18  # digits that MongoDB's integers hold; Haravan's numbers have ten


@dataclass(frozen=True, slots=True)
class Asked:
    """Which orders were asked for; days are without zone and meant in Vietnam, both included."""

    shop: str | None = None
    state: str | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    attention: bool = False

    def filter(self) -> OrderFilter:
        """Return the filter of the order store."""
        of_invoice = self.state in _INVOICE_STATES
        return OrderFilter(
            shop=self.shop,
            outcome=Outcome(self.state) if self.state and not of_invoice else None,
            invoice_state=InvoiceState(self.state) if self.state and of_invoice else None,
            reason=self.reason,
            updated_since=self.since.replace(tzinfo=VIETNAM) if self.since else None,
            updated_before=(self.until + timedelta(days=1)).replace(tzinfo=VIETNAM) if self.until else None,
            attention=self.attention,
            as_it_stands=True,
        )


def state_of(order: OrderRecord) -> str:
    """Return how far an order has come: its newest invoice's state, unless a decision came after that invoice."""
    invoice = _newest_word(order)
    if invoice is not None:
        return invoice.state.value
    return order.decision.outcome.value if order.decision else "received"


def reason_of(order: OrderRecord, session: Session) -> str:
    """Return in words why an order is in its state."""
    invoice = _newest_word(order)
    source = invoice if invoice and (invoice.message_vi or invoice.message_en) else order.decision
    if source is None:
        return ""
    return (source.message_vi if session.language == "vi" else source.message_en) or ""


def code_of(order: OrderRecord) -> str:
    """Return the code of that reason: of the invoice's refusal, else of the decision."""
    invoice = _newest_word(order)
    decided = order.decision.reason if order.decision else ""
    refused = invoice is not None and invoice.state is InvoiceState.REJECTED
    return (invoice.code if invoice and refused else None) or decided


def _newest_word(order: OrderRecord) -> InvoiceFacts | None:
    """What became of the newest invoice; None while there is no word on it, or when the order was judged anew since."""
    planned = order.newest_invoice
    if planned is None or (order.decision is not None and order.decision.sequence > planned.sequence):
        return None
    return planned.invoice


async def show_orders(session: Session, asked: Asked, *, limit: int, skip: int) -> None:
    """List orders."""
    async with backend() as stores:
        found = [order async for order in stores.orders.find(asked.filter(), limit=limit, skip=skip)]
    if session.out.as_json:
        session.out.json([order_json(order) for order in found])
        return
    columns = [
        Column(session.word("order"), whole=True),
        Column(session.word("state"), whole=True),
        Column(session.word("reason")),
        Column(session.word("lane"), whole=True),
        Column(session.word("invoice"), whole=True),
        Column(session.word("written-back"), whole=True),
    ]
    session.out.table(columns, [_row(session, order) for order in found])


def _row(session: Session, order: OrderRecord) -> list[str]:
    invoices = order.invoices
    return [
        f"{order.order_name}\n{order.shop}",
        session.word(f"state-{state_of(order)}"),
        "" if state_of(order) == InvoiceState.ISSUED else reason_of(order, session),
        "\n".join(two_lines(planned.lane) for planned in invoices),
        "\n".join(_invoice_cell(planned) for planned in invoices),
        "\n\n".join(_written(session, planned) for planned in invoices),
    ]


def two_lines(lane: str) -> str:
    """Break a lane after its account, so that a table fits a terminal."""
    account, _, series = lane.rpartition(":")
    return f"{account}\n{series}"


def _invoice_cell(planned: PlannedInvoice) -> str:
    facts = planned.invoice
    if facts is None or facts.number is None:
        return planned.ref_id + "\n"
    return f"{facts.series} {facts.number}\n{facts.lookup_code or ''}"


def _written(session: Session, planned: PlannedInvoice) -> str:
    return session.word("yes" if planned.write_back.succeeded else "no") if planned.write_back else "-"


def write_back_problem(session: Session, planned: PlannedInvoice) -> str:
    """Return in words what keeps the number from the order; empty when nothing does."""
    written = planned.write_back
    if written is None or written.succeeded:
        return ""
    return written.message_vi if session.language == "vi" else written.message_en


def order_json(order: OrderRecord) -> dict[str, Any]:
    """Return an order for programs: everything but what the shop's customer said of himself."""
    decision = order.decision
    return {
        "shop": order.shop,
        "org_id": order.org_id,
        "order_id": order.order_id,
        "order_name": order.order_name,
        "state": state_of(order),
        "updated_at": order.newest.updated_at,
        "received_at": order.newest.received_at,
        "received_by": order.newest.via.value,
        "decision": decision.model_dump(exclude={"published"}) if decision else None,
        "invoices": [_planned_json(planned) for planned in order.invoices],
        "attention": order.attention.model_dump() if order.attention else None,
    }


def _planned_json(planned: PlannedInvoice) -> dict[str, Any]:
    return planned.model_dump(exclude={"snapshot", "command", "sequence"})


async def find_order(store: OrderStore, order: str, shop: str | None) -> OrderRecord:
    """Find an order by its name or its number; the newest when several shops have it.

    Raises:
        CommandError: when there is none.
    """
    async for found in find_orders(store, order, shop, limit=1):
        return found
    raise CommandError("no-order", order=order)


async def find_orders(store: OrderStore, order: str, shop: str | None, *, limit: int) -> AsyncIterator[OrderRecord]:
    """Orders of this number or name, the newest first; at most `limit` of each."""
    names = [OrderFilter(shop=shop, order_name=name) for name in (order, f"#{order}")]
    numbers = [OrderFilter(shop=shop, order_id=int(order))] if _is_number(order) else []
    for wanted in (*numbers, *names):
        async for found in store.find(wanted, limit=limit):
            yield found


def _is_number(order: str) -> bool:
    return order.isdecimal() and len(order) <= _LONGEST_NUMBER


async def show_order(session: Session, order: str, shop: str | None) -> None:
    """Show one order."""
    async with backend() as stores:
        found = await find_order(stores.orders, order, shop)
    if session.out.as_json:
        session.out.json(order_json(found))
        return
    decision = found.decision
    session.out.facts(
        {
            session.word("order"): f"{found.order_name} ({found.order_id})",
            session.word("shop"): f"{found.shop} ({found.org_id})",
            session.word("state"): session.word(f"state-{state_of(found)}"),
            session.word("reason"): f"{reason_of(found, session)} [{code_of(found)}]" if decision else "",
            session.word("updated"): moment(found.newest.updated_at),
            session.word("decided"): moment(decision.decided_at) if decision else "",
            session.word("detail"): "; ".join(f"{name}: {value}" for name, value in decision.facts.items())
            if decision
            else "",
            session.word("attention"): _attention(session, found),
        }
    )
    for planned in found.invoices:
        session.out.text("")
        session.out.facts(_planned_facts(session, planned))
    command = f"hoadon exchanges list --shop {found.shop} --order {found.order_id}"
    session.out.text(f"\n{session.word('see-exchanges', command=command)}")


def _attention(session: Session, order: OrderRecord) -> str:
    if order.attention is None:
        return ""
    return order.attention.message_vi if session.language == "vi" else order.attention.message_en


def _planned_facts(session: Session, planned: PlannedInvoice) -> dict[str, str]:
    facts = planned.invoice
    return {
        "RefID": planned.ref_id,
        session.word("lane"): planned.lane,
        session.word("state"): session.word(f"state-{facts.state.value}" if facts else "state-planned"),
        session.word("number"): " ".join(filter(None, (facts.series, facts.number))) if facts else "",
        session.word("lookup-code"): (facts.lookup_code or "") if facts else "",
        session.word("authority-code"): _authority_code(planned),
        session.word("written-back"): ": ".join(
            filter(None, (_written(session, planned), write_back_problem(session, planned)))
        ),
    }


def _authority_code(planned: PlannedInvoice) -> str:
    of_status = planned.tax.authority_code if planned.tax else None
    of_publishing = planned.invoice.authority_code if planned.invoice else None
    return of_status or of_publishing or ""
