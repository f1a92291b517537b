"""Why an order is (not) invoiced, why there, why this amount; what can be done; and meInvoice's own picture of it."""

from collections.abc import Mapping
from typing import Any

import simplejson
from invoicing.claim import DressHold, dress
from invoicing.order import UnreadableOrder, parse_order
from invoicing.reasons import Reason, ways_out
from meinvoice.answers import ViewLink
from meinvoice.client import MeInvoiceClient
from meinvoice.transport import new_http_client
from orders.corrections import content_of, read_command
from orders.model import OrderRecord, PlannedInvoice
from runtime.clock import SystemClock
from runtime.logs import bound
from shops.clients import VendorClients
from shops.models import Shop

from console.backend import Backend, backend
from console.body_view import buyer_facts, print_lines, total_facts
from console.orders_view import find_order, order_json, reason_of, state_of
from console.output import Column, moment, money
from console.session import CommandError, Session


async def explain(session: Session, order: str, shop: str | None, *, misa: bool) -> None:
    """Explain one order.

    Raises:
        CommandError: when there is none, or meInvoice shows nothing.
    """
    async with backend() as stores:
        record = await find_order(stores.orders, order, shop)
        links = await _links(stores, record) if misa else {}
    if session.out.as_json:
        session.out.json(_json(record, links))
        return
    _print_decision(session, record)
    _print_earlier(session, record)
    for planned in record.invoices:
        _print_invoice(session, planned, links.get(planned.ref_id, ""))


def _json(record: OrderRecord, links: Mapping[str, str]) -> dict[str, Any]:
    invoices = [_invoice_json(planned, links) for planned in record.invoices]
    earlier = [each.model_dump(exclude={"published"}) for each in record.earlier]
    return order_json(record) | {
        "earlier": earlier,
        "ways_out": [way.value for way in _ways_out(record)],
        "explained": invoices,
    }


def _invoice_json(planned: PlannedInvoice, links: Mapping[str, str]) -> dict[str, Any]:
    body = _body(planned)
    return {
        "ref_id": planned.ref_id,
        "kind": planned.kind,
        "event": planned.event,
        "draft": planned.draft,
        "shop_version": planned.shop_version,
        "made_of": planned.snapshot.updated_at,
        "net": body["TotalAmountWithoutVATOC"],
        "vat": body["TotalVATAmountOC"],
        "total": body["TotalAmountOC"],
        "sources": list(content_of(planned).sources),
        "view": links.get(planned.ref_id),
    }


def _ways_out(record: OrderRecord) -> tuple[Any, ...]:
    decision = record.decision
    if decision is None or decision.reason not in {reason.value for reason in Reason}:
        return ()
    return tuple(ways_out(Reason(decision.reason)))


def _print_decision(session: Session, record: OrderRecord) -> None:
    decision = record.decision
    facts = dict(decision.facts) if decision else {}
    note = record.attention
    session.out.facts(
        {
            session.word("order"): f"{record.order_name} ({record.order_id}), {record.shop}",
            session.word("state"): session.word(f"state-{state_of(record)}"),
            session.word("why"): f"{reason_of(record, session)} [{decision.reason}]" if decision else "",
            session.word("ways-out"): "; ".join(session.word(f"way-{way.value}") for way in _ways_out(record)),
            session.word("rule"): facts.pop("rule", ""),
            session.word("why-there"): " ".join(
                filter(None, (facts.pop("account", ""), facts.pop("series", ""), _routed_by(session, facts)))
            ),
            session.word("rates"): facts.pop("rates", ""),
            session.word("flags"): facts.pop("flags", ""),
            session.word("order-total"): _order_total(record),
            session.word("attention"): (note.message_vi if session.language == "vi" else note.message_en)
            if note
            else "",
            session.word("based-on"): session.word(
                "based-on-facts",
                version=decision.shop_version,
                updated=moment(decision.order_updated_at),
                decided=moment(decision.decided_at),
            )
            if decision
            else "",
            session.word("detail"): "; ".join(f"{name}: {value}" for name, value in facts.items()),
        }
    )


