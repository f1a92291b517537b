"""One invoice: its content, its requests and what happened when."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

import simplejson
from lanes.model import Intent
from orders.model import OrderRecord, PlannedInvoice
from orders.store import OrderFilter
from runtime.exchanges import StoredExchange

from console.backend import Backend, backend
from console.body_view import buyer_facts, day, print_lines, total_facts
from console.causes import cause
from console.exchanges_view import exchange_json
from console.failures import failure_of
from console.invoices_view import intent_json
from console.orders_view import find_orders, write_back_problem
from console.output import Column, moment
from console.session import CommandError, Session

_MOST_EXCHANGES = 50
_MOST_NAMESAKES = 10

_Preference = Callable[[OrderRecord], Sequence[PlannedInvoice]]


async def show_invoice(session: Session, invoice: str, shop: str | None) -> None:
    """Show one invoice, found by RefID, order, number or lookup code."""
    async with backend() as stores:
        intent = await find_invoice(stores, invoice, shop)
        order = await stores.orders.get_by_ref_id(intent.ref_id)
        exchanges = await stores.exchanges.find(ref_id=intent.ref_id, limit=_MOST_EXCHANGES, bodies=False)
    body = body_of(intent)
    events = timeline(session, intent, order)
    if session.out.as_json:
        session.out.json(
            {
                **intent_json(intent),
                "content": body,
                "bodies": [
                    {**asdict(sent), "text": simplejson.loads(sent.text, use_decimal=True)} for sent in intent.bodies
                ],
                "exchanges": [exchange_json(exchange) for exchange in exchanges],
                "timeline": [{"at": at, "event": event} for at, event in events],
            }
        )
        return
    _print_head(session, intent, body, _others(session, intent, order))
    print_lines(session, body)
    _print_exchanges(session, exchanges)
    columns = [Column(session.word("at"), whole=True), Column(session.word("event"))]
    session.out.table(columns, [[moment(at), event] for at, event in events])


async def find_invoice(stores: Backend, invoice: str, shop: str | None) -> Intent:
    """Find an invoice by RefID, order, number or lookup code, to look at it; of several of an order the newest.

    Raises:
        CommandError: when there is none.
    """
    return (await _named(stores, invoice, shop))[0]


async def find_the_invoice(stores: Backend, invoice: str, shop: str | None) -> Intent:
    """Find an invoice as `find_invoice` does, to do something to it: a number runs in each series, a name in each shop.

    Raises:
        CommandError: when there is none, or the name is that of several.
    """
    return _only(invoice, await _named(stores, invoice, shop))


async def find_the_original(stores: Backend, invoice: str, shop: str | None) -> Intent:
    """Find an invoice as `find_the_invoice` does, to correct it: the name of an order means the invoice of its sale.

    So the same words always mean the same original, whatever corrections there are by now; a replacement is named by
    its own RefID, number or lookup code.

    Raises:
        CommandError: when there is none, or the name is that of several.
    """
    return _only(invoice, await _named(stores, invoice, shop, of_order=_sales_first))


def _only(invoice: str, found: Sequence[Intent]) -> Intent:
    if len(found) > 1:
        told = "; ".join(_told(intent) for intent in found)
        raise CommandError("several-invoices", invoice=invoice, invoices=told)
    return found[0]


def _newest_first(order: OrderRecord) -> list[PlannedInvoice]:
    return list(reversed(order.invoices))


def _sales_first(order: OrderRecord) -> list[PlannedInvoice]:
    """Sales before corrections, of them those that stand, of them the newest."""
    return sorted(_newest_first(order), key=lambda planned: (planned.corrects is not None, not planned.stands))


def _told(intent: Intent) -> str:
    labels, result = intent.command.labels, intent.result
    order = f"{labels.get('order_name', '')} ({labels.get('shop', '')})"
    return " ".join(filter(None, (intent.ref_id, result.get("InvSeries"), result.get("InvNo"), order)))


async def _named(
    stores: Backend, invoice: str, shop: str | None, *, of_order: _Preference = _newest_first
) -> list[Intent]:
    """Every invoice that goes by this name, of an order the one that is preferred."""
    found: dict[str, Intent] = {}
    async for ref_ids in _ref_ids(stores, invoice, shop, of_order):
        for ref_id in ref_ids:
            if intent := await stores.intents.show(ref_id):
                found.setdefault(intent.ref_id, intent)
                break
    if not found:
        raise CommandError("no-invoice", invoice=invoice)
    return list(found.values())


def _ref_id(invoice: str) -> str | None:
    try:
        return str(UUID(invoice))
    except ValueError:
        return None


async def _ref_ids(
    stores: Backend, invoice: str, shop: str | None, of_order: _Preference
) -> AsyncIterator[Sequence[str]]:
    if ref_id := _ref_id(invoice):
        yield [ref_id]
        return
    padded = invoice.zfill(8) if invoice.isdecimal() else invoice
    for wanted in (OrderFilter(shop=shop, invoice_number=padded), OrderFilter(shop=shop, lookup_code=invoice)):
        async for order in stores.orders.find(wanted, limit=_MOST_NAMESAKES):
            for planned in order.invoices:
                facts = planned.invoice
                if facts is not None and (facts.number == padded or facts.lookup_code == invoice):
                    yield [planned.ref_id]
    async for order in find_orders(stores.orders, invoice, shop, limit=_MOST_NAMESAKES):
        yield [planned.ref_id for planned in of_order(order)]


def body_of(intent: Intent) -> Mapping[str, Any]:
    """Return the invoice as it was last sent, or as it will be."""
    if intent.bodies:
        sent: Mapping[str, Any] = simplejson.loads(intent.bodies[-1].text, use_decimal=True)
        return sent
    content = simplejson.loads(intent.command.content, use_decimal=True)
    planned: Mapping[str, Any] = content.get("invoice", {}) if isinstance(content, dict) else {}
    return planned


def timeline(session: Session, intent: Intent, order: OrderRecord | None) -> list[tuple[datetime, str]]:
    """Return what happened to an invoice, oldest first."""
    planned = order.invoice_of(intent.ref_id) if order else None
    events = [
        (intent.staged_at, session.word("event-staged")),
        (intent.sent_at, session.word("event-sent")),
        (intent.issued_at, session.word("event-issued")),
        (intent.changed_at, session.word("event-changed")),
    ]
    if planned and planned.tax:
        verdict = session.word(f"verdict-{planned.tax.verdict.value}")
        events.append((planned.tax.at, session.word("event-tax", detail=verdict)))
    if planned and planned.write_back:
        key = "event-written-back" if planned.write_back.succeeded else "event-not-written-back"
        events.append((planned.write_back.at, session.word(key, detail=write_back_problem(session, planned))))
    return sorted(((at, event) for at, event in events if at), key=itemgetter(0))


def _others(session: Session, intent: Intent, order: OrderRecord | None) -> str:
    """The other invoices of its order: a corrected invoice has its corrections there, a correction its original."""
    others = [planned for planned in order.invoices if planned.ref_id != intent.ref_id] if order else []
    return "; ".join(
        " ".join(filter(None, (session.word(f"correction-{one.kind}"), _number(one), one.ref_id))) for one in others
    )


def _number(planned: PlannedInvoice) -> str:
    facts = planned.invoice
    return " ".join(filter(None, (facts.series, facts.number))) if facts else ""


def _print_head(session: Session, intent: Intent, body: Mapping[str, Any], others: str) -> None:
    result, labels = intent.result, intent.command.labels
    session.out.facts(
        {
            "RefID": intent.ref_id,
            session.word("order"): f"{labels.get('order_name', '')} ({labels.get('shop', '')})",
            session.word("other-invoices"): others,
            session.word("lane"): intent.command.lane,
            session.word("state"): session.word(f"state-{intent.state.value}"),
            session.word("reason"): " ".join(
                filter(None, (cause(session, intent), f"[{intent.code}]" if intent.code else ""))
            ),
            session.word("number"): " ".join(filter(None, (result.get("InvSeries"), result.get("InvNo")))),
            session.word("invoice-date"): day(body.get("InvDate")),
            session.word("lookup-code"): result.get("TransactionID", ""),
            session.word("authority-code"): result.get("InvCode", ""),
            **buyer_facts(session, body),
            session.word("attempts"): str(intent.attempts),
            **total_facts(session, body),
        }
    )


def _print_exchanges(session: Session, exchanges: Sequence[StoredExchange]) -> None:
    if not exchanges:
        return
    columns = [
        Column(session.word("at"), whole=True),
        Column(session.word("request")),
        Column(session.word("state"), whole=True),
        Column(session.word("seconds"), whole=True, right=True),
        Column(session.word("detail")),
        Column(session.word("exchange"), whole=True),
    ]
    rows = [
        [
            moment(one.started_at),
            f"{one.method} {one.path}",
            str(one.status or ""),
            f"{one.elapsed:.2f}",
            failure_of(session, one.error),
            one.id,
        ]
        for one in reversed(exchanges)
    ]
    session.out.table(columns, rows)
    session.out.text(session.word("see-exchange"))