def _order_total(record: OrderRecord) -> str:
    try:
        return money(parse_order(record.newest.body).total_price)
    except UnreadableOrder:
        return ""


def _print_earlier(session: Session, record: OrderRecord) -> None:
    """What was decided before, newest first."""
    if not record.earlier:
        return
    columns = [Column(session.word("at"), whole=True), Column(session.word("state"), whole=True)]
    columns.append(Column(session.word("reason")))
    rows = [
        [
            moment(each.decided_at),
            session.word(f"state-{each.outcome.value}"),
            f"{each.message_vi if session.language == 'vi' else each.message_en} [{each.reason}]",
        ]
        for each in reversed(record.earlier)
    ]
    session.out.text("")
    session.out.table(columns, rows)


def _routed_by(session: Session, facts: dict[str, str]) -> str:
    why = facts.pop("routed_by", "")
    return f"({session.word('routed-by', why=why)})" if why else ""


def _print_invoice(session: Session, planned: PlannedInvoice, link: str) -> None:
    body, facts = _body(planned), planned.invoice
    approval = planned.approval
    session.out.text("")
    session.out.facts(
        {
            session.word("what"): session.word(f"correction-{planned.kind.partition('-')[0]}"),
            session.word("event"): session.word(f"event-{planned.event}") if planned.event else "",
            session.word("state"): _state(session, planned),
            session.word("approved"): f"{approval.by} {moment(approval.at)}" if approval else "",
            session.word("lane"): planned.lane,
            session.word("number"): " ".join(filter(None, (facts.series, facts.number))) if facts else "",
            session.word("reason"): str(body.get("InvoiceNote") or ""),
            "RefID": planned.ref_id,
            session.word("picture"): link,
            **buyer_facts(session, body),
        }
    )
    print_lines(session, body)
    session.out.facts(total_facts(session, body))


def _state(session: Session, planned: PlannedInvoice) -> str:
    if planned.draft:
        return session.word("state-dismissed" if planned.dismissed else "state-draft")
    return session.word(f"state-{planned.invoice.state.value}" if planned.invoice else "state-planned")


def _body(planned: PlannedInvoice) -> Mapping[str, Any]:
    body: Mapping[str, Any] = simplejson.loads(content_of(planned).invoice.to_json(), use_decimal=True)
    return body


async def _links(stores: Backend, record: OrderRecord) -> dict[str, str]:
    """Where meInvoice shows each invoice of the order, by RefID (Open API §4, §7)."""
    stored = await stores.shops.get(record.shop)
    if stored is None:
        raise CommandError("no-shop", shop=record.shop)
    log = stores.exchanges
    async with new_http_client() as http:
        clients = VendorClients(http, stores.tokens, observe_meinvoice=log.observe_meinvoice)
        with bound(shop=record.shop):
            return {planned.ref_id: await _link(clients, stored.shop, planned) for planned in record.invoices}


async def _link(clients: VendorClients, shop: Shop, planned: PlannedInvoice) -> str:
    account = shop.account_by_key(planned.account)
    if account is None:
        raise CommandError("no-view", reason=planned.account)
    client = clients.meinvoice(account)
    answer = await _asked(client, planned)
    if isinstance(answer, ViewLink):
        return answer.url
    raise CommandError("no-view", reason=answer)


async def _asked(client: MeInvoiceClient, planned: PlannedInvoice) -> Any:
    facts = planned.invoice
    if facts is not None and facts.lookup_code:
        return await client.publish_view([facts.lookup_code])
    command = read_command(planned)
    series = planned.lane.rpartition(":")[2]
    dressed = dress(command.content, date=SystemClock().vietnam_today(), series_pattern=series)
    return dressed.explain().en if isinstance(dressed, DressHold) else await client.unpublish_view(dressed)
